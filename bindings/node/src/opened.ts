import { files } from "#engine";
import { typeName } from "./bytes.js";
import type { Control } from "./control.js";
import { type Document, Memory, StreamedDocument } from "./document.js";
import { argumentError } from "./errors.js";
import type { Disk, NamedFile } from "./files/types.js";
import type { FileOutput, OutputOptions } from "./output.js";
import { type DocumentSource, isFile, isOpenFile, openSource, type Source } from "./source.js";

/** The document of a call and its output: as a start frame names them, and all that answers questions about them. */
export interface Opened {
	readonly start: { length: number } | { file: NamedFile };
	readonly output: object | undefined;
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
	if (typeof replace !== "boolean") throw argumentError(`replace must be a boolean, and is ${typeName(replace)}`);
	if (output !== null && !isFile(output)) {
		throw argumentError(`the output must be a path, an open file or null, and is ${typeName(output)}`); // not where it is forgotten
	}
	if (isFile(input) && files === undefined)
		throw argumentError("a path or an open file needs a file system", "give the document's bytes or a Blob");
	if (output !== null && files === undefined)
		throw argumentError("a file needs a file system", "give null as the output, and append the update yourself");
	const disk = files?.disk();
	try {
		const file = isFile(input) ? ((await disk?.name(input)) as NamedFile) : undefined;
		const named = output === null ? undefined : await disk?.name(output);
		const source = isFile(input) ? undefined : openSource(input, control);
		return await use({
			start: file === undefined ? { length: (source as Source).length } : { file },
			output: named && { ...(isOpenFile(output) ? { handle: named.handle } : { path: named.path, replace }), orInPlace: true },
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
		const { file } = start as { file: NamedFile };
		if (file.handle === undefined) await disk?.open(FIRST, file.path as Uint8Array);
		return Memory.read((await disk?.source(file.handle ?? FIRST)) as Source, control);
	});
}

const FIRST = 16; // of the handles that are not the caller's
