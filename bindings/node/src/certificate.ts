import { argumentBytes } from "./bytes.js";

/** The bytes of a certificate or PEM bundle, DER or PEM: the core tells them apart. Errors: `ERR_ARGUMENT`. */
export function certificateBytes(certificate: unknown, name = "the certificate"): Uint8Array {
	const { raw } = (certificate ?? {}) as { raw?: unknown };
	return argumentBytes(raw ?? certificate, name);
}

/** The bytes of each part of a chain; nothing is an empty chain. Errors: `ERR_ARGUMENT`. */
export function chainBytes(chain: unknown): Uint8Array[] {
	if (chain === undefined || chain === null) return [];
	return (Array.isArray(chain) ? chain : [chain]).map((part) => certificateBytes(part, "each certificate of the chain"));
}
