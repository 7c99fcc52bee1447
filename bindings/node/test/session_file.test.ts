// Signings in two halves of documents in files: between the halves the document is let go, and must still be the same.

import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { pathToFileURL } from "node:url";
import {
	beginSigning,
	beginSigningFile,
	type DocumentSource,
	type FileReport,
	type FileSession,
	type Prepared,
	type Progress,
	resumeSigningAsync,
	resumeSigningFile,
	signWith,
} from "rustpdf";
import { describe, expect, inject, test } from "vitest";
import { eachFolder } from "./support/folder.js";
import { key } from "./support/key.js";
import { makeLargePdf, makePdf } from "./support/pdf.js";
import { certificate, chain, pkiPath, signer } from "./support/pki.js";
import { places } from "./support/places.js";
import { lastSignature } from "./support/verify.js";

const folder = eachFolder();
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const small = makePdf({ pages: 3 });
const large = makeLargePdf(3_300_000);
const expected = (pdf: Buffer) => signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment);

const begin = (input: DocumentSource) => beginSigningFile(input, { certificate: certificate("rsa"), chain: chain(), ...moment });
function rawSignature({ request }: Prepared): Buffer {
	if (request === undefined) throw new Error("the session has no request");
	return signer("rsa")(request.data, request);
}
const changed = expect.objectContaining({ code: "ERR_FILE_CHANGED" });

describe.each([
	["small", small],
	["large", large],
])("a %s document", (_size, pdf) => {
	test.each(places)("in a file, into %s, with the bytes of signWith", async (name, place) => {
		for (const half of ["at once", "resumed", "vouched"]) {
			const made = await place(folder, pdf);
			const begun = await begin(made.input);
			const session =
				half === "at once"
					? begun
					: await resumeSigningFile(begun.serialize(key), made.input, key, { skipDocumentCheck: half === "vouched" });
			expect(folder.names().filter((name) => name.startsWith("."))).toEqual([]);
			const { report, reports, update } = await session.completeWithSignature(rawSignature(session), made.output);
			expect(made.signed(update).equals(expected(pdf))).toBe(true);
			expect(session.report).toEqual(expect.objectContaining({ containerLength: expect.any(Number) }));
			expect(reports).toEqual([report]);
			const copies = name.startsWith("a new file") ? ["clone", "kernel"] : [name === "an open file" ? "read" : "none"];
			expect(copies).toContain(report.copy);
			for (const name of folder.names()) folder.remove(name);
		}
	});

	test.each<[string, () => DocumentSource]>([
		["a Buffer", () => pdf],
		["a Blob", () => new Blob([new Uint8Array(pdf)])],
		["ranges", () => ({ size: pdf.length, pieceLength: 400_000, read: (offset, length) => pdf.subarray(offset, offset + length) })],
	])("as %s, into a new file, an open one and nowhere", async (_name, source) => {
		const session = await begin(source());
		for (const output of [folder.at("out.pdf"), await folder.open("opened.pdf", "w"), null]) {
			const { report, update } = await session.completeWithSignature(rawSignature(session), output);
			expect(update.equals(expected(pdf).subarray(pdf.length))).toBe(true);
			expect(report.copy).toBe(output === null ? "none" : "read");
		}
		for (const name of folder.names()) expect(folder.read(name).equals(expected(pdf))).toBe(true);
		expect(folder.names()).toEqual(["opened.pdf", "out.pdf"]);
	});
});

test("hash and request are those of a session in memory", async () => {
	const session = await begin(folder.write("in.pdf", large));
	const inMemory = beginSigning(large, { certificate: certificate("rsa"), chain: chain(), ...moment });
	expect(session.hash).toEqual(inMemory.hash);
	expect(session.hashAlgorithm).toBe("sha256");
	expect(session.documentLength).toBe(large.length);
	expect(session.request).toEqual({ ...inMemory.request, documentName: "in.pdf" });
});

test("a container completes it, too", async () => {
	const { container } = lastSignature(expected(small));
	const input = folder.write("in.pdf", small);
	const session = await beginSigningFile(input, { containerSize: container.length, ...moment });
	expect(session.request).toBeUndefined();
	const { report } = await session.complete(container, folder.at("out.pdf"));
	expect(report.containerLength).toBe(container.length);
	expect(folder.read("out.pdf").subarray(0, small.length).equals(small)).toBe(true);
	expect(lastSignature(folder.read("out.pdf")).container.equals(container)).toBe(true);
});

