import type { HttpFailure } from "./frames.js";

/** Kinds of failures, and the codes of system errors, of Node's DNS and of its `fetch` that belong to them. */
const KINDS = new Map<string, HttpFailure>(
	Object.entries({
		dns: "ENOTFOUND EAI_AGAIN EAI_FAIL EAI_NODATA EAI_NONAME EAI_ADDRFAMILY ENODATA ENODOMAIN ESERVFAIL",
		connect:
			"ECONNREFUSED ECONNRESET ECONNABORTED EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN EADDRNOTAVAIL EPIPE ENOTCONN EACCES EPERM UND_ERR_SOCKET",
		timeout: "ETIMEDOUT UND_ERR_CONNECT_TIMEOUT UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT",
		tls: "EPROTO HOSTNAME_MISMATCH INVALID_CA INVALID_PURPOSE PATH_LENGTH_EXCEEDED",
	}).flatMap(([kind, codes]) => codes.split(" ").map((code): [string, HttpFailure] => [code, kind as HttpFailure])),
);

/** Codes of OpenSSL and of Node's check of certificates. */
const TLS = /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;

/** Messages of `fetch`, the only mark of its network errors in browsers. */
const OF_FETCH = /^(fetch failed|Failed to fetch|Load failed|NetworkError |Network request failed|error sending request)/i;

/** Kind of a network error; nothing for an error of another sort. */
export function networkFailure(error: unknown): HttpFailure | undefined {
	if (!(error instanceof Error)) return undefined;
	if (error.name === "TimeoutError" || error.name === "AbortError") return "timeout";
	const { cause, code } = error as Error & { code?: unknown };
	if (typeof code === "string") {
		const kind = KINDS.get(code) ?? (TLS.test(code) ? "tls" : undefined);
		if (kind !== undefined) return kind;
	}
	if (error instanceof TypeError && OF_FETCH.test(error.message)) return networkFailure(cause) ?? "connect";
	return undefined;
}

/** All kinds, to check the answer of a caller. */
export const HTTP_FAILURES: readonly HttpFailure[] = [
	"dns",
	"connect",
	"tls",
	"timeout",
	"tooLarge",
	"blocked",
	"redirect",
	"unsupported",
	"other",
];
