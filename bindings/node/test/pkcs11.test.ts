import { readFileSync } from "node:fs";
import { signWith } from "rustpdf";
import { openPkcs11Key } from "rustpdf/pkcs11";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, signer } from "./support/pki.js";
import { MODULE, makeToken, PIN, type TestToken, TOKEN } from "./support/token.js";
import { opensslVerify } from "./support/verify.js";

const pdf = makePdf();
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const open = (key: string, more = {}) => openPkcs11Key({ module: MODULE, token: TOKEN, pin: PIN, key, ...more });
let token: TestToken;

beforeAll(() => {
	token = makeToken();
});
afterAll(() => token.remove());

test.each([
	["rsa", "rsa-pkcs1"],
	["ed25519", "ed25519"],
] as const)("%s: the same bytes as with the key in memory", (name, signatureAlgorithm) => {
	const key = open(name);
	const options = { signatureAlgorithm, ...moment };
	expect(signWith(pdf, certificate(name), key.sign, chain(), options)).toEqual(
		signWith(pdf, certificate(name), signer(name), chain(), options),
	);
	key.close();
});

test.each([
	["rsa", "rsa-pss", "sha256"],
	["rsa", "rsa-pss", "sha384"],
	["rsa", "rsa-pss", "sha512"],
	["p256", "ecdsa", "sha256"],
	["p384", "ecdsa", "sha384"],
	["p521", "ecdsa", "sha512"],
] as const)("%s %s %s: the same but for the signature's value, which is random", (name, signatureAlgorithm, digestAlgorithm) => {
	const key = open(name);
	const options = { signatureAlgorithm, digestAlgorithm, ...moment };
	const signed = signWith(pdf, certificate(name), key.sign, chain(), options);
	opensslVerify(signed);
	const local = signWith(pdf, certificate(name), signer(name), chain(), options);
	const start = signed.indexOf("/Contents");
	expect(signed.length).toBe(local.length);
	expect(signed.subarray(0, start)).toEqual(local.subarray(0, start));
	key.close();
});

test("a key that wants the PIN for every signature", () => {
	const key = open("always");
	const leaf = readFileSync(token.alwaysCertificate);
	opensslVerify(signWith(pdf, leaf, key.sign, chain()));
	opensslVerify(signWith(pdf, leaf, key.sign, chain()));
	key.close();
});

test("a key by its id, in the only token there is", () => {
	const key = openPkcs11Key({ module: MODULE, pin: PIN, key: "01" });
	opensslVerify(signWith(pdf, certificate("rsa"), key.sign, chain()));
	key.close();
});

test("two keys of one token at once; closing one leaves the other", () => {
	const [one, other] = [open("rsa"), open("p256")];
	one.close();
	one.close();
	opensslVerify(signWith(pdf, certificate("p256"), other.sign, chain()));
	other.close();
});

test("what is not there is told", () => {
	const misuse = (message: RegExp) => expect.objectContaining({ code: "ERR_ARGUMENT", message: expect.stringMatching(message) });
	expect(() => open("rsa", { token: "nowhere" })).toThrow(misuse(/no token nowhere \(tokens: rustpdf\)/));
	expect(() => open("nothing")).toThrow(misuse(/no private key nothing/));
	expect(() => open("rsa", { module: "/nowhere.so" })).toThrow(misuse(/nowhere\.so cannot be loaded/));
});

test("the token's own errors come as they are, and do not spoil the module", () => {
	expect(() => open("rsa", { pin: "9999" })).toThrow(expect.objectContaining({ name: "Pkcs11Error", message: "CKR_PIN_INCORRECT" }));
	const key = open("rsa");
	opensslVerify(signWith(pdf, certificate("rsa"), key.sign, chain()));
	key.close();
});
