// Signings that fail after the signature: the error is the caller's or the system's own, and carries a session that needs no key.

import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import {
	beginSigningFile,
	type ControlOptions,
	type FileSession,
	resumeSigning,
	resumeSigningFile,
	type Session,
	type Signer,
	signFileInTurn,
	signFileWith,
	signInTurn,
	signInTurnAsync,
	signWith,
	unfinishedSession,
} from "rustpdf";
import { describe, expect, test } from "vitest";
import { eachFolder } from "./support/folder.js";
import { key } from "./support/key.js";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, signer } from "./support/pki.js";

const folder = eachFolder();
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const pdf = makePdf({ pages: 3 });
const signed = signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment);
const mine = new Error("mine");

async function caught(run: () => unknown): Promise<unknown> {
	try {
		await run();
	} catch (error) {
		return error;
	}
	throw new Error("it did not fail");
}
/** The session of an error, of a signing into a file. */
const sessionOf = (error: unknown) => unfinishedSession(error) as FileSession;

const sign = (output: string, by: Signer = signer("rsa"), options: ControlOptions = {}) =>
	signFileWith(folder.write("in.pdf", pdf), output, certificate("rsa"), by, chain(), { ...moment, ...options });

test("an output that comes to be there meanwhile", async () => {
	const error = await caught(() =>
		sign(folder.at("out.pdf"), (data, request) => {
			folder.write("out.pdf", "precious");
			return signer("rsa")(data, request);
		}),
	);
	expect(error).toMatchObject({ code: "EEXIST", syscall: "link" });
	const session = sessionOf(error);
	expect(session.signed).toBe(true);
	await expect(session.completeSigned(folder.at("out.pdf"))).rejects.toMatchObject({ code: "EEXIST" });
	const { report } = await session.completeSigned(folder.at("other.pdf"));
	expect(folder.read("other.pdf").equals(signed)).toBe(true);
	expect(report).toMatchObject({ field: "Signature1", containerLength: expect.any(Number) });
	await session.completeSigned(folder.at("in.pdf"));
	expect(folder.read("in.pdf").equals(signed)).toBe(true);
	expect(folder.read("out.pdf").toString()).toBe("precious");
	expect(folder.names()).toEqual(["in.pdf", "other.pdf", "out.pdf"]);
});

// Only root mounts a disk of this size.
test.skipIf(process.getuid?.() !== 0)(
	"a full disk, into a new file and in place: the document is what it was, and another disk takes it",
	async () => {
		mkdirSync(folder.at("full"));
		execFileSync("mount", ["-t", "tmpfs", "-o", `size=${4096 * (1 + Math.ceil(pdf.length / 4096))}`, "tmpfs", folder.at("full")]);
		try {
			const input = folder.write("full/in.pdf", pdf);
			const errors = [
				await caught(() => signFileWith(pdf, folder.at("full/out.pdf"), certificate("rsa"), signer("rsa"), chain(), moment)),
				await caught(() => signFileWith(input, input, certificate("rsa"), signer("rsa"), chain(), moment)),
			];
			for (const [index, error] of errors.entries()) {
				expect(error).toMatchObject({ code: "ENOSPC" });
				if (index === 1) await sessionOf(error).completeSigned(folder.at("out.pdf"), { replace: true });
			}
			expect(folder.read("out.pdf").equals(signed)).toBe(true);
			expect(folder.read("full/in.pdf").equals(pdf)).toBe(true);
			expect(execFileSync("ls", ["-A", folder.at("full")], { encoding: "utf8" })).toBe("in.pdf\n");
		} finally {
			execFileSync("umount", [folder.at("full")]);
		}
	},
);

describe("a call that is stopped", () => {
	test("before the signature carries nothing, after it the session", async () => {
		for (const phase of ["digest", "sign", "write"] as const) {
			const controller = new AbortController();
			const onProgress: ControlOptions["onProgress"] = (progress) => {
				if (progress.phase === phase) controller.abort(mine);
			};
			const output = folder.at(`${phase}.pdf`);
			expect(await caught(() => sign(output, signer("rsa"), { signal: controller.signal, onProgress }))).toBe(mine);
			expect(folder.names()).toEqual(["in.pdf"]);
			const session = unfinishedSession(mine);
			if (phase !== "write") expect(session).toBeUndefined();
			else await (session as FileSession).completeSigned(output);
		}
		expect(folder.read("write.pdf").equals(signed)).toBe(true);
	});
});

describe("several signers, of whom the last one fails", () => {
	const failing = {
		certificate: certificate("rsa"),
		chain: chain(),
		signer: () => {
			throw mine;
		},
	};
	const signatories = [{ certificate: certificate("rsa"), chain: chain(), signer: signer("rsa") }, failing];

	test("the signature of the first is not lost", async () => {
		const output = folder.at("out.pdf");
		expect(await caught(() => signFileInTurn(folder.write("in.pdf", pdf), output, signatories, moment))).toBe(mine);
		await (unfinishedSession(mine) as FileSession).completeSigned(output);
		expect(folder.read("out.pdf").equals(signed)).toBe(true);
		for (const run of [
			() => signInTurn(pdf, signatories, moment),
			() => signInTurnAsync(new Blob([new Uint8Array(pdf)]), signatories, moment),
		]) {
			expect(await caught(run)).toBe(mine);
			const session = unfinishedSession(mine) as Session;
			expect(session.completeSigned().equals(signed)).toBe(true);
			expect(session.completeSigned().equals(signed)).toBe(true);
		}
	});

	test("and can be saved, sealed", async () => {
		expect(await caught(() => signInTurn(pdf, signatories, moment))).toBe(mine);
		const saved = (unfinishedSession(mine) as Session).serialize(key);
		const session = resumeSigning(saved, pdf, key);
		expect(session.signed).toBe(true);
		expect(session.completeSigned().equals(signed)).toBe(true);
		const later = await resumeSigningFile(saved, folder.write("in.pdf", pdf), key);
		await later.completeSigned(folder.at("in.pdf"));
		expect(folder.read("in.pdf").equals(signed)).toBe(true);
		expect(() => session.completeWithSignature(Buffer.alloc(256))).toThrow(expect.objectContaining({ code: "ERR_SESSION_SIGNED" }));
	});
});

test("a completion that fails carries one, too; one that waits for its answer does not need it", async () => {
	const session = await beginSigningFile(folder.write("in.pdf", pdf), { certificate: certificate("rsa"), chain: chain(), ...moment });
	expect(session.signed).toBe(false);
	await expect(session.completeSigned(null)).rejects.toMatchObject({ code: "ERR_SESSION_NOT_SIGNED" });
	const raw = signer("rsa")(session.request?.data as Buffer, session.request as never);
	folder.write("out.pdf", "precious");
	const error = await caught(() => session.completeWithSignature(raw, folder.at("out.pdf")));
	await sessionOf(error).completeSigned(folder.at("out.pdf"), { replace: true });
	expect(folder.read("out.pdf").equals(signed)).toBe(true);
});
