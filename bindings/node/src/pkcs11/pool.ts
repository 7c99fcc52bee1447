import { argumentError } from "../errors.js";
import { refusal } from "./failures.js";
import type { Module } from "./module.js";
import type { TokenSession } from "./session.js";
import type { Token } from "./token.js";

const MOST_AT_A_TIME = 4; // threads that Node has for such calls by default

/** Sessions of a key. Each makes one signature at a time. */
export class SessionPool {
	readonly #module: Module;
	readonly #openSession: (token: Token) => TokenSession;
	readonly #first: TokenSession;
	readonly #idle: TokenSession[];
	readonly #waiting: (() => void)[] = [];
	#busy = 0;
	#isOpen = true;
	/** How many signatures are made at a time. The first one is made alone: it shows whether the token logs out after each. */
	#most = 1;
	/** Signatures that are to be made with no other at a time, because the token has failed. */
	#lonely = 0;
	#last: Promise<void> = Promise.resolve();

	/** The pool releases the module when it is closed and its last session is back. */
	constructor(module: Module, openSession: (token: Token) => TokenSession, first: TokenSession) {
		this.#module = module;
		this.#openSession = openSession;
		this.#first = first;
		this.#idle = [first];
	}

	/** Lets signatures be made at a time, or no longer. */
	permitSeveral(permitted: boolean): void {
		this.#most = permitted ? MOST_AT_A_TIME : 1;
	}

	/** An idle session, or one more. */
	take(): TokenSession {
		this.#checkOpen();
		try {
			const session = this.#idle.pop() ?? this.#openSession(this.#first.token);
			this.#busy++;
			return session;
		} catch (error) {
			throw refusal(error);
		}
	}

	/** The same, when there is room. */
	async turn(): Promise<TokenSession> {
		for (;;) {
			this.#checkOpen();
			if (this.#lonely === 0 && this.#busy < this.#most) {
				try {
					return this.take();
				} catch (error) {
					if (this.#busy === 0) throw error;
					this.#most = this.#busy; // no room for another session
				}
			}
			await new Promise<void>((resolve) => void this.#waiting.push(resolve));
		}
	}

	giveBack(session: TokenSession): void {
		this.#busy--;
		if (this.#isOpen) {
			this.#idle.push(session);
			this.#wake();
			return;
		}
		try {
			session.close();
		} finally {
			if (this.#busy === 0) this.#module.release();
		}
	}

	#wake(): void {
		for (const wake of this.#waiting.splice(0)) wake();
	}

	#checkOpen(): void {
		if (!this.#isOpen) throw argumentError("the key is closed", "open it again, and close it after the last signature");
	}

	/** Lets no other signature begin, and returns the function that does again. Waits for others that called this. */
	async alone(): Promise<() => void> {
		this.#lonely++;
		const before = this.#last;
		let leave = () => {};
		this.#last = new Promise((resolve) => {
			leave = resolve;
		});
		await before;
		return () => {
			this.#lonely--;
			leave();
		};
	}

	close(): void {
		if (!this.#isOpen) return;
		this.#isOpen = false;
		this.#wake();
		try {
			for (const session of this.#idle.splice(0)) session.close();
		} finally {
			if (this.#busy === 0) this.#module.release();
		}
	}
}
