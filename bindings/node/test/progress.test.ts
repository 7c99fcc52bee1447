// How far a signing is, how it is stopped, and that nothing is left behind then.

import { getEventListeners } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import {
	beginSigning,
	beginSigningAsync,
	beginSigningFile,
	type ControlOptions,
	type Progress,
	resumeSigningFile,
	type Signer,
	signFileInTurn,
	signFileWith,
	signInTurn,
	signWith,
	signWithAsync,
} from "rustpdf";
import { describe, expect, test } from "vitest";
import { eachFolder } from "./support/folder.js";
import { key } from "./support/key.js";
import { makeLargePdf, makePdf } from "./support/pdf.js";
import { certificate, chain, signer } from "./support/pki.js";
import { type Place, places } from "./support/places.js";
import { sparsePdf } from "./support/sparse_pdf.js";

const folder = eachFolder();
const small = makePdf();
const large = makeLargePdf(3_300_000);
const hugePdf = sparsePdf({ hole: 200_000_000 });
const huge = hugePdf.read(0, hugePdf.length);
const mine = new Error("enough");
const pause = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));

const sign = ({ input, output }: Pick<Place, "input" | "output">, options: ControlOptions, by: Signer = signer("rsa")) =>
	signFileWith(input, output, certificate("rsa"), by, chain(), options);
const caught = (promise: Promise<unknown>): Promise<unknown> =>
	promise.then(
		() => "nothing",
		(error) => error,
	);

/** Each phase in its order, with the numbers that were told of it. */
function phasesOf(progress: Progress[]): [string, Progress[]][] {
	const phases: [string, Progress[]][] = [];
	for (const one of progress) {
		if (phases.at(-1)?.[0] === one.phase) phases.at(-1)?.[1].push(one);
		else phases.push([one.phase, [one]]);
	}
	return phases;
}

function expectAscending(progress: Progress[], names: string[]): void {
	const phases = phasesOf(progress);
	expect(phases.map(([phase]) => phase)).toEqual(names);
	for (const [phase, told] of phases) {
		const done = told.map(({ done }) => done);
		const [total, ...others] = new Set(told.map(({ total }) => total));
		expect(others).toEqual([]);
		expect(done).toEqual([...done].sort((a, b) => a - b));
		expect(done.at(-1)).toBeLessThanOrEqual(total as number);
		if (phase !== "read") expect(done.at(-1)).toBe(total);
		if (phase === "digest" || phase === "sign") expect(done[0]).toBe(0); // writing may have begun with that pass
	}
}

describe("progress", () => {
	test.each(places)("of a large document into %s", async (_name, place) => {
		const made = await place(folder, large);
		const told: Progress[] = [];
		const { update } = await sign(made, { onProgress: (progress) => told.push(progress) });
		expectAscending(told, made.output === null ? ["read", "digest", "sign"] : ["read", "digest", "sign", "write"]);
		const [, hashed] = phasesOf(told)[1] as [string, Progress[]];
		expect(hashed.length).toBeGreaterThan(5);
		expect(hashed[0]).toEqual({ phase: "digest", done: 0, total: large.length });
		const written = told.filter(({ phase }) => phase === "write").at(-1);
		if (written !== undefined) expect([update.length, large.length + update.length]).toContain(written.total);
	});

	test("of a document in memory", async () => {
		const told: Progress[] = [];
		const onProgress = (progress: Progress) => told.push(progress);
		signWith(large, certificate("rsa"), signer("rsa"), chain(), { onProgress });
		expectAscending(told.splice(0), ["digest", "sign"]);
		await signWithAsync(large, certificate("rsa"), signer("rsa"), chain(), { onProgress });
		expectAscending(told.splice(0), ["read", "digest", "sign"]);
	});

	test("of several signatures: how many there are, and one pass over the document", async () => {
		const told: Progress[] = [];
		const one = { certificate: certificate("rsa"), signer: signer("rsa") };
		const input = folder.write("in.pdf", large);
		await signFileInTurn(input, folder.at("out.pdf"), [one, one, one], { onProgress: (progress) => told.push(progress) });
		const signatures = told.filter(({ phase }) => phase === "sign").map(({ done, total }) => [done, total]);
		expect(signatures).toEqual([0, 1, 1, 2, 2, 3].map((done) => [done, 3]));
		expect(told.filter(({ done, phase }) => phase === "digest" && done === 0)).toHaveLength(1);
	});

	test("of a session", async () => {
		const told: Progress[] = [];
		const input = folder.write("in.pdf", large);
		const onProgress = (progress: Progress) => void told.push(progress);
		const session = await beginSigningFile(input, { certificate: certificate("rsa"), onProgress });
		expectAscending(told.splice(0), ["read", "digest"]);
		const { data } = session.request as { data: Buffer };
		const signature = signer("rsa")(data, session.request as never);
		await session.completeWithSignature(signature, folder.at("out.pdf"), { onProgress });
		expectAscending(told.splice(0), ["write"]);
	});
});

