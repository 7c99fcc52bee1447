import type { Handle, PKCS11 } from "pkcs11js";
import { failedBy, keyError, refusal, SESSION_FAULTS } from "./failures.js";
import { type FoundKey, findKey, isLoggedIn, type KeyName } from "./keys.js";
import { loadPkcs11Js } from "./load.js";
import type { Module } from "./module.js";
import { hasPinPad, type Login } from "./pin.js";
import { described, findAgain, type Token } from "./token.js";

/** A session with a token, and the private key in it. */
export interface Opened {
	readonly session: Handle;
	readonly key: FoundKey;
	readonly slot: Handle;
}

/**
 * A session with a token, which is opened again where it was lost.
 *
 * A login holds for all sessions of the process with the token. So a new session is opened before the old one is closed: closing the last
 * session would end the login.
 */
export class TokenSession {
	readonly #module: Module;
	readonly #name: KeyName;
	readonly #login: Login;
	#token: Token;
	#generation: number;
	#session: Handle | undefined;
	#key: FoundKey | undefined;

	constructor(module: Module, token: Token, name: KeyName, login: Login) {
		this.#module = module;
		this.#token = token;
		this.#name = name;
		this.#login = login;
		this.#generation = module.generation;
		try {
			this.#open();
		} catch (error) {
			this.close();
			throw error;
		}
	}

	get #calls(): PKCS11 {
		return this.#module.calls;
	}

	/** Whether the module was initialised after the session was opened: then its number is free, or that of another session. */
	get #isForgotten(): boolean {
		return this.#generation !== this.#module.generation;
	}

	/** The token, as it was found last. */
	get token(): Token {
		return this.#token;
	}

	/** Does some work in the session, again in a new one if the session or the login was lost. */
	run<T>(work: (opened: Opened) => T): T {
		try {
			return work(this.opened());
		} catch (error) {
			this.recover(error);
		}
		try {
			return work(this.opened());
		} catch (error) {
			throw this.told(error);
		}
	}

	/**
	 * Prepares a second try in a new session. Errors: the one given, if a new session does not cure it.
	 *
	 * A card may log out after each signature, and a reader may lose its card for a moment. A PIN that was refused is not sent again.
	 */
	recover(error: unknown): void {
		// A general error leaves the module in an unknown state. OpenSC 0.23 reports one when the card is pulled during a signature, and then
		// never returns from the next signature.
		const isCurable = failedBy(error, ["CKR_GENERAL_ERROR"]) ? this.#module.distrust() : failedBy(error, SESSION_FAULTS);
		if (!isCurable) throw this.told(error);
		if (failedBy(error, LOST)) this.#session = undefined; // its number may be that of another session by now
		this.#key = undefined;
	}

	/** Has the next work begin in a new session: an operation that cannot be ended otherwise is open in this one. */
	abandon(): void {
		this.#key = undefined;
	}

	close(): void {
		const session = this.#session;
		this.#session = undefined;
		this.#key = undefined;
		if (session !== undefined && !this.#isForgotten) this.#end(session);
	}

	/** The session and the key in it, opened where they are not. */
	opened(): Opened {
		if (this.#key === undefined || this.#session === undefined || this.#isForgotten) {
			this.#module.revive();
			if (this.#isForgotten) this.#session = undefined;
			this.#locate();
			this.#open();
		}
		return { session: this.#session as Handle, key: this.#key as FoundKey, slot: this.#token.slot };
	}

	/** Finds the token again: it may be in another slot. Another token of the same label is not given the PIN. */
	#locate(): void {
		const token = findAgain(this.#calls, this.#token);
		if (token === undefined)
			throw keyError("ERR_PKCS11_GONE", `the token ${described(this.#token)} is not there any more`, "connect it, and sign again");
		this.#token = token;
	}

	#open(): void {
		const { CKF_SERIAL_SESSION } = loadPkcs11Js();
		this.#generation = this.#module.generation;
		const { slot } = this.#token;
		const old = this.#session;
		try {
			this.#session = this.#calls.C_OpenSession(slot, CKF_SERIAL_SESSION);
		} catch (error) {
			if (old === undefined || !failedBy(error, ["CKR_SESSION_COUNT"])) throw error;
			this.close();
			this.#session = this.#calls.C_OpenSession(slot, CKF_SERIAL_SESSION);
		}
		if (old !== undefined) this.#end(old);
		const canLogIn = this.#login.hasPin || hasPinPad(this.#calls, slot);
		if (canLogIn && !isLoggedIn(this.#calls, this.#session)) this.#login.logIn(this.#calls, slot, this.#session);
		this.#key = findKey(this.#calls, this.#session, this.#name);
	}

	/** Closes a session, which may be lost already. */
	#end(session: Handle): void {
		try {
			this.#calls.C_CloseSession(session);
		} catch (error) {
			if (!failedBy(error, SESSION_FAULTS)) throw error;
		}
	}

	/** The error in the words of the caller. */
	told(error: unknown): unknown {
		if (failedBy(error, ["CKR_USER_NOT_LOGGED_IN"]) && !this.#login.hasPin) {
			return keyError("ERR_PKCS11_PIN_MISSING", "the token requires a PIN for this key", "give it as `pin`", error);
		}
		return refusal(error);
	}
}

/** Reasons for which the session does not exist any more. */
const LOST = [
	"CKR_CRYPTOKI_NOT_INITIALIZED",
	"CKR_DEVICE_REMOVED",
	"CKR_SESSION_CLOSED",
	"CKR_SESSION_HANDLE_INVALID",
	"CKR_TOKEN_NOT_PRESENT",
];
