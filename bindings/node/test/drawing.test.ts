// When the module that draws is loaded, and how that ends. The core is the module; the module that draws comes from the test.

import { readFileSync } from "node:fs";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { Core } from "../src/core_types.js";
import { makePdf } from "./support/pdf.js";
import { certificate, signer } from "./support/pki.js";

const read = (name: string) => new WebAssembly.Module(readFileSync(new URL(`../wasm/${name}`, import.meta.url)));
const drawing = read("rustpdf-appearance.wasm");

const seam = vi.hoisted(() => ({ drawingModule: vi.fn<() => unknown>(), drawsLater: false }));
vi.mock("#appearance", () => ({
	drawingModule: () => seam.drawingModule(),
	get drawsLater() {
		return seam.drawsLater;
	},
}));
vi.mock("#core", async () => {
	const { instantiate } = await import("../wasm/instance.js");
	const core = read("rustpdf.wasm");
	return { instantiate: (): Core => instantiate(core), engine: () => "wasm" };
});

/** Sign by sources of their own, so that nothing is loaded yet. */
const load = async () => ({ ...(await import("../src/sign.js")), ...(await import("../src/session.js")) });
let rustpdf: Awaited<ReturnType<typeof load>>;
const pdf = makePdf({ pages: 2 });
const sign = (options: object, more?: object) =>
	rustpdf.signWith(pdf, certificate("rsa"), signer("rsa") as never, null, {
		onWarnings: () => {},
		...options,
		...more,
	} as object) as unknown;
const visible = { appearance: { position: { width: 100 } } };

beforeEach(async () => {
	vi.resetModules();
	seam.drawingModule.mockReset().mockReturnValue(drawing);
	seam.drawsLater = false;
	rustpdf = await load();
});

test("an invisible signature loads nothing, and all visible ones load it once", () => {
	sign({ reason: "None to see" });
	rustpdf.beginSigning(pdf);
	expect(seam.drawingModule).not.toHaveBeenCalled();
	const made = countInstances();
	sign(visible);
	sign(visible);
	expect(seam.drawingModule).toHaveBeenCalledTimes(1);
	expect(made(drawing)).toBe(1);
});

test("a page of a PDF alone is not drawn", () => {
	sign({ appearance: { position: { width: 100 }, pdf: { data: pdf } } });
	expect(seam.drawingModule).not.toHaveBeenCalled();
});

test("a module that is missing is looked for again by the next signature", () => {
	seam.drawingModule.mockImplementationOnce(() => {
		throw new Error("ENOENT: no such file");
	});
	expect(() => sign(visible)).toThrow(
		expect.objectContaining({
			code: "ERR_APPEARANCE_MODULE",
			group: "options",
			message: expect.stringMatching(/cannot be loaded \(ENOENT: no such file\); keep rustpdf-appearance\.wasm beside the script/),
			cause: expect.objectContaining({ message: "ENOENT: no such file" }),
		}),
	);
	sign(visible);
	expect(seam.drawingModule).toHaveBeenCalledTimes(2);
});

test("a trap ends the call and the instance", () => {
	seam.drawingModule.mockReturnValue(trapping);
	const made = countInstances();
	for (let count = 1; count <= 2; count++) {
		expect(() => sign(visible)).toThrow(
			expect.objectContaining({ code: "ERR_INTERNAL", cause: expect.objectContaining({ message: "unreachable" }) }),
		);
		expect(made(trapping)).toBe(count);
	}
	sign({}); // the core is as it was
});

test("a module that is another thing", () => {
	seam.drawingModule.mockReturnValue(new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)));
	expect(() => sign(visible)).toThrow(expect.objectContaining({ code: "ERR_INTERNAL" }));
});

test("where it is loaded later, a visible signature is a promise each time, and an invisible one is not", async () => {
	seam.drawsLater = true;
	seam.drawingModule.mockImplementation(async () => drawing);
	expect(sign({})).toBeInstanceOf(Uint8Array);
	for (let count = 0; count < 2; count++) {
		const signed = sign(visible);
		expect(signed).toBeInstanceOf(Promise);
		expect(await signed).toBeInstanceOf(Uint8Array);
	}
	expect(seam.drawingModule).toHaveBeenCalledTimes(1);
	expect(() => rustpdf.beginSigning(pdf, { ...visible, name: "Ann" })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
	expect((await rustpdf.beginSigningAsync(pdf, { ...visible, name: "Ann" })).report.rect).toHaveLength(4);
});

test("loaded later it is loaded once for calls at the same time, and again after a failure", async () => {
	seam.drawsLater = true;
	seam.drawingModule.mockRejectedValueOnce(new Error("404")).mockImplementation(async () => drawing);
	const failed = await Promise.allSettled([sign(visible), sign(visible)]);
	expect(failed.map((outcome) => (outcome.status === "rejected" ? outcome.reason.code : ""))).toEqual([
		"ERR_APPEARANCE_MODULE",
		"ERR_APPEARANCE_MODULE",
	]);
	await Promise.all([sign(visible), sign(visible)]);
	expect(seam.drawingModule).toHaveBeenCalledTimes(2);
});

test("a signal stops the wait for it", async () => {
	seam.drawsLater = true;
	seam.drawingModule.mockReturnValue(new Promise(() => {}));
	const mine = new Error("no longer");
	const ending = new AbortController();
	const signed = sign(visible, { signal: ending.signal });
	ending.abort(mine);
	await expect(signed).rejects.toBe(mine);
});

/** Counts the instances of a module that a test makes from now on. */
function countInstances(): (module: WebAssembly.Module) => number {
	const { Instance } = WebAssembly;
	const made: WebAssembly.Module[] = [];
	class Counted extends Instance {
		constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
			super(module, imports);
			made.push(module);
		}
	}
	Object.assign(WebAssembly, { Instance: Counted });
	onTestFinished(() => void Object.assign(WebAssembly, { Instance }));
	return (module) => made.filter((of) => of === module).length;
}

/** Exports of the module that draws; the drawing traps. */
const trapping = new WebAssembly.Module(
	Uint8Array.of(
		...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
		...[1, 12, 2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7f], // types: (i32) -> i32, (i32, i32) -> i32
		...[3, 3, 2, 0, 1], // functions
		...[5, 3, 1, 0, 2], // memory of two pages
		...section(7, [
			3,
			...exported("memory", 2, 0),
			...exported("rustpdf_appearance_alloc", 0, 0),
			...exported("rustpdf_appearance_draw", 0, 1),
		]),
		...[10, 10, 2, 4, 0, 0x41, 0, 0x0b, 3, 0, 0x00, 0x0b], // code: 0; unreachable
	),
);

function section(id: number, content: number[]): number[] {
	return [id, content.length, ...content];
}

function exported(name: string, kind: number, index: number): number[] {
	return [name.length, ...Buffer.from(name), kind, index];
}
