import { execFileSync } from "node:child_process";
import { createHash, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import {
	beginSigning,
	type ErrorCode,
	type FieldLock,
	type LevelB,
	type RustpdfError,
	resumeSigning,
	type SignCallOptions,
	type SigningRequest,
	signWith,
	signWithAsync,
} from "rustpdf";
import { describe, expect, test, vi } from "vitest";
import { key } from "./support/key.js";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, pkiPath, privateKey, signer } from "./support/pki.js";
import { lastSignature } from "./support/verify.js";

const pdf = makePdf();
/** Options of a call that returns the document at once. */
type Options = SignCallOptions & LevelB;

const refused = (code: ErrorCode) => expect.objectContaining({ name: "RustpdfError", code });
const signing =
	(document: unknown, options: Options = {}, leaf: unknown = certificate("rsa"), issuers: unknown = chain()) =>
	() =>
		signWith(document as Buffer, leaf as Buffer, signer("rsa"), issuers as string, options);

describe("the document", () => {
	test.each<[string, Buffer, ErrorCode]>([
		["no PDF", Buffer.from("hello, this is no PDF"), "ERR_NOT_A_PDF"],
		["empty", Buffer.alloc(0), "ERR_FILE_EMPTY"],
		["no catalog", Buffer.from("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"), "ERR_CATALOG"],
		["no cross-reference", Buffer.from(pdf.toString("latin1").replace(/\nxref\n[\s\S]*/, "\n"), "latin1"), "ERR_XREF_MISSING"],
		[
			"a broken cross-reference",
			Buffer.from(pdf.toString("latin1").replace(/startxref\n\d+/, "startxref\n9"), "latin1"),
			"ERR_XREF_BROKEN",
		],
		["encrypted", makePdf({ trailer: "/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -4/O<00>/U<00>>>" }), "ERR_PASSWORD_MISSING"],
	])("%s", (_name, document, code) => {
		expect(signing(document, { strict: true })).toThrow(refused(code));
	});

	test("damaged: its cross-reference is rebuilt, or it is refused where that is asked", () => {
		const cut = pdf.subarray(0, pdf.length - 60);
		expect(signing(cut, { strict: true })).toThrow(expect.objectContaining({ group: "file" }));
		const signed = signing(cut)();
		expect(cut.equals(signed.subarray(0, cut.length))).toBe(true);
		expect(beginSigning(cut).report.warnings).toMatchObject([{ code: "WARN_XREF_REBUILT" }]);
		expect(beginSigning(signed, { strict: true }).report).toMatchObject({ revision: 2, warnings: [] });
	});

	test.each([[undefined], [null], ["in.pdf"], [42], [{}], [[1, 2, 3]]])("%o is no document", (document) => {
		expect(signing(document)).toThrow(refused("ERR_ARGUMENT"));
	});
});

describe("a source that is read by ranges", () => {
	const from = (read: (offset: number, length: number) => unknown, size = pdf.length) =>
		signWithAsync({ size, read: read as () => Uint8Array }, certificate("rsa"), signer("rsa"));

	test("gives no bytes, or another number of them", async () => {
		await expect(from(() => "text")).rejects.toEqual(refused("ERR_ARGUMENT"));
		await expect(from((offset, length) => pdf.subarray(offset, offset + length - 1))).rejects.toEqual(refused("ERR_ANSWER_LENGTH"));
		await expect(from(() => pdf, 10)).rejects.toEqual(refused("ERR_ANSWER_LENGTH"));
	});

	test("fails: its error comes as it is", async () => {
		const mine = new Error("404");
		await expect(from(() => Promise.reject(mine))).rejects.toBe(mine);
	});

	test("grows meanwhile", async () => {
		let size = pdf.length;
		const source = {
			get size() {
				return size;
			},
			read: async (offset: number, length: number) => pdf.subarray(offset, offset + length),
		};
		const sign = async (data: Buffer, request: SigningRequest) => {
			size++;
			return signer("rsa")(data, request);
		};
		await expect(signWithAsync(source, certificate("rsa"), sign)).rejects.toEqual(refused("ERR_FILE_CHANGED"));
	});
});

