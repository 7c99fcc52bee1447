// What becomes of a file whose signing in place was interrupted, and of several that sign one file at once.

import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, linkSync, symlinkSync, truncateSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { beginSigningFile, recoverFile, type Signer, signFileWith, signWith } from "rustpdf";
import { describe, expect, inject, test } from "vitest";
import { rustpdf } from "./support/cli.js";
import { eachFolder } from "./support/folder.js";
import { killedAt } from "./support/killed.js";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, pkiPath, signer } from "./support/pki.js";
import { lastSignature, opensslVerify } from "./support/verify.js";

const folder = eachFolder();
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const pdf = makePdf({ pages: 20 });
const signed = signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment);
const twice = signWith(signed, certificate("rsa"), signer("rsa"), chain(), moment);
/** Interrupted in the midst of writing the update. */
const half = signed.subarray(0, pdf.length + ((signed.length - pdf.length) >> 1));
const JOURNAL = ".in.pdf.rustpdf";
const isRoot = process.getuid?.() === 0;

/** The arguments of the command line that sign in place as `signed` is signed. */
const signing = () => [
	...["sign", "in.pdf", "--in-place", "--cert", pkiPath("rsa.pem"), "--chain", pkiPath("chain.pem")],
	...["--exec", `openssl dgst -sha256 -sign '${pkiPath("rsa.key")}'`],
	...["--signing-time", "2026-11-25T12:00:00Z", "--entropy", "07".repeat(32)],
];

/** The journal of a signing that was killed, which is made once. */
let journal: Buffer | undefined;
function journalOf(document: Buffer): Buffer {
	folder.write("in.pdf", document);
	killedAt("pwrite64", "in.pdf", folder.path, signing());
	const made = Buffer.from(folder.read(JOURNAL));
	folder.remove(JOURNAL);
	return made;
}

function interrupt(file: Buffer = half, by?: Buffer): string {
	journal ??= journalOf(pdf);
	folder.write(JOURNAL, by ?? journal);
	chmodSync(folder.at(JOURNAL), 0o600);
	return folder.write("in.pdf", file);
}
const sign = (input: string, output: string | null, by: Signer = signer("rsa")) =>
	signFileWith(input, output, certificate("rsa"), by, chain(), moment);
const isFile = (bytes: Buffer) => folder.read("in.pdf").equals(bytes);

test("killed while the document is written: the signature is finished, taken back, or finished by the next signing", async () => {
	const ends: [() => Promise<unknown>, Buffer][] = [
		[async () => expect(await recoverFile(folder.at("in.pdf"))).toBe("signed"), signed],
		[async () => expect(await recoverFile(folder.at("in.pdf"), { undo: true })).toBe("original"), pdf],
		[() => sign(folder.at("in.pdf"), folder.at("in.pdf")), twice],
	];
	for (const [end, document] of ends) {
		folder.write("in.pdf", pdf);
		killedAt("pwrite64", "in.pdf", folder.path, signing());
		expect(folder.names()).toContain(JOURNAL);
		expect(folder.read("in.pdf").subarray(0, pdf.length).equals(pdf)).toBe(true);
		await end();
		expect(isFile(document)).toBe(true);
		expect(folder.names()).toEqual(["in.pdf"]);
		opensslVerify(signed);
	}
});

test("killed before the journal has its name: the document is what it was, and recovery removes what is left", async () => {
	folder.write("in.pdf", pdf);
	killedAt("link", JOURNAL, folder.path, signing());
	expect(isFile(pdf)).toBe(true);
	expect(folder.names()).toHaveLength(2);
	expect(await recoverFile(folder.at("in.pdf"))).toBe("nothing");
	expect(folder.names()).toEqual(["in.pdf"]);
	expect(isFile(pdf)).toBe(true);
});

