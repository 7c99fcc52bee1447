// What the real core does not show on demand: traps, and who uses which instance when. The core here follows a script.

import { beforeEach, expect, test, vi } from "vitest";
import type { Core } from "../src/core.js";
import { decode, encode } from "../src/frame.js";

type Script = (answer: { header: Record<string, unknown>; payload: Uint8Array }) => Uint8Array;

const fake = vi.hoisted(() => ({ instances: 0, live: 0, script: (() => new Uint8Array()) as Script }));

vi.mock("#engine", () => ({
	asBytes: (bytes: Uint8Array) => bytes,
	createHash: () => {
		throw new Error("nothing is hashed here");
	},
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
		return { Machine, Hasher: { make: () => undefined }, complete: () => encode({}), journal: () => encode({}) };
	},
}));

const { MemoryDocument } = await import("../src/document.js");
const { RustpdfError } = await import("../src/errors.js");
const { drive, run } = await import("../src/machine.js");
const { unwatched } = await import("../src/control.js");

const document = () => new MemoryDocument(Uint8Array.of(1, 2, 3), unwatched);
const done = encode({ step: "done", result: {}, report: {} });
const wireRequest = { digest: "00", digestAlgorithm: "sha256", signatureAlgorithm: "ecdsa", curve: "p256" };
const askToSign = encode({ step: "sign", signer: 0, ...wireRequest }, [Uint8Array.of(9)]);
const start = (signer?: () => Uint8Array | Promise<Uint8Array>) =>
	drive(run(new Uint8Array(), document()), document(), signer ? [signer] : [], unwatched);

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

test.each([
	[
		"at once",
		() => {
			throw new TypeError("mine");
		},
	],
	["later", () => Promise.reject(new TypeError("mine"))],
])("a signer that fails %s ends the run, and its error is passed on as it is", async (_when, signer) => {
	fake.script = () => askToSign;
	await expect(async () => start(signer)).rejects.toThrow(new TypeError("mine"));
	expect(fake.live).toBe(0);
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
	drive(run(new Uint8Array(), document()), document(), [signer], unwatched);
	const [data, request] = seen as [Uint8Array, object];
	expect(request).toEqual({ data, digest: Uint8Array.of(0), digestAlgorithm: "sha256", signatureAlgorithm: "ecdsa", curve: "p256" });
	expect(data.buffer.byteLength).toBe(1);
});
