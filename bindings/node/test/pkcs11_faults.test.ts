import { readFileSync } from "node:fs";
import { join } from "node:path";
import pkcs11js from "pkcs11js";
import { signWith, signWithAsync } from "rustpdf";
import { openPkcs11Key, type Pkcs11Key, type Pkcs11KeyOptions } from "rustpdf/pkcs11";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { makePdf } from "./support/pdf.js";
import { certificate, chain } from "./support/pki.js";
import { makeShim, makeToken, PIN, type Shim, type TestToken, TOKEN } from "./support/token.js";
import { opensslVerify } from "./support/verify.js";

const pdf = makePdf();
const failure = (code: string, message: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(message) });
const opened: Pkcs11Key[] = [];
let token: TestToken;
let shim: Shim;

beforeAll(() => {
	token = makeToken();
	shim = makeShim(token);
});
afterAll(() => token.remove());
afterEach(() => {
	for (const key of opened.splice(0)) key.close();
	delete process.env["SHIM"];
	shim.calls();
});

/** Opens a key behind a module with faults. */
function open(faults: string, key: string, more: Pkcs11KeyOptions = {}): Pkcs11Key {
	process.env["SHIM"] = faults;
	const one = openPkcs11Key({ module: shim.module, token: TOKEN, key, pin: PIN, ...more });
	opened.push(one);
	return one;
}

/** Signs by a key, and has OpenSSL verify it. */
function sign(key: Pkcs11Key, name: string, options = {}): void {
	const leaf = name === "always" ? readFileSync(token.alwaysCertificate) : certificate(name);
	opensslVerify(signWith(pdf, leaf, key.sign, chain(), options));
}

const logins = () => shim.calls().filter((call) => call.startsWith("C_Login"));

test("a PIN entry that was cancelled: the next signature works", () => {
	const key = open("cancel-once", "always");
	expect(() => sign(key, "always")).toThrow(failure("ERR_PKCS11_PIN_CANCELLED", /cancelled or timed out; sign again/));
	sign(key, "always");
	sign(key, "always");
});

test("a wrong PIN for signatures is sent once, and spoils no other key", () => {
	const key = open("signing-pin", "always");
	shim.calls();
	for (let times = 0; times < 3; times++) {
		expect(() => sign(key, "always")).toThrow(failure("ERR_PKCS11_PIN_WRONG", /PIN for signatures .*give the right `signingPin`/));
	}
	expect(logins()).toEqual(["C_Login for a signature"]);
	sign(open("signing-pin", "rsa"), "rsa");
	const right = open("signing-pin", "always", { signingPin: "777777" });
	sign(right, "always");
	sign(right, "always");
});

test("a PIN for signatures that is asked for each time: a wrong one, then the right one", () => {
	const typed = ["111111", "777777", "777777"];
	const key = open("signing-pin", "always", { signingPin: () => String(typed.shift()) });
	expect(() => sign(key, "always")).toThrow(failure("ERR_PKCS11_PIN_WRONG", /refused the PIN for signatures/));
	sign(key, "always");
	sign(key, "always");
	expect(typed).toEqual([]);
});

test("what a function throws instead of a PIN reaches the caller, and the next signature works", () => {
	const gaveUp = new Error("gave up");
	let first = true;
	const key = open("", "always", {
		signingPin: () => {
			if (!first) return PIN;
			first = false;
			throw gaveUp;
		},
	});
	expect(() => sign(key, "always")).toThrow(gaveUp);
	sign(key, "always");
});

test("a card that logs out after each signature: one login more each", () => {
	const key = open("logout", "rsa");
	for (let times = 0; times < 3; times++) sign(key, "rsa");
	expect(logins()).toHaveLength(3);
	const always = open("logout", "always");
	for (let times = 0; times < 2; times++) sign(always, "always");
});

test("a card that logs out, and no PIN to log in by", () => {
	const other = open("", "p256"); // the login of the process
	const key = open("logout", "rsa", { pin: undefined });
	sign(key, "rsa");
	expect(() => sign(key, "rsa")).toThrow(failure("ERR_PKCS11_PIN_MISSING", /before a PIN is given; give the PIN as `pin`/));
	sign(other, "p256");
});

