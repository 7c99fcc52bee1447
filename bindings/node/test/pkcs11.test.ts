import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pkcs11js from "pkcs11js";
import { signMany, signWith } from "rustpdf";
import { openPkcs11Key, type Pkcs11KeyOptions } from "rustpdf/pkcs11";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, pkiPath, signer } from "./support/pki.js";
import { MODULE, makeToken, PIN, type TestToken, TOKEN } from "./support/token.js";
import { opensslVerify } from "./support/verify.js";

const pdf = makePdf();
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const failure = (code: string, message: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(message) });
const open = (key: string, more = {}) => openPkcs11Key({ module: MODULE, token: TOKEN, pin: PIN, key, ...more });
let token: TestToken;

beforeAll(() => {
	token = makeToken();
});
afterAll(() => token.remove());

/** Keeps a signed document for the table of examples/kms/matrix.py, if `RUSTPDF_KEYSTORES` names a folder. */
function keepForTable(kind: string, algorithms: string, signed: Uint8Array) {
	const folder = process.env["RUSTPDF_KEYSTORES"];
	if (folder !== undefined) writeFileSync(`${folder}/TypeScript--pkcs11--${kind}--${algorithms}.pdf`, signed);
}

test.each([
	["rsa", "rsa-pkcs1"],
	["ed25519", "ed25519"],
] as const)("%s: the same bytes as with the key in memory", (name, signatureAlgorithm) => {
	const key = open(name);
	const options = { signatureAlgorithm, ...moment };
	const signed = signWith(pdf, certificate(name), key.sign, chain(), options);
	expect(signed).toEqual(signWith(pdf, certificate(name), signer(name), chain(), options));
	keepForTable(name, name === "rsa" ? "rsa-pkcs1-sha256" : "ed25519-sha512", signed);
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
	keepForTable(name, `${signatureAlgorithm}-${digestAlgorithm}`, signed);
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

test("two keys of one token at once; closing one leaves the login to the other", () => {
	const [one, other] = [open("rsa"), open("p256")];
	one.close();
	const third = open("p384", { pin: undefined }); // sees its private key by the login of the process
	for (const [key, name] of [
		[other, "p256"],
		[third, "p384"],
	] as const) {
		opensslVerify(signWith(pdf, certificate(name), key.sign, chain()));
		key.close();
	}
});

test("a closed key says so", () => {
	const key = open("rsa");
	key.close();
	key.close();
	expect(() => signWith(pdf, certificate("rsa"), key.sign)).toThrow(failure("ERR_ARGUMENT", /the key is closed/));
});

test("many signings at a time share one session and one login", async () => {
	const key = open("rsa");
	const outputs = Array.from({ length: 6 }, (_, index) => join(token.folder, `${index}.pdf`));
	const jobs = outputs.map((output) => ({ input: pdf, output }));
	for await (const outcome of signMany(jobs, certificate("rsa"), key.sign, chain(), { inFlight: 3 })) expect(outcome.status).toBe("signed");
	for (const output of outputs) opensslVerify(readFileSync(output));
	key.close();
});

test("another user of the module in this process keeps it, and may end it", () => {
	const calls = new pkcs11js.PKCS11();
	calls.load(MODULE);
	calls.C_Initialize();
	const key = open("rsa");
	opensslVerify(signWith(pdf, certificate("rsa"), key.sign, chain()));
	key.close();
	expect(calls.C_GetSlotList(true).length).toBeGreaterThan(0); // not finalised by a key that did not initialise it

	const [one, two] = [open("rsa"), open("p256")];
	calls.C_Finalize();
	opensslVerify(signWith(pdf, certificate("rsa"), one.sign, chain()));
	opensslVerify(signWith(pdf, certificate("p256"), two.sign, chain()));
	one.close();
	opensslVerify(signWith(pdf, certificate("p256"), two.sign, chain()));
	two.close();
	expect(() => calls.C_GetSlotList(true)).toThrow("CKR_CRYPTOKI_NOT_INITIALIZED");
	calls.close();
});

test("another user of the module ends it before a key is closed", () => {
	const calls = new pkcs11js.PKCS11();
	calls.load(MODULE);
	const key = open("rsa");
	calls.C_Finalize();
	key.close();
	calls.close();
});

describe("certificate and chain in the token", () => {
	const write = (name: string, id: string) =>
		token.tool("--write-object", pkiPath(`${name}.der`), "--type", "cert", "--label", name, "--id", id);
	beforeAll(() => {
		write("p256", "02");
		write("stranger", "70");
	});

	test("are found by the id of the key, with the issuers and without others", () => {
		const key = open("p256");
		expect(key.certificate).toEqual(certificate("p256"));
		expect(key.chain).toEqual([certificate("issuing"), certificate("root")]);
		opensslVerify(signWith(pdf, key.certificate, key.sign, key.chain));
		key.close();
	});

	test("the later one of two for one key", () => {
		const renew = join(token.folder, "renewed.pem");
		const request = ["req", "-new", "-key", pkiPath("p521.key"), "-subj", "/CN=renewed", "-x509", "-days", "36500", "-out", renew];
		execFileSync("openssl", request, { stdio: "pipe" });
		execFileSync("openssl", ["x509", "-in", renew, "-outform", "DER", "-out", `${renew}.der`]);
		token.tool("--write-object", `${renew}.der`, "--type", "cert", "--label", "renewed", "--id", "04");
		write("p521", "04");
		const key = open("p521");
		expect(key.certificate).toEqual(readFileSync(`${renew}.der`));
		expect(key.chain).toEqual([]);
		key.close();
	});

	test("a key without one: those that there are", () => {
		const key = open("p384");
		expect(() => key.certificate).toThrow(failure("ERR_PKCS11_CERTIFICATE", /no certificate with the id 03; it has .*"issuing" \(id 71\)/));
		opensslVerify(signWith(pdf, certificate("p384"), key.sign, chain()));
		key.close();
	});
});

describe("names", () => {
	let serials: string[];
	beforeAll(() => {
		serials = [token.addToken("twin"), token.addToken("twin"), token.addToken("tür; \u001b[31m\u202e?")];
	});
	const signs = (options: Pkcs11KeyOptions) => {
		const key = openPkcs11Key({ module: MODULE, pin: PIN, ...options });
		opensslVerify(signWith(pdf, certificate("rsa"), key.sign, chain()));
		key.close();
	};
	const place = (label: string) => new RegExp(`"${label}" \\(serial (\\w+), slot (\\d+)\\)`).exec(listed()) ?? [];
	const listed = () => {
		try {
			open("rsa", { token: "nowhere" });
		} catch (error) {
			return (error as Error).message;
		}
		return "";
	};

	test("a key by its label, its id, or both in a URI", () => {
		signs({ token: TOKEN, key: "rsa" });
		signs({ token: TOKEN, key: "01" });
		signs({ uri: `pkcs11:token=${TOKEN};object=rsa;id=%01;type=private` });
		signs({ uri: "pkcs11:id=%01", token: TOKEN });
		signs({ module: undefined, uri: `pkcs11:token=${TOKEN};object=rsa?module-path=${MODULE}` });
		signs({
			uri: `pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;library-description=Implementation%20of%20PKCS11;token=${TOKEN}`,
			key: "rsa",
		});
		expect(() => signs({ uri: `pkcs11:token=${TOKEN};object=rsa;id=%02` })).toThrow(
			failure("ERR_PKCS11_KEY", /no private key has the label "rsa" and the id 02; there is .*"rsa" \(id 01\)/),
		);
	});

	test("a token by its serial number and its slot", () => {
		const [, serial = "", slot = ""] = place(TOKEN);
		signs({ serial, key: "rsa" });
		signs({ slot: Number(slot), key: "rsa" });
		signs({ uri: `pkcs11:serial=${serial};slot-id=${slot};object=rsa` });
		expect(() => signs({ token: TOKEN, serial: "0" })).toThrow(
			failure("ERR_PKCS11_TOKEN", /no token has the label "rustpdf", the serial number "0"/),
		);
	});

	test("two tokens of one label are told apart by serial number", () => {
		for (const serial of serials.slice(0, 2)) {
			const both = new RegExp(`2 tokens fit: .*"twin" \\(serial ${serial}, slot \\d+\\).*; name one of them by \`serial\``);
			expect(() => signs({ token: "twin", key: "rsa" })).toThrow(failure("ERR_PKCS11_TOKEN", both));
		}
		expect(() => signs({ token: "twin", serial: serials[0], key: "rsa" })).toThrow(
			failure("ERR_PKCS11_KEY", /the token has no private key/),
		);
	});

	test("labels are escaped in messages, and matched as they are", () => {
		expect(listed()).toContain('"tür; \\u001b[31m\\u202e?"');
		expect(() => signs({ uri: "pkcs11:token=t%c3%bcr%3b%20%1b%5b31m%e2%80%ae%3F", key: "rsa" })).toThrow(
			failure("ERR_PKCS11_KEY", /the token has no private key/),
		);
	});

	test("one thing named twice, or nothing", () => {
		expect(() => signs({ uri: "pkcs11:token=a", token: "a" })).toThrow(failure("ERR_ARGUMENT", /`token`/));
		expect(() => signs({ uri: "pkcs11:object=a", key: "a" })).toThrow(failure("ERR_ARGUMENT", /`key`/));
		expect(() => signs({ uri: "pkcs11:?module-path=/m.so" })).toThrow(failure("ERR_ARGUMENT", /`module`/));
		expect(() => openPkcs11Key({ key: "rsa" })).toThrow(failure("ERR_PKCS11_MODULE", /no PKCS#11 module is named/));
		expect(() => openPkcs11Key({ module: 1 as never })).toThrow(failure("ERR_ARGUMENT", /`module` must be string, and is a number/));
		expect(() => signs({ slot: 1.5 })).toThrow(failure("ERR_ARGUMENT", /`slot`/));
		expect(() => signs({ token: TOKEN })).toThrow(
			failure("ERR_PKCS11_KEY", /6 private keys fit: .*"always" \(id 0a\).*; name one of them/),
		);
	});

	test("the PIN in a file that the URI names", () => {
		const file = join(token.folder, "pin %");
		writeFileSync(file, `${PIN}\n`);
		const path = encodeURIComponent(file);
		const open = (source: string) => signs({ pin: undefined, uri: `pkcs11:token=${TOKEN};object=rsa?pin-source=${source}` });
		open(`file:${path}`);
		open(path);
		open(`file://${path.replaceAll("%25", "%2525").replaceAll("%20", "%2520")}`); // encoded as a URI, and again as a value
		expect(() => open("%7Ccat")).toThrow(failure("ERR_PKCS11_URI", /a command/));
		expect(() => open("file:/nowhere")).toThrow(expect.objectContaining({ code: "ENOENT" }));
		expect(() => open("https:%2F%2Fexample.org")).toThrow(failure("ERR_PKCS11_URI", /not a file/));
		expect(() => signs({ uri: `pkcs11:token=${TOKEN}?pin-source=${path}` })).toThrow(failure("ERR_ARGUMENT", /`pin`/));
	});
});

test("what is not there is told", () => {
	expect(() => open("rsa", { token: "nowhere" })).toThrow(
		failure("ERR_PKCS11_TOKEN", /no token has the label "nowhere"; there is .*"rustpdf" \(serial/),
	);
	expect(() => open("nothing")).toThrow(
		failure("ERR_PKCS11_KEY", /no private key has the label or id "nothing"; there is .*"rsa" \(id 01\)/),
	);
	expect(() => open("rsa", { module: "/nowhere.so" })).toThrow(failure("ERR_PKCS11_MODULE", /nowhere\.so cannot be loaded/));
	expect(() => open("rsa", { module: process.execPath })).toThrow(failure("ERR_PKCS11_MODULE", /cannot be loaded/));
});

test("no PIN: told as that, not as a missing key", () => {
	expect(() => open("rsa", { pin: undefined })).toThrow(failure("ERR_PKCS11_PIN_MISSING", /give the PIN as `pin`/));
	expect(() => open("rsa", { pin: "" })).toThrow(failure("ERR_PKCS11_PIN_MISSING", /give the PIN as `pin`/));
});

test("a wrong PIN is told with its cause, and does not spoil the module", () => {
	expect(() => open("rsa", { pin: "9999" })).toThrow(
		failure("ERR_PKCS11_PIN_WRONG", /the PIN \(CKR_PIN_INCORRECT\): more than one try is left/),
	);
	expect(() => open("rsa", { pin: "9999" })).toThrow(expect.objectContaining({ cause: expect.objectContaining({ name: "Pkcs11Error" }) }));
	const key = open("rsa", { pin: () => PIN });
	opensslVerify(signWith(pdf, certificate("rsa"), key.sign, chain()));
	key.close();
});

test("a key of another kind than the certificate", () => {
	const key = open("p256");
	expect(() => signWith(pdf, certificate("rsa"), key.sign)).toThrow(
		failure("ERR_PKCS11_KEY", /the key is not an RSA key, and the certificate asks for rsa-pkcs1/),
	);
	opensslVerify(signWith(pdf, certificate("p256"), key.sign, chain()));
	key.close();
});

test.each(["sha256", "sha384", "sha512"] as const)(
	"P-256, P-384 and P-521 with %s: a digest longer or shorter than the order",
	(digestAlgorithm) => {
		for (const name of ["p256", "p384", "p521"]) {
			const key = open(name);
			opensslVerify(signWith(pdf, certificate(name), key.sign, chain(), { digestAlgorithm }));
			key.close();
		}
	},
);
