// What becomes of a file whose signing in place was interrupted, and of several that sign one file at once.

import { execFileSync, spawn } from "node:child_process";
import { chownSync, readFileSync, renameSync, symlinkSync, truncateSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { beginSigningFile, recoverFile, type Signer, signFileWith, signWith } from "rustpdf";
import { describe, expect, inject, test, vi } from "vitest";
import { instantiate } from "../wasm/instance.js";
import { rustpdf } from "./support/cli.js";
import { eachFolder } from "./support/folder.js";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, pkiPath, signer } from "./support/pki.js";
import { lastSignature, opensslVerify } from "./support/verify.js";

// The sources have no module beside them.
vi.mock("#engine", async (original) => {
	const real = await original<typeof import("../src/engine/node.js")>();
	const module = new URL("../wasm/rustpdf.wasm", import.meta.url);
	return real.engine() === "native" ? real : { ...real, instantiate: () => instantiate(new WebAssembly.Module(readFileSync(module))) };
});
const { makeJournal } = await import("../src/operations.js");

const folder = eachFolder();
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const pdf = makePdf({ pages: 20 });
const signed = signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment);
const update = signed.subarray(pdf.length);
const twice = signWith(signed, certificate("rsa"), signer("rsa"), chain(), moment);
const journalOf = (document: Buffer) => Buffer.from(makeJournal(document.length, document.subarray(-1024), update));
const journal = journalOf(pdf);
const JOURNAL = ".in.pdf.rustpdf";

/** Interrupted in the midst of writing the update. */
const half = signed.subarray(0, pdf.length + (update.length >> 1));
function interrupt(file: Buffer = half, by: Buffer = journal): string {
	folder.write(JOURNAL, by);
	return folder.write("in.pdf", file);
}
const sign = (input: string, output: string | null, by: Signer = signer("rsa")) =>
	signFileWith(input, output, certificate("rsa"), by, chain(), moment);
const isFile = (bytes: Buffer) => folder.read("in.pdf").equals(bytes);

describe("wherever it stopped", () => {
	const stops: [string, Buffer][] = [];
	for (let cut = 0; cut < update.length; cut += 512) {
		stops.push([`cut after ${cut} bytes`, signed.subarray(0, pdf.length + cut)]);
		const zeros = Buffer.from(signed).fill(0, pdf.length + cut);
		stops.push([`zeros after ${cut} bytes`, zeros]);
		stops.push([
			`zeros in one sector at ${cut}`,
			Buffer.from(signed).fill(0, pdf.length + cut, Math.min(pdf.length + cut + 512, signed.length)),
		]);
		stops.push([`zeros before byte ${cut}`, Buffer.from(signed).fill(0, pdf.length, pdf.length + cut)]);
	}
	stops.push(["whole", signed]);

	test("recovery finishes it, or takes it back, and leaves nothing behind", async () => {
		for (const [name, file] of stops) {
			expect(await recoverFile(interrupt(file)), name).toBe("signed");
			expect(isFile(signed), name).toBe(true);
			expect(folder.names(), name).toEqual(["in.pdf"]);
			expect(await recoverFile(interrupt(file), { undo: true }), name).toBe("original");
			expect(isFile(pdf), name).toBe(true);
			expect(folder.names(), name).toEqual(["in.pdf"]);
		}
	});

	test("the next signing finishes it", async () => {
		for (const [name, file] of stops) {
			const path = interrupt(file);
			await sign(path, path);
			expect(isFile(twice), name).toBe(true);
			expect(folder.names(), name).toEqual(["in.pdf"]);
		}
	});
});