describe("the certificate and its chain", () => {
	test("neither DER nor PEM", () => {
		expect(signing(pdf, {}, Buffer.from("hello"))).toThrow(refused("ERR_CERTIFICATE_FORMAT"));
		expect(signing(pdf, {}, certificate("rsa"), [Buffer.from("hello")])).toThrow(refused("ERR_CHAIN_FORMAT"));
	});

	test("an argument of another type", () => {
		expect(() => signWith(pdf, undefined as never, signer("rsa"))).toThrow(refused("ERR_ARGUMENT"));
		for (const leaf of [null, 42, {}]) expect(signing(pdf, {}, leaf)).toThrow(refused("ERR_ARGUMENT"));
		expect(signing(pdf, {}, certificate("rsa"), [certificate("issuing"), 42])).toThrow(refused("ERR_ARGUMENT"));
	});

	test("another key's", () => {
		expect(signing(pdf, {}, certificate("other"))).toThrow(refused("ERR_SIGNATURE_MISMATCH"));
	});

	test("a chain that does not belong", () => {
		expect(signing(pdf, {}, certificate("rsa"), readFileSync(pkiPath("stranger.pem")))).toThrow(refused("ERR_CHAIN_UNRELATED"));
	});

	test.each<[string, Options, Buffer | null, ErrorCode, string]>([
		["expired", { signingTime: new Date("2099-01-01") }, null, "ERR_CERTIFICATE_EXPIRED", "WARN_CERTIFICATE_EXPIRED"],
		["not yet valid", { signingTime: new Date("2001-01-01") }, null, "ERR_CERTIFICATE_NOT_YET_VALID", "WARN_CERTIFICATE_NOT_YET_VALID"],
	])("%s: a warning, and an error where it is strict", (_name, options, _leaf, code, warning) => {
		let warnings: string[] = [];
		signing(pdf, { ...options, onReport: (report) => (warnings = report.warnings.map((each) => each.code)) })();
		expect(warnings).toContain(warning);
		expect(signing(pdf, { ...options, strict: true })).toThrow(refused(code));
	});

	test("not meant for signing, where it is strict", () => {
		expect(signing(pdf, { strict: true }, certificate("no-signing-usage"))).toThrow(refused("ERR_CERTIFICATE_KEY_USAGE"));
	});
});

describe("the options", () => {
	const policy = { oid: "1.2.3", digestAlgorithm: "sha256", digest: new Uint8Array(32) } as const;
	test.each<[string, unknown, ErrorCode]>([
		["unknown", { reazon: "x" }, "ERR_OPTION_UNKNOWN"],
		["unknown, a function", { onDone: () => {} }, "ERR_OPTION_UNKNOWN"],
		["of another type", { page: "one" }, "ERR_OPTION_VALUE"],
		["a bigint", { page: 1n }, "ERR_OPTION_VALUE"],
		["an unknown digest", { digestAlgorithm: "md5" }, "ERR_ALGORITHM_UNKNOWN"],
		["an unknown signature algorithm", { signatureAlgorithm: "dsa" }, "ERR_ALGORITHM_UNKNOWN"],
		["an algorithm of another key", { signatureAlgorithm: "ecdsa" }, "ERR_ALGORITHM_MISMATCH"],
		["a policy without its hash", { policy: { oid: "1.2.3" } }, "ERR_POLICY_DIGEST"],
		["a reason with a policy", { policy, reason: "x" }, "ERR_REASON_WITH_POLICY"],
		["a reason with a commitment", { commitmentType: "proof-of-origin", reason: "x" }, "ERR_REASON_WITH_POLICY"],
		["no such page", { page: 2 }, "ERR_PAGE_NUMBER"],
		["a field name with a dot", { fieldName: "a.b" }, "ERR_FIELD_NAME"],
		["a time that is no date", { signingTime: new Date("x") }, "ERR_SIGNING_TIME"],
		["a time that is text", { signingTime: "2026-01-01" }, "ERR_SIGNING_TIME"],
		["entropy that is too short", { entropy: new Uint8Array(31) }, "ERR_ENTROPY"],
		["entropy that is none", { entropy: 7 }, "ERR_ENTROPY"],
		["onReport that cannot be called", { onReport: "x" }, "ERR_ARGUMENT"],
		["no object", "pades", "ERR_ARGUMENT"],
		["an array", [], "ERR_ARGUMENT"],
	])("%s", (_name, options, code) => {
		expect(signing(pdf, options as Options)).toThrow(refused(code));
	});

	test("half of a character is refused by the name of the option", () => {
		expect(signing(pdf, { name: "a\ud800" })).toThrow(refused("ERR_OPTION_VALUE"));
		expect(signing(pdf, { name: "a\ud800" })).toThrow("`name` has half of a surrogate pair");
	});

	test("a policy with its hash, as bytes or hexadecimal, is none of these", () => {
		signing(pdf, { policy })();
		signing(pdf, { policy: { ...policy, digest: "00".repeat(32) } })();
	});
});

