import { asBytes, type Bytes, fromHex } from "#bytes";
import { argumentBytes, type ByteInput, typeName } from "./bytes.js";
import { hostError } from "./errors.js";
import type { CertifyResult } from "./frames.js";
import type { DigestAlgorithm, SignatureAlgorithm } from "./generated.js";
import { ambientOf, certify, type SelfSigned } from "./operations.js";
import { type CertifiedSigner, isCertified, type Signer, signatureBytes, signingRequest } from "./request.js";

/** A public key: SubjectPublicKeyInfo in DER or PEM, the certificate of the key, or a `KeyObject` of Node. */
export type PublicKeyInput = ByteInput | string | { export(options: { type: "spki"; format: "der" }): unknown };

/** A key, and the name of its holder. */
export interface CertificateRequestOptions {
	/** Name of the holder, like `CN=Example Ltd signing,O=Example Ltd,C=DE` (RFC 4514) or `/C=DE/O=Example Ltd/CN=Example Ltd signing`. */
	readonly subject: string;
	/** Public key, as the key store exports it. */
	readonly publicKey: PublicKeyInput;
	/** Algorithm of the signature on the request. Default: that of the key. */
	readonly signatureAlgorithm?: SignatureAlgorithm | undefined;
	/** Digest algorithm of that signature. Default: that of the key. */
	readonly digestAlgorithm?: DigestAlgorithm | undefined;
}

/** A key, the name of its holder, and how long a self-signed certificate is valid. */
export interface SelfSignedOptions extends CertificateRequestOptions {
	/** Days for which the certificate is valid. Default: 365. */
	readonly days?: number | undefined;
	/** The time from which it is valid. Default: now. */
	readonly signingTime?: Date | undefined;
	/** 32 random bytes for the serial number. Default: from `crypto.getRandomValues`. */
	readonly entropy?: Uint8Array | undefined;
}

/** A certification request or a certificate. */
export interface Issued {
	/** DER. */
	readonly der: Bytes;
	/** The same as PEM. */
	readonly pem: string;
}

/**
 * Makes a certification request (PKCS #10) for a key that stays where it is: an authority makes a certificate of it. The signer signs once.
 *
 * Errors: `ERR_ARGUMENT` for a subject or a key that cannot be read, `ERR_SIGNATURE_…` for a signature that does not verify with the key.
 *
 * @example
 * const { pem } = await certificateRequest({ subject: "CN=Example Ltd signing,O=Example Ltd,C=DE", publicKey }, (data) => hsm.sign(data));
 */
export function certificateRequest(options: CertificateRequestOptions, signer: Signer | CertifiedSigner): Promise<Issued> {
	return issued("CERTIFICATE REQUEST", options, undefined, signer);
}

/**
 * Makes a certificate that its own key signs, for a first try. No validator trusts it unless it is told to.
 *
 * @example
 * const { der } = await selfSigned({ subject: "CN=Test", publicKey, days: 30 }, (data) => hsm.sign(data));
 */
export function selfSigned(
	{ days = 365, entropy, signingTime, ...options }: SelfSignedOptions,
	signer: Signer | CertifiedSigner,
): Promise<Issued> {
	return issued("CERTIFICATE", options, { days, ...ambientOf({ entropy, signingTime }) }, signer);
}

async function issued(
	label: string,
	{ publicKey, ...named }: CertificateRequestOptions,
	selfSigned: SelfSigned | undefined,
	signer: Signer | CertifiedSigner,
): Promise<Issued> {
	const sign = isCertified(signer) ? signer.sign.bind(signer) : signer;
	if (typeof sign !== "function") throw hostError("argumentType", "the signer", "a function", typeName(sign));
	const ofKey = isCertified(signer) ? signer.options : undefined;
	const key = {
		...named,
		signatureAlgorithm: named.signatureAlgorithm ?? ofKey?.signatureAlgorithm,
		digestAlgorithm: named.digestAlgorithm ?? ofKey?.digestAlgorithm,
		publicKey: keyBytes(publicKey),
	};
	const { request: wire } = certify(key, selfSigned).result as CertifyResult;
	const request = signingRequest(wire, fromHex(wire.data ?? ""));
	const signature = signatureBytes(await sign(request.data, request));
	const der = asBytes(certify(key, selfSigned, signature).payload.slice());
	const lines = btoa(Array.from(der, (octet) => String.fromCharCode(octet)).join("")).match(/.{1,64}/g) ?? [];
	return { der, pem: `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n` };
}

/** Errors: `ERR_ARGUMENT`. */
function keyBytes(key: unknown): Uint8Array {
	const { export: exports } = (key ?? {}) as { export?: unknown };
	const given = typeof exports === "function" ? exports.call(key, { type: "spki", format: "der" }) : key;
	return argumentBytes(given, "the public key");
}
