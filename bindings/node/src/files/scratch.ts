/** Memory that is used for a while, and then for something else: left to the garbage collector, it would pile up between collections. */
const LENGTH = 1280 * 1024; // the module of the core fits, and pieces of this size are hashed as fast as larger ones
const MOST_IDLE = 2;
const idle: Uint8Array[] = [];

/** Takes memory for two pieces of a file; nobody else has it until it is given back. */
export function takeScratch(): Uint8Array {
	return idle.pop() ?? new Uint8Array(LENGTH);
}

/** Gives it back. */
export function returnScratch(scratch: Uint8Array): void {
	if (idle.length < MOST_IDLE) idle.push(scratch);
}