describe("the answer", () => {
	const key = () => privateKey("rsa");
	const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest();
	const answering =
		(answer: (data: Buffer) => unknown, options: Options = {}) =>
		() =>
			signWith(pdf, certificate("rsa"), (data) => answer(data) as Buffer, chain(), options);

	test.each<[string, (data: Buffer) => unknown, ErrorCode]>([
		["nothing", () => undefined, "ERR_CALLBACK_RESULT"],
		["null", () => null, "ERR_CALLBACK_RESULT"],
		["a number", () => 42, "ERR_CALLBACK_RESULT"],
		["an array", () => [1, 2, 3], "ERR_CALLBACK_RESULT"],
		["no bytes", () => new Uint8Array(0), "ERR_SIGNATURE_EMPTY"],
		["base64 text", (data) => sign("sha256", data, key()).toString("base64"), "ERR_SIGNATURE_TEXT"],
		["base64 bytes", (data) => Buffer.from(sign("sha256", data, key()).toString("base64")), "ERR_SIGNATURE_TEXT"],
		["hexadecimal", (data) => sign("sha256", data, key()).toString("hex"), "ERR_SIGNATURE_TEXT"],
		["too short", (data) => sign("sha256", data, key()).subarray(1), "ERR_SIGNATURE_LENGTH"],
		["another key's", (data) => sign("sha256", data, privateKey("other")), "ERR_SIGNATURE_MISMATCH"],
		["over the digest", (data) => sign("sha256", sha256(data), key()), "ERR_SIGNATURE_DOUBLE_DIGEST"],
		["over other data", () => sign("sha256", Buffer.from("other"), key()), "ERR_SIGNATURE_OTHER_DATA"],
		["of another scheme", (data) => sign("sha256", data, { key: key(), padding: 6, saltLength: 32 }), "ERR_SIGNATURE_SCHEME"],
	])("%s", async (_name, answer, code) => {
		expect(answering(answer)).toThrow(refused(code));
		const later = signWith(pdf, certificate("rsa"), async (data) => answer(data) as Buffer, chain());
		await expect(later).rejects.toEqual(refused(code));
	});

	test("without a DigestInfo", () => {
		const encrypt = (data: Buffer) => {
			const args = ["pkeyutl", "-sign", "-inkey", pkiPath("rsa.key"), "-pkeyopt", "rsa_padding_mode:pkcs1"];
			return execFileSync("openssl", args, { input: sha256(data), stdio: "pipe" });
		};
		expect(answering(encrypt)).toThrow(refused("ERR_SIGNATURE_NO_DIGEST_INFO"));
	});

	test("with another salt", () => {
		const salty = (data: Buffer) => sign("sha256", data, { key: key(), padding: 6, saltLength: 20 });
		expect(answering(salty, { signatureAlgorithm: "rsa-pss" })).toThrow(refused("ERR_SIGNATURE_SALT_LENGTH"));
	});

	test("ECDSA as r and s, and as neither", () => {
		const plain = (data: Buffer) => sign("sha256", data, { key: privateKey("p256"), dsaEncoding: "ieee-p1363" });
		signWith(pdf, certificate("p256"), plain, chain());
		const garbled = () => signWith(pdf, certificate("p256"), () => Buffer.from([0x30, 1, 2, 3]), chain());
		expect(garbled).toThrow(expect.objectContaining({ group: "answer" }));
	});

	test("the signer's own error is not touched", async () => {
		const mine = new TypeError("the HSM is on fire");
		const fail = () => {
			throw mine;
		};
		expect(answering(fail)).toThrow(mine);
		await expect(signWith(pdf, certificate("rsa"), async () => fail(), chain())).rejects.toBe(mine);
	});

	test("no signer at all", () => {
		expect(() => signWith(pdf, certificate("rsa"), chain() as never)).toThrow(refused("ERR_ARGUMENT"));
	});

	test("unchecked, only where the caller says so", () => {
		answering(() => Buffer.alloc(256, 1), { checkSignature: false })();
	});
});

