// The command line, killed at every call of the system that changes a file or waits for the disk, or refused it: nothing is ever lost.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { signWith } from "rustpdf";
import { describe, expect, test } from "vitest";
import { afterwards, type Call, everywhere, traced } from "./support/faults.js";
import { eachFolder } from "./support/folder.js";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, pkiPath, signer } from "./support/pki.js";
import { sparsePdf } from "./support/sparse_pdf.js";
import { opensslVerify } from "./support/verify.js";

const folder = eachFolder();
const MOST = 120_000;
const pdf = makePdf({ pages: 20 });
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const signed = signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment);
const twice = signWith(signed, certificate("rsa"), signer("rsa"), chain(), moment);
const JOURNAL = ".in.pdf.rustpdf";

const signing = (...where: string[]) => {
	const key = [
		"--cert",
		pkiPath("rsa.pem"),
		"--chain",
		pkiPath("chain.pem"),
		"--exec",
		`openssl dgst -sha256 -sign '${pkiPath("rsa.key")}'`,
	];
	return ["sign", "in.pdf", ...where, ...key, "--signing-time", "2026-11-25T12:00:00Z", "--entropy", "07".repeat(32)];
};
const prepare = (path: string) => writeFileSync(join(path, "in.pdf"), pdf);
const names = (path: string) => readdirSync(path).sort();
const read = (path: string, name = "in.pdf") => readFileSync(join(path, name));
const isWhole = (path: string) => [pdf, signed].some((one) => read(path).equals(one));
// Those with a question mark are not of every architecture.
const changing: Call[] = [
	"pwrite64",
	"fsync",
	"fdatasync",
	"?link,?linkat",
	"?unlink,?unlinkat",
	"?rename,?renameat,?renameat2",
	"ftruncate",
].map((name) => [name]);

test("before anything depends on it, it is on the disk", async () => {
	const [one, two] = [folder.at("one"), folder.at("two")];
	for (const path of [one, two]) {
		mkdirSync(path);
		prepare(path);
	}
	expect(await traced(one, signing("--in-place"))).toEqual([
		"pwrite64 .in.pdf.temporary",
		"fsync .in.pdf.temporary",
		"link .in.pdf.temporary .in.pdf.rustpdf",
		"fsync one",
		"unlink .in.pdf.temporary",
		"pwrite64 in.pdf",
		"fsync in.pdf",
		"unlink .in.pdf.rustpdf",
		"fsync one",
	]);
	const calls = await traced(two, signing("-o", "out.pdf"));
	const once = calls.filter((call, index) => !call.startsWith("unlink") && call !== calls[index - 1]); // the document may have been cloned
	expect(once).toEqual(["pwrite64 .out.pdf.temporary", "fsync .out.pdf.temporary", "link .out.pdf.temporary out.pdf", "fsync two"]);
	expect(names(two)).toEqual(["in.pdf", "out.pdf"]);
});

test(
	"killed signing in place: the document is there whole, and the signature or nothing comes of it",
	async () => {
		const args = signing("--in-place");
		const times = await everywhere({
			folder,
			fault: "signal=SIGKILL",
			args,
			prepare,
			calls: [...changing, ["write", "in.pdf", JOURNAL], ["openat", "in.pdf", JOURNAL, "."]],
			async look(path, at) {
				expect(read(path).subarray(0, pdf.length).equals(pdf), at).toBe(true);
				const journal = names(path).includes(JOURNAL);
				const [recovered, undone, again] = await Promise.all([
					afterwards(path, "recovered", ["recover", "in.pdf"]),
					afterwards(path, "undone", ["recover", "in.pdf", "--undo"]),
					afterwards(path, "again", args),
				]);
				for (const one of [recovered, undone]) expect(names(one), at).toEqual(["in.pdf"]);
				const isSigned = journal || read(path).length > pdf.length;
				expect(read(recovered).equals(isSigned ? signed : pdf), at).toBe(true);
				expect(read(undone).equals(isSigned && !journal ? signed : pdf), at).toBe(true);
				expect(read(again).equals(isSigned ? twice : signed), at).toBe(true);
				expect(names(again), at).not.toContain(JOURNAL);
			},
		});
		expect(times).toBeGreaterThan(8);
		opensslVerify(signed);
		opensslVerify(twice);
	},
	MOST,
);

test(
	"killed signing into a new file: it is not there, or whole",
	async () => {
		const args = signing("-o", "out.pdf");
		const times = await everywhere({
			folder,
			fault: "signal=SIGKILL",
			args,
			prepare,
			calls: [
				...changing,
				["write", "in.pdf", "out.pdf"],
				["openat", "in.pdf", "out.pdf", "."],
				["?chmod,?fchmod,?fchmodat"],
				["?copy_file_range"],
			],
			async look(path, at) {
				expect(read(path).equals(pdf), at).toBe(true);
				const there = existsSync(join(path, "out.pdf"));
				if (there) expect(read(path, "out.pdf").equals(signed), at).toBe(true);
				const left = names(path).filter((name) => name.startsWith("."));
				const [recovered, again] = await Promise.all([
					// Where nothing is left and nothing came of it, there is no such file.
					afterwards(path, "recovered", ["recover", there || left.length > 0 ? "out.pdf" : "in.pdf"]),
					afterwards(path, "again", there ? [...args, "--force"] : args),
				]);
				expect(names(recovered), at).toEqual(there ? ["in.pdf", "out.pdf"] : ["in.pdf"]);
				expect(read(again, "out.pdf").equals(signed), at).toBe(true);
			},
		});
		expect(times).toBeGreaterThan(5);
	},
	MOST,
);

