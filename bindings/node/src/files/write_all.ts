import type { FileHandle } from "node:fs/promises";

/** Writes all the bytes at an offset: by one call, unless the system takes fewer. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
	for (let written = 0; written < bytes.byteLength; ) {
		written += (await handle.write(bytes, written, bytes.byteLength - written, offset + written)).bytesWritten;
	}
}
