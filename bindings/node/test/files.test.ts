// Documents in files and elsewhere, and the places where they are signed into: whatever they are, the bytes are the same.

import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, lstatSync, mkdirSync, openAsBlob, rmSync, statSync, symlinkSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type DocumentSource, type FileReport, type RangeSource, signFileWith, signWith, signWithAsync } from "rustpdf";
import { beforeEach, describe, expect, test } from "vitest";
import { eachFolder, type Folder } from "./support/folder.js";
import { makeLargePdf, makePdf } from "./support/pdf.js";
import { certificate, chain, signer } from "./support/pki.js";
import { places } from "./support/places.js";

const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const documents = { small: makePdf({ pages: 3 }), large: makeLargePdf(3_300_000) };
const expected = (pdf: Buffer) => signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment);
const folder = eachFolder();

const ranges = (pdf: Buffer, more: Partial<RangeSource> = {}) => ({
	size: pdf.length,
	read: async (offset: number, length: number) => pdf.subarray(offset, offset + length),
	...more,
});

/** Every kind of source. */
const sources: [string, (folder: Folder, pdf: Buffer) => DocumentSource | Promise<DocumentSource>][] = [
	["Buffer", (_, pdf) => pdf],
	["Uint8Array", (_, pdf) => new Uint8Array(pdf)],
	["ArrayBuffer", (_, pdf) => new Uint8Array(pdf).buffer],
	["DataView", (_, pdf) => new DataView(pdf.buffer, pdf.byteOffset, pdf.length) as never],
	["path", (folder, pdf) => folder.write("in.pdf", pdf)],
	["URL", (folder, pdf) => pathToFileURL(folder.write("in #%41.pdf", pdf))],
	[
		"FileHandle",
		(folder, pdf) => {
			folder.write("in.pdf", pdf);
			return folder.open("in.pdf", "r");
		},
	],
	["Blob", (_, pdf) => new Blob([new Uint8Array(pdf)])],
	["Blob of a file", (folder, pdf) => openAsBlob(folder.write("in.pdf", pdf))],
	["ranges", (_, pdf) => ranges(pdf)],
	["ranges, at once", (_, pdf) => ranges(pdf, { read: (offset, length) => pdf.subarray(offset, offset + length) })],
	[
		"ranges as ArrayBuffer",
		(_, pdf) => ranges(pdf, { read: (offset, length) => new Uint8Array(pdf.subarray(offset, offset + length)).buffer }),
	],
	["ranges in pieces of 77,777 bytes", (_, pdf) => ranges(pdf, { pieceLength: 77_777 })],
	["ranges in a piece larger than all", (_, pdf) => ranges(pdf, { pieceLength: 2 ** 30 })],
	["ranges that come in disorder", (_, pdf) => ranges(pdf, { pieceLength: 300_000, read: tardy(pdf) })],
];

/** The earlier pieces take longer. */
function tardy(pdf: Buffer) {
	let wait = 12;
	return async (offset: number, length: number) => {
		wait = (wait + 9) % 13;
		await new Promise((resolve) => setTimeout(resolve, wait));
		return pdf.subarray(offset, offset + length);
	};
}

describe.each(Object.entries(documents))("a %s document", (_size, pdf) => {
	test.each(sources)("as a %s, into a new file, an open one, nowhere and memory", async (_name, source) => {
		const signed = expected(pdf);
		const sign = async (output: Parameters<typeof signFileWith>[1]) =>
			signFileWith(await source(folder, pdf), output, certificate("rsa"), signer("rsa"), chain(), moment);

		const made = await sign(folder.at("out.pdf"));
		expect(folder.read("out.pdf").equals(signed)).toBe(true);
		expect(made.update.equals(signed.subarray(pdf.length))).toBe(true);
		expect(["read", "clone"]).toContain(made.report.copy);

		const opened = await sign(await folder.open("handle.pdf", "w"));
		expect(folder.read("handle.pdf").equals(signed)).toBe(true);
		expect(opened.report.copy).toBe("read");

		const { report, reports, update } = await sign(null);
		expect(update.equals(signed.subarray(pdf.length))).toBe(true);
		expect(report).toMatchObject({ copy: "none", documentLength: pdf.length, updateLength: update.length, field: "Signature1" });
		expect(reports).toEqual([report]);

		const inMemory = await signWithAsync(await source(folder, pdf), certificate("rsa"), signer("rsa"), chain(), moment);
		expect(inMemory.equals(signed)).toBe(true);
		expect(folder.names().filter((name) => !name.startsWith("in"))).toEqual(["handle.pdf", "out.pdf"]);
	});

	test.each(places)("in a file, into %s", async (name, place) => {
		const { input, output, signed } = await place(folder, pdf);
		const told: FileReport[] = [];
		const onReport = (report: object) => void told.push(report as FileReport);
		const { report, update } = await signFileWith(input, output, certificate("rsa"), signer("rsa"), chain(), { ...moment, onReport });
		expect(signed(update).equals(expected(pdf))).toBe(true);
		expect(told).toEqual([report]);
		if (name.startsWith("itself")) expect(report.copy).toBe("none");
		expect(folder.names().filter((name) => name.startsWith("."))).toEqual([]);
	});
});

