// What all key stores have in common: a signer with its certificate, which asks the store as the table says.

import { RustpdfError } from "../errors.js";
import type { SigningOptions, SigningRequest } from "../generated.js";
import type { CertificateInput, ChainInput } from "../options.js";
import { KEY_STORES, type KeyStore, type Way } from "./table.js";

/** A request of any entry of the package: bundlers can take another one for `rustpdf` than for a key store. */
export interface StoreRequest extends Omit<SigningRequest, "data" | "digest" | "digestInfo" | "documentDigest" | "certificateDigest"> {
	readonly data: Uint8Array;
	readonly digest: Uint8Array;
	readonly digestInfo?: Uint8Array;
}

/** The certificate of a key. */
export interface CertificateOfKey {
	/** Certificate of the key. A request for a certificate needs none. */
	certificate?: CertificateInput | undefined;
	/** Its issuers, in any order. */
	chain?: ChainInput | null | undefined;
}

/** A key in a key store, ready to sign: a signer for every call that signs. */
export interface StoreKey {
	/** Certificate of the key. */
	readonly certificate?: CertificateInput | undefined;
	/** Its issuers. */
	readonly chain?: ChainInput | null | undefined;
	/** Algorithm of the key, where it has one only. Missing issuers are fetched. Options of the call come first. */
	readonly options: Pick<SigningOptions, "signatureAlgorithm" | "digestAlgorithm" | "completeChain">;
	/** Public key, as the store exports it: for `certificateRequest` and `selfSigned`. */
	publicKey(): Promise<Uint8Array | string>;
	/** Signs a request. Errors: those of the key store, unchanged; `ERR_ALGORITHM_MISMATCH`. */
	sign(data: Uint8Array, request: StoreRequest): Promise<Uint8Array>;
}

/** What a store is asked for. */
export interface Asked {
	readonly way: Way;
	/** The store's name. */
	readonly name: string;
	/** What it signs. */
	readonly input: Uint8Array;
}

/** What the store is to be asked for a request. Errors: `ERR_ALGORITHM_MISMATCH`. */
export function askedOf(store: keyof typeof KEY_STORES, data: Uint8Array, request: StoreRequest): Asked {
	const { title, ways }: KeyStore = KEY_STORES[store];
	const { digestAlgorithm, signatureAlgorithm } = request;
	const way = ways[signatureAlgorithm];
	const name = way?.names[digestAlgorithm];
	if (way === undefined || name === undefined) {
		throw mismatch(`${title} does not sign by ${signatureAlgorithm} with ${digestAlgorithm}; use a key or options that it has`);
	}
	const input = way.input === "data" ? data : request.digest;
	if (way.most !== undefined && input.byteLength > way.most) {
		throw mismatch(`${title} signs at most ${way.most} bytes by ${signatureAlgorithm}, and there are ${input.byteLength}; use another key`);
	}
	return { way, name, input };
}

/** The error of a key that does not sign by an algorithm. */
export function mismatch(message: string): RustpdfError {
	return new RustpdfError("ERR_ALGORITHM_MISMATCH", message);
}

/** The bytes of an answer. A store that returned none has not signed. */
export function answerBytes(title: string, bytes: Uint8Array | undefined | null): Uint8Array {
	if (bytes === undefined || bytes === null) throw new Error(`${title} returned no bytes`);
	return bytes;
}
