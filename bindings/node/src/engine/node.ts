// Node, Deno and Bun: the addon is taken where there is one, else the module beside this file; the hash is theirs, and there are files.

import { createHash as createNodeHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { instantiate as link } from "../../wasm/instance.js";
import type { Core, Engine } from "../core.js";
import { returnScratch, takeScratch } from "../files/scratch.js";
import type { DocumentHash } from "./hash.js";
import { nativeCore } from "./native.js";

export { files } from "../files/index.js";
export type { DocumentHash };

/** Bytes as they are given to the caller. */
export type Bytes = Buffer<ArrayBuffer>;

/** Bytes that nobody else holds, as they are given to the caller. */
export function asBytes(bytes: Uint8Array<ArrayBuffer>): Bytes {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

let module: WebAssembly.Module | undefined;

/**
 * What the core runs as in this process: `native` where Node found the addon for this machine, else `wasm`.
 *
 * The environment variable `RUSTPDF_ENGINE` forces one of them. Errors: `ERR_ARGUMENT` where it asks for one that is not there.
 */
export function engine(): Engine {
	return nativeCore() === undefined ? "wasm" : "native";
}

/** A fresh instance of the core; the addon is its own, for a run that breaks leaves the others alone. */
export function instantiate(): Core {
	const native = nativeCore();
	if (native !== undefined) return native;
	module ??= compile(new URL("./rustpdf.wasm", import.meta.url));
	return link(module);
}

/** Compiles a module from a file. Its bytes, a mebibyte, are not kept. */
function compile(path: URL): WebAssembly.Module {
	const file = openSync(path, "r");
	const scratch = takeScratch();
	try {
		const { size } = fstatSync(file);
		const bytes = size <= scratch.byteLength ? scratch.subarray(0, size) : new Uint8Array(size);
		for (let read = 0; read < size; ) read += readSync(file, bytes, read, size - read, read);
		return new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
	} finally {
		returnScratch(scratch);
		closeSync(file);
	}
}

/** A hash by its name in the steps. */
export function createHash(algorithm: string): DocumentHash {
	const hash = createNodeHash(algorithm);
	return {
		update: (bytes) => void hash.update(bytes),
		digest: (suffix) => hash.copy().update(suffix).digest(),
		end: () => {},
	};
}

/** Where a pattern is found next; -1 where it is not. */
export function indexOf(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(pattern, from);
}

/** Lets the event loop turn once. */
export function breathe(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
