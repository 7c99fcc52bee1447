// Each operation on files, and the corners of the pass over a document, as the core asks for them.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, chownSync, linkSync, lstatSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, test, vi } from "vitest";
import { eachFolder } from "./support/folder.js";
import { probingCore } from "./support/probe.js";

vi.mock("#core", async (original) => ({ ...(await original<object>()), instantiate: () => probingCore() }));
const { drive } = await import("../src/machine.js"); // first: what the engine itself imports must not come round to it
const { unwatched } = await import("../src/control.js");
const { MemoryDocument, StreamedDocument } = await import("../src/document.js");
const { files } = await import("../src/files/index.js");
const { Host } = await import("../src/host.js");
const { openSource } = await import("../src/source.js");

const folder = eachFolder();
const bytes = (text: string) => Buffer.from(text, "latin1");
const hex = (text: string) => bytes(text).toString("hex");
const at = (name: string) => hex(`${folder.path}/${name}`);
/** The bytes of a step are one part of the start frame. */
const stepPart = (text: string) => [{ name: "step", length: text.length }];
const isRoot = process.getuid?.() === 0;

type Answer = { results: Record<string, unknown>[]; read: Buffer };

/** Performs operations in one step; `written` are the bytes of those that write. */
async function perform(operations: object[], written = ""): Promise<Answer> {
	const disk = files?.disk();
	try {
		const header = { operation: "probe", length: 0, parts: stepPart(written), step: { step: "store", operations } };
		const { payload, result } = await drive<{ answer: { results: Record<string, unknown>[] } }>(
			{ header, payload: [bytes(written)] },
			new Host({ disk, control: unwatched }),
		);
		// Facts of a file or a process are told from other results by their name.
		const facts = (one: Record<string, unknown>) => (one["stat"] ?? one["process"] ?? one) as Record<string, unknown>;
		return { results: result.answer.results.map(facts), read: Buffer.from(payload) };
	} finally {
		await disk?.close();
	}
}
const one = async (operation: object, written?: string) => (await perform([operation], written)).results[0] as Record<string, unknown>;
const open = (name: string, access = "write") => ({ op: "open", handle: 16, path: at(name), access });

describe("resolve", () => {
	test("follows links, and `..` after them", async () => {
		mkdirSync(folder.at("real"));
		mkdirSync(folder.at("real/below"));
		folder.write("real/a.pdf", "x");
		folder.write("a.pdf", "another");
		symlinkSync("real/below", folder.at("link"));
		symlinkSync("a.pdf", folder.at("real/b.pdf"));
		expect(await one({ op: "resolve", path: at("link/../a.pdf") })).toEqual({ path: at("real/a.pdf") });
		expect(await one({ op: "resolve", path: at("link/../b.pdf") })).toEqual({ path: at("real/a.pdf") });
		expect(await one({ op: "resolve", path: at("link/../new.pdf") })).toEqual({ path: at("real/new.pdf") });
		expect(await one({ op: "resolve", path: at("gone/new.pdf") })).toEqual({ failed: "missing" });
		expect(await one({ op: "resolve", path: at("a.pdf/new.pdf") })).toEqual({ failed: "missing" });
	});

	test("keeps a name that is no UTF-8", async () => {
		const path = `${at("")}${Buffer.of(0x61, 0xff).toString("hex")}`;
		writeFileSync(Buffer.from(path, "hex"), "x");
		expect(await one({ op: "resolve", path })).toEqual({ path });
	});
});

describe("stat", () => {
	test("tells every type, and what does not exist", async () => {
		folder.write("file", "12345");
		chmodSync(folder.at("file"), 0o640);
		linkSync(folder.at("file"), folder.at("second"));
		symlinkSync("file", folder.at("link"));
		execFileSync("mkfifo", [folder.at("pipe")]);
		const { dev, gid, ino, uid } = statSync(folder.at("file"));
		expect(await one({ op: "stat", path: at("file") })).toEqual({
			type: "file",
			identity: `${dev}:${ino}`,
			size: 5,
			mode: 0o640,
			owner: uid,
			group: gid,
			links: 2,
			modified: expect.stringMatching(/^\d{19}$/),
			changed: expect.stringMatching(/^\d{19}$/),
		});
		const types = { link: "link", pipe: "other", ".": "folder", gone: "missing", "file/below": "missing", ["n".repeat(300)]: "missing" };
		for (const [name, type] of Object.entries(types)) expect(await one({ op: "stat", path: at(name) }), name).toMatchObject({ type });
		const { results } = await perform([open("file", "read"), { op: "stat", handle: 16 }]);
		expect(results[1]).toEqual(results[0]);
	});
});

