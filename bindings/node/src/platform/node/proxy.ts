// Proxies of the environment, as curl and Go read them.

import { BlockList, isIP } from "node:net";
import { reachOf } from "../../addresses.js";

/** A proxy that the environment names. */
export interface ProxyServer {
	readonly url: URL;
	/** Value of `Proxy-Authorization`, if the address has a user. */
	readonly authorization: string | undefined;
}

/**
 * The proxy for an address; nothing where there is none. This machine itself is never asked through a proxy. Errors: none; a proxy that cannot be
 * used is `unusable`, so that it is not passed by.
 */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv = process.env): ProxyServer | "unusable" | undefined {
	const host = bare(url.hostname);
	if (host === "localhost" || host.endsWith(".localhost") || isLoopback(host)) return undefined;
	const name = url.protocol === "https:" ? "https_proxy" : "http_proxy";
	// In a CGI program HTTP_PROXY is a header field of the client.
	const upper = name === "http_proxy" && environment["REQUEST_METHOD"] !== undefined ? undefined : environment[name.toUpperCase()];
	const given = environment[name] || upper;
	if (given === undefined || given === "") return undefined;
	if (isExcepted(host, url.port || (url.protocol === "https:" ? "443" : "80"), environment["no_proxy"] || environment["NO_PROXY"] || "")) {
		return undefined;
	}
	try {
		const proxy = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`);
		if (proxy.protocol !== "http:" && proxy.protocol !== "https:") return "unusable";
		const { password, username } = proxy;
		const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
		const authorization = user === ":" ? undefined : `Basic ${Buffer.from(user).toString("base64")}`;
		return { url: proxy, authorization };
	} catch {
		return "unusable";
	}
}

/** Whether a host is in the list of exceptions: `*`, names with all below them, addresses, networks; each with a port, too. */
function isExcepted(host: string, port: string, list: string): boolean {
	return list.split(/[\s,]+/).some((entry) => {
		if (entry === "") return false;
		if (entry === "*") return true;
		const [, named = entry, itsPort] = /^(.*?|\[.*\]):(\d+)$/.exec(entry) ?? [];
		const name = bare(isIP(entry) === 6 ? entry : named).toLowerCase();
		if (isIP(entry) !== 6 && itsPort !== undefined && itsPort !== port) return false;
		const [network, prefix] = name.split("/");
		if (prefix !== undefined) return isInNetwork(host, network as string, Number(prefix));
		const suffix = name.replace(/^\*?\./, "");
		return host === suffix || (isIP(host) === 0 && host.endsWith(`.${suffix}`));
	});
}

function isInNetwork(host: string, network: string, prefix: number): boolean {
	const family = isIP(network);
	if (family === 0 || isIP(host) !== family) return false;
	const type = family === 4 ? "ipv4" : "ipv6";
	try {
		const list = new BlockList();
		list.addSubnet(network, prefix, type);
		return list.check(host, type);
	} catch {
		return false; // not the length of a prefix
	}
}

function isLoopback(host: string): boolean {
	return /^127\./.test(host) ? reachOf(host) === "private" : host === "::1";
}

/** A host without the brackets of an IPv6 address, in lower case. */
export function bare(host: string): string {
	return host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
}
