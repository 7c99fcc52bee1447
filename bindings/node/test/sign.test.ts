import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { type Report, RustpdfError, type SignCallOptions, type SigningRequest, signWith, signWithAsync } from "rustpdf";
import { describe, expect, expectTypeOf, test } from "vitest";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, pkiPath, signer } from "./support/pki.js";
import { lastSignature, opensslVerify } from "./support/verify.js";

const pdf = makePdf({ pages: 3 });
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };

describe("every kind of signature", () => {
	test.each([
		["rsa", {}, "rsa-pkcs1", "sha256"],
		["rsa", { digestAlgorithm: "sha384" }, "rsa-pkcs1", "sha384"],
		["rsa", { digestAlgorithm: "sha512" }, "rsa-pkcs1", "sha512"],
		["rsa", { signatureAlgorithm: "rsa-pss" }, "rsa-pss", "sha256"],
		["p256", {}, "ecdsa", "sha256"],
		["p384", {}, "ecdsa", "sha384"],
		["p521", {}, "ecdsa", "sha512"],
		["rsa", { pades: false }, "rsa-pkcs1", "sha256"],
	] as const)("%s %o verifies with openssl", (name, options, signatureAlgorithm, digestAlgorithm) => {
		const seen: SigningRequest[] = [];
		const recording = (data: Buffer, request: SigningRequest) => {
			seen.push(request);
			return signer(name)(data, request);
		};
		const signed = signWith(pdf, certificate(name), recording, chain(), options);
		expect(seen).toMatchObject([{ signatureAlgorithm, digestAlgorithm }]);
		expect(signed.subarray(0, pdf.length)).toEqual(pdf);
		opensslVerify(signed);
	});

	test("ed25519 signs the data itself", () => {
		const signed = signWith(pdf, certificate("ed25519"), signer("ed25519"), chain());
		expect(lastSignature(signed).byteRange.at(-1)).toBeGreaterThan(0);
	});
});

describe("how it may be called", () => {
	test("a synchronous signer gives a Buffer, in Node", () => {
		const signed = signWith(pdf, certificate("rsa"), signer("rsa"), chain(), { pades: true });
		expectTypeOf(signed).toExtend<Buffer>();
		expect(Buffer.isBuffer(signed)).toBe(true);
	});

	test("a signer that promises gives a promise of the same bytes", async () => {
		const sign = signer("rsa");
		const promised = signWith(pdf, certificate("rsa"), async (data, request) => sign(data, request), chain(), moment);
		expectTypeOf(promised).toExtend<Promise<Buffer>>();
		expect(promised).toBeInstanceOf(Promise);
		expect(await promised).toEqual(signWith(pdf, certificate("rsa"), sign, chain(), moment));
	});

	test.each([
		["Buffer", () => pdf],
		["Uint8Array", () => new Uint8Array(pdf)],
		["ArrayBuffer", () => new Uint8Array(pdf).buffer],
		["Blob", () => new Blob([new Uint8Array(pdf)])],
		["ranges", () => ({ size: pdf.length, read: async (offset: number, length: number) => pdf.subarray(offset, offset + length) })],
	])("signWithAsync takes a %s", async (_name, source) => {
		const signed = await signWithAsync(source(), certificate("rsa"), signer("rsa"), chain(), moment);
		expect(signed).toEqual(signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment));
	});

	test("signWithAsync never throws at once", async () => {
		const promised = signWithAsync(7 as never, certificate("rsa"), signer("rsa"));
		await expect(promised).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
	});

	test("a source is read whole only once, and not when it is refused", async () => {
		const reads: [number, number][] = [];
		const large = makePdf({ pages: 3000 });
		const source = {
			size: large.length,
			read: (offset: number, length: number) => {
				reads.push([offset, length]);
				return large.subarray(offset, offset + length);
			},
		};
		await expect(signWithAsync(source, certificate("rsa"), signer("rsa"), chain(), { page: 9999 })).rejects.toMatchObject({
			code: "ERR_PAGE_NUMBER",
		});
		expect(reads.filter(([, length]) => length === large.length)).toHaveLength(0);
		await signWithAsync(source, certificate("rsa"), signer("rsa"), chain());
		expect(reads.filter(([, length]) => length === large.length)).toHaveLength(1);
	});

	test.each([
		["DER", () => certificate("rsa"), () => [readFileSync(pkiPath("issuing.der")), readFileSync(pkiPath("root.pem"))]],
		["PEM text", () => readFileSync(pkiPath("rsa.pem"), "utf8"), () => chain()],
		["PEM bytes", () => readFileSync(pkiPath("rsa.pem")), () => new TextEncoder().encode(chain())],
		[
			"X509Certificate",
			() => new X509Certificate(certificate("rsa")),
			() => ["root", "issuing"].map((name) => new X509Certificate(readFileSync(pkiPath(`${name}.pem`)))),
		],
	])("certificates are taken as %s, in any order", (_name, leaf, issuers) => {
		const signed = signWith(pdf, leaf(), signer("rsa"), issuers(), moment);
		expect(signed).toEqual(signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment));
	});

	test("chain and options may be left out", () => {
		expect(signWith(pdf, certificate("rsa"), signer("rsa")).length).toBeGreaterThan(pdf.length);
		expect(signWith(pdf, certificate("rsa"), signer("rsa"), null, {}).length).toBeGreaterThan(pdf.length);
	});

	test("an ArrayBuffer is a signature too", () => {
		const sign = signer("rsa");
		signWith(pdf, certificate("rsa"), (data, request) => new Uint8Array(sign(data, request)).buffer);
	});

	test("the signer may sign another document meanwhile", () => {
		const sign = signer("rsa");
		const signed = signWith(
			pdf,
			certificate("rsa"),
			(data, request) => {
				opensslVerify(signWith(pdf, certificate("rsa"), sign, chain()));
				return sign(data, request);
			},
			chain(),
		);
		opensslVerify(signed);
	});

	test("a signed document is signed again", () => {
		const once = signWith(pdf, certificate("rsa"), signer("rsa"), chain());
		const twice = signWith(once, certificate("p256"), signer("p256"), chain());
		expect(twice.subarray(0, once.length)).toEqual(once);
		opensslVerify(once);
		opensslVerify(twice);
	});
});