describe("in place", () => {
	test.each(["path", "URL", "handle"])("by a %s, and in each way after another", async (first) => {
		const path = folder.write("in.pdf", documents.small);
		const ways = { path, URL: pathToFileURL(path), handle: await folder.open("in.pdf", "r+") };
		let signed = documents.small;
		for (const output of Object.values(ways)) {
			await signFileWith(ways[first as "path"], output, certificate("rsa"), signer("rsa"), chain(), moment);
			signed = expected(signed);
			expect(folder.read("in.pdf").equals(signed)).toBe(true);
		}
		expect(folder.names()).toEqual(["in.pdf"]);
	});

	test.each(["a+", "r"])("by a handle of whatever kind: %s", async (flags) => {
		folder.write("in.pdf", documents.small);
		const handle = await folder.open("in.pdf", flags);
		await signFileWith(handle, handle, certificate("rsa"), signer("rsa"), chain(), moment);
		expect(folder.read("in.pdf").equals(expected(documents.small))).toBe(true);
	});

	test("by a link: it stays one, and the journal lies beside the document", async () => {
		mkdirSync(folder.at("real"));
		folder.write("real/in.pdf", documents.small);
		symlinkSync("real/in.pdf", folder.at("link.pdf"));
		let journal: string[] = [];
		const onProgress = () => {
			journal = folder.names();
		};
		await signFileWith(folder.at("link.pdf"), folder.at("link.pdf"), certificate("rsa"), signer("rsa"), chain(), { ...moment, onProgress });
		expect(lstatSync(folder.at("link.pdf")).isSymbolicLink()).toBe(true);
		expect(folder.read("real/in.pdf").equals(expected(documents.small))).toBe(true);
		expect(journal).toEqual(["link.pdf", "real"]);
	});

	test("by another of its names", async () => {
		linkSync(folder.write("in.pdf", documents.small), folder.at("same.pdf"));
		const { report } = await signFileWith(folder.at("in.pdf"), folder.at("same.pdf"), certificate("rsa"), signer("rsa"), chain(), moment);
		expect(report.copy).toBe("none");
		expect(folder.read("same.pdf").equals(expected(documents.small))).toBe(true);
	});

	test("not where the name has no room for that of a journal: before anybody signs", async () => {
		const path = folder.write(`${"n".repeat(250)}.pdf`, documents.small);
		const never = () => {
			throw new Error("asked to sign");
		};
		await expect(signFileWith(path, path, certificate("rsa"), never)).rejects.toMatchObject({ code: "ENAMETOOLONG" });
		await signFileWith(path, folder.at("out.pdf"), certificate("rsa"), signer("rsa"), chain(), moment);
		expect(folder.read("out.pdf").equals(expected(documents.small))).toBe(true);
	});

	test("keeps the permissions, and the file", async () => {
		const path = folder.write("in.pdf", documents.small);
		chmodSync(path, 0o640);
		const { ino } = statSync(path);
		await signFileWith(path, path, certificate("rsa"), signer("rsa"), chain(), moment);
		expect(statSync(path)).toMatchObject({ ino, mode: 0o100640 });
	});
});

