// The client of Node. `fetch` hides the address that it connects to, so this makes its own connections.

import { lookup as lookUp } from "node:dns";
import { type IncomingMessage, request as requestOver } from "node:http";
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { createGunzip } from "node:zlib";
import { reachOf } from "../../addresses.js";
import type { HttpFailure } from "../../frames.js";
import { type Client, type ClientSettings, type HttpRequest, type Outcome, wholeSeconds } from "../../http.js";
import { networkFailure } from "../../http_failure.js";
import { bare, type ProxyServer, proxyFor } from "./proxy.js";

/** Redirections of a request. */
const MOST_REDIRECTS = 3;
/** Bytes by which an encoded body may be longer than the decoded one. */
const ENCODING = 64 * 1024;

/** A failure with its kind. */
class Failed extends Error {
	readonly kind: HttpFailure;

	constructor(kind: HttpFailure) {
		super(kind);
		this.kind = kind;
	}
}

/** Sends a request and follows its redirections. */
const answer: Client = async (request, settings) => {
	try {
		return await send(request, settings);
	} catch (error) {
		if (request.signal.aborted) return { failed: "timeout" };
		return { failed: error instanceof Failed ? error.kind : (networkFailure(error) ?? "other") };
	}
};

/** The client. Deno and Bun have `node:http` too, but there it does not promise to use a connection that is checked before. */
export const client: Client | undefined = "Deno" in globalThis || "Bun" in globalThis ? undefined : answer;