describe("what the signer gets", () => {
	test("data and digest are Buffers of their own, and the DigestInfo ends in the digest", () => {
		const sign = signer("rsa");
		signWith(pdf, certificate("rsa"), (data, request) => {
			expect(request.data).toBe(data);
			expect(Buffer.isBuffer(data) && Buffer.isBuffer(request.digest) && Buffer.isBuffer(request.digestInfo)).toBe(true);
			expect(data.buffer.byteLength).toBe(data.length);
			expect(request.digestInfo?.subarray(-32)).toEqual(request.digest);
			expect(request).not.toHaveProperty("curve");
			const signature = sign(data, request);
			data.fill(0);
			return signature;
		});
	});

	test("the curve and the salt's length, where there are any", () => {
		const requests: SigningRequest[] = [];
		const recording = (name: string) => (data: Buffer, request: SigningRequest) => {
			requests.push(request);
			return signer(name)(data, request);
		};
		signWith(pdf, certificate("p384"), recording("p384"));
		signWith(pdf, certificate("rsa"), recording("rsa"), null, { signatureAlgorithm: "rsa-pss" });
		expect(requests).toMatchObject([{ curve: "p384" }, { saltLength: 32 }]);
	});
});

describe("what the caller is told", () => {
	test("the report, with warnings", () => {
		const reports: Report[] = [];
		const signed = signWith(pdf, certificate("no-signing-usage"), signer("no-signing-usage"), chain(), {
			onReport: (report) => reports.push(report),
		});
		expect(reports).toHaveLength(1);
		expect(reports[0]).toMatchObject({
			newField: true,
			page: 1,
			revision: 2,
			xref: "table",
			documentLength: pdf.length,
			updateLength: signed.length - pdf.length,
			byteRange: lastSignature(signed).byteRange,
			warnings: [{ code: "WARN_CERTIFICATE_KEY_USAGE" }],
		});
	});

	test("an error that narrows by its code", () => {
		try {
			signWith(Buffer.from("no PDF"), certificate("rsa"), signer("rsa"));
			expect.unreachable();
		} catch (error) {
			expect(error).toBeInstanceOf(RustpdfError);
			expect(RustpdfError.is(error)).toBe(true);
			expect(RustpdfError.is(error, "ERR_FILE_EMPTY")).toBe(false);
			if (RustpdfError.is(error, "ERR_NOT_A_PDF")) expectTypeOf(error.code).toEqualTypeOf<"ERR_NOT_A_PDF">();
			expect(RustpdfError.is(error, "ERR_NOT_A_PDF")).toBe(true);
			expect(String(error)).toMatch(/^RustpdfError: .+; .+/);
		}
	});
});

test("time and entropy given, the bytes are the same; otherwise they differ", () => {
	const once = () => signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment);
	expect(once()).toEqual(once());
	expect(once()).not.toEqual(signWith(pdf, certificate("rsa"), signer("rsa"), chain(), { ...moment, entropy: new Uint8Array(32) }));
	expect(once().toString("latin1")).toContain("(D:20261125120000Z)");
});

test("texts of every script arrive", () => {
	const signed = signWith(pdf, certificate("rsa"), signer("rsa"), chain(), { name: "Ελένη 田中 🖋", reason: "a) b\\c", location: "Zürich" });
	opensslVerify(signed);
	expect(signed.toString("latin1")).toContain("/Reason");
});

test("warnings reach the caller before the key is asked, and an exception stops the signing", () => {
	const codes: string[] = [];
	let asked = 0;
	const counting = (data: Buffer, request: SigningRequest) => {
		asked++;
		return signer("rsa")(data, request);
	};
	const stopping = () =>
		signWith(pdf, certificate("rsa"), counting, [], {
			onWarnings(warnings) {
				codes.push(...warnings.map(({ code }) => code));
				throw new Error("not without its chain");
			},
		});
	expect(stopping).toThrow("not without its chain");
	expect([codes, asked]).toEqual([["WARN_CHAIN_INCOMPLETE"], 0]);
	signWith(pdf, certificate("rsa"), counting, chain(), { onWarnings: () => expect.unreachable() });
	expect(asked).toBe(1);
});

test("warnings that no callback receives are warnings of the process", async () => {
	const emitted: [string, string | undefined][] = [];
	const note = (warning: Error & { code?: string }) => void emitted.push([warning.name, warning.code]);
	const emittedBy = async (options: SignCallOptions) => {
		await setImmediate(); // a warning is emitted in a later tick
		emitted.length = 0;
		signWith(pdf, certificate("rsa"), signer("rsa"), [], options);
		await setImmediate();
		return [...emitted];
	};
	process.on("warning", note);
	try {
		expect(await emittedBy({})).toEqual([["SigningWarning", "WARN_CHAIN_INCOMPLETE"]]);
		expect(await emittedBy({ onWarnings() {} })).toEqual([]);
		expect(await emittedBy({ onReport() {} })).toEqual([]);
	} finally {
		process.off("warning", note);
	}
});
