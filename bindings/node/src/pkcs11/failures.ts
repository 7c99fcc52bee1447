import { RustpdfError } from "../errors.js";
import type { ErrorCode } from "../generated.js";

/** The `CKR_` name of an error of the module, if it is one. `C_FindObjects` throws plain errors, `CKR_NAME:NUMBER`. */
export function reasonOf(error: unknown): string | undefined {
	if (!(error instanceof Error)) return undefined;
	return error.name === "Pkcs11Error" ? error.message : /^(CKR_[A-Z_]+):\d+$/.exec(error.message)?.[1];
}

/** Whether the module failed for one of these reasons. */
export function failedBy(error: unknown, reasons: readonly string[]): boolean {
	const reason = reasonOf(error);
	return reason !== undefined && reasons.includes(reason);
}

/** An error of a key in a token: its finding and its remedy. */
export function keyError(code: ErrorCode, found: string, remedy: string, cause?: unknown): RustpdfError {
	return new RustpdfError(code, `${found}; ${remedy}`, cause === undefined ? {} : { cause });
}

/** The error of the module in the words of the caller; any other error as it is. */
export function refusal(error: unknown): unknown {
	const reason = reasonOf(error);
	if (reason === undefined) return error;
	if (GONE.includes(reason))
		return keyError("ERR_PKCS11_GONE", `the token is not there any more (${reason})`, "connect it, and sign again", error);
	const [code, found, remedy] = REFUSALS[reason] ?? (["ERR_PKCS11_REFUSED", "the token refused", LOOK_IT_UP] as const);
	return keyError(code, `${found} (${callOf(error)})`, remedy, error);
}

/** The failed call and its reason. Reasons of a vendor have a number only. */
function callOf(error: unknown): string {
	const { code, message, nativeStack = "" } = error as { code: number; message: string; nativeStack?: string };
	const [method] = /\bC_\w+/.exec(nativeStack) ?? []; // pkcs11js names it for some calls only
	const reason = message === "CKR_VENDOR_DEFINED" ? `${message} 0x${code.toString(16)}` : message;
	return method ? `${method}: ${reason}` : reason;
}

/** Reasons for which the token, or the way to it, is lost. */
const GONE = ["CKR_DEVICE_REMOVED", "CKR_TOKEN_NOT_PRESENT", "CKR_TOKEN_NOT_RECOGNIZED", "CKR_SLOT_ID_INVALID"];

/** Reasons that a new session, and a new login, can cure. */
export const SESSION_FAULTS = [
	...GONE,
	"CKR_CRYPTOKI_NOT_INITIALIZED",
	"CKR_DEVICE_ERROR",
	"CKR_KEY_HANDLE_INVALID",
	"CKR_OBJECT_HANDLE_INVALID",
	"CKR_OPERATION_ACTIVE",
	"CKR_OPERATION_NOT_INITIALIZED",
	"CKR_SESSION_CLOSED",
	"CKR_SESSION_HANDLE_INVALID",
	"CKR_USER_NOT_LOGGED_IN",
];

const LOOK_IT_UP = "look the CKR_ code up in the documentation of the token";

const REFUSALS: Record<string, readonly [code: ErrorCode, found: string, remedy: string]> = {
	CKR_KEY_FUNCTION_NOT_PERMITTED: ["ERR_PKCS11_KEY", "the token does not permit this key to sign", "name another by `key`"],
	CKR_USER_PIN_NOT_INITIALIZED: ["ERR_PKCS11_TOKEN", "the token has no user PIN yet", "set one with the tool of the token's vendor"],
	CKR_SESSION_COUNT: [
		"ERR_PKCS11_REFUSED",
		"the token has no room for another session",
		"close other keys of this token, and programs that use it",
	],
	CKR_DEVICE_MEMORY: ["ERR_PKCS11_REFUSED", "the token is out of memory", "close other keys of this token, and programs that use it"],
	CKR_KEY_SIZE_RANGE: ["ERR_PKCS11_MECHANISM", "the token does not sign with a key of this size", "name another by `key`"],
};
