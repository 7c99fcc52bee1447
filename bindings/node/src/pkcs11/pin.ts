import type { Handle, PKCS11 } from "pkcs11js";
import { hostError } from "../errors.js";
import { failedBy, keyError, reasonOf } from "./failures.js";
import { loadPkcs11Js } from "./load.js";
import type { Pkcs11Pin } from "./options.js";

/** A PIN of a token, and the login by it. */
export class Login {
	readonly #kind: "user" | "signing";
	readonly #pin: Pkcs11Pin | undefined;
	/** The PIN that the token refused. It is not sent again: after a few wrong ones, cards lock. */
	#refused: string | undefined;

	constructor(kind: "user" | "signing", pin: Pkcs11Pin | undefined) {
		this.#kind = kind;
		this.#pin = pin === "" ? undefined : pin;
	}

	/** Whether there is a PIN to log in by. */
	get hasPin(): boolean {
		return this.#pin !== undefined;
	}

	/**
	 * Logs in: by the PIN, or at the PIN pad of the token.
	 *
	 * Errors: `ERR_PKCS11_PIN_MISSING`, `ERR_PKCS11_PIN_WRONG`, `ERR_PKCS11_PIN_LOCKED`, `ERR_PKCS11_PIN_CANCELLED`; those of the
	 * module that a new session cures come as they are.
	 */
	logIn(calls: PKCS11, slot: Handle, session: Handle): void {
		const { CKU_CONTEXT_SPECIFIC, CKU_USER } = loadPkcs11Js();
		const pin = this.#next();
		if (pin === undefined && !hasPinPad(calls, slot)) throw this.#missing();
		try {
			// pkcs11js takes no null pointer. A module with a PIN pad takes a PIN without characters for none.
			calls.C_Login(session, this.#kind === "user" ? CKU_USER : CKU_CONTEXT_SPECIFIC, pin ?? "");
		} catch (error) {
			if (failedBy(error, ["CKR_USER_ALREADY_LOGGED_IN"])) return; // by another session of the process
			throw this.#told(error, calls, slot, pin);
		}
	}

	#next(): string | undefined {
		const pin = typeof this.#pin === "function" ? this.#pin() : this.#pin;
		if (pin === undefined) return undefined;
		if (typeof pin !== "string") throw hostError("argumentType", `the PIN of \`${this.#option}\``, "text", typeof pin);
		if (pin === this.#refused)
			throw keyError(
				"ERR_PKCS11_PIN_WRONG",
				`the token refused the ${this.#name} before; it is not sent again, because wrong PINs lock the token`,
				`give the right \`${this.#option}\``,
			);
		return pin;
	}

	#missing(): Error {
		const found = this.#kind === "user" ? "the token requires a PIN" : "the key requires a PIN for each signature";
		return keyError("ERR_PKCS11_PIN_MISSING", found, `give it as \`${this.#option}\``);
	}

	#told(error: unknown, calls: PKCS11, slot: Handle, pin: string | undefined): unknown {
		if (failedBy(error, WRONG)) {
			this.#refused = pin;
			const tries = triesLeft(calls, slot);
			const found = `the token refused the ${this.#name} (${reasonOf(error)}): ${tries ?? "it does not tell how many tries are left"}`;
			if (tries === NONE_LEFT) return keyError("ERR_PKCS11_PIN_LOCKED", found, UNLOCK, error);
			const hint = this.#kind === "signing" ? "; some cards have a PIN of their own for signatures" : "";
			return keyError("ERR_PKCS11_PIN_WRONG", found, `give the right \`${this.#option}\`${hint}`, error);
		}
		if (failedBy(error, ["CKR_PIN_LOCKED"])) {
			this.#refused = pin;
			return keyError("ERR_PKCS11_PIN_LOCKED", `the ${this.#name} is locked: ${NONE_LEFT}`, UNLOCK, error);
		}
		if (failedBy(error, ["CKR_PIN_EXPIRED"]))
			return keyError("ERR_PKCS11_PIN_LOCKED", `the ${this.#name} has expired`, "set a new one with the tool of the token's vendor", error);
		if (failedBy(error, ["CKR_FUNCTION_CANCELED", "CKR_FUNCTION_REJECTED", "CKR_CANCEL"]))
			return keyError(
				"ERR_PKCS11_PIN_CANCELLED",
				`the entry of the ${this.#name} was cancelled or timed out`,
				"sign again, and enter it",
				error,
			);
		return error;
	}

	get #name(): string {
		return this.#kind === "user" ? "PIN" : "PIN for signatures";
	}

	get #option(): string {
		return this.#kind === "user" ? "pin" : "signingPin";
	}
}

/** Whether a PIN is entered at the reader, not given by the program. */
export function hasPinPad(calls: PKCS11, slot: Handle): boolean {
	return hasFlag(calls, slot, "CKF_PROTECTED_AUTHENTICATION_PATH");
}

/** Whether the token shows its private keys only after a PIN. */
export function requiresLogin(calls: PKCS11, slot: Handle): boolean {
	return hasFlag(calls, slot, "CKF_LOGIN_REQUIRED");
}

/** Whether one more wrong PIN locks the token. */
export function isFinalTry(calls: PKCS11, slot: Handle): boolean {
	return hasFlag(calls, slot, "CKF_USER_PIN_FINAL_TRY");
}

/** The number of tries that the token's flags leave for the user PIN; `undefined` where no flag is set. */
function triesLeft(calls: PKCS11, slot: Handle): string | undefined {
	if (hasFlag(calls, slot, "CKF_USER_PIN_LOCKED")) return NONE_LEFT;
	if (isFinalTry(calls, slot)) return "one try is left, then the token locks";
	if (hasFlag(calls, slot, "CKF_USER_PIN_COUNT_LOW")) return "more than one try is left, and each wrong PIN takes one";
	return undefined;
}

function hasFlag(calls: PKCS11, slot: Handle, name: Flag): boolean {
	return (calls.C_GetTokenInfo(slot).flags & loadPkcs11Js()[name]) !== 0;
}

type Flag =
	| "CKF_LOGIN_REQUIRED"
	| "CKF_PROTECTED_AUTHENTICATION_PATH"
	| "CKF_USER_PIN_COUNT_LOW"
	| "CKF_USER_PIN_FINAL_TRY"
	| "CKF_USER_PIN_LOCKED";

/** Reasons by which tokens refuse a PIN. `CKR_DATA_…` is OpenSC's for one that the card calls malformed, such as four digits with PIV. */
const WRONG = ["CKR_DATA_INVALID", "CKR_DATA_LEN_RANGE", "CKR_PIN_INCORRECT", "CKR_PIN_INVALID", "CKR_PIN_LEN_RANGE"];
const NONE_LEFT = "no try is left";
const UNLOCK = "unlock it by the PUK, with the tool of the token's vendor";
