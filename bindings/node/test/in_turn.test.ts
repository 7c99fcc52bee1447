// Several signers in turn: what calls in a row would give, from one reading of the document.

import {
	type LevelB,
	type Report,
	type Signatory,
	type Signer,
	type SigningOptions,
	signFileInTurn,
	signInTurn,
	signInTurnAsync,
	signWith,
} from "rustpdf";
import { describe, expect, test } from "vitest";
import { eachFolder } from "./support/folder.js";
import { makeLargePdf, makePdf } from "./support/pdf.js";
import { certificate, chain, signer } from "./support/pki.js";
import { places } from "./support/places.js";
import { lastSignature, opensslVerify } from "./support/verify.js";

const folder = eachFolder();
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const small = makePdf({ pages: 3 });
const large = makeLargePdf(3_300_000);

const by = (name: string, options: (SigningOptions & LevelB) | null = {}) => ({
	certificate: certificate(name),
	signer: signer(name),
	chain: chain(),
	options,
});
const promised = ({ signer, ...rest }: ReturnType<typeof by>): Signatory => ({
	...rest,
	signer: async (data, request) => signer(data, request),
});

/** What calls in a row give. */
function inRow(pdf: Buffer, signatories: ReturnType<typeof by>[]): Buffer {
	return signatories.reduce(
		(signed, { certificate, chain, options, signer }) => signWith(signed, certificate, signer, chain, { ...moment, ...options }),
		pdf,
	);
}

/** Every signature of a document with so many, in its order: each covers all that was there when it was made. */
function expectValid(signed: Buffer, pdf: Buffer, reports: readonly Report[]): void {
	let end = pdf.length;
	for (const report of reports) {
		expect(report.documentLength).toBe(end);
		end += report.updateLength;
		const revision = signed.subarray(0, end);
		expect(lastSignature(revision).byteRange).toEqual(report.byteRange);
		opensslVerify(revision);
	}
	expect(end).toBe(signed.length);
}

const deterministic = {
	"one algorithm": [by("rsa"), by("rsa", { reason: "seen" }), by("rsa", { pades: false, name: "Ann" })],
	"three algorithms": [by("rsa"), by("rsa", { digestAlgorithm: "sha384" }), by("rsa", { digestAlgorithm: "sha512" })],
	"two, the first again": [by("rsa"), by("rsa", { digestAlgorithm: "sha512" }), by("rsa")],
	"a certification first": [by("rsa", { certify: 2 }), by("rsa", { lock: { action: "all" } })],
	"one signer": [by("rsa")],
} as const;

describe.each(Object.entries(deterministic))("with %s", (_name, signatories) => {
	test.each([
		["small", small],
		["large", large],
	])("the bytes of calls in a row, of a %s document", async (_size, pdf) => {
		const expected = inRow(pdf, [...signatories]);
		const reports: Report[] = [];
		const options = { ...moment, onReport: (report: Report) => void reports.push(report) };
		expect(signInTurn(pdf, signatories, options).equals(expected)).toBe(true);
		expect(reports).toHaveLength(signatories.length);
		expectValid(expected, pdf, reports);
		expect((await signInTurn(pdf, signatories.map(promised), options)).equals(expected)).toBe(true);
		expect((await signInTurnAsync(new Blob([new Uint8Array(pdf)]), signatories, options)).equals(expected)).toBe(true);
		for (const [, place] of places) {
			const made = await place(folder, pdf);
			const signed = await signFileInTurn(made.input, made.output, signatories, { ...options, replace: true });
			expect(made.signed(signed.update).equals(expected)).toBe(true);
			expect(signed.reports).toHaveLength(signatories.length);
			expect(signed.report).toEqual(signed.reports.at(-1));
		}
	});
});

test("RSA with SHA-256, P-384 with SHA-384, RSA: what is covered is that of calls in a row, and openssl accepts each", async () => {
	const signatories = [by("rsa"), by("p384"), by("rsa", { location: "Rome" })];
	const covered = (signed: Buffer) => lastSignature(signed).content.subarray(0, large.length);
	for (const sign of [
		async (reports: Report[]) => signInTurn(large, signatories, { ...moment, onReport: (report) => void reports.push(report) }),
		async (reports: Report[]) => signInTurnAsync(large, signatories, { ...moment, onReport: (report) => void reports.push(report) }),
		async (reports: Report[]) => {
			const path = folder.write("in.pdf", large);
			reports.push(...(await signFileInTurn(path, path, signatories, moment)).reports);
			return folder.read("in.pdf");
		},
	]) {
		const reports: Report[] = [];
		const signed = await sign(reports);
		expectValid(signed, large, reports);
		expect(covered(signed).equals(large)).toBe(true);
		expect(reports.map(({ digestAlgorithm, signatureAlgorithm }) => [signatureAlgorithm, digestAlgorithm])).toEqual([
			["rsa-pkcs1", "sha256"],
			["ecdsa", "sha384"],
			["rsa-pkcs1", "sha256"],
		]);
		expect(reports.map(({ field, revision }) => [field, revision])).toEqual([
			["Signature1", 2],
			["Signature2", 3],
			["Signature3", 4],
		]);
		// Whoever signs with P-384 gets another signature each time; the first and its update are the same.
		const first = signWith(large, certificate("rsa"), signer("rsa"), chain(), moment);
		expect(signed.subarray(0, first.length).equals(first)).toBe(true);
	}
});