test(
	"killed replacing a file: it is the old one or the new one",
	async () => {
		const times = await everywhere({
			folder,
			fault: "signal=SIGKILL",
			args: signing("-o", "out.pdf", "--force"),
			prepare(path) {
				prepare(path);
				writeFileSync(join(path, "out.pdf"), "precious");
			},
			calls: [["pwrite64"], ["?rename,?renameat,?renameat2"], ["?unlink,?unlinkat"]],
			async look(path, at) {
				expect(
					[Buffer.from("precious"), signed].some((one) => read(path, "out.pdf").equals(one)),
					at,
				).toBe(true);
				expect(names(await afterwards(path, "recovered", ["recover", "out.pdf"])), at).toEqual(["in.pdf", "out.pdf"]);
			},
		});
		expect(times).toBeGreaterThan(2);
	},
	MOST,
);

test(
	"killed recovering: whatever it was killed at, it is recovered again",
	async () => {
		// Killed when it was about to write the update: the journal is there.
		await everywhere({
			folder,
			fault: "signal=SIGKILL",
			args: signing("--in-place"),
			prepare,
			calls: [["pwrite64", "in.pdf"]],
			async look(path) {
				if (!names(path).includes(JOURNAL)) return;
				cpSync(path, folder.at("interrupted"), { recursive: true });
				writeFileSync(folder.at("interrupted/in.pdf"), signed.subarray(0, signed.length - 1000));
			},
		});
		for (const [undo, whole] of [
			[[], signed],
			[["--undo"], pdf],
		] as const) {
			const args = ["recover", "in.pdf", ...undo];
			const times = await everywhere({
				folder,
				fault: "signal=SIGKILL",
				args,
				prepare: (path) => cpSync(folder.at("interrupted"), path, { recursive: true }),
				calls: [...changing, ["openat", "in.pdf", JOURNAL, "."]],
				async look(path, at) {
					const recovered = await afterwards(path, "recovered", args);
					expect(read(recovered).equals(whole), at).toBe(true);
					expect(names(recovered), at).toEqual(["in.pdf"]);
				},
			});
			expect(times).toBeGreaterThan(4);
		}
	},
	MOST,
);

test(
	"what fails to reach the disk while the rest is read is told, though the system tells it once",
	async () => {
		const document = sparsePdf({ hole: 160 * 2 ** 20 });
		const times = await everywhere({
			folder,
			fault: "error=EIO",
			args: signing("-o", "out.pdf"),
			prepare: (path) => document.write(join(path, "in.pdf")),
			calls: [["fdatasync"]],
			look: async (path, at, good) => expect(names(path), at).toEqual(good ? ["in.pdf", "out.pdf"] : ["in.pdf"]),
		});
		expect(times).toBeGreaterThan(0);
	},
	MOST,
);

describe.each([
	["once", false],
	["from then on", true],
])("refused by the system %s", (_name, andLater) => {
	test(
		"in place: the document is signed, or what it was",
		async () => {
			const times = await everywhere({
				folder,
				fault: "error=EIO",
				andLater,
				args: signing("--in-place"),
				prepare,
				calls: [["pwrite64"], ["fsync"], ["?link,?linkat"], ["?unlink,?unlinkat"], ["openat", "in.pdf", JOURNAL, "."]],
				async look(path, at, good) {
					expect(read(path).subarray(0, pdf.length).equals(pdf), at).toBe(true);
					if (good) expect(read(path).equals(signed), at).toBe(true);
					// What cannot even be taken back is left to the next one.
					else if (!andLater) expect(read(path).equals(pdf), at).toBe(true);
					else if (!isWhole(path)) expect(names(path), at).toContain(JOURNAL);
					const left = names(path).filter((name) => !andLater || name !== JOURNAL);
					if (!at.includes("unlink")) expect(left, at).toEqual(["in.pdf"]);
					const recovered = await afterwards(path, "recovered", ["recover", "in.pdf"]);
					expect(isWhole(recovered), at).toBe(true);
					expect(names(recovered), at).toEqual(["in.pdf"]);
				},
			});
			expect(times).toBeGreaterThan(10);
		},
		MOST,
	);

	test(
		"into a new file: it is there whole, or not at all",
		async () => {
			const times = await everywhere({
				folder,
				fault: "error=ENOSPC",
				andLater,
				args: signing("-o", "out.pdf"),
				prepare,
				calls: [["pwrite64"], ["fsync"], ["?link,?linkat"], ["?unlink,?unlinkat"], ["?fchmod"], ["openat", "in.pdf", "."]],
				async look(path, at, good) {
					expect(read(path).equals(pdf), at).toBe(true);
					expect(names(path).includes("out.pdf"), at).toBe(good);
					if (good) expect(read(path, "out.pdf").equals(signed), at).toBe(true);
					if (!at.includes("unlink")) expect(names(path), at).toEqual(good ? ["in.pdf", "out.pdf"] : ["in.pdf"]);
				},
			});
			expect(times).toBeGreaterThan(6);
		},
		MOST,
	);
});