describe("a new file", () => {
	beforeEach(() => void folder.write("in.pdf", documents.small));
	const sign = (output: string, options: object = {}, by = signer("rsa")) =>
		signFileWith(folder.at("in.pdf"), output, certificate("rsa"), by, chain(), { ...moment, ...options });

	test.each([0o600, 0o640, 0o664, 0o755])("has the permissions of the document less the umask, from the first: %o", async (mode) => {
		chmodSync(folder.at("in.pdf"), mode);
		let meanwhile = 0;
		await sign(folder.at("out.pdf"), {}, (data, request) => {
			const temporary = folder.names().find((name) => name.startsWith(".out.pdf"));
			meanwhile = statSync(folder.at(temporary as string)).mode;
			return signer("rsa")(data, request);
		});
		expect(statSync(folder.at("out.pdf")).mode).toBe(0o100000 + (mode & ~process.umask()));
		expect(meanwhile & ~mode & 0o777).toBe(0);
	});

	test("is refused where there is one, before anybody signs, unless it is to be replaced", async () => {
		folder.write("out.pdf", "precious");
		let asked = 0;
		const counting = (...args: Parameters<ReturnType<typeof signer>>) => {
			asked++;
			return signer("rsa")(...args);
		};
		await expect(sign(folder.at("out.pdf"), {}, counting)).rejects.toMatchObject({ code: "EEXIST" });
		await expect(sign(folder.at("out.pdf"), { replace: false }, counting)).rejects.toMatchObject({ code: "EEXIST" });
		expect(asked).toBe(0);
		expect(folder.read("out.pdf").toString()).toBe("precious");
		await sign(folder.at("out.pdf"), { replace: true }, counting);
		expect(folder.read("out.pdf").equals(expected(documents.small))).toBe(true);
		expect(folder.names()).toEqual(["in.pdf", "out.pdf"]);
	});

	test("does not replace what has come to be there meanwhile, unless it is to", async () => {
		const late = (...args: Parameters<ReturnType<typeof signer>>) => {
			folder.write("out.pdf", "precious");
			return signer("rsa")(...args);
		};
		await expect(sign(folder.at("out.pdf"), {}, late)).rejects.toMatchObject({ code: "EEXIST" });
		expect(folder.read("out.pdf").toString()).toBe("precious");
		expect(folder.names()).toEqual(["in.pdf", "out.pdf"]);
		rmSync(folder.at("out.pdf"));
		await sign(folder.at("out.pdf"), { replace: true }, late);
		expect(folder.read("out.pdf").equals(expected(documents.small))).toBe(true);
	});

	test("is made by one of two who want it at once, unless it is to be replaced", async () => {
		const two = (replace: boolean) => Promise.allSettled([1, 2].map(() => sign(folder.at("out.pdf"), { replace })));
		const ended = await two(false);
		expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
		for (const one of ended) if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "EEXIST" });
		expect(folder.read("out.pdf").equals(expected(documents.small))).toBe(true);
		expect((await two(true)).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
		expect(folder.read("out.pdf").equals(expected(documents.small))).toBe(true);
		expect(folder.names()).toEqual(["in.pdf", "out.pdf"]);
	});

	test("replaces what a link leads to, not the link", async () => {
		folder.write("real.pdf", "old");
		symlinkSync("real.pdf", folder.at("out.pdf"));
		await sign(folder.at("out.pdf"), { replace: true });
		expect(lstatSync(folder.at("out.pdf")).isSymbolicLink()).toBe(true);
		expect(folder.read("real.pdf").equals(expected(documents.small))).toBe(true);
	});

	test("is refused where a link leads nowhere, or a folder or pipe is", async () => {
		symlinkSync("nowhere", folder.at("link.pdf"));
		mkdirSync(folder.at("folder"));
		execFileSync("mkfifo", [folder.at("pipe")]);
		for (const name of ["link.pdf", "folder", "pipe"]) {
			let asked = false;
			const asking = (...args: Parameters<ReturnType<typeof signer>>) => {
				asked = true;
				return signer("rsa")(...args);
			};
			await expect(sign(folder.at(name), {}, asking)).rejects.toMatchObject({ code: "EEXIST" });
			await expect(sign(folder.at(name), { replace: true }, asking)).rejects.toMatchObject({ code: expect.any(String) });
			expect(asked).toBe(false);
		}
		expect(folder.names()).toEqual(["folder", "in.pdf", "link.pdf", "pipe"]);
		expect(lstatSync(folder.at("pipe")).isFIFO()).toBe(true);
	});

	test("may have the longest name that there is", async () => {
		const name = `${"名".repeat(83)}.pdf`;
		await sign(folder.at(name));
		expect(folder.names()).toEqual(["in.pdf", name]);
	});

	test("is where it was named, even if the working directory changes", async () => {
		const before = process.cwd();
		process.chdir(folder.path);
		try {
			await sign("out.pdf", {}, (data, request) => {
				process.chdir("/");
				return signer("rsa")(data, request);
			});
		} finally {
			process.chdir(before);
		}
		expect(folder.names()).toEqual(["in.pdf", "out.pdf"]);
	});
});
