import type { Core } from "../../src/core_types.js";

interface Exports {
	memory: WebAssembly.Memory;
	rustpdf_alloc(length: number): number;
	rustpdf_free(data: number, length: number): void;
	rustpdf_machine_new(frame: number, length: number): number;
	rustpdf_machine_next(machine: number, frame: number, length: number, step: number): void;
	rustpdf_machine_free(machine: number): void;
	rustpdf_call(frame: number, length: number, answer: number): void;
}

/** An instance of the module that other languages take (crates/capi), as the core of this package. */
export function plainModule(module: WebAssembly.Module): Core {
	const core = new WebAssembly.Instance(module).exports as unknown as Exports;
	/** Lends a frame to a call. */
	const lend = <T>(frame: Uint8Array, call: (data: number, length: number) => T): T => {
		const data = core.rustpdf_alloc(frame.byteLength);
		new Uint8Array(core.memory.buffer).set(frame, data);
		const result = call(data, frame.byteLength);
		core.rustpdf_free(data, frame.byteLength);
		return result;
	};
	/** Takes the frame that a call makes: its address and length are written to where it is told. */
	const take = (frame: Uint8Array, call: (data: number, length: number, made: number) => void): Uint8Array => {
		const made = core.rustpdf_alloc(8);
		lend(frame, (data, length) => call(data, length, made));
		const [data = 0, length = 0] = new Uint32Array(core.memory.buffer.slice(made, made + 8));
		const taken = new Uint8Array(core.memory.buffer.slice(data, data + length));
		core.rustpdf_free(data, length);
		core.rustpdf_free(made, 8);
		return taken;
	};
	class Machine {
		readonly #machine: number;
		constructor(frame: Uint8Array) {
			this.#machine = lend(frame, core.rustpdf_machine_new);
		}
		next(frame: Uint8Array): Uint8Array {
			return take(frame, (data, length, step) => core.rustpdf_machine_next(this.#machine, data, length, step));
		}
		free(): void {
			core.rustpdf_machine_free(this.#machine);
		}
	}
	return { Machine, call: (frame) => take(frame, core.rustpdf_call) };
}
