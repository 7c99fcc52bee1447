import { typeName } from "./bytes.js";
import { Control, type ControlOptions } from "./control.js";
import { hostError } from "./errors.js";
import type { DocumentInfo } from "./frames.js";
import { Host } from "./host.js";
import { drive } from "./machine.js";
import { withOpened } from "./opened.js";
import { plainStart } from "./operations.js";
import type { DocumentSource } from "./source.js";

/** How to inspect a document. */
export interface InspectOptions extends Pick<ControlOptions, "signal"> {
	/** Password of an encrypted document, a user's or the owner's. */
	password?: string | undefined;
}

/**
 * Reads the facts that a PDF states of itself: revisions, form fields, signatures with their certificates. It verifies nothing.
 *
 * @example
 * const { fields } = await inspect("contract.pdf");
 * const empty = fields.filter(({ type, signed }) => type === "signature" && !signed);
 */
export async function inspect(source: DocumentSource, options?: InspectOptions): Promise<DocumentInfo> {
	const { password, signal, ...others } = options ?? {};
	const [unknown] = Object.keys(others);
	if (unknown !== undefined) throw hostError("optionUnknown", unknown);
	if (password !== undefined && typeof password !== "string") throw hostError("argumentType", "password", "text", typeName(password));
	const control = new Control({ signal });
	const { result } = await withOpened(source, null, {}, control, (opened) =>
		drive<DocumentInfo>(plainStart("inspect", { ...opened.start, password }), new Host({ ...opened, control })),
	);
	return result;
}
