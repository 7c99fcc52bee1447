import type { Bytes } from "#bytes";
import type { Awaitable } from "./awaitable.js";
import { type ByteInput, typeName } from "./bytes.js";
import { hostError, RustpdfError } from "./errors.js";
import type { HttpFailure, HttpPurpose } from "./frames.js";
import type { TimestampService } from "./generated.js";

/** A request to a server, as the caller's `http` gets it. */
export interface HttpRequest {
	/** Purpose of the request. */
	readonly purpose: HttpPurpose;
	/**
	 * Number of the timestamp service, from 0. Without it the address comes from a certificate: a stranger may have chosen it, so refuse all but
	 * public addresses.
	 */
	readonly service?: number;
	/** Address, with that of a timestamp service. */
	readonly url: string;
	/** `GET` or `POST`. */
	readonly method: "GET" | "POST";
	/** Header fields by their lower-case names: `accept`, `content-type` and those of the timestamp service. */
	readonly headers: Readonly<Record<string, string>>;
	/** Body; empty for `GET`. */
	readonly body: Bytes;
	/** Largest body of a response in bytes, after decoding. */
	readonly limit: number;
	/** Ends the request: its time is over, or the call is stopped. */
	readonly signal: AbortSignal;
}

/** A response of a server. The core judges its status and its body. */
export interface HttpResponse {
	/** Status code. */
	readonly status: number;
	/** Body, decoded; text as UTF-8. */
	readonly body: ByteInput | string;
	/** Seconds to wait before another request (`Retry-After`). */
	readonly retryAfter?: number | undefined;
}

/** The failure to get a response. */
export interface HttpFailed {
	/** Kind of the failure. */
	readonly failed: HttpFailure;
}

/**
 * Sends a request in place of the package's own client, for client certificates, a browser, or another network.
 *
 * It returns the response, or the kind of the failure. A network error of `fetch` or of Node counts as such a failure; every other error that it
 * throws ends the call, and reaches the caller unchanged.
 */
export type HttpCallback = (request: HttpRequest) => Awaitable<HttpResponse | HttpFailed>;

/** Time limits in milliseconds. */
export interface HttpTimeouts {
	/** For the connection. Default: 5000. */
	connectMs?: number | undefined;
	/** For a request and its response. Default: 15000. */
	requestMs?: number | undefined;
	/** For all requests of a document together, with the waiting between them. Default: 60000. */
	runMs?: number | undefined;
}

/**
 * Settings of the package's own client, which is there in Node.
 *
 * Addresses out of certificates must be public and use port 80 or 443. Addresses of timestamp services are not checked. `HTTP_PROXY`, `HTTPS_PROXY`
 * and `NO_PROXY` of the environment are observed. Behind a proxy, names are resolved by the proxy, so there only literal addresses are checked.
 */
export interface HttpSettings {
	/** Permits private and loopback addresses and all ports in addresses out of certificates. Link-local addresses stay refused. */
	allowPrivateNetworks?: boolean | undefined;
	/** Names of hosts that addresses out of certificates may have, whatever their IP address and port. */
	allowedHosts?: readonly string[] | undefined;
	/** Time limits. */
	timeouts?: HttpTimeouts | undefined;
}

/** A response in a cache. */
export interface HttpCacheEntry {
	/** Body of the response. */
	readonly body: Uint8Array;
	/** Time of the response, in seconds since 1970. */
	readonly time: number;
}

/** A cache of OCSP responses, revocation lists and certificates of issuers. What it returns is checked again on use. */
export interface HttpCache {
	/** The entry of a key, if there is one. */
	get(key: string): Awaitable<HttpCacheEntry | null | undefined>;
	/** Keeps an entry, and replaces an earlier one. Entries older than an hour are not used. */
	set(key: string, entry: HttpCacheEntry): Awaitable<unknown>;
}

/** How a call asks servers. */
export interface HttpOptions {
	/** Settings of the package's own client, or a function that sends requests in its place. Only Node has a client: elsewhere a function is needed. */
	http?: HttpSettings | HttpCallback | undefined;
	/** Cache of responses. Default: one in memory for each call, shared by all documents of a call for many. */
	cache?: HttpCache | undefined;
}

/** Time limits, all set. */
export type Timeouts = { [Name in keyof HttpTimeouts]-?: number };

/** Checked settings of a client. */
export interface ClientSettings {
	readonly allowPrivateNetworks: boolean;
	/** In lower case, without brackets. */
	readonly allowedHosts: ReadonlySet<string>;
	readonly timeouts: Timeouts;
}

/** Sends one request and follows its redirections. It never throws. */
export type Client = (request: HttpRequest, settings: ClientSettings) => Promise<Outcome>;

/** End of a request. */
export type Outcome = { readonly status: number; readonly body: Uint8Array; readonly retryAfter?: number | undefined } | HttpFailed;

/** How a call asks servers, checked. */
export interface HttpCall {
	readonly callback: HttpCallback | undefined;
	readonly settings: ClientSettings;
	readonly cache: HttpCache | undefined;
}