describe("the container", () => {
	const fixed = { entropy: new Uint8Array(32), signingTime: new Date("2026-11-25"), containerSize: 4000 };

	/** What a service signs that was given the document's signed part, by OpenSSL, whose containers always have a signing-time. */
	const container = (options: Options, ...more: string[]) => {
		const { content } = lastSignature(signWith(pdf, certificate("rsa"), signer("rsa"), null, { ...fixed, ...options }));
		const by = ["-signer", pkiPath("rsa.pem"), "-inkey", pkiPath("rsa.key"), "-md", "sha256"];
		return execFileSync("openssl", ["cms", "-sign", "-binary", "-outform", "DER", ...by, ...more], { input: content, stdio: "pipe" });
	};
	const complete = (answer: unknown, options: Options = {}) => beginSigning(pdf, { ...fixed, ...options }).complete(answer as Buffer);

	test.each<[string, string[], Options, ErrorCode]>([
		["with signing-time, under PAdES", ["-cades"], {}, "ERR_CONTAINER_SIGNING_TIME"],
		["without signed attributes", ["-noattr"], {}, "ERR_CONTAINER_SIGNED_ATTRIBUTES"],
		["with the content in it", ["-nodetach"], { pades: false }, "ERR_CONTAINER_CONTENT"],
		["with another digest", ["-md", "sha512"], { pades: false }, "ERR_CONTAINER_DIGEST_ALGORITHM"],
		["without the signer's certificate", ["-nocerts"], { pades: false }, "ERR_CONTAINER_SIGNER_CERTIFICATE"],
	])("%s", (_name, more, options, code) => {
		expect(() => complete(container(options, ...more), options)).toThrow(refused(code));
	});

	test("without signing-certificate-v2, under PAdES; elsewhere it is good", () => {
		expect(() => complete(container({}))).toThrow(expect.objectContaining({ group: "answer" }));
		complete(container({ pades: false }), { pades: false });
	});

	test("for another document", () => {
		const { container } = lastSignature(signWith(makePdf({ pages: 2 }), certificate("rsa"), signer("rsa")));
		expect(() => complete(container)).toThrow(refused("ERR_CONTAINER_MESSAGE_DIGEST"));
	});

	test("too large for its room", () => {
		const options = { pades: false, containerSize: 1600 };
		const large = container(options, "-certfile", pkiPath("chain.pem"));
		expect(() => complete(large, options)).toThrow(refused("ERR_CONTAINER_TOO_LARGE"));
	});

	test("none at all", () => {
		expect(() => complete(Buffer.from("nonsense"))).toThrow(refused("ERR_CONTAINER_FORMAT"));
		expect(() => complete(undefined)).toThrow(refused("ERR_ARGUMENT"));
	});

	test("a raw signature for a session without a certificate", () => {
		expect(() => beginSigning(pdf).completeWithSignature(Buffer.alloc(256, 1))).toThrow(refused("ERR_SESSION_NO_CERTIFICATE"));
	});
});