async function send(request: HttpRequest, settings: ClientSettings): Promise<Outcome> {
	// A stranger's address is guarded, and so is every address that a server names.
	let isGuarded = request.service === undefined;
	let url = urlOf(request.url);
	let { headers } = request;
	for (let redirects = 0; ; redirects++) {
		if (isGuarded && !isPermitted(url, settings)) throw new Failed("blocked");
		const response = await exchange(url, { ...request, headers }, isGuarded, settings);
		response.on("error", () => {}); // reading it meets the same error
		try {
			const status = response.statusCode as number;
			if (!REDIRECTS.has(status) || response.headers.location === undefined) return await read(response, status, request.limit);
			if (request.method !== "GET" || redirects === MOST_REDIRECTS) throw new Failed("redirect");
			url = urlOf(response.headers.location, url);
			isGuarded = true;
			headers = { ...(headers["accept"] !== undefined && { accept: headers["accept"] }) }; // credentials stay where they belong
		} finally {
			response.destroy();
			response.socket?.destroy();
		}
	}
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Errors: `blocked`. */
function urlOf(text: string, base?: URL): URL {
	try {
		return new URL(text, base);
	} catch {
		throw new Failed("blocked");
	}
}

/** Whether a stranger may name this address, as far as that is known before the name is resolved. */
function isPermitted({ hostname, password, port, protocol, username }: URL, settings: ClientSettings): boolean {
	if ((protocol !== "http:" && protocol !== "https:") || username !== "" || password !== "") return false;
	const host = bare(hostname);
	if (settings.allowedHosts.has(host)) return true;
	if (!settings.allowPrivateNetworks && port !== "" && port !== "80" && port !== "443") return false;
	return isIP(host) === 0 || isReachable(host, settings);
}

/** Whether a guarded connection may be made to an IP address. */
function isReachable(address: string, { allowPrivateNetworks }: ClientSettings): boolean {
	const reach = reachOf(address);
	return reach === "public" || (reach === "private" && allowPrivateNetworks);
}

/** Sends a request over a connection of its own; the response has no body yet. */
async function exchange(url: URL, request: HttpRequest, isGuarded: boolean, settings: ClientSettings): Promise<IncomingMessage> {
	const proxy = proxyFor(url);
	if (proxy === "unusable") throw new Failed("unsupported");
	const { body, method, signal } = request;
	const isForwarded = proxy !== undefined && url.protocol === "http:";
	const socket = await withinMs(settings.timeouts.connectMs, signal, (ending) => connect(url, proxy, isGuarded, settings, ending));
	const headers = {
		host: url.host,
		"user-agent": "rustpdf",
		"accept-encoding": "gzip",
		connection: "close",
		...(method === "POST" && { "content-length": String(body.byteLength) }),
		...(isForwarded && proxy.authorization !== undefined && { "proxy-authorization": proxy.authorization }),
		...request.headers,
	};
	const path = isForwarded ? `${url.origin}${url.pathname}${url.search}` : `${url.pathname}${url.search}`;
	return new Promise((resolve, reject) => {
		const sent = requestOver({ createConnection: () => socket, method, path, headers, signal, setHost: false });
		sent.once("response", resolve);
		sent.on("error", reject);
		sent.once("close", () => reject(new Failed("other")));
		sent.end(method === "POST" ? body : undefined);
	});
}

/** A connection that is ready for the request: to the server, or through a proxy. */
async function connect(
	url: URL,
	proxy: ProxyServer | undefined,
	isGuarded: boolean,
	settings: ClientSettings,
	signal: AbortSignal,
): Promise<Socket> {
	if (proxy === undefined) {
		const guard = isGuarded && !settings.allowedHosts.has(bare(url.hostname)) ? settings : undefined;
		return open(url, guard, signal);
	}
	const toProxy = await open(proxy.url, undefined, signal);
	if (url.protocol === "http:") return toProxy;
	const tunnel = await tunnelTo(url, proxy, toProxy, signal);
	return secured(url, tunnel, signal);
}

/** Connects to the host of an address. A `guard` refuses IP addresses. */
async function open(url: URL, guard: ClientSettings | undefined, signal: AbortSignal): Promise<Socket> {
	const host = bare(url.hostname);
	const isSecure = url.protocol === "https:";
	const port = Number(url.port || (isSecure ? 443 : 80));
	const socket = connectTcp({ host, port, noDelay: true, ...(guard !== undefined && { lookup: guarded(guard) }) });
	await ready(socket, "connect", "connect", signal);
	if (guard !== undefined && !isReachable(socket.remoteAddress ?? "", guard)) {
		socket.destroy();
		throw new Failed("blocked");
	}
	return isSecure ? secured(url, socket, signal) : socket;
}

/** TLS over a connection. */
async function secured(url: URL, socket: Socket, signal: AbortSignal): Promise<Socket> {
	const host = bare(url.hostname);
	const secure = connectTls({ socket, host, ALPNProtocols: ["http/1.1"], ...(isIP(host) === 0 && { servername: host }) });
	await ready(secure, "secureConnect", "tls", signal);
	return secure;
}

/** Waits until a connection is there. An error that does not say its kind has the kind of this stage. */
function ready(socket: Socket, event: "connect" | "secureConnect", stage: HttpFailure, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const refuse = (error: unknown) => {
			end();
			socket.on("error", () => {}); // nobody else listens any more
			socket.destroy();
			reject(error);
		};
		const failed = (error: Error) => {
			const kind = stage === "tls" ? "tls" : (networkFailure(error) ?? stage);
			refuse(error instanceof Failed ? error : new Failed(kind));
		};
		const closed = () => failed(new Failed(stage));
		const stopped = () => refuse(new Failed("timeout"));
		const end = () => {
			socket.off("error", failed);
			socket.off("close", closed);
			signal.removeEventListener("abort", stopped);
		};
		socket.once("error", failed);
		socket.once("close", closed);
		signal.addEventListener("abort", stopped, { once: true });
		socket.once(event, () => {
			end();
			resolve();
		});
		if (signal.aborted) stopped();
	});
}

