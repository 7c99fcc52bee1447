import { instantiate } from "#engine";
import { RustpdfError } from "./errors.js";

/** What the core runs as: native code, in an addon for Node, or WebAssembly. */
export type Engine = "native" | "wasm";

/** What the WebAssembly module and the addon export: frames in, frames out. */
export interface Core {
	Machine: new (frame: Uint8Array) => CoreMachine;
	/** The addon has none: its host hashes. */
	Hasher?: { make(algorithm: string): CoreHasher | undefined };
	call(frame: Uint8Array): Uint8Array;
}

/** One run of the machine inside an instance. */
export interface CoreMachine {
	next(frame: Uint8Array): Uint8Array;
	free(): void;
}

/** A SHA-2 inside an instance; `digest` leaves its state as it is. */
export interface CoreHasher {
	update(bytes: Uint8Array): void;
	digest(suffix: Uint8Array): Uint8Array;
	free(): void;
}

const idle: Core[] = [];
const MOST_IDLE = 4;

/**
 * The use of one instance of the core by one run, from its first call to its last.
 *
 * No two runs share an instance of the module, so a trap takes only the run along that met it: its instance is never used again. Of the
 * addon every instance is the same one, where a panic ends as an error of the run that met it.
 */
export class Lease {
	#core: Core | undefined = idle.pop() ?? load();

	/** Calls into the instance. Whatever it throws is a trap: ERR_INTERNAL. */
	enter<T>(work: (core: Core) => T): T {
		try {
			return work(this.#core as Core);
		} catch (cause) {
			this.#core = undefined;
			throw new RustpdfError("ERR_INTERNAL", "the machine broke; report it, with the document if you can", { cause });
		}
	}

	/** Frees what the run made and gives the instance to the next one; after a trap there is nothing to give. */
	end(made: CoreMachine | CoreHasher | undefined): void {
		if (this.#core === undefined) return;
		made?.free();
		if (idle.length < MOST_IDLE) idle.push(this.#core);
		this.#core = undefined;
	}
}

function load(): Core {
	try {
		return instantiate();
	} catch (cause) {
		if (cause instanceof RustpdfError) throw cause; // another engine was asked for
		const why = (cause as Error).message;
		const remedy = "keep rustpdf.wasm beside the script that was bundled, and let the page's security policy permit WebAssembly";
		throw new RustpdfError("ERR_INTERNAL", `the WebAssembly module cannot be loaded (${why}); ${remedy}`, { cause });
	}
}