describe("recovery", () => {
	test("where nothing was interrupted does nothing", async () => {
		const path = folder.write("in.pdf", pdf);
		expect(await recoverFile(path)).toBe("nothing");
		expect(await recoverFile(path, { undo: true })).toBe("nothing");
		expect(isFile(pdf)).toBe(true);
		await expect(recoverFile(folder.at("none.pdf"))).rejects.toMatchObject({ code: "ENOENT" });
		await expect(recoverFile(new URL("https://example.org"))).rejects.toMatchObject({ code: "ERR_INVALID_URL_SCHEME" });
		await expect(recoverFile(7 as never)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
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

	test("is left to the caller where the document is not signed in place", async () => {
		const uses = [
			(path: string) => sign(path, folder.at("out.pdf")),
			(path: string) => sign(path, null),
			(path: string) => beginSigningFile(path),
			async (path: string) =>
				signFileWith(await folder.open(path.slice(folder.path.length + 1), "r"), null, certificate("rsa"), signer("rsa")),
		];
		for (const use of uses) {
			await expect(use(interrupt())).rejects.toMatchObject({ code: "ERR_FILE_BUSY" });
			expect(isFile(half)).toBe(true);
			expect(folder.names()).toEqual([JOURNAL, "in.pdf"]);
		}
	});

	test("leaves alone what was appended after the update", async () => {
		const more = Buffer.concat([signed, Buffer.from("more")]);
		expect(await recoverFile(interrupt(more))).toBe("signed");
		expect(isFile(more)).toBe(true);
		await expect(recoverFile(interrupt(more), { undo: true })).rejects.toMatchObject({ code: "ERR_JOURNAL_DOCUMENT" });
		expect(isFile(more)).toBe(true);
	});
});

describe("a journal that does not fit is refused, and nothing is touched", () => {
	const never: Signer = () => {
		throw new Error("asked to sign");
	};
	async function expectRefused(path: string, code: string, file: Buffer = half): Promise<void> {
		for (const use of [() => recoverFile(path), () => recoverFile(path, { undo: true }), () => sign(path, path, never)]) {
			await expect(use()).rejects.toMatchObject({ code, message: expect.stringContaining(folder.at(JOURNAL)) });
		}
		expect(isFile(file)).toBe(true);
		expect(folder.names()).toContain(JOURNAL);
		expect(folder.opened()).toEqual([]);
	}

	test.each<[string, (whole: Buffer) => Uint8Array]>([
		["no journal at all", () => Buffer.from("hello")],
		["empty", () => Buffer.alloc(0)],
		["cut short", (whole) => whole.subarray(0, -1)],
		["changed", (whole) => whole.map((byte, index) => (index === 60 ? byte ^ 0x20 : byte))],
	])("damaged: %s", async (_name, damage) => {
		interrupt();
		await expectRefused(interrupt(half, Buffer.from(damage(journal as Buffer))), "ERR_JOURNAL_DAMAGED");
	});

	test.each<[string, Buffer]>([
		["another document", makePdf({ pages: 30 })],
		["one that was cut", pdf.subarray(0, pdf.length - 1)],
		["one with something else after it", Buffer.concat([pdf, Buffer.from("\n9 0 obj")])],
	])("of another document: %s", (_name, file) => expectRefused(interrupt(file), "ERR_JOURNAL_DOCUMENT", file));

	test("larger than any", async () => {
		const path = interrupt();
		truncateSync(folder.at(JOURNAL), 2 ** 30);
		await expectRefused(path, "ERR_JOURNAL_DAMAGED");
	});

	test("a folder, a pipe or a link", async () => {
		const path = interrupt();
		folder.remove(JOURNAL);
		symlinkSync(folder.write("journal", journal as Buffer), folder.at(JOURNAL));
		await expectRefused(path, "ERR_JOURNAL_DAMAGED");
		folder.remove(JOURNAL);
		for (const make of ["mkdir", "mkfifo"]) {
			execFileSync(make, [folder.at(JOURNAL)]);
			await expectRefused(path, "ERR_JOURNAL_DAMAGED");
			folder.remove(JOURNAL);
		}
	});

	test("one that others may have written, or have another name for", async () => {
		const path = interrupt();
		chmodSync(folder.at(JOURNAL), 0o622);
		await expectRefused(path, "ERR_JOURNAL_OWNER");
		chmodSync(folder.at(JOURNAL), 0o600);
		linkSync(folder.at(JOURNAL), folder.at("elsewhere"));
		await expectRefused(path, "ERR_JOURNAL_OWNER");
	});

	// Only root gives files away.
	test.skipIf(!isRoot)("another user's, not the owner of the document, unless the caller names that user", async () => {
		const path = interrupt();
		chownSync(folder.at(JOURNAL), 54321, 54321);
		await expectRefused(path, "ERR_JOURNAL_OWNER");
		await expect(recoverFile(path, { journalOwner: 54322 })).rejects.toMatchObject({ code: "ERR_JOURNAL_OWNER" });
		expect(await recoverFile(path, { journalOwner: 54321 })).toBe("signed");
		interrupt();
		chownSync(folder.at(JOURNAL), 65534, 65534);
		expect(await recoverFile(path, { journalOwner: "nobody" })).toBe("signed");
		interrupt();
		for (const file of [JOURNAL, "in.pdf"]) chownSync(folder.at(file), 54321, 54321);
		expect(await recoverFile(path)).toBe("signed"); // the document's owner
		interrupt();
		chownSync(path, 54321, 54321);
		expect(await recoverFile(path)).toBe("signed"); // one's own
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
		const { revisions, signatures } = JSON.parse(rustpdf(folder.path, ["inspect", "in.pdf", "--json"]).stdout);
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
