import { read } from "node:fs";
import { type Eventually, isPromiseLike } from "../eventually.js";
import { fileChanged } from "../source.js";
import { returnScratch, takeScratch } from "./scratch.js";

/**
 * Reads the first `length` bytes of an open file from front to back. While a piece is used, the next one is read.
 *
 * By callbacks: promises for each piece would cost some megabytes of memory more on a file of a gigabyte.
 */
export async function passOver(fd: number, length: number, use: (piece: Uint8Array) => Eventually<void>): Promise<void> {
	const scratch = takeScratch();
	try {
		await pass(fd, length, use, scratch);
	} finally {
		returnScratch(scratch);
	}
}

function pass(fd: number, length: number, use: (piece: Uint8Array) => Eventually<void>, scratch: Uint8Array): Promise<void> {
	const most = scratch.byteLength / 2;
	let [current, spare] = [scratch.subarray(0, most), scratch.subarray(most)];
	return new Promise((resolve, reject) => {
		let offset = 0;
		let open = 0; // a read and a use, at the most
		let failure: { error: unknown } | undefined;

		/** Goes on when nothing is open: uses what was read, and reads on meanwhile. */
		const turn = () => {
			if (--open > 0) return;
			if (failure !== undefined) return reject(failure.error);
			const piece = current.subarray(0, Math.min(most, length - offset));
			if (piece.byteLength === 0) return resolve();
			offset += piece.byteLength;
			[current, spare] = [spare, current];
			open = 2;
			fill(Math.min(most, length - offset), 0);
			try {
				const using = use(piece);
				if (isPromiseLike(using)) using.then(turn, fail);
				else turn();
			} catch (error) {
				fail(error);
			}
		};
		const fail = (error: unknown) => {
			failure ??= { error };
			turn();
		};
		const fill = (count: number, filled: number) => {
			if (filled === count) return turn();
			read(fd, current, filled, count - filled, offset + filled, (error, bytes) => {
				if (error !== null) fail(error);
				else if (bytes === 0) fail(fileChanged());
				else fill(count, filled + bytes);
			});
		};
		open = 1;
		fill(Math.min(most, length), 0);
	});
}
