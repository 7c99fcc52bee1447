// What the real core does not show on demand: traps, the use of instances, and failures in any order. The core here follows a script.

import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Core } from "../src/core_types.js";
import { decode, encode as encodeShared } from "../src/frame.js";

type Script = (answer: { header: Record<string, unknown>; payload: Uint8Array }) => Uint8Array;

const fake = vi.hoisted(() => ({ instances: 0, live: 0, script: (() => new Uint8Array()) as Script }));

vi.mock("#core", () => ({
	instantiate: (): Core => {
		fake.instances++;
		class Machine {
			constructor() {
				fake.live++;
			}
			next(frame: Uint8Array) {
				return fake.script(decode(frame));
			}
			free() {
				fake.live--;
			}
		}
		return { Machine, Hasher: { make: () => undefined }, call: () => new Uint8Array() };
	},
}));

const { Control, unwatched } = await import("../src/control.js");
const { MemoryDocument } = await import("../src/document.js");
const { RustpdfError } = await import("../src/errors.js");
const { Host } = await import("../src/host.js");
const { drive } = await import("../src/machine.js");
const { unfinishedSession } = await import("../src/unfinished.js");

type Sign = (...request: unknown[]) => Uint8Array | Promise<Uint8Array>;
const hostOf = (signers: Sign[], more = {}) =>
	new Host({ document: new MemoryDocument(Uint8Array.of(1, 2, 3), unwatched), signers: signers as never, control: unwatched, ...more });
/** A frame in memory of its own. */
const encode = (header: object, payload: readonly Uint8Array[] = []) => encodeShared({ header, payload }).slice();
const NOTHING = { header: {}, payload: [] };
const done = encode({ step: "done", result: {}, reports: [] });
const ended = (failure?: number) => encode({ step: "error", error: { code: "ERR_INTERNAL", message: "it ended", failure } });
const wireRequest = { digest: "00", digestAlgorithm: "sha256", signatureAlgorithm: "ecdsa", curve: "p256" };
const askToSign = encode({ step: "sign", signer: 0, request: wireRequest, warnings: [] }, [Uint8Array.of(9)]);
const start = (signer?: Sign, more = {}) => drive(NOTHING, hostOf(signer ? [signer] : [], more));
const mine = new TypeError("mine");

beforeEach(() => {
	fake.instances = 0;
	fake.live = 0;
});

test("after a trap the instance is never used again, and the next run works", () => {
	fake.script = () => {
		throw new WebAssembly.RuntimeError("unreachable");
	};
	let caught: unknown;
	try {
		start();
	} catch (error) {
		caught = error;
	}
	expect(caught).toMatchObject({ code: "ERR_INTERNAL", group: "internal", cause: { message: "unreachable" } });
	const before = fake.instances;
	fake.script = () => done;
	start();
	expect(fake.instances).toBe(before + 1);
	start();
	expect(fake.instances).toBe(before + 1);
});

test("a trap leaves a run in another instance alone", async () => {
	fake.script = ({ header }) => (header["answer"] === "sign" ? done : askToSign);
	let sign: (signature: Uint8Array) => void = () => {};
	const waiting = start(() => {
		const later = new Promise<Uint8Array>((resolve) => {
			sign = resolve;
		});
		return later;
	});
	fake.script = () => {
		throw new WebAssembly.RuntimeError("unreachable");
	};
	expect(() => start()).toThrow(RustpdfError);
	fake.script = () => done;
	sign(Uint8Array.of(1));
	await expect(waiting).resolves.toMatchObject({ result: {} });
});

test("runs that wait do not share an instance, and give it on at their end", async () => {
	fake.script = ({ header }) => (header["answer"] === "sign" ? done : askToSign);
	const many = await Promise.all(Array.from({ length: 6 }, () => start(async () => Uint8Array.of(1))));
	expect(many).toHaveLength(6);
	expect(fake.live).toBe(0);
	const before = fake.instances;
	start(() => Uint8Array.of(1));
	expect(fake.instances).toBe(before);
});

test.each<[string, Sign]>([
	[
		"at once",
		() => {
			throw mine;
		},
	],
	["later", () => Promise.reject(mine)],
])("a signer that fails %s: the core is told and ends the run, and its error is passed on as it is", async (_when, signer) => {
	const answers: unknown[] = [];
	fake.script = ({ header }) => {
		answers.push(header);
		return header["answer"] === "failed" ? ended(0) : askToSign;
	};
	await expect(async () => start(signer)).rejects.toBe(mine);
	expect(answers).toEqual([{}, { answer: "failed", kind: "other" }]);
	expect(fake.live).toBe(0);
});

