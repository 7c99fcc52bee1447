import { instantiate } from "#core";
import type { Core, CoreHasher, CoreMachine } from "./core_types.js";
import { hostError, RustpdfError } from "./errors.js";

const idle: Core[] = [];
const MOST_IDLE = 4;
/** Memory of an instance that is kept, in bytes: it begins with 1 MB, and a large document may have made it grow. */
const MOST_MEMORY = 8 * 1024 * 1024;

/**
 * The use of one instance of the core by one run, from its first call to its last.
 *
 * No two runs share an instance of the module, so a trap takes only the run along that met it: its instance is never used again. Of the
 * native core every instance is the same one, where a panic ends as an error of the run that met it.
 */
export class Lease {
	#core: Core | undefined = idle.pop() ?? load();

	/** Calls into the instance. Whatever it throws is a trap: ERR_INTERNAL. */
	enter<T>(work: (core: Core) => T): T {
		try {
			return work(this.#core as Core);
		} catch (cause) {
			this.#core = undefined;
			throw Object.assign(hostError("machineBroke"), { cause });
		}
	}

	/** Frees the run's memory and gives the instance to the next one; after a trap there is nothing to give. */
	end(made: CoreMachine | CoreHasher | undefined): void {
		if (this.#core === undefined) return;
		made?.free();
		if (idle.length < MOST_IDLE && (this.#core.memoryBytes?.() ?? 0) <= MOST_MEMORY) idle.push(this.#core);
		this.#core = undefined;
	}
}

function load(): Core {
	try {
		return instantiate();
	} catch (cause) {
		if (cause instanceof RustpdfError) throw cause; // another engine was asked for
		throw Object.assign(hostError("moduleMissing", (cause as Error).message), { cause });
	}
}
