import { files } from "#files";
import { typeName } from "./bytes.js";
import type { Control } from "./control.js";
import { type Document, Memory, StreamedDocument } from "./document.js";
import { hostError } from "./errors.js";
import type { Disk } from "./files/types.js";
import type { FileLocation, OutputPlace } from "./frames.js";
import type { FileOutput, OutputOptions } from "./output.js";
import { type DocumentSource, isFile, isOpenFile, openSource, type Source } from "./source.js";

/** The document of a call and its output: as a start frame names them, and all that answers questions about them. */
export interface Opened {
	readonly start: { length: number } | { file: FileLocation };
	readonly output: OutputPlace | undefined;
	readonly document: Document;
	readonly disk: Disk | undefined;
	/** The document, where it is no file. */
	readonly source: Source | undefined;
}

/**
 * Has a call use a document and an output. Files are closed when it is over; `memory` takes the bytes of the document.
 *
 * Errors: `ERR_ARGUMENT`.
 */
export async function withOpened<T>(
	input: DocumentSource,
	output: FileOutput,
	{ replace = false }: OutputOptions,
	control: Control,
	use: (opened: Opened) => PromiseLike<T> | T,
	memory?: Memory,
): Promise<T> {
	if (typeof replace !== "boolean") throw hostError("argumentType", "replace", "a boolean", typeName(replace));
	if (output !== null && !isFile(output)) {
		throw hostError("argumentType", "the output", "a path, an open file or null", typeName(output)); // not where it is forgotten
	}
	if (isFile(input) && files === undefined) throw hostError("noFileSystem", "a path or an open file");
	if (output !== null && files === undefined) throw hostError("noFileSystem", "a file");
	const disk = files?.disk();
	try {
		const file = isFile(input) ? ((await disk?.name(input)) as FileLocation) : undefined;
		const named = output === null ? undefined : await disk?.name(output);
		const source = isFile(input) ? undefined : openSource(input, control);
		return await use({
			start: file === undefined ? { length: (source as Source).length } : { file },
			output: named && {
				...(isOpenFile(output) ? { handle: named.handle ?? null } : { path: named.path ?? null, replace }),
				orInPlace: true,
			},
			document: new StreamedDocument(source, disk, control, memory),
			disk,
			source,
		});
	} finally {
		await disk?.close();
	}
}

/** All bytes of a document. Errors: those of the system, `ERR_ARGUMENT`, `ERR_FILE_CHANGED`. */
export function readWhole(input: DocumentSource, control: Control): Promise<Uint8Array> {
	return withOpened(input, null, {}, control, async ({ disk, source, start }) => {
		if (source !== undefined) return Memory.read(source, control);
		const { file } = start as { file: FileLocation };
		if (file.handle === undefined) await disk?.open(FIRST, file.path as string);
		return Memory.read((await disk?.source(file.handle ?? FIRST)) as Source, control);
	});
}

const FIRST = 16; // of the handles that are not the caller's
