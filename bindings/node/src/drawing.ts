import { drawingModule } from "#appearance";
import { type Awaitable, andThen, isPromiseLike } from "./awaitable.js";
import { hostError } from "./errors.js";
import { decode, encode, type Message } from "./frame.js";

/** Exports of the module that draws visible signatures (crates/appearance-wasm). */
interface Drawing {
	memory: WebAssembly.Memory;
	/** Memory for a step frame. */
	rustpdf_appearance_alloc(length: number): number;
	/** Draws, and frees the step frame: the address of the answer, which begins with its length. */
	rustpdf_appearance_draw(frame: number, length: number): number;
	rustpdf_appearance_free(answer: number): void;
}

/** Bytes of the length before an answer. */
const PREFIX = 4;
/** Memory of an instance that is kept, in bytes: it begins with 2 MB, and a large font may have made it grow. */
const MOST_MEMORY = 8 * 1024 * 1024;

let module: Awaitable<WebAssembly.Module> | undefined;
let idle: Drawing | undefined;

/**
 * Answers a step `draw` of the core as WebAssembly: the native core answers it by itself. The module is loaded for the first drawing.
 *
 * Errors: `ERR_APPEARANCE_MODULE`, `ERR_INTERNAL`.
 */
export function draw(step: Message): Awaitable<Message> {
	return andThen(loaded(), (module) => drawn(module, step));
}

/** The module. One that cannot be loaded is looked for again by the next drawing. */
function loaded(): Awaitable<WebAssembly.Module> {
	if (module !== undefined) return module;
	try {
		const loading = drawingModule();
		module = isPromiseLike(loading) ? (loading as PromiseLike<WebAssembly.Module>).then(keep, forget) : loading;
		return module;
	} catch (cause) {
		return forget(cause);
	}
}

function keep(compiled: WebAssembly.Module): WebAssembly.Module {
	module = compiled;
	return compiled;
}

function forget(cause: unknown): never {
	module = undefined;
	throw Object.assign(hostError("drawingMissing", (cause as Error).message), { cause });
}

/** Draws in the idle instance, or in a new one. A trap ends the instance. */
function drawn(module: WebAssembly.Module, step: Message): Message {
	try {
		const drawing = idle ?? (new WebAssembly.Instance(module).exports as unknown as Drawing);
		idle = undefined;
		const answer = answerOf(drawing, encode(step));
		if (drawing.memory.buffer.byteLength <= MOST_MEMORY) idle = drawing;
		const { header, payload } = decode<object>(answer);
		return { header, payload: [payload] };
	} catch (cause) {
		throw Object.assign(hostError("machineBroke"), { cause });
	}
}

function answerOf(drawing: Drawing, frame: Uint8Array): Uint8Array {
	const given = drawing.rustpdf_appearance_alloc(frame.byteLength);
	new Uint8Array(drawing.memory.buffer).set(frame, given);
	const answer = drawing.rustpdf_appearance_draw(given, frame.byteLength);
	const { buffer } = drawing.memory; // another one, if the memory grew
	const length = new DataView(buffer).getUint32(answer, true);
	const taken = new Uint8Array(buffer.slice(answer + PREFIX, answer + PREFIX + length));
	drawing.rustpdf_appearance_free(answer);
	return taken;
}
