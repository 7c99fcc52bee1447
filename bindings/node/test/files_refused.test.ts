// Signings that fail: every kind of output is left as it was, the error arrives as itself, and nothing stays open.

import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { type RangeSource, type SignCallOptions, type Signer, signFileWith, signWithAsync } from "rustpdf";
import { describe, expect, test } from "vitest";
import { eachFolder } from "./support/folder.js";
import { makeLargePdf, makePdf } from "./support/pdf.js";
import { certificate, chain, signer } from "./support/pki.js";
import { type MakePlace, type Place, places } from "./support/places.js";

const folder = eachFolder();
const small = makePdf({ pages: 3 });
const large = makeLargePdf(3_300_000);
const mine = new Error("the HSM is on fire");

const sign = ({ input, output }: Pick<Place, "input" | "output">, by: Signer = signer("rsa"), options: SignCallOptions = {}) =>
	signFileWith(input, output, certificate("rsa"), by, chain(), options);
/** Signs, after something was done. */
const after =
	(what: () => void): Signer =>
	async (data, request) => {
		what();
		return signer("rsa")(data, request);
	};
const caught = (promise: Promise<unknown>): Promise<unknown> =>
	promise.then(
		() => "nothing",
		(error) => error,
	);

describe.each(places)("into %s", (_name, place) => {
	const failing: [string, Signer, unknown][] = [
		[
			"throws",
			() => {
				throw mine;
			},
			mine,
		],
		["rejects", () => Promise.reject(mine), mine],
		["rejects later", () => new Promise((_, reject) => setTimeout(reject, 5, mine)), mine],
		["throws what is no error", () => Promise.reject("no"), "no"],
		["gives a wrong signature", () => Buffer.alloc(256, 1), expect.objectContaining({ code: "ERR_SIGNATURE_MISMATCH" })],
		["gives nothing", (() => undefined) as never, expect.objectContaining({ code: "ERR_CALLBACK_RESULT" })],
		["promises no bytes", (async () => new Uint8Array()) as Signer, expect.objectContaining({ code: "ERR_SIGNATURE_EMPTY" })],
	];
	test.each(failing)("a signer that %s", async (_name, by, error) => {
		for (const pdf of [small, large]) {
			const made = await place(folder, pdf);
			expect(await caught(sign(made, by))).toEqual(error);
			made.expectUntouched();
		}
	});

	test("a document that is broken, an option that is wrong, a certificate that is none: before anybody signs", async () => {
		const never: Signer = () => {
			throw new Error("asked to sign");
		};
		const cut = small.subarray(0, small.length - 60);
		const broken = await place(folder, cut);
		await expect(sign(broken, never, { strict: true })).rejects.toMatchObject({ name: "RustpdfError", group: "file" });
		broken.expectUntouched();
		const made = await place(folder, small);
		await expect(sign(made, never, { page: 9 })).rejects.toMatchObject({ code: "ERR_PAGE_NUMBER" });
		await expect(sign(made, never, { reazon: "x" } as object)).rejects.toMatchObject({ code: "ERR_OPTION_UNKNOWN" });
		await expect(signFileWith(made.input, made.output, "none", never)).rejects.toMatchObject({ code: "ERR_CERTIFICATE_FORMAT" });
		await expect(signFileWith(made.input, made.output, certificate("rsa"), 7 as never)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
		made.expectUntouched();
	});

	test("an empty document", async () => {
		const made = await place(folder, Buffer.alloc(0));
		await expect(sign(made)).rejects.toMatchObject({ code: "ERR_FILE_EMPTY" });
		made.expectUntouched();
	});

	describe("a document that is changed meanwhile", () => {
		const changes: [string, () => void, (pdf: Buffer) => Buffer][] = [
			["appended to", () => appendFileSync(folder.at("in.pdf"), "more"), (pdf) => Buffer.concat([pdf, Buffer.from("more")])],
			["cut short", () => truncateSync(folder.at("in.pdf"), 500), (pdf) => pdf.subarray(0, 500)],
			["touched", () => utimesSync(folder.at("in.pdf"), new Date(), new Date(Date.now() + 3_600_000)), (pdf) => pdf],
			[
				"replaced",
				() => {
					writeFileSync(folder.at("new"), makePdf());
					renameSync(folder.at("new"), folder.at("in.pdf"));
				},
				() => makePdf(),
			],
		];
		const changed = expect.objectContaining({ code: "ERR_FILE_CHANGED", group: "file" });

		test.each(changes)("%s while it is hashed", async (_name, change, now) => {
			const made = await place(folder, large);
			let times = 0;
			const onProgress: SignCallOptions["onProgress"] = ({ done, phase }) => {
				if (phase === "digest" && done > 0 && times++ === 0) change();
			};
			expect(await caught(sign(made, signer("rsa"), { onProgress }))).toEqual(changed);
			expect(times).toBeGreaterThan(0);
			made.expectUntouched(now(large));
		});

		test.each(changes)("%s while the signer works", async (_name, change, now) => {
			const made = await place(folder, small);
			expect(await caught(sign(made, after(change)))).toEqual(changed);
			made.expectUntouched(now(small));
		});

		test("removed while the signer works", async () => {
			const made = await place(folder, small);
			const error = await caught(
				sign(
					made,
					after(() => rmSync(folder.at("in.pdf"))),
				),
			);
			expect(error).toEqual(changed);
			expect(folder.names().filter((name) => name.startsWith(".") || name === "in.pdf")).toEqual([]);
		});
	});
});

describe("a source that is read by ranges", () => {
	const failing = (read: RangeSource["read"], size = large.length) => ({ size, read, pieceLength: 100_000 });
	/** Answers well until so many bytes were asked for. */
	const until = (most: number, then: RangeSource["read"]) => {
		let asked = 0;
		return failing((offset, length) => {
			asked += length;
			return asked > most ? then(offset, length) : large.subarray(offset, offset + length);
		});
	};
	const outputs = async () => [folder.at("out.pdf"), await folder.open("opened.pdf", "w"), null];
	const expectNothing = () => {
		expect(folder.names()).toEqual(["opened.pdf"]);
		expect(folder.read("opened.pdf")).toHaveLength(0);
	};

	test.each<[string, RangeSource["read"], unknown]>([
		[
			"throws",
			() => {
				throw mine;
			},
			mine,
		],
		["rejects", () => Promise.reject(mine), mine],
		["rejects late", () => new Promise((_, reject) => setTimeout(reject, 5, mine)), mine],
		["gives too few bytes", (_, length) => new Uint8Array(length - 1), expect.objectContaining({ code: "ERR_ANSWER_LENGTH" })],
		["gives too many", (_, length) => new Uint8Array(length + 1), expect.objectContaining({ code: "ERR_ANSWER_LENGTH" })],
		["gives none", () => new Uint8Array(), expect.objectContaining({ code: "ERR_ANSWER_LENGTH" })],
		["gives nothing", (() => undefined) as never, expect.objectContaining({ code: "ERR_ARGUMENT" })],
	])("%s, at once or in the middle", async (_name, read, error) => {
		for (const output of await outputs()) {
			for (const most of [0, 500_000, 1_000_000]) {
				expect(await caught(sign({ input: until(most, read), output }))).toEqual(error);
			}
		}
		expect(await caught(signWithAsync(until(500_000, read), certificate("rsa"), signer("rsa")))).toEqual(error);
		expectNothing();
	});

	test("shrinks or grows while the signer works", async () => {
		for (const output of await outputs()) {
			for (const size of [1, large.length + 1]) {
				const input = failing((offset, length) => large.subarray(offset, offset + length));
				const change = after(() => {
					input.size = size;
				});
				await expect(sign({ input, output }, change)).rejects.toMatchObject({ code: "ERR_FILE_CHANGED" });
			}
		}
		expectNothing();
	});

	test.each([Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY, 2 ** 60])("has a size of %s", async (size) => {
		const input = failing((_, length) => new Uint8Array(length), size);
		await expect(sign({ input, output: null })).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
	});

	test.each([0, -1, 1.5, Number.NaN, "7"])("has pieces of %s bytes", async (pieceLength) => {
		const input = { ...failing((offset, length) => large.subarray(offset, offset + length)), pieceLength: pieceLength as number };
		await expect(sign({ input, output: null })).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
	});
});

describe("what cannot be opened", () => {
	test.each([[undefined], [7], [{}], [[]], [null], [{ size: 3 }], [Symbol("x")]])("%o as the document", async (input) => {
		await expect(sign({ input: input as never, output: null })).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
	});

	test.each([[7], [{}], [[]], [Buffer.from("x")], [true]])("%o as the output", async (output) => {
		await expect(sign({ input: folder.write("in.pdf", small), output: output as never })).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
	});

	test("a document that is not there, a folder, a pipe", async () => {
		await expect(sign({ input: folder.at("in.pdf"), output: null })).rejects.toMatchObject({ code: "ENOENT" });
		await expect(sign({ input: folder.path, output: null })).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
		await expect(sign({ input: pathToFileURL(folder.path), output: null })).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
		await expect(sign({ input: await folder.open(".", "r"), output: null })).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
		await expect(sign({ input: new URL("https://example.org/in.pdf"), output: null })).rejects.toMatchObject({
			code: "ERR_INVALID_URL_SCHEME",
		});
	});

	test("an output in a folder that is not there, or in none", async () => {
		const never: Signer = () => {
			throw new Error("asked to sign");
		};
		const input = folder.write("in.pdf", small);
		await expect(sign({ input, output: folder.at("gone/out.pdf") }, never)).rejects.toMatchObject({ code: "ENOENT" });
		await expect(sign({ input, output: `${input}/out.pdf` }, never)).rejects.toMatchObject({ code: "ENOTDIR" });
		expect(folder.names()).toEqual(["in.pdf"]);
	});

	test("an open output that is not empty, or no file", async () => {
		const input = folder.write("in.pdf", small);
		folder.write("out.pdf", "precious");
		mkdirSync(folder.at("folder"));
		for (const output of [await folder.open("out.pdf", "r+"), await folder.open("folder", "r")]) {
			await expect(sign({ input, output })).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
		}
		expect(folder.read("out.pdf").toString()).toBe("precious");
	});

	test("an open output that cannot be written: what the system says of that", async () => {
		folder.write("out.pdf", "");
		const output = await folder.open("out.pdf", "r");
		await expect(sign({ input: folder.write("in.pdf", small), output })).rejects.toMatchObject({ code: "EBADF" });
		expect(folder.names()).toEqual(["in.pdf", "out.pdf"]);
		expect(folder.read("in.pdf").equals(small)).toBe(true);
	});
});

test("a handle that is closed meanwhile: what the system says of that, and nothing is left; in place it is not needed any more", async () => {
	for (const output of [folder.at("out.pdf"), null, folder.at("in.pdf")]) {
		const path = folder.write("in.pdf", large);
		const input = await open(path, "r");
		const closing: Signer = async (data, request) => {
			await input.close();
			return signer("rsa")(data, request);
		};
		const error = await caught(sign({ input, output }, closing));
		if (output === path) expect(error).toBe("nothing");
		else expect(error).toMatchObject({ code: "EBADF" });
		expect(folder.names()).toEqual(["in.pdf"]);
		expect(folder.read("in.pdf").subarray(0, large.length).equals(large)).toBe(true);
	}
});

test("nothing stays open, however it ends", async () => {
	const endings = async (place: MakePlace) => {
		const run = async (by: Signer, options: SignCallOptions = {}) => {
			const made = await place(folder, small);
			await caught(sign(made, by, options));
			for (const name of folder.names()) rmSync(folder.at(name), { recursive: true });
		};
		await run(signer("rsa"));
		await run(() => Promise.reject(mine));
		await run(signer("rsa"), { page: 9 });
		await run(after(() => appendFileSync(folder.at("in.pdf"), "more")));
		await run(after(() => folder.write("out.pdf", "precious")));
		await run(signer("rsa"), { signal: AbortSignal.abort() });
	};
	const paths = places.filter(([name]) => !/open|handle/.test(name));
	const all = async () => {
		for (const [, place] of paths) await endings(place);
		await caught(sign({ input: folder.path, output: null }));
		await caught(sign({ input: folder.write("in.pdf", small), output: folder.at("gone/out.pdf") }));
	};
	for (let round = 0; round < 5; round++) await all();
	expect(folder.opened()).toEqual([]);
});

test("an output that was forgotten", async () => {
	const forgotten = signFileWith(small, undefined as never, certificate("rsa"), signer("rsa"));
	await expect(forgotten).rejects.toMatchObject({ code: "ERR_ARGUMENT", message: expect.stringContaining("is undefined") });
});