test("it may be completed again: nowhere, and into one new file after another", async () => {
	const session = await begin(folder.write("in.pdf", small));
	const signature = rawSignature(session);
	const [one, two] = [await session.completeWithSignature(signature, null), await session.completeWithSignature(signature, null)];
	expect(one.update.equals(two.update)).toBe(true);
	await session.completeWithSignature(signature, folder.at("one.pdf"));
	await session.completeWithSignature(signature, pathToFileURL(folder.at("two.pdf")));
	await expect(session.completeWithSignature(signature, folder.at("two.pdf"))).rejects.toMatchObject({ code: "EEXIST" });
	await session.completeWithSignature(signature, folder.at("two.pdf"), { replace: true });
	for (const name of ["one.pdf", "two.pdf"]) expect(folder.read(name).equals(expected(small))).toBe(true);
	await session.completeWithSignature(signature, folder.at("in.pdf"));
	expect(folder.read("in.pdf").equals(expected(small))).toBe(true);
	// In place it is another document now.
	expect(await session.completeWithSignature(signature, folder.at("in.pdf")).catch((error) => error)).toEqual(changed);
	expect(await session.completeWithSignature(signature, null).catch((error) => error)).toEqual(changed);
	expect(folder.read("in.pdf").equals(expected(small))).toBe(true);
	expect(folder.names()).toEqual(["in.pdf", "one.pdf", "two.pdf"]);
});

test.each(places)("a refused answer changes nothing, into %s", async (_name, place) => {
	const made = await place(folder, small);
	const told: FileReport[] = [];
	const onReport = (report: object) => void told.push(report as FileReport);
	const session = await beginSigningFile(made.input, { certificate: certificate("rsa"), chain: chain(), ...moment, onReport });
	const { report } = session;
	const wrong: [() => Promise<unknown>, object][] = [
		[() => session.completeWithSignature(Buffer.alloc(256, 1), made.output), { code: "ERR_SIGNATURE_MISMATCH" }],
		[() => session.completeWithSignature(undefined as never, made.output), { code: "ERR_CALLBACK_RESULT" }],
		[() => session.complete(Buffer.from("nonsense"), made.output), { code: "ERR_CONTAINER_FORMAT" }],
		[() => session.complete(undefined as never, made.output), { code: "ERR_ARGUMENT" }],
		[() => session.completeWithSignature(rawSignature(session), 7 as never), { code: "ERR_ARGUMENT" }],
	];
	for (const [complete, error] of wrong) await expect(complete()).rejects.toMatchObject(error);
	made.expectUntouched();
	expect(session.report).toBe(report);
	expect(told).toEqual([report]);
	const { update } = await session.completeWithSignature(rawSignature(session), made.output);
	expect(made.signed(update).equals(expected(small))).toBe(true);
	expect(told).toHaveLength(2);
});

describe("a document that is changed between the halves", () => {
	const changes: [string, () => void, Buffer][] = [
		["appended to", () => appendFileSync(folder.at("in.pdf"), "more"), Buffer.concat([small, Buffer.from("more")])],
		["touched", () => utimesSync(folder.at("in.pdf"), new Date(), new Date(Date.now() + 3_600_000)), small],
		["rewritten, with its old time", rewrite, other()],
		[
			"replaced",
			() => {
				folder.write("new", makePdf());
				renameSync(folder.at("new"), folder.at("in.pdf"));
			},
			makePdf(),
		],
	];

	/** Of the same length. */
	function other(): Buffer {
		const bytes = Buffer.from(small);
		bytes.write("11", bytes.indexOf("10 20 m"));
		return bytes;
	}

	function rewrite() {
		const { atime, mtime } = statSync(folder.at("in.pdf"));
		folder.write("in.pdf", other());
		utimesSync(folder.at("in.pdf"), atime, mtime);
	}

	test.each(changes)("%s, into every place", async (_name, change, now) => {
		for (const [, place] of places) {
			const made = await place(folder, small);
			const session = await begin(made.input);
			const vouched = await resumeSigningFile(session.serialize(key), made.input, key, { skipDocumentCheck: true });
			const signature = rawSignature(session);
			change();
			for (const one of [session, vouched]) {
				const error = await one.completeWithSignature(signature, made.output).catch((error) => error);
				// An open file is still the one that it was, when another takes its name.
				expect(error).toEqual(changed);
			}
			made.expectUntouched(now);
			for (const name of folder.names()) folder.remove(name);
		}
	});

	test("removed", async () => {
		const session = await begin(folder.write("in.pdf", small));
		rmSync(folder.at("in.pdf"));
		await expect(session.completeWithSignature(rawSignature(session), folder.at("out.pdf"))).rejects.toMatchObject({ code: "ENOENT" });
		expect(folder.names()).toEqual([]);
	});

	test("before it is resumed: the session says so, unless the document is vouched for", async () => {
		const saved = (await begin(folder.write("in.pdf", small))).serialize(key);
		folder.write("in.pdf", other());
		await expect(resumeSigningFile(saved, folder.at("in.pdf"), key)).rejects.toMatchObject({ code: "ERR_SESSION_DOCUMENT" });
		expect((await resumeSigningFile(saved, folder.at("in.pdf"), key, { skipDocumentCheck: true })).request).toBeDefined();
		appendFileSync(folder.at("in.pdf"), "more");
		for (const skipDocumentCheck of [false, true]) {
			await expect(resumeSigningFile(saved, folder.at("in.pdf"), key, { skipDocumentCheck })).rejects.toMatchObject({
				code: "ERR_SESSION_DOCUMENT",
			});
		}
	});

	test.each([0, large.length])("while the copy for it is made, of which there are %i bytes", async (copied) => {
		const path = folder.write("in.pdf", large);
		const session = await beginSigningFile(path, { certificate: certificate("rsa") });
		const onProgress = ({ done, phase }: Progress) => {
			if (phase === "write" && done === copied) appendFileSync(path, "more");
		};
		const completed = session.completeWithSignature(rawSignature(session), folder.at("out.pdf"), { onProgress });
		expect(await completed.catch((error) => error)).toEqual(changed);
		expect(folder.names()).toEqual(["in.pdf"]);
	});
});

