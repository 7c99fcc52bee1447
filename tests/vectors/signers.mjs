// Keys in memory, and what they do right and wrong. Each signer takes a request and returns the raw signature.
import { constants, createPrivateKey, privateEncrypt, sign } from "node:crypto";
import { readFileSync } from "node:fs";

const key = (name) => createPrivateKey(readFileSync(new URL(`certificates/${name}.key`, import.meta.url)));

/** Signs as the request says: with salt it is PSS, and Ed25519 digests by itself. */
export const signer = (name) => (request) => {
	const { data, digestAlgorithm, saltLength } = request;
	const padding = saltLength === undefined ? {} : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
	return sign(name === "ed25519" ? null : digestAlgorithm, data, { key: key(name), ...padding });
};

/** ECDSA as r‖s, as PKCS #11 and WebCrypto give it. */
export const p1363 =
	(name) =>
	({ data, digestAlgorithm }) =>
		sign(digestAlgorithm, data, { key: key(name), dsaEncoding: "ieee-p1363" });

/** RSA PKCS #1 v1.5 of the bytes as they are, without DigestInfo. */
export const raw = (name, bytes) => privateEncrypt(key(name), bytes);

/** An Ed25519 key that no certificate knows: sixteen bytes of PKCS #8 (RFC 8410, 7), then the seed. */
export const otherEd25519 = ({ data }) => {
	const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, 9)]);
	return sign(null, data, createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }));
};

/** The signature as text. */
export const text = (signer, encoding) => (request) => {
	const bytes = signer(request);
	if (encoding !== "pem") return Buffer.from(bytes.toString(encoding));
	const lines = bytes
		.toString("base64")
		.match(/.{1,64}/g)
		.join("\n");
	return Buffer.from(`-----BEGIN SIGNATURE-----\n${lines}\n-----END SIGNATURE-----\n`);
};