test("a key that stays refused is tried twice, with and without a PIN", () => {
	const one = open("never-in", "rsa");
	expect(() => sign(one, "rsa")).toThrow(failure("ERR_PKCS11_REFUSED", /the token refused \(C_SignInit: CKR_USER_NOT_LOGGED_IN\)/));
	expect(shim.calls().filter((call) => call === "C_OpenSession")).toHaveLength(2);
	const other = open("never-in", "rsa", { pin: undefined });
	expect(() => sign(other, "rsa")).toThrow(failure("ERR_PKCS11_PIN_MISSING", /requires a PIN for this key; give it as `pin`/));
});

test("a PIN that was changed meanwhile is sent once", () => {
	let pin = PIN;
	const key = open("logout pin-locks", "rsa", { pin: () => pin });
	sign(key, "rsa");
	pin = "9999";
	shim.calls();
	for (let times = 0; times < 3; times++) expect(() => sign(key, "rsa")).toThrow(failure("ERR_PKCS11_PIN_WRONG", /refused the PIN/));
	expect(logins()).toEqual(["C_Login"]);
	pin = PIN;
	sign(key, "rsa");
});

test.each(["lose-session", "lose-card", "lose-server", "finalized", "confused"])("%s: a new session, and on", (fault) => {
	const key = open(fault, "rsa");
	for (let times = 0; times < 3; times++) sign(key, "rsa");
	key.close();
	const calls = shim.calls();
	const count = (name: string) => calls.filter((call) => call === name).length;
	expect(count("C_Sign")).toBe(3);
	expect(count("C_OpenSession")).toBe(2);
});

test("two keys of a module whose server was gone", () => {
	const [one, other] = [open("lose-server", "rsa"), open("lose-server", "p256")];
	for (let times = 0; times < 2; times++) {
		sign(one, "rsa");
		sign(other, "p256");
	}
	one.close();
	sign(other, "p256");
});

test("a token that has one session only", () => {
	const key = open("one-session logout", "rsa");
	for (let times = 0; times < 3; times++) sign(key, "rsa");
	expect(() => open("one-session", "p256")).toThrow(failure("ERR_PKCS11_REFUSED", /no room for another session/));
});

test("a card that is gone is asked for, and serves when it is back", () => {
	const key = open("lose-for-good", "rsa");
	sign(key, "rsa");
	for (let times = 0; times < 2; times++) {
		expect(() => sign(key, "rsa")).toThrow(failure("ERR_PKCS11_GONE", /"rustpdf" .* is not there any more; connect it/));
	}
	process.env["SHIM"] = "";
	sign(key, "rsa");
});

test("a general error because the card is gone: the error says that it is gone, and the key serves when it is back", () => {
	const key = open("confused lose-for-good", "rsa");
	sign(key, "rsa");
	for (let times = 0; times < 2; times++) expect(() => sign(key, "rsa")).toThrow(failure("ERR_PKCS11_GONE", /is not there any more/));
	process.env["SHIM"] = "";
	sign(key, "rsa");
});

test("a general error of a module that another part of the process initialised: it is not finalised", () => {
	process.env["SHIM"] = "confused";
	const calls = new pkcs11js.PKCS11();
	calls.load(shim.module);
	calls.C_Initialize();
	const key = open("confused", "rsa");
	sign(key, "rsa");
	for (let times = 0; times < 2; times++)
		expect(() => sign(key, "rsa")).toThrow(failure("ERR_PKCS11_REFUSED", /the token refused \(.*CKR_GENERAL_ERROR\)/));
	process.env["SHIM"] = "";
	sign(key, "rsa");
	key.close();
	calls.C_Finalize();
	calls.close();
});

test("another card of the same label is not given the PIN", () => {
	const key = open("swap-card", "rsa");
	sign(key, "rsa");
	shim.calls();
	expect(() => sign(key, "rsa")).toThrow(failure("ERR_PKCS11_GONE", /is not there any more/));
	expect(logins()).toEqual([]);
});