describe("open", () => {
	test("to read, to write, to append; neither through a link nor waiting for a pipe", async () => {
		folder.write("file", "12345");
		symlinkSync("file", folder.at("link"));
		execFileSync("mkfifo", [folder.at("pipe")]);
		expect(await one(open("file", "read"))).toMatchObject({ type: "file", size: 5 });
		expect(await one(open("gone", "read"))).toEqual({ failed: "missing" });
		for (const access of ["read", "write", "append"]) {
			expect(await one(open("link", access)), access).toEqual({ failed: "other" });
			expect(await one(open("pipe", access)), access).toMatchObject({ type: "other" });
		}
		expect((await perform([open("file", "read"), { op: "write", handle: 16, offset: 0, length: 1 }], "x")).results[1]).toEqual({
			failed: "other",
		});
		expect(folder.read("file").toString()).toBe("12345");
		expect(folder.opened()).toEqual([]);
	});
});

test("create: a new file, with the mode less the umask", async () => {
	folder.write("there", "x");
	symlinkSync("nowhere", folder.at("link"));
	const umask = process.umask(0o027);
	try {
		const create = (name: string) => ({ op: "create", handle: 16, path: at(name), mode: 0o666 });
		const { read, results } = await perform(
			[create("new"), { op: "write", handle: 16, offset: 0, length: 3 }, { op: "read", handle: 16, offset: 1, length: 9 }],
			"abc",
		);
		expect(results).toMatchObject([{ type: "file", size: 0, mode: 0o640 }, {}, { length: 2 }]);
		expect(read.toString()).toBe("bc");
		for (const name of ["there", "link"]) expect(await one(create(name))).toEqual({ failed: "exists" });
	} finally {
		process.umask(umask);
	}
});

test("absent: the system's own exception where anything has the name", async () => {
	symlinkSync("nowhere", folder.at("link"));
	expect(await one({ op: "absent", path: at("new") })).toEqual({});
	expect(await one({ op: "absent", path: at("link") })).toEqual({ failed: "exists" });
	expect(await one({ op: "absent", path: at("n".repeat(300)) })).toEqual({ failed: "other" });
});

test("read, write, append, truncate, sync, close", async () => {
	folder.write("file", "0123456789");
	const on = { handle: 16 };
	const { read, results } = await perform(
		[
			open("file"),
			{ op: "read", ...on, offset: 2, length: 3 },
			{ op: "write", ...on, offset: 8, length: 4 },
			{ op: "truncate", ...on, length: 11 },
			{ op: "sync", ...on },
			{ op: "read", ...on, offset: 7, length: 100 },
			{ op: "read", ...on, offset: 50, length: 100 },
			{ op: "close", ...on },
			open("file", "append"),
			{ op: "append", ...on, length: 2 },
			{ op: "stat", ...on },
		],
		"abcdef",
	);
	expect(results.map(({ length, size }) => length ?? size)).toEqual([
		10,
		3,
		undefined,
		undefined,
		undefined,
		4,
		0,
		undefined,
		11,
		undefined,
		13,
	]);
	expect(read.toString()).toBe("2347abc");
	expect(folder.read("file").toString()).toBe("01234567abcef");
});

test("the first failure is the last result", async () => {
	folder.write("file", "x");
	const { results } = await perform([open("file"), open("gone"), { op: "truncate", handle: 16, length: 0 }]);
	expect(results).toMatchObject([{ type: "file" }, { failed: "missing" }]);
	expect(results).toHaveLength(2);
	expect(folder.read("file").toString()).toBe("x");
});

test("permit: owner and group, then the mode", async () => {
	folder.write("file", "x");
	const permit = { op: "permit", handle: 16, owner: null, group: null, mode: 0o4751 & 0o777 };
	expect((await perform([open("file"), permit])).results[1]).toEqual({});
	expect(statSync(folder.at("file")).mode & 0o7777).toBe(0o751);
	if (!isRoot) return; // nobody else gives files away
	expect((await perform([open("file"), { ...permit, owner: 54321, group: 54322, mode: null }])).results[1]).toEqual({});
	expect(statSync(folder.at("file"))).toMatchObject({ uid: 54321, gid: 54322, mode: 0o100751 });
	expect((await perform([open("file"), { ...permit, group: 54323, mode: 0o600 }])).results[1]).toEqual({});
	expect(statSync(folder.at("file"))).toMatchObject({ uid: 54321, gid: 54323, mode: 0o100600 });
});

