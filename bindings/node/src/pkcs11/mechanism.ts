import type { Handle, Mechanism, PKCS11 } from "pkcs11js";
import type { Curve, DigestAlgorithm, SignatureAlgorithm, SigningRequest } from "../generated.js";
import { keyError, reasonOf } from "./failures.js";
import { loadPkcs11Js, type Pkcs11Js } from "./load.js";

/**
 * A `SigningRequest` of any entry of the package: bundlers resolve `rustpdf` to the entry for browsers, where bytes are no `Buffer`, and
 * `rustpdf/pkcs11` to the only one there is.
 */
export interface Pkcs11Request extends Omit<SigningRequest, "data" | "digest" | "digestInfo" | "documentDigest" | "certificateDigest"> {
	readonly data: Uint8Array;
	readonly digest: Uint8Array;
	readonly digestInfo?: Uint8Array;
}

/** One way to have a request signed: a mechanism, and its input. */
export interface Way {
	readonly mechanism: Mechanism;
	readonly input: Uint8Array;
}

const CKM_EDDSA = 0x1057; // not among the constants of pkcs11js

/** Length of each curve's order, in bytes. */
const ORDERS: Record<Curve, number> = { p256: 32, p384: 48, p521: 66 };

/**
 * All ways to have a request signed, the most usual first.
 *
 * Mechanisms that take a digest come before those that hash the message: more tokens have them.
 */
export function waysOf(request: Pkcs11Request): Way[] {
	const pkcs11 = loadPkcs11Js();
	const { data, digest, digestInfo = digest } = request;
	const [plain, hashing] = typesOf(request, pkcs11);
	switch (request.signatureAlgorithm) {
		case "rsa-pkcs1":
			return [
				{ mechanism: { mechanism: plain }, input: digestInfo },
				{ mechanism: { mechanism: hashing }, input: data },
			];
		case "rsa-pss": {
			const parameter = pssParameter(request, pkcs11);
			return [
				{ mechanism: { mechanism: plain, parameter }, input: digest },
				{ mechanism: { mechanism: hashing, parameter }, input: data },
			];
		}
		case "ecdsa": {
			const inputs = ecdsaInputs(digest, request.curve);
			return [...inputs.map((input) => ({ mechanism: { mechanism: plain }, input })), { mechanism: { mechanism: hashing }, input: data }];
		}
		case "ed25519":
			return [{ mechanism: { mechanism: plain }, input: data }];
	}
}

/** The mechanism that takes a digest, and the one that hashes the message. Ed25519 has one only. */
function typesOf({ digestAlgorithm, signatureAlgorithm }: Algorithms, pkcs11: Pkcs11Js): [plain: number, hashing: number] {
	const index = (["sha256", "sha384", "sha512"] as const).indexOf(digestAlgorithm);
	const of = (...hashing: number[]) => hashing[index] as number;
	switch (signatureAlgorithm) {
		case "rsa-pkcs1":
			return [pkcs11.CKM_RSA_PKCS, of(pkcs11.CKM_SHA256_RSA_PKCS, pkcs11.CKM_SHA384_RSA_PKCS, pkcs11.CKM_SHA512_RSA_PKCS)];
		case "rsa-pss":
			return [pkcs11.CKM_RSA_PKCS_PSS, of(pkcs11.CKM_SHA256_RSA_PKCS_PSS, pkcs11.CKM_SHA384_RSA_PKCS_PSS, pkcs11.CKM_SHA512_RSA_PKCS_PSS)];
		case "ecdsa":
			return [pkcs11.CKM_ECDSA, of(pkcs11.CKM_ECDSA_SHA256, pkcs11.CKM_ECDSA_SHA384, pkcs11.CKM_ECDSA_SHA512)];
		case "ed25519":
			return [CKM_EDDSA, CKM_EDDSA];
	}
}

/**
 * A digest as `CKM_ECDSA` takes it: its leftmost bits, as many as the order has (FIPS 186-5, 6.4.1). Some tokens cut off the rest
 * themselves, others refuse it. A digest shorter than the order is taken as it is by most tokens; PIV cards want leading zeros.
 */
function ecdsaInputs(digest: Uint8Array, curve: Curve | undefined): Uint8Array[] {
	const length = curve === undefined ? digest.byteLength : ORDERS[curve];
	if (digest.byteLength >= length) return [digest.subarray(0, length)];
	return [digest, Buffer.concat([Buffer.alloc(length - digest.byteLength), digest])];
}

