// An odd answer has the same outcome where `node:crypto` verifies for the core, and where the core verifies by itself.

import crypto, { constants, createHash, generateKeyPairSync, type KeyObject, privateEncrypt, sign } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { beginSigning, type LevelB, RustpdfError, type SignCallOptions, type SigningRequest, signWith } from "rustpdf";
import { afterEach, describe, expect, test, vi } from "vitest";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, privateKey, signer } from "./support/pki.js";

const pdf = makePdf();
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const nodeVerify = crypto.verify;

/** Gives the package another `verify` of `node:crypto`. */
function replaceVerify(verify: unknown): void {
	Object.assign(crypto, { verify });
	syncBuiltinESMExports();
}

afterEach(() => replaceVerify(nodeVerify));

const CURVES: Record<string, { name: string; order: bigint; size: number }> = {
	// SEC 2, sections 2.4.2, 2.5.1 and 2.6.1
	p256: { name: "P-256", order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n, size: 32 },
	p384: {
		name: "P-384",
		order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
		size: 48,
	},
	p521: {
		name: "P-521",
		order:
			0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
		size: 66,
	},
};

const KEYS: [title: string, name: string, options: Partial<SignCallOptions & LevelB>, other: () => KeyObject][] = [
	["RSA PKCS #1", "rsa", { signatureAlgorithm: "rsa-pkcs1" }, () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
	["RSA PSS", "rsa", { signatureAlgorithm: "rsa-pss" }, () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
	...Object.entries(CURVES).map(([name, curve]): (typeof KEYS)[number] => [
		curve.name,
		name,
		{},
		() => generateKeyPairSync("ec", { namedCurve: curve.name }).privateKey,
	]),
	["Ed25519", "ed25519", {}, () => generateKeyPairSync("ed25519").privateKey],
];

describe.each(KEYS)("%s", (_, name, options, other) => {
	const complete = { ...options, ...moment };
	const session = beginSigning(pdf, { ...complete, pades: true, certificate: certificate(name), chain: chain() });
	const request = session.request as SigningRequest;
	const data = Buffer.from(request.data);
	const good = signer(name)(data, request);

	/** The document, or the code of the error. */
	const outcome = (act: () => Uint8Array): Buffer | string => {
		try {
			return Buffer.from(act());
		} catch (error) {
			if (error instanceof RustpdfError) return error.code;
			throw error;
		}
	};
	const signed = (answer: Uint8Array) => outcome(() => signWith(pdf, certificate(name), () => answer, chain(), complete));

	/** The outcome, which is the same whoever verifies. */
	const both = (answer: Uint8Array): Buffer | string => {
		const withNode = signed(answer);
		replaceVerify(() => {
			throw new Error("not here");
		});
		expect(signed(answer)).toEqual(withNode);
		expect(outcome(() => session.completeWithSignature(answer))).toEqual(withNode);
		return withNode;
	};

	test("the right signature is embedded, and Node verified it", () => {
		const verify = vi.fn<(...given: Parameters<typeof nodeVerify>) => unknown>(nodeVerify);
		replaceVerify(verify);
		expect(signed(good)).toBeInstanceOf(Buffer);
		expect(verify).toHaveBeenCalledOnce();
		expect(verify).toHaveReturnedWith(true);
		expect(both(good)).toBeInstanceOf(Buffer);
	});

	test.each(oddAnswers(name, other(), data, good, request))("%s is refused", (_, answer) => {
		const code = both(answer);
		expect(code).toMatch(/^ERR_SIGNATURE_/);
	});
});

/** Answers that are wrong for a request, with their names. */
function oddAnswers(name: string, other: KeyObject, data: Buffer, good: Buffer, request: SigningRequest): [string, Buffer][] {
	const { digestAlgorithm, saltLength } = request;
	const key = privateKey(name);
	const digest = (bytes: Buffer) => createHash(digestAlgorithm).update(bytes).digest();
	const by = (signing: KeyObject, bytes: Buffer) =>
		name === "ed25519"
			? sign(null, bytes, signing)
			: sign(
					digestAlgorithm,
					bytes,
					saltLength === undefined ? signing : { key: signing, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength },
				);
	const changed = Buffer.from(good);
	changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
	const odd: Record<string, Buffer> = {
		"no bytes": Buffer.alloc(0),
		"another key": by(other, data),
		"other data": by(key, Buffer.concat([data, Buffer.of(1)])),
		"digest of the digest": by(key, digest(data)),
		hexadecimal: Buffer.from(good.toString("hex")),
		base64: Buffer.from(good.toString("base64")),
		"one byte less": good.subarray(0, -1),
		"one byte more": Buffer.concat([good, Buffer.of(0)]),
		"one bit changed": changed,
		"only zeros": Buffer.alloc(good.length),
	};
	if (name === "ed25519") Object.assign(odd, oddEd25519Answers(key, data));
	if (name === "rsa") Object.assign(odd, oddRsaAnswers(key, data, digest(data), request));
	const curve = CURVES[name];
	if (curve !== undefined) Object.assign(odd, oddCurveAnswers(curve, sign(digestAlgorithm, data, { key, dsaEncoding: "ieee-p1363" })));
	return Object.entries(odd);
}

function oddRsaAnswers(
	key: KeyObject,
	data: Buffer,
	digest: Buffer,
	{ digestAlgorithm, saltLength }: SigningRequest,
): Record<string, Buffer> {
	const odd: Record<string, Buffer> = {
		// RFC 8017, A.2.4: the parameters of a hash algorithm are NULL
		"DigestInfo without parameters": privateEncrypt(
			{ key, padding: constants.RSA_PKCS1_PADDING },
			Buffer.concat([Buffer.from("302f300b0609608648016503040201", "hex"), Buffer.of(4, 32), digest]),
		),
		"without DigestInfo": privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digest),
		"PKCS #1, another digest": sign("sha512", data, key),
		"the modulus": Buffer.from(key.export({ format: "jwk" }).n as string, "base64url"),
	};
	for (const salt of [1, digest.length - 1, digest.length, digest.length + 1, constants.RSA_PSS_SALTLEN_MAX_SIGN]) {
		const title = salt < 0 ? "PSS, longest salt" : `PSS, salt of ${salt} bytes`;
		if (salt !== saltLength) odd[title] = sign(digestAlgorithm, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt });
	}
	if (saltLength !== undefined) odd["PKCS #1"] = sign(digestAlgorithm, data, key);
	return odd;
}