describe("the document is read once", () => {
	test.each(Object.entries({ ...deterministic, "two kinds of keys": [by("rsa"), by("p384"), by("p521"), by("rsa")] }))(
		"with %s",
		async (_name, signatories) => {
			const times = new Uint8Array(large.length);
			const whole: [number, number][] = [];
			let others = 0;
			const pieceLength = 300_000;
			const input = {
				size: large.length,
				pieceLength,
				read(offset: number, length: number) {
					if (offset % pieceLength === 0 && length === Math.min(pieceLength, large.length - offset)) whole.push([offset, length]);
					else others += length;
					for (let at = offset; at < offset + length; at++) times[at] = (times[at] as number) + 1;
					return large.subarray(offset, offset + length);
				},
			};
			const { report } = await signFileInTurn(input, null, signatories, moment);
			expect(whole).toEqual(
				Array.from({ length: 12 }, (_, index) => [index * pieceLength, Math.min(pieceLength, large.length - index * pieceLength)]),
			);
			expect(times.every((count) => count >= 1)).toBe(true);
			expect(others).toBeLessThan(200_000);
			expect(report.bytesRead).toBeLessThan(200_000);
		},
	);
});

describe("what is refused before anybody signs", () => {
	const never: Signer = () => {
		throw new Error("asked to sign");
	};
	const good = { certificate: certificate("rsa"), signer: never };
	const refused: [string, unknown, string][] = [
		["a certificate that is none, the last", [good, { ...good, certificate: Buffer.from("hello") }], "ERR_CERTIFICATE_FORMAT"],
		["a certificate of another type", [good, { ...good, certificate: 7 }], "ERR_ARGUMENT"],
		["a chain that does not belong", [good, { ...good, chain: certificate("other") }], "ERR_CHAIN_UNRELATED"],
		["an option that is unknown", [good, { ...good, options: { reazon: "x" } }], "ERR_OPTION_UNKNOWN"],
		["an option of the call in a signer's", [good, { ...good, options: { signingTime: new Date() } }], "ERR_OPTION_UNKNOWN"],
		["a signer that is none", [good, { ...good, signer: "x" }], "ERR_ARGUMENT"],
		["an entry that is none", [good, null], "ERR_ARGUMENT"],
		["a list that is none", good, "ERR_ARGUMENT"],
		["nobody", [], "ERR_OPTION_VALUE"],
		["a certificate that is expired, where that is strict", [good, { ...good, options: { strict: true } }], "ERR_CERTIFICATE_EXPIRED"],
	];

	test.each(refused)("%s", async (_name, list, code) => {
		const signatories = list as Signatory[];
		const call = { signingTime: new Date("2099-01-01") };
		expect(() => signInTurn(small, signatories, call)).toThrow(expect.objectContaining({ code }));
		await expect(signInTurnAsync(small, signatories, call)).rejects.toMatchObject({ code });
		for (const [, place] of places) {
			const made = await place(folder, small);
			await expect(signFileInTurn(made.input, made.output, signatories, call)).rejects.toMatchObject({ code });
			made.expectUntouched();
			if (folder.names().includes("out.pdf")) folder.remove("out.pdf");
		}
	});

	test("an option of a signer for the call", () => {
		expect(() => signInTurn(small, [by("rsa")], { reason: "x" } as object)).toThrow(
			expect.objectContaining({ code: "ERR_OPTION_UNKNOWN" }),
		);
	});
});

test("what the last signer refuses, is refused for all: nothing is left behind", async () => {
	const mine = new Error("no");
	const asked: number[] = [];
	const counting = (index: number): Signatory => ({
		...by("rsa"),
		signer: async (data, request) => {
			asked.push(index);
			if (index === 2) throw mine;
			return signer("rsa")(data, request);
		},
	});
	for (const [, place] of places) {
		const made = await place(folder, large);
		await expect(signFileInTurn(made.input, made.output, [0, 1, 2, 3].map(counting))).rejects.toBe(mine);
		expect(asked.splice(0)).toEqual([0, 1, 2]);
		made.expectUntouched();
		if (folder.names().includes("out.pdf")) folder.remove("out.pdf");
	}
});

test("what a certification forbids, the second signer is told before it signs", () => {
	const asked: string[] = [];
	const counting = (name: string, options: (SigningOptions & LevelB) | null) => ({
		...by("rsa", options),
		signer: (...[data, request]: Parameters<ReturnType<typeof signer>>) => {
			asked.push(name);
			return signer("rsa")(data, request);
		},
	});
	const signatories = [counting("first", { certify: 1 }), counting("second", {})];
	expect(() => signInTurn(small, signatories)).toThrow(expect.objectContaining({ code: "ERR_CERTIFIED" }));
	expect(asked).toEqual(["first"]);
});