test("link, rename, remove", async () => {
	folder.write("one", "1");
	folder.write("two", "2");
	expect(await one({ op: "link", from: at("one"), to: at("two") })).toEqual({ failed: "exists" });
	expect(await one({ op: "link", from: at("one"), to: at("three") })).toEqual({});
	expect(statSync(folder.at("three")).ino).toBe(statSync(folder.at("one")).ino);
	expect(await one({ op: "rename", from: at("three"), to: at("two") })).toEqual({});
	expect(folder.read("two").toString()).toBe("1");
	const { dev, ino } = statSync(folder.at("one"));
	expect(await one({ op: "remove", path: at("one"), identity: `${dev}:${ino + 1}` })).toEqual({ removed: false });
	expect(await one({ op: "remove", path: at("one"), identity: `${dev}:${ino}` })).toEqual({ removed: true });
	expect(await one({ op: "remove", path: at("one"), identity: null })).toEqual({ removed: false });
	symlinkSync("two", folder.at("link"));
	expect(await one({ op: "remove", path: at("link"), identity: null })).toEqual({ removed: true });
	expect(folder.names()).toEqual(["two"]);
});

test("list: names that begin with a prefix, at most 10,000", async () => {
	for (const name of [".a.pdf.rustpdf-1", ".a.pdf.rustpdf-2", ".a.pdf.rustpdf", "a.pdf"]) folder.write(name, "");
	const listed = await one({ op: "list", path: at("."), prefix: hex(".a.pdf.rustpdf-") });
	expect([...(listed["names"] as string[])].sort()).toEqual([hex(".a.pdf.rustpdf-1"), hex(".a.pdf.rustpdf-2")]);
	expect(await one({ op: "list", path: at("gone"), prefix: "" })).toEqual({ failed: "missing" });
	execFileSync("sh", ["-c", "seq -f many-%.0f 10050 | xargs touch"], { cwd: folder.path });
	expect((await one({ op: "list", path: at("."), prefix: hex("many-") }))["names"]).toHaveLength(10_000);
});

test("syncFolder", async () => {
	expect(await one({ op: "syncFolder", path: at(".") })).toEqual({});
	expect(await one({ op: "syncFolder", path: at("gone") })).toEqual({ failed: "missing" });
});

test("process: facts of this one, and whether another one lives", async () => {
	const own = await one({ op: "process", pid: null });
	expect(own).toMatchObject({ pid: process.pid, user: process.geteuid?.(), host: hostname(), lives: true });
	for (const fact of ["boot", "namespace", "start"]) expect(own[fact], fact).toMatch(/\S/);
	expect(await one({ op: "process", pid: process.pid })).toMatchObject({ lives: true, start: own["start"] });
	expect(await one({ op: "process", pid: 1 })).toMatchObject({ lives: true, start: expect.stringMatching(/^\d+$/) });
	expect(await one({ op: "process", pid: spawnSync("true").pid })).toMatchObject({ lives: false, start: "" });
});

test("wait", async () => {
	const start = performance.now();
	expect(await one({ op: "wait", milliseconds: 30 })).toEqual({});
	expect(performance.now() - start).toBeGreaterThan(25);
});

test.skipIf(!isRoot)("what the system refuses has its kind", async () => {
	folder.write("file", "x");
	execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.path]);
	try {
		const create = { op: "create", handle: 16, path: at("new"), mode: 0o600 };
		const { results } = await perform([create, { op: "write", handle: 16, offset: 0, length: 100_000 }], "x".repeat(100_000));
		expect(results[1]).toEqual({ failed: "noSpace" });
		expect(await one({ op: "link", from: hex("/proc/self/stat"), to: at("other") })).toEqual({ failed: "unsupported" });
		chownSync(folder.path, 54321, 54321);
		execFileSync("mount", ["-o", "remount,ro", folder.path]);
		expect(await one({ ...create, path: at("readonly") })).toEqual({ failed: "denied" });
	} finally {
		execFileSync("umount", [folder.path]);
	}
});