test("a card that is gone is closed without a word", () => {
	const key = open("lose-for-good", "rsa");
	sign(key, "rsa");
	expect(() => sign(key, "rsa")).toThrow();
	key.close();
});

test("a wrong PIN says how many tries are left", () => {
	process.env["SHIM"] = "pin-locks";
	const calls = new pkcs11js.PKCS11(); // has the module remember them from key to key
	calls.load(shim.module);
	calls.C_Initialize();
	const wrong = (pin = "9999") => open("pin-locks", "rsa", { pin });
	expect(wrong).toThrow(failure("ERR_PKCS11_PIN_WRONG", /refused the PIN \(CKR_PIN_INCORRECT\): more than one try is left/));
	expect(wrong).toThrow(failure("ERR_PKCS11_PIN_WRONG", /: one try is left, then the token locks; give the right `pin`/));
	expect(wrong).toThrow(failure("ERR_PKCS11_PIN_LOCKED", /: no try is left; unlock it by the PUK/));
	expect(() => wrong(PIN)).toThrow(failure("ERR_PKCS11_PIN_LOCKED", /the PIN is locked: no try is left/));
	calls.C_Finalize();
	calls.close();
});

test("a malformed PIN is a wrong one, for signatures too: no other mechanism is tried", () => {
	expect(() => open("six-digits", "rsa")).toThrow(failure("ERR_PKCS11_PIN_WRONG", /refused the PIN \(CKR_DATA_INVALID\)/));
	const pins = ["4321", "123400", "123400"];
	const key = open("six-digits", "always", { pin: "123400", signingPin: () => String(pins.shift()) });
	shim.calls();
	expect(() => sign(key, "always")).toThrow(failure("ERR_PKCS11_PIN_WRONG", /refused the PIN for signatures \(CKR_DATA_INVALID\)/));
	expect(logins()).toEqual(["C_Login for a signature"]);
	sign(key, "always");
	sign(key, "always");
});

/** Signs several times at once, each in a thread, and has OpenSSL verify each signature. */
async function signAtOnce(key: Pkcs11Key, name: string, times: number): Promise<void> {
	const leaf = name === "always" ? readFileSync(token.alwaysCertificate) : certificate(name);
	const all = await Promise.all(Array.from({ length: times }, () => signWithAsync(pdf, leaf, key.signAsync, chain())));
	for (const signed of all) opensslVerify(signed);
}

/** The most signatures that were made at a time. */
function overlap(): number {
	let [now, most] = [0, 0];
	for (const call of shim.calls()) {
		if (call === "C_Sign begins") most = Math.max(most, ++now);
		if (call === "C_Sign") now--;
	}
	return most;
}

test("signatures in threads are made at a time, and the event loop goes on", async () => {
	const key = open("slow", "rsa");
	let ticks = 0;
	const timer = setInterval(() => ticks++, 10);
	await signAtOnce(key, "rsa", 8);
	clearInterval(timer);
	const most = overlap();
	expect(most).toBeGreaterThan(1);
	expect(most).toBeLessThanOrEqual(4);
	expect(ticks).toBeGreaterThan(5);
	sign(key, "rsa");
});

test("signatures in threads are made one by one where each wants a PIN, the token has one session, or the module is OpenSC", async () => {
	await signAtOnce(open("slow", "always"), "always", 3);
	expect(overlap()).toBe(1);
	for (const key of opened.splice(0)) key.close();
	await signAtOnce(open("slow one-session", "rsa"), "rsa", 3);
	expect(overlap()).toBe(1);
	for (const key of opened.splice(0)) key.close();
	await signAtOnce(open("slow opensc", "rsa"), "rsa", 3);
	expect(overlap()).toBe(1);
});

test.each(["logout", "lose-session", "finalized", "confused"])("signatures in threads, and %s", async (fault) => {
	const key = open(`slow ${fault}`, "rsa");
	await signAtOnce(key, "rsa", 6);
	await signAtOnce(key, "rsa", 2);
});