describe.each(places)("stopped, into %s", (_name, place) => {
	test("by what onProgress throws, wherever that is", async () => {
		for (const pdf of [small, large]) {
			let calls = 0;
			for (let stop = 0; ; stop++) {
				const made = await place(folder, pdf);
				calls = 0;
				const onProgress = () => {
					if (calls++ === stop) throw mine;
				};
				const error = await caught(sign(made, { onProgress }));
				if (error === "nothing") break;
				expect(error).toBe(mine);
				made.expectUntouched();
			}
			expect(calls).toBeGreaterThan(3);
			for (const name of folder.names()) rmSync(folder.at(name));
		}
	});

	test("by a signal, wherever that is", async () => {
		for (let stop = 0; ; stop++) {
			const made = await place(folder, large);
			const controller = new AbortController();
			let calls = 0;
			const onProgress = () => {
				if (calls++ === stop) controller.abort(mine);
			};
			const error = await caught(sign(made, { onProgress, signal: controller.signal }));
			expect(getEventListeners(controller.signal, "abort")).toEqual([]);
			if (error === "nothing") break; // the last is told when it is too late
			expect(error).toBe(mine);
			made.expectUntouched();
		}
	});

	test("by a signal that was there before", async () => {
		for (const reason of [mine, "no error at all", undefined]) {
			const made = await place(folder, small);
			const signal = AbortSignal.abort(reason);
			expect(await caught(sign(made, { signal }))).toBe(signal.reason);
			made.expectUntouched();
		}
	});

	test("while the signer waits, however it goes on", async () => {
		const afterwards: [string, Signer][] = [
			["never comes", () => new Promise(() => {})],
			["rejects", () => pause(15).then(() => Promise.reject(new Error("too late")))],
			["signs", (data, request) => pause(15).then(() => signer("rsa")(data, request))],
		];
		for (const [, by] of afterwards) {
			const made = await place(folder, small);
			const controller = new AbortController();
			setTimeout(() => controller.abort(mine), 5);
			const slow: Signer = async (data, request) => {
				await pause(5);
				return by(data, request);
			};
			expect(await caught(sign(made, { signal: controller.signal }, slow))).toBe(mine);
			expect(getEventListeners(controller.signal, "abort")).toEqual([]);
			made.expectUntouched();
		}
		await pause(30); // nobody is left with a rejection
	});

	test("by the signer itself, however it goes on", async () => {
		const afterwards: Signer[] = [
			signer("rsa"),
			async (data, request) => signer("rsa")(data, request),
			() => new Promise(() => {}),
			() => Promise.reject(new Error("another")),
		];
		for (const by of afterwards) {
			const made = await place(folder, small);
			const controller = new AbortController();
			const stopping: Signer = (data, request) => {
				controller.abort(mine);
				return by(data, request);
			};
			expect(await caught(sign(made, { signal: controller.signal }, stopping))).toBe(mine);
			expect(getEventListeners(controller.signal, "abort")).toEqual([]);
			made.expectUntouched();
		}
	});

	test("not by a signal that is aborted when all is over, which keeps no listeners", async () => {
		const made = await place(folder, small);
		const controller = new AbortController();
		const later: Signer = async (data, request) => signer("rsa")(data, request);
		await sign(made, { signal: controller.signal }, later);
		expect(getEventListeners(controller.signal, "abort")).toEqual([]);
		await place(folder, small);
		await caught(sign(await place(folder, small), { signal: controller.signal }, () => Promise.reject(mine)));
		expect(getEventListeners(controller.signal, "abort")).toEqual([]);
	});
});

