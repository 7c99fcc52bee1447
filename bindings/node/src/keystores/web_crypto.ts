import { askedOf, type CertificateOfKey, type StoreKey } from "./key.js";

/** A private key of WebCrypto, in a browser or elsewhere; it need not be extractable. */
export interface WebCryptoOptions extends CertificateOfKey {
	/** The private key, with the usage `sign`. */
	key: CryptoKey;
	/** The public key of the pair: for `publicKey` alone. */
	publicKey?: CryptoKey | undefined;
}

/**
 * A key of WebCrypto as a signer. Its algorithm and digest are those of the key.
 *
 * @example
 * const signed = await sign({ pdf, signer: webCryptoKey({ key: cryptoKey, certificate, chain }) });
 */
export function webCryptoKey({ certificate, chain, key, publicKey }: WebCryptoOptions): StoreKey {
	const { hash, name } = key.algorithm as { name: string; hash?: { name: string } };
	const digestAlgorithm = hash?.name.replace("-", "").toLowerCase() as "sha256" | undefined; // ECDSA keys have none
	return {
		certificate,
		chain,
		options: {
			completeChain: true,
			...(name === "RSA-PSS" && { signatureAlgorithm: "rsa-pss" as const }),
			...(digestAlgorithm !== undefined && { digestAlgorithm }),
		},
		async publicKey() {
			if (publicKey === undefined) throw new Error("give the public key of the pair as `publicKey`");
			return new Uint8Array(await crypto.subtle.exportKey("spki", publicKey));
		},
		async sign(data, request) {
			const { input, name, way } = askedOf("web-crypto", data, request);
			const algorithm = {
				name: way.scheme as string,
				hash: name,
				...(request.saltLength !== undefined && { saltLength: request.saltLength }),
			};
			return new Uint8Array(await crypto.subtle.sign(algorithm, key, Uint8Array.from(input)));
		},
	};
}