/** Checks how a call is to ask servers. Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`. */
export function httpCallOf({ cache, http }: HttpOptions): HttpCall {
	if (cache !== undefined && (typeof cache?.get !== "function" || typeof cache.set !== "function")) {
		throw hostError("argumentType", "cache", "an object with `get` and `set`", typeName(cache));
	}
	if (typeof http === "function") return { callback: http, settings: settingsOf({}), cache };
	if (http !== undefined && (typeof http !== "object" || http === null)) {
		throw hostError("argumentType", "http", "a function or settings", typeName(http));
	}
	return { callback: undefined, settings: settingsOf(http ?? {}), cache };
}

/** Checks settings, and fills in the time limits. Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`. */
export function settingsOf({ allowPrivateNetworks = false, allowedHosts = [], timeouts = {}, ...others }: HttpSettings): ClientSettings {
	if (typeof allowPrivateNetworks !== "boolean") {
		throw hostError("argumentType", "http.allowPrivateNetworks", "a boolean", typeName(allowPrivateNetworks));
	}
	if (!Array.isArray(allowedHosts) || !allowedHosts.every((host) => typeof host === "string")) {
		throw hostError("argumentType", "http.allowedHosts", "a list of names", typeName(allowedHosts));
	}
	if (typeof timeouts !== "object" || timeouts === null) {
		throw hostError("argumentType", "http.timeouts", "an object", typeName(timeouts));
	}
	const { connectMs = 5_000, requestMs = 15_000, runMs = 60_000, ...unknown } = timeouts;
	const limits = { connectMs, requestMs, runMs };
	for (const [name, limit] of Object.entries(limits)) {
		if (typeof limit !== "number" || !(limit > 0 && limit <= LONGEST_MS)) {
			throw hostError("argumentType", `http.timeouts.${name}`, "a number of milliseconds", String(limit));
		}
	}
	refuseOthers("http.timeouts.", unknown);
	refuseOthers("http.", others);
	const hosts = allowedHosts.map((host: string) => host.toLowerCase().replace(/^\[(.*)\]$/, "$1"));
	return { allowPrivateNetworks, allowedHosts: new Set(hosts), timeouts: limits };
}

/** The longest time that timers take. */
const LONGEST_MS = 2 ** 31 - 1;

function refuseOthers(prefix: string, options: object): void {
	const [unknown] = Object.keys(options);
	if (unknown !== undefined) throw hostError("optionUnknown", `${prefix}${unknown}`);
}

/** Address and header fields of a timestamp service, checked. */
export interface Service {
	readonly url: string;
	/** By lower-case names. */
	readonly headers: Readonly<Record<string, string>>;
}

/**
 * The checked services of an option; user and password of an address become a header field. No message repeats an address or a header field, which
 * may be secret. Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`.
 */
export function servicesOf(services: readonly TimestampService[] | null | undefined): Service[] {
	if (services === undefined || services === null) return [];
	if (!Array.isArray(services)) throw hostError("argumentType", "timestamp.services", "a list", typeName(services));
	return services.map(serviceOf);
}

function serviceOf(service: TimestampService, index: number): Service {
	const name = `timestamp.services[${index}]`;
	if (typeof service !== "object" || service === null) throw hostError("argumentType", name, "an object with `url`", typeName(service));
	const { headers = {}, url, ...others } = service;
	refuseOthers(`${name}.`, others);
	const address = urlOf(url);
	if (address === undefined || !/^https?:$/.test(address.protocol)) {
		throw hostError("argumentType", `${name}.url`, "an http or https address", typeof url === "string" ? "another text" : typeName(url));
	}
	if (typeof headers !== "object" || headers === null) throw hostError("argumentType", `${name}.headers`, "an object", typeName(headers));
	const fields = Object.entries(headers).map(([field, value]) => {
		if (!TOKEN.test(field)) throw hostError("argumentType", `${name}.headers`, "names and texts", "a name with other characters");
		if (typeof value !== "string" || !FIELD_VALUE.test(value)) {
			throw hostError(
				"argumentType",
				`${name}.headers`,
				"names and texts",
				typeof value === "string" ? "a text of several lines" : typeName(value),
			);
		}
		return [field.toLowerCase(), value] as const;
	});
	const { password, username } = address;
	address.username = address.password = address.hash = "";
	const basic =
		username === "" && password === "" ? {} : { authorization: `Basic ${base64(`${unescaped(username)}:${unescaped(password)}`)}` };
	return { url: address.href, headers: { ...basic, ...Object.fromEntries(fields) } };
}

function urlOf(text: unknown): URL | undefined {
	try {
		return new URL(String(text));
	} catch {
		return undefined;
	}
}

function unescaped(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

function base64(text: string): string {
	return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

// RFC 9110, 5.6.2 and 5.5.
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Seconds of a `Retry-After`, as frames have them. */
export function wholeSeconds(seconds: number): number {
	return Math.min(Math.max(Math.ceil(seconds), 0), 2 ** 31);
}

/** An answer of the caller's `http` that is not usable. */
export function answerError(found: string): RustpdfError {
	return new RustpdfError(
		"ERR_HTTP_ANSWER",
		`\`http\` returned ${found}; return \`{ status, body }\` with a body within \`limit\`, or \`{ failed }\``,
	);
}
