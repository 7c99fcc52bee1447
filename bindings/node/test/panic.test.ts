// A bug in the core, as each engine meets one: of cores that panic when they are told to, which no package has.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { engine } from "rustpdf";
import { beforeEach, expect, test, vi } from "vitest";
import type { Core } from "../src/core_types.js";
import { instantiate as link } from "../wasm/instance.js";
import { NATIVE } from "./support/native.js";
import { plainModule } from "./support/plain_module.js";

const inRepository = (path: string) => new URL(`../../../${path}`, import.meta.url);
const fake = vi.hoisted(() => ({ instances: 0, make: undefined as unknown as () => Core }));
vi.mock("#core", async (original) => ({
	...(await original<object>()),
	instantiate: () => {
		fake.instances++;
		return fake.make();
	},
}));
const { drive } = await import("../src/machine.js"); // first: what the engine itself imports must not come round to it
const { unwatched } = await import("../src/control.js");
const { Host } = await import("../src/host.js");
const { decode, encode } = await import("../src/frame.js");
const { signWith } = await import("../src/sign.js");

process.env["RUST_BACKTRACE"] = "0"; // Rust says on standard error that it panicked: a line is enough
const require = createRequire(import.meta.url);
const native = engine() === "native";
const released: Core = native
	? require(NATIVE)
	: link(new WebAssembly.Module(readFileSync(inRepository("bindings/node/wasm/rustpdf.wasm"))));
const messageOf = (header: object) => ({ header, payload: [] });
const frameOf = (header: object) => encode(messageOf(header)).slice();
const panic = { operation: "panic", length: 0 };

beforeEach(() => {
	const module = native ? undefined : new WebAssembly.Module(readFileSync(inRepository("target/capi/panic/rustpdf.wasm")));
	fake.make = module ? () => plainModule(module) : () => require("../../../target/napi-panic/rustpdf.node");
	fake.instances = 0;
});

function meetBug(): unknown {
	try {
		return drive(messageOf(panic), new Host({ control: unwatched }));
	} catch (error) {
		return error;
	}
}

/** Signs what a vector signs, and compares. */
function signVector(): void {
	const file = (path: string) => readFileSync(inRepository(`tests/vectors/${path}`));
	const vector = JSON.parse(file("cases/rsa-pkcs1-sha256.json").toString());
	const signed = signWith(
		file(`documents/${vector.document}`),
		file(`certificates/${vector.certificate}`),
		() => Buffer.from(vector.signature, "hex"),
		vector.chain.map((name: string) => file(`certificates/${name}`)),
		{ ...vector.options, signingTime: new Date(vector.now * 1000), entropy: Buffer.from(vector.entropy, "hex") },
	);
	expect(createHash("sha256").update(signed).digest("hex")).toBe(vector.expect.outputSha256);
}

test("a panic is ERR_INTERNAL, and what comes after it is as if there had been none", () => {
	signVector();
	for (let round = 0; round < 5; round++) {
		expect(meetBug()).toMatchObject({ name: "RustpdfError", code: "ERR_INTERNAL", group: "internal" });
		signVector();
	}
	// Of the module an instance that broke is never used again; of the native core there is one.
	expect(fake.instances).toBeGreaterThan(native ? 0 : 5);
});

test.runIf(native)("the machine that met it says so again, and nothing else does", () => {
	const { Machine } = fake.make();
	const [broken, other] = [new Machine(frameOf(panic)), new Machine(frameOf({ operation: "inspect", length: 100 }))];
	const empty = frameOf({});
	for (let turn = 0; turn < 2; turn++) expect(decode(broken.next(empty)).header).toMatchObject({ error: { code: "ERR_INTERNAL" } });
	expect(decode(other.next(empty)).header).toMatchObject({ step: "read" });
	broken.free();
	broken.free();
	expect(() => broken.next(empty)).toThrow("the machine was freed");
	other.free();
});

test("what is released cannot be told to panic", () => {
	expect(decode(new released.Machine(frameOf(panic)).next(frameOf({}))).header).toMatchObject({ error: { code: "ERR_FRAME" } });
});