/** Asks a proxy for a connection to a server. */
function tunnelTo(url: URL, proxy: ProxyServer, socket: Socket, signal: AbortSignal): Promise<Socket> {
	const path = `${url.hostname}:${url.port || 443}`;
	const headers = { host: path, ...(proxy.authorization !== undefined && { "proxy-authorization": proxy.authorization }) };
	return new Promise((resolve, reject) => {
		const sent = requestOver({ createConnection: () => socket, method: "CONNECT", path, headers, signal, setHost: false });
		const refuse = () => {
			socket.destroy();
			reject(new Failed("connect"));
		};
		sent.once("connect", (response, tunnel, head) => {
			// A server speaks TLS only after its client.
			if (response.statusCode === 200 && head.byteLength === 0) resolve(tunnel as Socket);
			else refuse();
		});
		sent.once("response", refuse);
		sent.on("error", refuse);
		sent.end();
	});
}

/** Resolves a name to those of its addresses that a stranger may name. */
function guarded(settings: ClientSettings): LookupFunction {
	return (host, options, tell) => {
		lookUp(host, { ...options, all: true }, (error, found) => {
			if (error !== null) return tell(error, "", 0);
			const [first, ...others] = found.filter(({ address }) => isReachable(address, settings));
			if (first === undefined) return tell(new Failed("blocked"), "", 0);
			if (options.all) return tell(null, [first, ...others]);
			return tell(null, first.address, first.family);
		});
	};
}

/** Reads and decodes a body, up to its limit. */
async function read(response: IncomingMessage, status: number, limit: number): Promise<Outcome> {
	const encoding = response.headers["content-encoding"]?.trim().toLowerCase() || "identity";
	const isEncoded = encoding === "gzip" || encoding === "x-gzip";
	if (!isEncoded && encoding !== "identity") throw new Failed("other");
	if (!isEncoded && Number(response.headers["content-length"] ?? 0) > limit) throw new Failed("tooLarge");
	const chunks: Uint8Array[] = [];
	let length = 0;
	let received = 0;
	const counted = async function* (): AsyncGenerator<Uint8Array> {
		for await (const chunk of response) {
			received += chunk.byteLength;
			if (received > limit + ENCODING) throw new Failed("tooLarge"); // an encoding without an end that decodes to nothing
			yield chunk;
		}
	};
	const decoder = isEncoded ? createGunzip() : undefined;
	try {
		for await (const chunk of decoder === undefined ? counted() : decoded(counted(), decoder)) {
			length += chunk.byteLength;
			if (length > limit) throw new Failed("tooLarge");
			chunks.push(chunk);
		}
	} catch (error) {
		// The server cut it off, or it cannot be decoded: there was a connection.
		throw error instanceof Failed ? error : new Failed("other");
	} finally {
		decoder?.destroy();
	}
	const wait = retryAfter(response.headers["retry-after"]);
	return { status, body: Buffer.concat(chunks), ...(wait !== undefined && { retryAfter: wait }) };
}

/** Decodes as it arrives. */
async function* decoded(source: AsyncIterable<Uint8Array>, decoder: ReturnType<typeof createGunzip>): AsyncGenerator<Uint8Array> {
	const fed = (async () => {
		for await (const chunk of source) {
			if (decoder.destroyed) return;
			if (!decoder.write(chunk)) await new Promise((resolve) => decoder.once("drain", resolve).once("close", resolve));
		}
		decoder.end();
	})();
	fed.catch((error) => decoder.destroy(error));
	yield* decoder as AsyncIterable<Uint8Array>;
	await fed;
}

/** Seconds of a `Retry-After`: a number, or a date (RFC 9110, 10.2.3). */
function retryAfter(field: string | undefined): number | undefined {
	if (field === undefined) return undefined;
	const seconds = /^\d+$/.test(field.trim()) ? Number(field) : (Date.parse(field) - Date.now()) / 1000;
	return Number.isFinite(seconds) ? wholeSeconds(seconds) : undefined;
}

/** Has work ended in time. */
async function withinMs<T>(limit: number, signal: AbortSignal, work: (ending: AbortSignal) => Promise<T>): Promise<T> {
	const ending = new AbortController();
	const stop = () => ending.abort();
	const timer = setTimeout(stop, limit);
	signal.addEventListener("abort", stop, { once: true });
	if (signal.aborted) stop();
	try {
		return await work(ending.signal);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener("abort", stop);
	}
}
