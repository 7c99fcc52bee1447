import { createPublicKey, type JsonWebKey } from "node:crypto";
import type { Handle, PKCS11, Template } from "pkcs11js";
import { keyError } from "./failures.js";
import { attribute, find } from "./keys.js";
import { loadPkcs11Js } from "./load.js";
import type { Opened } from "./session.js";

/** Curves by the end of the names and identifiers by which tokens know them, and the bytes of a coordinate. */
const CURVES: [params: RegExp, crv: string, length: number][] = [
	[/2a8648ce3d030107$/, "P-256", 32],
	[/2b81040022$/, "P-384", 48],
	[/2b81040023$/, "P-521", 66],
	// id-Ed25519, and the text `edwards25519` (PKCS #11 3.0, 6.3.2).
	[/2b6570$|656477617264733235353139$/, "Ed25519", 32],
];

/** SubjectPublicKeyInfo of the key, DER. Errors: `ERR_PKCS11_KEY` where the token has no public half that it shows. */
export function publicKeyOf(calls: PKCS11, { key, session }: Opened): Buffer<ArrayBuffer> {
	const pkcs11 = loadPkcs11Js();
	const of = (object: Handle, type: number) => attribute(calls, session, object, type);
	const label = of(key.handle, pkcs11.CKA_LABEL);
	const isPublicKey = { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PUBLIC_KEY };
	const names: Template[] = [
		...(key.id.length > 0 ? [[{ type: pkcs11.CKA_ID, value: key.id }]] : []),
		...(label !== undefined && label.length > 0 ? [[{ type: pkcs11.CKA_LABEL, value: label }]] : []),
	];
	const publicKeys = names.flatMap((name) => find(calls, session, [isPublicKey, ...name]));
	// An RSA key has its public numbers itself (PKCS #11, 6.1.3).
	for (const object of [...publicKeys, key.handle]) {
		const [n, e] = [of(object, pkcs11.CKA_MODULUS), of(object, pkcs11.CKA_PUBLIC_EXPONENT)];
		if (key.isRsa !== false && n?.length && e?.length) return spki({ kty: "RSA", n: n.toString("base64url"), e: e.toString("base64url") });
		const [params, point] = [of(object, pkcs11.CKA_EC_PARAMS), of(object, pkcs11.CKA_EC_POINT)];
		const curve = params && CURVES.find(([pattern]) => pattern.test(params.toString("hex")));
		if (curve !== undefined && point !== undefined) return spki(pointKey(curve[1], curve[2], point));
	}
	throw keyError(
		"ERR_PKCS11_KEY",
		"the token shows no public key that belongs to the private one",
		"give the public key itself, or write it into the token with the id of the private one",
	);
}

/** The point stands at the end of an OCTET STRING, or bare. */
function pointKey(crv: string, length: number, point: Buffer): JsonWebKey {
	if (crv === "Ed25519") return { kty: "OKP", crv, x: point.subarray(-length).toString("base64url") };
	const [x, y] = [point.subarray(-2 * length, -length), point.subarray(-length)];
	return { kty: "EC", crv, x: x.toString("base64url"), y: y.toString("base64url") };
}

function spki(key: JsonWebKey): Buffer<ArrayBuffer> {
	return createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "der" }) as Buffer<ArrayBuffer>;
}
