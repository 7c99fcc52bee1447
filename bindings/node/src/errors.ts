import { ERROR_GROUPS, type ErrorCode, type ErrorGroup, HOST_ERRORS } from "./generated.js";

/** The place of an error in the document, and its cause. */
export interface ErrorDetails {
	offset?: number | undefined;
	object?: [number: number, generation: number] | undefined;
	cause?: unknown;
}

/**
 * A failure with a stable code; every error of rustpdf is one.
 *
 * The message has the finding and the remedy. It holds no text of the document except names of fields, and no key material, so it may be
 * logged. An error that a signer callback throws is not wrapped: it reaches the caller as itself.
 */
export class RustpdfError extends Error {
	override readonly name = "RustpdfError";
	/** The stable code, such as `ERR_SIGNATURE_MISMATCH`, for programs to compare. */
	readonly code: ErrorCode;
	/** The part of the call that has to change, such as `answer`. */
	readonly group: ErrorGroup;
	/** Where in the document it was found, in bytes from its first. */
	declare readonly offset?: number;
	/** The number and generation of the PDF object in which it was found. */
	declare readonly object?: [number: number, generation: number];

	constructor(code: ErrorCode, message: string, { offset, object, ...options }: ErrorDetails = {}) {
		super(message, options);
		this.code = code;
		this.group = ERROR_GROUPS[code];
		if (offset !== undefined) this.offset = offset;
		if (object !== undefined) this.object = object;
	}

	/**
	 * Whether a caught value is an error of rustpdf, and of this code where one is given.
	 *
	 * Unlike `instanceof` it holds across copies of the package (one loaded by `import`, one by `require`).
	 */
	static is<C extends ErrorCode>(error: unknown, code?: C): error is RustpdfError & { readonly code: C } {
		return error instanceof Error && error.name === "RustpdfError" && (code === undefined || (error as RustpdfError).code === code);
	}
}

/** An error that the package itself raises, by its name in the core's table. The parameters replace those in braces, in their order. */
export function hostError(name: keyof typeof HOST_ERRORS, ...parameters: (string | number)[]): RustpdfError {
	const [code, message] = HOST_ERRORS[name];
	let next = 0;
	return new RustpdfError(
		code,
		message.replace(/\{\w+\}/g, () => String(parameters[next++])),
	);
}

/** An argument that is not usable, in a sentence that this language has alone. */
export function argumentError(found: string, remedy = "give another value"): RustpdfError {
	return new RustpdfError("ERR_ARGUMENT", `${found}; ${remedy}`);
}