test("a wrong PIN for signatures is sent once, by threads too", async () => {
	const key = open("signing-pin", "always");
	shim.calls();
	const leaf = readFileSync(token.alwaysCertificate);
	const all = await Promise.allSettled([1, 2, 3].map(() => signWithAsync(pdf, leaf, key.signAsync, chain())));
	for (const one of all) expect(one).toMatchObject({ status: "rejected", reason: failure("ERR_PKCS11_PIN_WRONG", /PIN for signatures/) });
	expect(logins()).toEqual(["C_Login for a signature"]);
});

test("a key that is closed while threads sign lets them end, and refuses those that wait", async () => {
	const key = open("slow", "rsa");
	sign(key, "rsa");
	shim.calls();
	const all = Array.from({ length: 6 }, () => signWithAsync(pdf, certificate("rsa"), key.signAsync, chain()));
	const log = () => readFileSync(join(token.folder, "shim.log"), "utf8");
	await vi.waitFor(() => expect(log()).toContain("C_Sign begins"), 10_000);
	key.close();
	const ended = await Promise.allSettled(all);
	const calls = shim.calls();
	const count = (name: string) => calls.filter((call) => call === name).length;
	expect(count("C_Sign")).toBe(count("C_Sign begins"));
	expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(count("C_Sign"));
	expect(ended.at(-1)).toMatchObject({ status: "rejected", reason: failure("ERR_ARGUMENT", /the key is closed/) });
	expect(count("C_CloseSession")).toBe(count("C_OpenSession") + 1); // the first was opened before
	sign(open("", "rsa"), "rsa");
});

test("a PIN pad: the PIN is entered there", () => {
	const key = open("pin-pad", "always", { pin: undefined });
	sign(key, "always");
	sign(key, "always");
	expect(logins()).toEqual(["C_Login", "C_Login for a signature", "C_Login for a signature"]);
});

test.each([
	["rsa", "rsa-pkcs1"],
	["rsa", "rsa-pss"],
	["p256", "ecdsa"],
] as const)("a token without mechanisms for digests: %s %s", (name, signatureAlgorithm) => {
	for (const fault of ["hash-only", "lying-list"]) {
		const key = open(fault, name);
		sign(key, name, { signatureAlgorithm, digestAlgorithm: "sha256" });
		sign(key, name, { signatureAlgorithm, digestAlgorithm: "sha256" });
	}
});

test("a token without a mechanism that fits lists those that it has, and what would do", () => {
	const message =
		/does not sign rsa-pkcs1 with sha512: it lacks CKM_RSA_PKCS and CKM_SHA512_RSA_PKCS; it lists CKM_SHA256_RSA_PKCS, CKM_SHA256_RSA_PKCS_PSS, 0x80000001; choose `signatureAlgorithm` rsa-pkcs1 and `digestAlgorithm` sha256/;
	const options = { signatureAlgorithm: "rsa-pkcs1", digestAlgorithm: "sha512" };
	expect(() => sign(open("hash-only", "rsa"), "rsa", options)).toThrow(failure("ERR_PKCS11_MECHANISM", message));
	expect(() => sign(open("aes-only", "rsa"), "rsa")).toThrow(
		failure("ERR_PKCS11_MECHANISM", /lists no mechanism for signatures; use another key or token/),
	);
});

test("CKM_ECDSA is given the leftmost bits of a long digest (FIPS 186-5, 6.4.1)", () => {
	for (const digestAlgorithm of ["sha256", "sha384", "sha512"]) sign(open("strict-ecdsa", "p256"), "p256", { digestAlgorithm });
});

test("CKM_ECDSA is given leading zeros where it wants a digest as long as the order", () => {
	for (const fault of ["exact-ecdsa", "stuck-ecdsa"]) {
		const key = open(fault, "p384");
		for (const digestAlgorithm of ["sha256", "sha256", "sha384", "sha512"]) sign(key, "p384", { digestAlgorithm });
	}
});

test("a token that cannot be asked about itself hides no other", () => {
	token.addToken("twin");
	sign(open("not-recognized", "rsa", { token: undefined }), "rsa");
});
