/** Form of the core: native code for Node, or WebAssembly. */
export type Engine = "native" | "wasm";

/** Exports of the WebAssembly module and of the native core: frames in, frames out. */
export interface Core {
	Machine: new (frame: Uint8Array) => CoreMachine;
	/** Absent from the native core: its host hashes. */
	Hasher?: { make(algorithm: string): CoreHasher | undefined };
	call(frame: Uint8Array): Uint8Array;
	/** Memory of the module in bytes; absent from the native core. */
	memoryBytes?(): number;
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