test("a document that only got another name is the same", async () => {
	const session = await begin(folder.write("in.pdf", small));
	const saved = session.serialize(key);
	renameSync(folder.at("in.pdf"), folder.at("new.pdf"));
	const resumed = await resumeSigningFile(saved, folder.at("new.pdf"), key);
	await resumed.completeWithSignature(rawSignature(resumed), folder.at("new.pdf"));
	expect(folder.read("new.pdf").equals(expected(small))).toBe(true);
});

test("a copy of a document that nobody may write to", async () => {
	chmodSync(folder.write("in.pdf", small), 0o444);
	const session = await begin(folder.at("in.pdf"));
	await session.completeWithSignature(rawSignature(session), folder.at("out.pdf"));
	expect(folder.read("out.pdf").equals(expected(small))).toBe(true);
});

test("a file that is vouched for is read into memory for a session there", async () => {
	const saved = (await begin(folder.write("in.pdf", large))).serialize(key);
	const session = await resumeSigningAsync(saved, folder.at("in.pdf"), key, { skipDocumentCheck: true });
	expect(session.completeWithSignature(rawSignature(session)).equals(expected(large))).toBe(true);
	const changing = {
		size: large.length,
		read(offset: number, length: number) {
			if (offset + length === large.length) this.size++;
			return large.subarray(offset, offset + length);
		},
	};
	expect(await resumeSigningAsync(saved, changing, key, { skipDocumentCheck: true }).catch((error) => error)).toEqual(changed);
});

test("each half in a process of its own", () => {
	folder.write("in.pdf", large);
	const run = (body: string) =>
		execFileSync(
			process.execPath,
			[
				"--input-type=module",
				"-e",
				`import * as rustpdf from "rustpdf"; import { readFileSync, writeFileSync } from "node:fs"; import { sign } from "node:crypto"; const at = (name) => ${JSON.stringify(folder.path)} + "/" + name; ${body}`,
			],
			{
				cwd: inject("project"),
			},
		);
	const options = `{ certificate: readFileSync(${JSON.stringify(pkiPath("rsa.der"))}), chain: readFileSync(${JSON.stringify(pkiPath("chain.pem"))}), signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) }`;
	const sessionKey = `Buffer.from("${key.toString("hex")}", "hex")`;
	run(`const session = await rustpdf.beginSigningFile(at("in.pdf"), ${options}); writeFileSync(at("session"), session.serialize(${sessionKey}));
		writeFileSync(at("signature"), sign("sha256", session.request.data, readFileSync(${JSON.stringify(pkiPath("rsa.key"))})));`);
	run(`const session = await rustpdf.resumeSigningFile(readFileSync(at("session")), at("in.pdf"), ${sessionKey});
		await session.completeWithSignature(readFileSync(at("signature")), at("in.pdf"));`);
	expect(folder.read("in.pdf").equals(expected(large))).toBe(true);
	expect(folder.names()).toEqual(["in.pdf", "session", "signature"]);
});

test("nothing of the document stays open between the halves", async () => {
	const sessions: FileSession[] = [];
	folder.write("in.pdf", small);
	for (let round = 0; round < 10; round++) sessions.push(await begin(folder.at("in.pdf")));
	expect(folder.opened()).toEqual([]);
	for (const [index, session] of sessions.entries()) {
		await session.completeWithSignature(rawSignature(session), folder.at(`${index}.pdf`));
		await session.completeWithSignature(Buffer.alloc(256, 1), folder.at("never.pdf")).catch(() => {});
	}
	expect(folder.opened()).toEqual([]);
});