/** Signatures that fulfil the equation of RFC 8032, 5.1.7, and that a strict verification refuses: R is a point of small order. */
function oddEd25519Answers(key: KeyObject, data: Buffer): Record<string, Buffer> {
	const order = (1n << 252n) + 27742317777372353535851937790883648493n;
	const number = (littleEndian: Buffer) => BigInt(`0x${Buffer.from(littleEndian).reverse().toString("hex")}`);
	const { d, x } = key.export({ format: "jwk" });
	const secret = createHash("sha512")
		.update(Buffer.from(d as string, "base64url"))
		.digest()
		.subarray(0, 32);
	secret[0] = (secret[0] as number) & 248;
	secret[31] = ((secret[31] as number) & 63) | 64;
	const identity = Buffer.concat([Buffer.of(1), Buffer.alloc(31)]);
	const challenge = createHash("sha512")
		.update(Buffer.concat([identity, Buffer.from(x as string, "base64url"), data]))
		.digest();
	const s = (number(challenge) * number(secret)) % order;
	const answer = Buffer.concat([identity, Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse()]);
	return { "R of small order": answer };
}

function oddCurveAnswers({ order, size }: { order: bigint; size: number }, good: Buffer): Record<string, Buffer> {
	const bytes = (number: bigint, length: number) => Buffer.from(number.toString(16).padStart(2 * length, "0"), "hex");
	const element = (tag: number, content: Buffer) =>
		Buffer.concat([Buffer.of(tag, ...(content.length < 128 ? [] : [0x81]), content.length), content]);
	const integer = (number: bigint) => {
		if (number < 0n) return element(2, bytes((1n << BigInt(8 * (size + 1))) + number, size + 1));
		const hex = number.toString(16);
		return element(2, bytes(number, Math.floor(hex.length / 2) + 1));
	};
	const sequence = (...elements: Buffer[]) => element(0x30, Buffer.concat(elements));
	const half = (part: Buffer) => BigInt(`0x${part.toString("hex")}`);
	const [r, s] = [half(good.subarray(0, size)), half(good.subarray(size))];
	const pairs: Record<string, [bigint, bigint]> = {
		"r zero": [0n, s],
		"s zero": [r, 0n],
		"both zero": [0n, 0n],
		swapped: [s, r],
		"r the order": [order, s],
		"s the order": [r, order],
		"r beyond": [order + 1n, s],
		"s beyond": [r, order + 1n],
		"r negative": [-r, s],
		"s one": [r, 1n],
	};
	const odd: Record<string, Buffer> = {
		"three numbers, DER": sequence(integer(r), integer(s), integer(s)),
		"one number, DER": sequence(integer(r)),
	};
	for (const [title, [first, second]] of Object.entries(pairs)) {
		odd[`${title}, DER`] = sequence(integer(first), integer(second));
		if (first >= 0n) odd[`${title}, fixed`] = Buffer.concat([bytes(first, size), bytes(second, size)]);
	}
	return odd;
}
