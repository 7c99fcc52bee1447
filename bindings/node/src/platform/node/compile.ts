import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { returnScratch, takeScratch } from "../../files/scratch.js";

/** Compiles a module from a file. Its bytes, a mebibyte, are not kept. */
export function compile(path: URL): WebAssembly.Module {
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