describe("recovery", () => {
	test("where nothing was interrupted does nothing", async () => {
		const path = folder.write("in.pdf", pdf);
		expect(await recoverFile(path)).toBe("nothing");
		expect(await recoverFile(path, { undo: true })).toBe("nothing");
		expect(isFile(pdf)).toBe(true);
		await expect(recoverFile(folder.at("none.pdf"))).rejects.toMatchObject({ code: "ENOENT" });
		await expect(recoverFile(new URL("https://example.org"))).rejects.toMatchObject({ code: "ERR_INVALID_URL_SCHEME" });
	});

	test("by a URL, and by a link to the document", async () => {
		expect(await recoverFile(pathToFileURL(interrupt()))).toBe("signed");
		interrupt();
		symlinkSync("in.pdf", folder.at("link.pdf"));
		expect(await recoverFile(folder.at("link.pdf"))).toBe("signed");
		expect(folder.names()).toEqual(["in.pdf", "link.pdf"]);
		expect(isFile(signed)).toBe(true);
	});

	test("by several at once", async () => {
		const path = interrupt();
		const outcomes = await Promise.all(Array.from({ length: 8 }, () => recoverFile(path)));
		expect(outcomes).toContain("signed");
		expect(new Set(["signed", "nothing", ...outcomes]).size).toBe(2);
		expect(isFile(signed)).toBe(true);
		expect(folder.names()).toEqual(["in.pdf"]);
		expect(folder.opened()).toEqual([]);
	});

	test("comes before whatever is done with the document", async () => {
		const uses: [string, (path: string) => Promise<unknown>][] = [
			["into a new file", (path) => sign(path, folder.at("out.pdf"))],
			["nowhere", (path) => sign(path, null)],
			["to be completed later", (path) => beginSigningFile(path)],
		];
		for (const [name, use] of uses) {
			await use(interrupt());
			expect(isFile(signed), name).toBe(true);
			expect(folder.names(), name).not.toContain(JOURNAL);
		}
		expect(folder.read("out.pdf").equals(twice)).toBe(true);
		interrupt();
		const handle = await folder.open("in.pdf", "r");
		await signFileWith(handle, null, certificate("rsa"), signer("rsa"));
		expect(isFile(signed)).toBe(true);
	});

	test("leaves alone what was appended behind the update", async () => {
		const more = Buffer.concat([signed, Buffer.from("more")]);
		expect(await recoverFile(interrupt(more))).toBe("signed");
		expect(isFile(more)).toBe(true);
		await expect(recoverFile(interrupt(more), { undo: true })).rejects.toMatchObject({ code: "ERR_JOURNAL_DOCUMENT" });
		expect(isFile(more)).toBe(true);
	});
});

describe("a journal that does not fit is refused, and nothing is touched", () => {
	const damaged: [string, Buffer][] = [
		["no journal at all", Buffer.from("hello")],
		["empty", Buffer.alloc(0)],
		["cut short", journal.subarray(0, journal.length - 1)],
		["too long", Buffer.concat([journal, Buffer.from("x")])],
		...[0, 16, 20, 50, 60, 100, journal.length - 1].map((at): [string, Buffer] => {
			const bytes = Buffer.from(journal);
			bytes[at] = (bytes[at] as number) ^ 0x20;
			return [`byte ${at} is another`, bytes];
		}),
	];
	const changed = Buffer.from(pdf);
	changed[pdf.length - 100] = (changed[pdf.length - 100] as number) ^ 1;
	const foreign: [string, Buffer][] = [
		["another document", makePdf({ pages: 30 })],
		["a shorter one", makePdf()],
		["one that was changed", changed],
		["one that was cut", pdf.subarray(0, pdf.length - 1)],
		["one with something else behind it", Buffer.concat([pdf, Buffer.from("\n9 0 obj")])],
		["an empty one", Buffer.alloc(0)],
	];

	async function expectRefused(file: Buffer, by: Buffer, code: string): Promise<void> {
		const path = interrupt(file, by);
		const never: Signer = () => {
			throw new Error("asked to sign");
		};
		const uses = [
			() => recoverFile(path),
			() => recoverFile(path, { undo: true }),
			() => sign(path, path, never),
			() => sign(path, folder.at("out.pdf"), never),
			() => beginSigningFile(path),
		];
		for (const error of await Promise.all(uses.map((use) => use().catch((error) => error)))) expect(error).toMatchObject({ code });
		expect(isFile(file)).toBe(true);
		expect(folder.read(JOURNAL).equals(by)).toBe(true);
		expect(folder.names()).toEqual([JOURNAL, "in.pdf"]);
		expect(folder.opened()).toEqual([]);
	}

	test.each(damaged)("damaged: %s", (_name, by) => expectRefused(half, by, "ERR_JOURNAL_DAMAGED"));
	test.each(foreign)("of another document: %s", (_name, file) => expectRefused(file, journal, "ERR_JOURNAL_DOCUMENT"));

	test("larger than any", async () => {
		const path = interrupt();
		truncateSync(folder.at(JOURNAL), 2 ** 30);
		await expect(recoverFile(path)).rejects.toMatchObject({ code: "ERR_JOURNAL_DAMAGED" });
		expect(isFile(half)).toBe(true);
	});

	test("a folder, a pipe or a link", async () => {
		const path = folder.write("in.pdf", half);
		symlinkSync(folder.write("journal", journal), folder.at(JOURNAL));
		await expect(recoverFile(path)).rejects.toMatchObject({ code: "ERR_JOURNAL_DAMAGED" });
		folder.remove(JOURNAL);
		for (const make of ["mkdir", "mkfifo"]) {
			execFileSync(make, [folder.at(JOURNAL)]);
			await expect(recoverFile(path)).rejects.toMatchObject({ code: "ERR_JOURNAL_DAMAGED" });
			folder.remove(JOURNAL);
		}
		expect(isFile(half)).toBe(true);
	});

	// Only root gives files away.
	test.skipIf(process.getuid?.() !== 0)("another user's, who does not own the document", async () => {
		const path = interrupt();
		chownSync(folder.at(JOURNAL), 54321, 54321);
		for (const use of [() => recoverFile(path), () => recoverFile(path, { undo: true }), () => sign(path, path), () => sign(path, null)]) {
			await expect(use()).rejects.toMatchObject({ code: "ERR_JOURNAL_OWNER", group: "file" });
		}
		expect(isFile(half)).toBe(true);
		expect(folder.names()).toEqual([JOURNAL, "in.pdf"]);
		chownSync(path, 54321, 54321);
		expect(await recoverFile(path)).toBe("signed");
		interrupt();
		chownSync(path, 54321, 54321);
		expect(await recoverFile(path)).toBe("signed"); // one's own
	});

	test("one that comes to fit is taken", async () => {
		const path = interrupt(half, journalOf(twice));
		setTimeout(() => renameSync(folder.write("journal", journal), folder.at(JOURNAL)), 60);
		expect(await recoverFile(path)).toBe("signed");
		expect(isFile(signed)).toBe(true);
	});
});