describe("stopped", () => {
	test("in memory: before, and by the signer", async () => {
		const signal = AbortSignal.abort(mine);
		const one = { certificate: certificate("rsa"), signer: signer("rsa") };
		expect(() => signWith(small, certificate("rsa"), signer("rsa"), null, { signal })).toThrow(mine);
		expect(() => signInTurn(small, [one], { signal })).toThrow(mine);
		expect(() => beginSigning(small, { signal })).toThrow(mine);
		for (const promise of [
			signWithAsync(small, certificate("rsa"), signer("rsa"), null, { signal }),
			beginSigningAsync(small, { signal }),
			beginSigningFile(small, { signal }),
		]) {
			expect(await caught(promise)).toBe(mine);
		}
		const controller = new AbortController();
		const stopping = (...[data, request]: Parameters<typeof one.signer>) => {
			controller.abort(mine);
			return signer("rsa")(data, request);
		};
		expect(() => signWith(small, certificate("rsa"), stopping, null, { signal: controller.signal })).toThrow(mine);
		const throwing = () => {
			throw mine;
		};
		expect(() => signWith(small, certificate("rsa"), signer("rsa"), null, { onProgress: throwing })).toThrow(mine);
		expect(await caught(signWithAsync(small, certificate("rsa"), signer("rsa"), null, { onProgress: throwing }))).toBe(mine);
	});

	test.each([1, 2, 4, 7])("while piece %i of a source that is slow is read", async (stop) => {
		const controller = new AbortController();
		let reads = 0;
		const input = {
			size: large.length,
			pieceLength: 400_000,
			async read(offset: number, length: number) {
				if (length === 400_000 && ++reads === stop) controller.abort(mine);
				await pause(2);
				return large.subarray(offset, offset + length);
			},
		};
		for (const output of [folder.at("out.pdf"), await folder.open("opened.pdf", "w"), null]) {
			expect(await caught(sign({ input, output }, { signal: controller.signal }))).toBe(mine);
		}
		expect(reads).toBeLessThan(stop + 4);
		expect(folder.names()).toEqual(["opened.pdf"]);
		expect(folder.read("opened.pdf")).toHaveLength(0);
	});

	test.each([1, 2, 4, 7])("where read %i never comes", async (stop) => {
		for (const output of [folder.at("out.pdf"), await folder.open("opened.pdf", "w"), null]) {
			const controller = new AbortController();
			let reads = 0;
			const read = async (offset: number, length: number) => {
				if (++reads < stop) return large.subarray(offset, offset + length);
				setTimeout(() => controller.abort(mine), 5);
				return new Promise<Buffer>(() => {});
			};
			const input = { size: large.length, pieceLength: 400_000, read };
			expect(await caught(sign({ input, output }, { signal: controller.signal }))).toBe(mine);
			expect(getEventListeners(controller.signal, "abort")).toEqual([]);
		}
		expect(folder.names()).toEqual(["opened.pdf"]);
		expect(folder.read("opened.pdf")).toHaveLength(0);
	});

	test("while a session is completed", async () => {
		const input = {
			size: large.length,
			pieceLength: 400_000,
			read: (offset: number, length: number) => large.subarray(offset, offset + length),
		};
		const saved = (await beginSigningFile(input, { certificate: certificate("rsa") })).serialize(key);
		const outputs = async () => [folder.at("out.pdf"), await folder.open("opened.pdf", "w")];
		for (const output of await outputs()) {
			const before = folder.names();
			for (let stop = 0; ; stop++) {
				const controller = new AbortController();
				let reads = 0;
				const counting = { ...input };
				const session = await resumeSigningFile(saved, counting, key, { signal: controller.signal });
				counting.read = (offset, length) => {
					if (reads++ === stop) controller.abort(mine);
					return input.read(offset, length);
				};
				const signature = signer("rsa")((session.request as { data: Buffer }).data, session.request as never);
				const error = await caught(session.completeWithSignature(signature, output));
				if (error === "nothing") break;
				expect(error).toBe(mine);
				expect(reads).toBeLessThan(9 + 1);
				expect(folder.names()).toEqual(before);
				expect(folder.read("opened.pdf")).toHaveLength(0);
			}
		}
	});

	test.each([[7], ["x"], [{}]])("by %o: that is none of the two", (control) => {
		expect(() => signWith(small, certificate("rsa"), signer("rsa"), null, { signal: control as never })).toThrow(/AbortSignal/);
		expect(() => signWith(small, certificate("rsa"), signer("rsa"), null, { onProgress: control as never })).toThrow(/function/);
	});
});

describe("while a large document is hashed, the event loop goes on", () => {
	// By the time that this thread worked without a turn of the loop: how busy the machine is otherwise does not count.
	const worked = () => Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[0]) / 1e6;

	/** The longest time without a turn, in milliseconds; the best of some attempts. */
	async function longest(run: () => Promise<unknown>): Promise<number> {
		const attempts: number[] = [];
		while (attempts.length < 5 && !attempts.some((ms) => ms < 20)) {
			let most = 0;
			let since = worked();
			const turn = () => {
				most = Math.max(most, worked() - since);
				since = worked();
			};
			const timer = setInterval(turn, 1);
			await run();
			turn();
			clearInterval(timer);
			attempts.push(most);
		}
		return Math.min(...attempts);
	}

	test.each([
		["a file into a new one", () => folder.write("in.pdf", huge), "out.pdf"],
		["a file", () => folder.write("in.pdf", huge), null],
		["a Buffer", () => huge, null],
		["a Blob", () => new Blob([huge as Buffer<ArrayBuffer>]), null],
	])("of %s", async (_name, source, name) => {
		const input = source();
		const output = name && folder.at(name);
		expect(await longest(() => signFileWith(input, output, certificate("rsa"), signer("rsa"), null, { replace: true }))).toBeLessThan(20);
	});

	test("of a Buffer, into memory", async () => {
		expect(await longest(() => signWithAsync(huge, certificate("rsa"), signer("rsa")))).toBeLessThan(20);
		expect(await longest(() => beginSigningAsync(huge))).toBeLessThan(20);
	});
});
