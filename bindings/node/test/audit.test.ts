// The records of an audit folder: written around the key, and checked.

import { execFile } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beginSigning, type SigningRequest, sign, signFile, signWith } from "rustpdf";
import { audited, auditHeads, verifyAudit } from "rustpdf/audit";
import { afterAll, describe, expect, test } from "vitest";
import { makePdf } from "./support/pdf.js";
import { certificate as certificateOf, chain as issuers, signer as signerOf } from "./support/pki.js";
import { lastSignature } from "./support/verify.js";

const pdf = makePdf({ pages: 1 });
const [certificate, chain] = [certificateOf("rsa"), issuers()];
const key = signerOf("rsa") as (data: Buffer, request: SigningRequest) => Buffer;
const folder = mkdtempSync(join(tmpdir(), "rustpdf-audit-"));
afterAll(() => rmSync(folder, { recursive: true }));
let number = 0;
const fresh = () => join(folder, String(++number));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The records of a folder with one file, and its name. */
function recordsIn(directory: string) {
	const [file] = readdirSync(directory) as [string];
	const lines = readFileSync(join(directory, file), "utf8").trimEnd().split("\n");
	return { file: join(directory, file), lines, records: lines.map((line) => JSON.parse(line)) };
}

describe("an audited signer", () => {
	test("leaves a record before and after", async () => {
		const directory = fresh();
		let before: string[] = [];
		const signer = audited(
			(data: Buffer, request: SigningRequest) => {
				before = recordsIn(directory).lines;
				return key(data, request);
			},
			{ directory, keyId: "arn:key" },
		);
		const session = beginSigning(pdf, { certificate, chain });
		const signed = signWith(pdf, certificate, signer, chain, { fieldName: "Approval" });
		expect(before).toHaveLength(1);
		const { file, lines, records } = recordsIn(directory);
		const [asked, result] = records;
		expect(asked).toMatchObject({
			previous: "0".repeat(64),
			sequence: 0,
			event: "asked",
			keyId: "arn:key",
			fieldName: "Approval",
			certificateDigest: sha256(new X509Certificate(certificate).raw),
			signatureAlgorithm: "rsa-pkcs1",
			digestAlgorithm: "sha256",
		});
		// The digest is that of the bytes that /ByteRange names.
		const [a = 0, b = 0, c = 0, d = 0] = lastSignature(signed).byteRange;
		const at = (start: number, length: number) => signed.subarray(start, start + length);
		expect(asked.documentDigest).toBe(sha256(Buffer.concat([at(a, b), at(c, d)])));
		expect(result).toMatchObject({ previous: sha256(Buffer.from(`${lines[0]}\n`)), sequence: 1, event: "signed", asked: 0 });
		expect(result.duration).toBeGreaterThan(0);
		expect(result.signatureDigest).toMatch(/^[0-9a-f]{64}$/);
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(verifyAudit(directory)).toEqual({ files: 1, records: 2, unanswered: 0, faults: [] });
		expect(session.request?.fieldName).toBe("Signature1");
	});

	test("makes missing folders for this user alone", () => {
		const above = fresh();
		const directory = join(above, "audit");
		signWith(pdf, certificate, audited(key, { directory }), chain);
		expect([above, directory].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
		expect(recordsIn(directory).lines).toHaveLength(2);
	});

	test("takes a signer with its certificate, and one that promises", async () => {
		const directory = fresh();
		const signer = audited(
			{ certificate, chain, sign: async (data: Buffer, request: SigningRequest) => key(data, request) },
			{ directory },
		);
		const output = join(folder, "out.pdf");
		writeFileSync(join(folder, "contract.pdf"), pdf);
		await signFile({ input: join(folder, "contract.pdf"), output, signer });
		await Promise.all([sign({ pdf, signer }), sign({ pdf, signer })]);
		const { records } = recordsIn(directory);
		expect(records).toHaveLength(6);
		expect(records[0].documentName).toBe("contract.pdf");
		expect(verifyAudit(directory)).toMatchObject({ records: 6, unanswered: 0, faults: [] });
	});

	test("records a failure without its text", async () => {
		const directory = fresh();
		const failure = Object.assign(new Error("PIN 1234 is wrong"), { code: "CKR_PIN_INCORRECT" });
		for (const fail of [
			() => {
				throw failure;
			},
			() => Promise.reject(failure),
		]) {
			await expect(sign({ pdf, certificate, chain, signer: audited(fail, { directory }) })).rejects.toBe(failure);
		}
		const { lines, records } = recordsIn(directory);
		expect(records.map(({ event, error }) => [event, error])).toEqual([
			["asked", undefined],
			["failed", "CKR_PIN_INCORRECT"],
			["asked", undefined],
			["failed", "CKR_PIN_INCORRECT"],
		]);
		expect(lines.join()).not.toContain("1234");
	});

	test("does not ask the key where no record can be written", () => {
		writeFileSync(join(folder, "file"), "");
		let asked = 0;
		const signer = audited(
			(data: Buffer, request: SigningRequest) => {
				asked++;
				return key(data, request);
			},
			{ directory: join(folder, "file") },
		);
		expect(() => signWith(pdf, certificate, signer, chain)).toThrow(/EEXIST|ENOTDIR/);
		expect(asked).toBe(0);
	});
});

describe("the check of records", () => {
	const signed = (times: number) => {
		const directory = fresh();
		const signer = audited(key, { directory });
		for (let round = 0; round < times; round++) signWith(pdf, certificate, signer, chain);
		return { directory, ...recordsIn(directory) };
	};

	test("finds a record that was altered, left out or moved", () => {
		const { directory, file, lines } = signed(2);
		const faulty = (changed: string[]) => {
			writeFileSync(file, changed.map((line) => `${line}\n`).join(""));
			return verifyAudit(directory).faults;
		};
		expect(faulty(lines)).toEqual([]);
		const [first = "", second = "", third = "", fourth = ""] = lines;
		expect(faulty([first.replace("Signature1", "Signature9"), second, third, fourth])).toMatchObject([{ line: 2 }]);
		expect(faulty([first, third, fourth])).toMatchObject([{ line: 2 }, { line: 2 }, { line: 3 }, { line: 3 }]);
		expect(faulty([first, second, fourth, third])).not.toEqual([]);
		expect(faulty([first, "garbage", third, fourth])).toMatchObject([{ line: 2, found: "it is no record" }, { line: 3 }]);
	});

	test("finds by the heads what was cut off", () => {
		const { directory, file } = signed(2);
		const heads = auditHeads(directory);
		expect(heads).toMatchObject([{ sequence: 3 }]);
		expect(verifyAudit(directory, heads).faults).toEqual([]);
		const { size } = statSync(file);
		appendFileSync(file, "half a rec");
		expect(verifyAudit(directory, heads).faults).toMatchObject([{ found: "it is no record" }, { found: "the last line is cut off" }]);
		truncateSync(file, size);
		const whole = readFileSync(file);
		truncateSync(file, whole.lastIndexOf("\n", size - 2) + 1);
		expect(verifyAudit(directory)).toMatchObject({ unanswered: 1, faults: [] });
		expect(verifyAudit(directory, heads).faults).toMatchObject([{ found: "it ends at record 2, and had 3 when its head was taken" }]);
		rmSync(file);
		expect(verifyAudit(directory, heads).faults).toMatchObject([{ found: "the file is missing" }]);
	});

	test("each process writes a file of its own", async () => {
		const directory = fresh();
		const script = `import { audited } from "rustpdf/audit";
			await audited(() => Buffer.from([1]), { directory: ${JSON.stringify(directory)} })(Buffer.from("x"), { digest: Buffer.from("x") });`;
		const node = () =>
			promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { cwd: join(import.meta.dirname, "..") });
		await Promise.all([node(), node(), node()]);
		expect(verifyAudit(directory)).toEqual({ files: 3, records: 6, unanswered: 0, faults: [] });
	});
});
