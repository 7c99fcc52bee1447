import type { FileHandle } from "node:fs/promises";
import type { Control } from "../control.js";
import { argumentError } from "../errors.js";
import type { Copy, Output } from "../output.js";
import type { OpenFile, Source } from "../source.js";
import { PieceWriter } from "./piece_writer.js";
import { writeAll } from "./write_all.js";

/** An open, empty file. Whatever fails leaves it empty. */
export class HandleOutput implements Output {
	readonly copy: Copy = "read";
	readonly #source: Source;
	readonly #handle: FileHandle;
	readonly #control: Control;
	#writer: PieceWriter | undefined;
	#committed = false;

	private constructor(source: Source, handle: FileHandle, control: Control) {
		this.#source = source;
		this.#handle = handle;
		this.#control = control;
	}

	/** Errors: `ERR_ARGUMENT`. */
	static async open(source: Source, file: OpenFile, control: Control): Promise<HandleOutput> {
		const handle = file as FileHandle;
		const there = await handle.stat();
		if (!there.isFile() || there.size > 0)
			throw argumentError("the open output is not empty, or no regular file", "open an empty file, or give the input itself");
		return new HandleOutput(source, handle, control);
	}

	async sink(): Promise<PieceWriter> {
		this.#writer = new PieceWriter(this.#handle);
		return this.#writer;
	}

	async commit(update: Uint8Array): Promise<void> {
		const { length } = this.#source;
		const total = length + update.byteLength;
		this.#control.progress("write", 0, total);
		let writer = this.#writer;
		if (writer === undefined) {
			const sink = await this.sink();
			await this.#source.pass((piece) => {
				this.#control.check();
				return sink.write(piece);
			});
			writer = sink;
		}
		await this.#source.refuseChanged();
		await writeAll(this.#handle, update, length);
		await writer.sync();
		this.#control.progress("write", total, total); // the last chance to stop it
		this.#committed = true;
	}

	async end(): Promise<void> {
		if (this.#writer !== undefined && !this.#committed) await this.#handle.truncate(0).catch(() => {}); // what failed before tells more
	}
}