function pssParameter({ digestAlgorithm, saltLength = 0 }: Pkcs11Request, pkcs11: Pkcs11Js) {
	const hashes: Record<DigestAlgorithm, [hashAlg: number, mgf: number]> = {
		sha256: [pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256],
		sha384: [pkcs11.CKM_SHA384, pkcs11.CKG_MGF1_SHA384],
		sha512: [pkcs11.CKM_SHA512, pkcs11.CKG_MGF1_SHA512],
	};
	const [hashAlg, mgf] = hashes[digestAlgorithm];
	return { type: pkcs11.CK_PARAMS_RSA_PSS, hashAlg, mgf, saltLen: saltLength };
}

/** A part of the names of all mechanisms for a kind of key. */
const KINDS: Record<SignatureAlgorithm, string> = { "rsa-pkcs1": "RSA", "rsa-pss": "RSA", ecdsa: "ECDSA", ed25519: "EDDSA" };

type Algorithms = Pick<SigningRequest, "digestAlgorithm" | "signatureAlgorithm">;

/** The mechanisms by which a token signs. */
export class Mechanisms {
	/** Their types; `undefined` where the token does not tell: then each is tried. */
	readonly #types: Set<number> | undefined;

	constructor(calls: PKCS11, slot: Handle) {
		this.#types = signingTypes(calls, slot);
	}

	/** Whether the token says that it signs by this mechanism. */
	has({ mechanism }: Way): boolean {
		return this.#hasType(mechanism.mechanism);
	}

	#hasType(type: number): boolean {
		return this.#types?.has(type) ?? true;
	}

	/** The error where no way fits: it lists the mechanisms that the token has, and algorithms that would do. */
	error(request: Pkcs11Request, cause?: unknown): Error {
		const { digestAlgorithm, signatureAlgorithm } = request;
		const pkcs11 = loadPkcs11Js();
		const wanted = [...new Set(typesOf(request, pkcs11))].map((type) => nameOf(type, pkcs11)).join(" and ");
		const listed = [...(this.#types ?? [])].map((type) => nameOf(type, pkcs11));
		const ofKind = listed.filter((name) => name.startsWith("0x") || name.includes(KINDS[signatureAlgorithm]));
		const had = (ofKind.length > 0 ? ofKind : listed).join(", ");
		const why = cause === undefined ? `it lacks ${wanted}` : `it refuses ${wanted} for this key (${reasonOf(cause)})`;
		const found = `the token does not sign ${signatureAlgorithm} with ${digestAlgorithm}: ${why}; it lists ${had || "no mechanism for signatures"}`;
		const [other] = cause === undefined ? this.#alternatives(request, pkcs11) : [];
		const remedy = other
			? `choose \`signatureAlgorithm\` ${other.signatureAlgorithm} and \`digestAlgorithm\` ${other.digestAlgorithm}`
			: "use another key or token, or a newer module of its vendor";
		return keyError("ERR_PKCS11_MECHANISM", found, remedy, cause);
	}

	/** Algorithms for the same kind of key that the token has: those with the same padding first. */
	#alternatives({ digestAlgorithm, signatureAlgorithm }: Algorithms, pkcs11: Pkcs11Js): Algorithms[] {
		if (this.#types === undefined) return [];
		const kinds: SignatureAlgorithm[] = signatureAlgorithm.startsWith("rsa")
			? [signatureAlgorithm, "rsa-pss", "rsa-pkcs1"]
			: [signatureAlgorithm];
		const digests: DigestAlgorithm[] = [digestAlgorithm, "sha256", "sha384", "sha512"];
		const others = kinds.flatMap((kind) => digests.map((digest) => ({ signatureAlgorithm: kind, digestAlgorithm: digest })));
		const isOther = (one: Algorithms) => one.signatureAlgorithm !== signatureAlgorithm || one.digestAlgorithm !== digestAlgorithm;
		return others.filter((one) => isOther(one) && typesOf(one, pkcs11).some((type) => this.#hasType(type)));
	}
}

function signingTypes(calls: PKCS11, slot: Handle): Set<number> | undefined {
	try {
		const listed = calls.C_GetMechanismList(slot);
		return listed.length === 0 ? undefined : new Set(listed.filter((type) => signsBy(calls, slot, type)));
	} catch {
		return undefined;
	}
}

function signsBy(calls: PKCS11, slot: Handle, type: number): boolean {
	try {
		return (calls.C_GetMechanismInfo(slot, type).flags & loadPkcs11Js().CKF_SIGN) !== 0;
	} catch {
		return true;
	}
}

function nameOf(type: number, pkcs11: Pkcs11Js): string {
	if (type === CKM_EDDSA) return "CKM_EDDSA";
	const name = Object.entries(pkcs11).find(([key, value]) => value === type && key.startsWith("CKM_"))?.[0];
	return name ?? `0x${type.toString(16)}`;
}