describe("failures of files", () => {
	const failing = (code: string) => Object.assign(new Error(code), { code });
	const errors = [failing("ENOENT"), failing("ENOSPC"), failing("EIO")];
	const disk = { perform: ({ handle }: { handle: number }) => Promise.reject(errors[handle]) };
	const perform = (...handles: number[]) =>
		encode({ step: "store", final: false, operations: handles.map((handle) => ({ op: "sync", handle })) });

	test("are numbered in their order, and the one that the core names is thrown", async () => {
		for (const failure of [0, 1, 2]) {
			const answers: unknown[] = [];
			const steps = [perform(0), perform(1, 0), perform(2), ended(failure)];
			fake.script = ({ header }) => {
				answers.push(header["results"]);
				return steps.shift() as Uint8Array;
			};
			await expect(start(undefined, { disk })).rejects.toBe(errors[failure]);
			expect(answers).toEqual([undefined, [{ failed: "missing" }], [{ failed: "noSpace" }], [{ failed: "other" }]]);
		}
	});

	test("do not matter where the core ends by an error of its own, or well", async () => {
		for (const end of [ended(), done]) {
			const steps = [perform(0), end];
			fake.script = () => steps.shift() as Uint8Array;
			if (end === done) await expect(start(undefined, { disk })).resolves.toMatchObject({ result: {} });
			else await expect(start(undefined, { disk })).rejects.toMatchObject({ code: "ERR_INTERNAL", message: "it ended" });
		}
	});
});

describe("a call that is stopped", () => {
	const store = (final: boolean) => encode({ step: "store", final, operations: [{ op: "sync", handle: 0 }] });
	const stopped = { control: new Control({ signal: AbortSignal.abort(mine) }) };

	test("has its open step cancelled, but performs one that is final", async () => {
		let performed = 0;
		const disk = { perform: async () => ({ performed: ++performed }) };
		const steps = [store(false), store(true), ended(0)];
		const answers: unknown[] = [];
		fake.script = ({ header }) => {
			answers.push(header["answer"] === "failed" ? header["kind"] : header["answer"]);
			return steps.shift() as Uint8Array;
		};
		await expect(async () => start(undefined, { ...stopped, disk })).rejects.toBe(mine);
		expect(answers).toEqual([undefined, "cancelled", "store"]);
		expect(performed).toBe(1);
	});
});

describe("an error after a signature", () => {
	const session = { hash: "00" };
	const failed = encode({ step: "error", error: { code: "ERR_INTERNAL", message: "it ended", failure: 0 }, session }, [Uint8Array.of(7)]);
	const fail = (error: unknown) =>
		drive(
			NOTHING,
			hostOf([
				() => {
					throw error;
				},
			]),
			(result, live) => ({ result, live: [...live] }),
		);

	test("is the one that was thrown, and carries the session", () => {
		fake.script = ({ header }) => (header["answer"] === "failed" ? failed : askToSign);
		const error = Object.freeze(new Error("frozen"));
		expect(() => fail(error)).toThrow(error);
		expect(unfinishedSession(error)).toEqual({ result: session, live: [7] });
		expect(unfinishedSession(mine)).toBeUndefined();
	});

	test("may be anything: what is no object carries nothing", () => {
		fake.script = ({ header }) => (header["answer"] === "failed" ? failed : askToSign);
		for (const value of ["text", null, undefined]) {
			let caught: unknown = "nothing";
			try {
				fail(value);
			} catch (error) {
				caught = error;
			}
			expect(caught).toBe(value);
			expect(unfinishedSession(caught)).toBeUndefined();
		}
	});
});

test("what was read goes back with the lengths that it has", () => {
	const answers: unknown[] = [];
	fake.script = ({ header, payload }) => {
		answers.push([header, [...payload]]);
		return header["answer"] === "read"
			? done
			: encode({
					step: "read",
					ranges: [
						[0, 2],
						[1, 9],
					],
				});
	};
	start();
	expect(answers[1]).toEqual([
		{
			answer: "read",
			ranges: [
				[0, 2],
				[1, 2],
			],
		},
		[1, 2, 2, 3],
	]);
});

test("the signer's request is a copy with everything in it", () => {
	let seen: unknown[] = [];
	fake.script = ({ header }) => (header["answer"] === "sign" ? done : askToSign);
	const signer = (...args: unknown[]) => {
		seen = args;
		return Uint8Array.of(1);
	};
	start(signer as Sign);
	const [data, request] = seen as [Uint8Array, object];
	expect(request).toEqual({ data, digest: Buffer.of(0), digestAlgorithm: "sha256", signatureAlgorithm: "ecdsa", curve: "p256" });
	expect(data.buffer.byteLength).toBe(1);
});