describe("the pass over a document", () => {
	const large = Buffer.from(Array.from({ length: 1_500_000 }, (_, index) => (index * index) >> 3));
	const sha = (algorithm: string, ...parts: Uint8Array[]) =>
		parts.reduce((hash, part) => hash.update(part), createHash(algorithm)).digest();
	type Digested = { digests: Buffer[]; found: { offsets: number[]; more: boolean }[]; copied: string };

	/** The ways in which a host has a document. */
	const hosts: [string, (document: Buffer) => Promise<[object, InstanceType<typeof Host>, () => Promise<void> | undefined]>][] = [
		[
			"memory",
			async (document) => [
				{ length: document.length },
				new Host({ document: new MemoryDocument(document, unwatched), control: unwatched }),
				async () => {},
			],
		],
		[
			"ranges of 77 bytes",
			async (document) => {
				const source = {
					size: document.length,
					pieceLength: 77,
					read: (offset: number, length: number) => document.subarray(offset, offset + length),
				};
				const streamed = new StreamedDocument(openSource(source), undefined, unwatched);
				return [{ length: document.length }, new Host({ document: streamed, control: unwatched }), async () => {}];
			},
		],
		[
			"a file",
			async (document) => {
				const disk = files?.disk();
				const streamed = new StreamedDocument(undefined, disk, unwatched);
				const path = at("in.pdf");
				folder.write("in.pdf", document);
				return [{ file: { path } }, new Host({ document: streamed, disk, control: unwatched }), () => disk?.close()];
			},
		],
	];

	async function digest(host: (typeof hosts)[number][1], document: Buffer, step: object, suffixes = ""): Promise<Digested> {
		const [start, by, close] = await host(document);
		try {
			const whole = { step: "digest", findIn: [[0, document.length]] };
			const header = { operation: "probe", ...start, parts: stepPart(suffixes), step: { ...whole, ...step } };
			const message = { header, payload: [bytes(suffixes)] };
			const { payload, result } = await drive<{ answer: { digests: number[] } & Omit<Digested, "digests"> }>(message, by);
			const ends = result.answer.digests.map((_, index, all) => all.slice(0, index + 1).reduce((sum, length) => sum + length));
			const digests = ends.map((end, index) => Buffer.from(payload.subarray(ends[index - 1] ?? 0, end)));
			return { ...result.answer, digests };
		} finally {
			await close();
		}
	}

	describe.each(hosts)("of %s", (_name, host) => {
		test("digests of ranges and of the whole, by several algorithms, each with its suffix", async () => {
			const whole = [[0, large.length]];
			const ranges = [
				[10, 700_000],
				[700_010, 1],
				[1_400_000, 100_000],
			];
			const parts = [
				{ algorithm: "sha256", ranges: whole, suffix: 3 },
				{ algorithm: "sha512", ranges, suffix: 2 },
				{ algorithm: "sha256", ranges, suffix: 0 },
				{ algorithm: "sha256", ranges: whole, suffix: 0 },
				{ algorithm: "sha384", ranges: [], suffix: 1 },
			];
			const { copied, digests, found } = await digest(host, large, { parts, keep: ["sha384"] }, "abcdef");
			const covered = ranges.map(([offset = 0, length = 0]) => large.subarray(offset, offset + length));
			expect(digests).toEqual([
				sha("sha256", large, bytes("abc")),
				sha("sha512", ...covered, bytes("de")),
				sha("sha256", ...covered),
				sha("sha256", large),
				sha("sha384", bytes("f")),
			]);
			expect([copied, found]).toEqual(["none", []]);
		});

		test("patterns across two pieces and more, overlapping, and at both ends", async () => {
			const document = Buffer.alloc(1_400_000, ".");
			const border = 655_360; // of the pieces of a file
			document.write("aaaa", 0);
			document.write("12 0 obj", border - 3);
			document.write("12 0 obj", 1_048_576 - 7); // and of memory
			const long = "x".repeat(63);
			document.write(`${long}y`, 77 * 4 - 30);
			document.write("obj", document.length - 3);
			const patterns = ["aa", "12 0 obj", `${long}y`, "obj", "none", "."];
			const { found } = await digest(host, document, { parts: [], find: patterns.map(hex) });
			const offsets = found.map(({ offsets }) => offsets);
			expect(offsets.slice(0, 5)).toEqual([
				[0, 1, 2],
				[border - 3, 1_048_576 - 7],
				[77 * 4 - 30],
				[border + 2, 1_048_576 - 2, document.length - 3],
				[],
			]);
			expect(found.map(({ more }) => more)).toEqual([false, false, false, false, false, true]);
			expect(offsets[5]).toEqual(Array.from({ length: 1000 }, (_, index) => (index < 274 ? 4 + index : 4 + index + 64)));
		});

		test("an empty document", async () => {
			const parts = [{ algorithm: "sha256", ranges: [[0, 0]], suffix: 1 }];
			expect((await digest(host, Buffer.alloc(0), { parts, find: [hex("x")] }, "z")).digests).toEqual([sha("sha256", bytes("z"))]);
		});
	});
});

test("a file that is open is not closed for its caller", async () => {
	folder.write("file", "12345");
	const handle = await folder.open("file", "r");
	const disk = files?.disk();
	expect(await disk?.name(handle)).toEqual({ handle: 0, path: hex(folder.at("file")) });
	await disk?.close();
	expect(lstatSync(folder.at("file")).size).toBe((await handle.stat()).size);
});