describe("the saved session", () => {
	const saved = () => beginSigning(pdf, { certificate: certificate("rsa"), chain: chain() }).serialize(key);

	test("no session, none at all, or cut short at any place", () => {
		expect(() => resumeSigning(Buffer.from("nonsense"), pdf, key)).toThrow(expect.objectContaining({ group: "session" }));
		expect(() => resumeSigning(undefined as never, pdf, key)).toThrow(refused("ERR_ARGUMENT"));
		const whole = saved();
		for (let length = 0; length < whole.length; length++) {
			expect(() => resumeSigning(whole.subarray(0, length), pdf, key)).toThrow(expect.objectContaining({ group: "session" }));
		}
	});

	test("any byte changed, one of which is the version", () => {
		const whole = saved();
		const codes = new Set<string>();
		for (let at = 0; at < whole.length; at++) {
			const changed = Buffer.from(whole);
			changed[at] = (changed[at] as number) ^ 0x41;
			try {
				resumeSigning(changed, pdf, key);
				expect.unreachable(`byte ${at} was changed and taken`);
			} catch (error) {
				expect(error).toMatchObject({ group: "session" });
				codes.add((error as RustpdfError).code);
			}
		}
		expect(codes).toContain("ERR_SESSION_VERSION");
	});

	test("another document", () => {
		expect(() => resumeSigning(saved(), makePdf({ pages: 2 }), key)).toThrow(refused("ERR_SESSION_DOCUMENT"));
	});
});

describe("certified and locked documents", () => {
	const certified = (certify: 1 | 2 | 3) => signing(pdf, { certify })();
	const locked = (lock: FieldLock) => signing(pdf, { lock })();
	const reference = "<</TransformMethod/DocMDP/TransformParams<</P 1/V/1.2>>>>";
	const permissions = { catalog: "/Perms<</DocMDP 5 0 R>>", more: [`<</Type/Sig/Filter/Adobe.PPKLite/Reference[${reference}]>>`] };

	test.each<[string, () => Buffer, Options, ErrorCode]>([
		["certified at level 1", () => certified(1), {}, "ERR_CERTIFIED"],
		["certified at level 1, as /Perms alone tells", () => makePdf(permissions), {}, "ERR_CERTIFIED"],
		["a lock over all fields", () => locked({ action: "all" }), {}, "ERR_FIELD_LOCKED"],
		["a lock over the field", () => locked({ action: "include", fields: ["Buyer"] }), { fieldName: "Buyer" }, "ERR_FIELD_LOCKED"],
		["a lock over all fields but others", () => locked({ action: "exclude", fields: ["Buyer"] }), {}, "ERR_FIELD_LOCKED"],
		["certified already", () => certified(2), { certify: 2 }, "ERR_ALREADY_CERTIFIED"],
		["signed already, and to be certified", () => signing(pdf)(), { certify: 2 }, "ERR_CERTIFY_NOT_FIRST"],
	])("%s: refused before the signer is called", async (_name, make, options, code) => {
		const document = make();
		const sign = vi.fn(signer("rsa"));
		expect(() => signWith(document, certificate("rsa"), sign, chain(), options)).toThrow(refused(code));
		await expect(signWithAsync(document, certificate("rsa"), sign, chain(), options)).rejects.toEqual(refused(code));
		expect(() => beginSigning(document, options)).toThrow(refused(code));
		expect(sign).not.toHaveBeenCalled();
	});

	test("are signed where they allow it", () => {
		for (const level of [2, 3] as const) signing(certified(level))();
		signing(locked({ action: "include", fields: ["Buyer"] }))();
		signing(locked({ action: "exclude", fields: ["Buyer"] }), { fieldName: "Buyer" })();
	});
});
