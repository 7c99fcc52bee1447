import type { Mechanism } from "pkcs11js";
import type { DigestAlgorithm, SigningRequest } from "../generated.js";
import type { Pkcs11Js } from "./load.js";

const CKM_EDDSA = 0x1057; // not among the constants of pkcs11js

/**
 * The mechanism for a request and what it signs.
 *
 * Those that take a digest made elsewhere: every token has them, while many lack the ones that hash.
 */
export function mechanismFor(request: SigningRequest, pkcs11: Pkcs11Js): { mechanism: Mechanism; input: Uint8Array } {
	const { data, digest, digestInfo = digest } = request;
	switch (request.signatureAlgorithm) {
		case "rsa-pkcs1":
			return { mechanism: { mechanism: pkcs11.CKM_RSA_PKCS }, input: digestInfo };
		case "rsa-pss":
			return { mechanism: { mechanism: pkcs11.CKM_RSA_PKCS_PSS, parameter: pssParameter(request, pkcs11) }, input: digest };
		case "ecdsa":
			return { mechanism: { mechanism: pkcs11.CKM_ECDSA }, input: digest };
		case "ed25519":
			return { mechanism: { mechanism: CKM_EDDSA }, input: data };
	}
}

function pssParameter({ digestAlgorithm, saltLength = 0 }: SigningRequest, pkcs11: Pkcs11Js) {
	const hashes: Record<DigestAlgorithm, [hashAlg: number, mgf: number]> = {
		sha256: [pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256],
		sha384: [pkcs11.CKM_SHA384, pkcs11.CKG_MGF1_SHA384],
		sha512: [pkcs11.CKM_SHA512, pkcs11.CKG_MGF1_SHA512],
	};
	const [hashAlg, mgf] = hashes[digestAlgorithm];
	return { type: pkcs11.CK_PARAMS_RSA_PSS, hashAlg, mgf, saltLen: saltLength };
}