describe("several that sign one file at once", () => {
	/** Waits until so many are at it, which have all hashed the same document. */
	function together(count: number): Signer {
		let here = 0;
		let go: () => void = () => {};
		const all = new Promise<void>((resolve) => {
			go = resolve;
		});
		return async (data, request) => {
			if (++here === count) go();
			await all;
			return signer("rsa")(data, request);
		};
	}

	test("of the same document: one of them does, and the others are told", async () => {
		for (let round = 0; round < 10; round++) {
			const path = folder.write("in.pdf", pdf);
			const by = together(6);
			const runs = Array.from({ length: 6 }, () => signFileWith(path, path, certificate("rsa"), by, chain()));
			const ended = await Promise.allSettled(runs);
			const done = ended.filter((one) => one.status === "fulfilled");
			expect(done).toHaveLength(1);
			for (const one of ended) {
				if (one.status === "rejected") expect(["ERR_FILE_CHANGED", "ERR_FILE_BUSY"]).toContain(one.reason.code);
				else expect(folder.read("in.pdf").equals(Buffer.concat([pdf, one.value.update]))).toBe(true);
			}
			opensslVerify(folder.read("in.pdf"));
			expect(folder.names()).toEqual(["in.pdf"]);
		}
	});

	test("as fast as they can, in three processes: no signature is lost", async () => {
		const path = folder.write("in.pdf", pdf);
		const script = `
			import { signFileWith } from "rustpdf";
			import { sign } from "node:crypto";
			import { readFileSync } from "node:fs";
			const [path, certificate, chain, key] = process.argv.slice(1).map((name, index) => (index === 0 ? name : readFileSync(name)));
			const signer = (data) => sign("sha256", data, key);
			await Promise.all([1, 2, 3].map(async () => {
				for (let left = 4; left > 0; ) {
					try {
						await signFileWith(path, path, certificate, signer, chain);
						left--;
					} catch (error) {
						if (!["ERR_FILE_CHANGED", "ERR_FILE_BUSY"].includes(error.code)) throw error;
					}
				}
			}));`;
		const args = ["--input-type=module", "-e", script, path, ...["rsa.der", "chain.pem", "rsa.key"].map(pkiPath)];
		const ended = Array.from({ length: 3 }, () => {
			const child = spawn(process.execPath, args, { cwd: inject("project"), stdio: "inherit" });
			return new Promise((resolve) => void child.once("exit", resolve));
		});
		expect(await Promise.all(ended)).toEqual([0, 0, 0]);
		expect(folder.names()).toEqual(["in.pdf"]);
		const { revisions, signatures } = JSON.parse(rustpdf(folder.path, ["info", "in.pdf", "--json"]).stdout);
		expect([signatures.length, revisions]).toEqual([36, 37]);
		// Each covers all that was there when it was made: the revisions of the document, in their order.
		let end = pdf.length;
		for (const { byteRange } of signatures as { byteRange: [number, number, number, number] }[]) {
			const [start, before, behind, rest] = byteRange;
			expect(start).toBe(0);
			expect(before).toBeGreaterThan(end);
			end = behind + rest;
			opensslVerify(folder.read("in.pdf").subarray(0, end));
		}
		expect(end).toBe(
			lastSignature(folder.read("in.pdf"))
				.byteRange.slice(2)
				.reduce((sum, number) => sum + number),
		);
	});
});
