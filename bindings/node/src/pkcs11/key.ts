import { setTimeout } from "node:timers/promises";
import { certificatesOf, type TokenCertificates } from "./certificates.js";
import { failedBy, keyError, refusal } from "./failures.js";
import { isLoggedIn } from "./keys.js";
import { loadPkcs11Js } from "./load.js";
import { Mechanisms, type Pkcs11Request, type Way, waysOf } from "./mechanism.js";
import { type Module, openModule } from "./module.js";
import { type Names, namesOf, type Pkcs11KeyOptions, type Pkcs11Pin } from "./options.js";
import { Login } from "./pin.js";
import { SessionPool } from "./pool.js";
import { publicKeyOf } from "./public_key.js";
import { type Opened, TokenSession } from "./session.js";
import { findToken, type Token } from "./token.js";

/** A private key in a token. It never leaves it. */
export interface Pkcs11Key {
	/** Signs in the token: the signer callback for `signWith`. */
	readonly sign: (data: Uint8Array, request: Pkcs11Request) => Buffer<ArrayBuffer>;
	/** Signs in a thread: the event loop goes on, and several signatures are made at a time, each in a session of its own. */
	readonly signAsync: (data: Uint8Array, request: Pkcs11Request) => Promise<Buffer<ArrayBuffer>>;
	/** The key's certificate, DER: the object of the token with the `CKA_ID` of the key. Errors: `ERR_PKCS11_CERTIFICATE`. */
	readonly certificate: Buffer<ArrayBuffer>;
	/** Certificates of the issuers that are in the token, DER. Errors: `ERR_PKCS11_CERTIFICATE`. */
	readonly chain: Buffer<ArrayBuffer>[];
	/** Options of its signatures: missing issuers are fetched. */
	readonly options: { readonly completeChain: true };
	/** Public key of the pair, as a SubjectPublicKeyInfo in DER: for `certificateRequest` and `selfSigned`. Errors: `ERR_PKCS11_KEY`. */
	publicKey(): Buffer<ArrayBuffer>;
	/** Ends the sessions with the token, those in which a signature is being made when it is made. */
	close(): void;
}

const LONGEST_SIGNATURE = 2048; // RSA with 16,384 bits
const PATIENCE_MS = 1000;

/**
 * Opens a private key in a PKCS#11 token.
 *
 * Keys of one token share the login, each has a session of its own. A session or login that is lost is opened again, and the signature
 * made then; a PIN that the token refused is not sent again.
 *
 * Errors: `ERR_PKCS11_MISSING` without `pkcs11js`; `ERR_ARGUMENT`, `ERR_PKCS11_URI`; `ERR_PKCS11_MODULE`, `ERR_PKCS11_TOKEN` and
 * `ERR_PKCS11_KEY` if not exactly one fits; `ERR_PKCS11_PIN_MISSING`, `ERR_PKCS11_PIN_WRONG`, `ERR_PKCS11_PIN_LOCKED`,
 * `ERR_PKCS11_PIN_CANCELLED`; `ERR_PKCS11_REFUSED` for all else, with the error of pkcs11js as its `cause`. Signing throws these too, and
 * `ERR_PKCS11_MECHANISM` and `ERR_PKCS11_GONE`.
 *
 * @example
 * const key = openPkcs11Key({ uri: "pkcs11:token=T;object=K?module-path=/usr/lib/softhsm/libsofthsm2.so", pin });
 * const { pdf } = await sign({ pdf: "in.pdf", signer: key });
 * key.close();
 */
export function openPkcs11Key(options: Pkcs11KeyOptions): Pkcs11Key {
	const found = openToken(options);
	return openKey(found, found.names);
}

/** A token that is found, before anybody logs in. */
export interface FoundToken {
	readonly names: Names;
	readonly module: Module;
	readonly token: Token;
}

/** Finds the token. Errors: those of `openPkcs11Key`, but for the key and the PIN. */
export function openToken(options: Pkcs11KeyOptions): FoundToken {
	loadPkcs11Js();
	const names = namesOf(options);
	const module = openModule(names.module);
	return releasing(module, () => {
		module.revive();
		return { names, module, token: findToken(module.calls, names.token) };
	});
}

/** A key that also tells whether it requires a PIN for each signature. */
export interface OpenedKey extends Pkcs11Key {
	readonly pinEachTime: boolean;
}

/** Opens a key in a token that is found. Releases the module if that fails. */
export function openKey(
	{ module, names, token }: FoundToken,
	{ pin, signingPin }: { pin: Pkcs11Pin | undefined; signingPin: Pkcs11Pin | undefined },
): OpenedKey {
	return releasing(module, () => {
		const login = new Login("user", pin);
		const openSession = (where: Token) => new TokenSession(module, where, names.key, login);
		return new TokenKey(module, openSession, openSession(token), new Login("signing", signingPin ?? pin));
	});
}

function releasing<T>(module: Module, work: () => T): T {
	try {
		return work();
	} catch (error) {
		module.release();
		throw refusal(error);
	}
}

/** A call of `C_Sign` that is to be made. */
interface SignCall {
	readonly session: Opened["session"];
	readonly input: Buffer;
}

/** The wish to go on when no other signature is being made. */
const ALONE = Symbol("alone");

/** Signing, which yields calls of `C_Sign` and is given their results. */
type Signing = Generator<SignCall | typeof ALONE, Buffer<ArrayBuffer>, Uint8Array | undefined>;

class TokenKey implements OpenedKey {
	readonly options = { completeChain: true } as const;
	readonly pinEachTime: boolean;
	readonly #module: Module;
	readonly #pool: SessionPool;
	readonly #signing: Login;
	#threads = 0;
	#isProven = false;
	/** Whether somebody is logged in: tokens without a PIN need no login. */
	readonly #isLoggedIn: boolean;
	#certificates: TokenCertificates | undefined;
	#mechanisms: Mechanisms | undefined;
	/** Ways that the token refused for a kind of request, with its reasons. They are not tried again. */
	readonly #refused = new Map<string, Map<number, unknown>>();

	constructor(module: Module, openSession: (token: Token) => TokenSession, first: TokenSession, signing: Login) {
		this.#module = module;
		this.#pool = new SessionPool(module, openSession, first);
		this.#signing = signing;
		const { key, session } = first.opened();
		this.pinEachTime = key.pinEachTime;
		this.#isLoggedIn = isLoggedIn(module.calls, session);
	}

	readonly sign = (_data: Uint8Array, request: Pkcs11Request): Buffer<ArrayBuffer> => {
		const { calls } = this.#module;
		const session = this.#pool.take();
		try {
			const signing = this.#signIn(session, request);
			let step = signing.next();
			while (!step.done) {
				let signature: Uint8Array | undefined;
				try {
					if (step.value !== ALONE) signature = calls.C_Sign(step.value.session, step.value.input, Buffer.alloc(LONGEST_SIGNATURE));
				} catch (error) {
					step = signing.throw(error);
					continue;
				}
				step = signing.next(signature);
			}
			return step.value;
		} finally {
			this.#pool.giveBack(session);
		}
	};

	readonly signAsync = async (_data: Uint8Array, request: Pkcs11Request): Promise<Buffer<ArrayBuffer>> => {
		const session = await this.#pool.turn();
		let leave: (() => void) | undefined;
		try {
			const signing = this.#signIn(session, request);
			let step = signing.next();
			while (!step.done) {
				let signature: Uint8Array | undefined;
				try {
					if (step.value === ALONE) {
						leave = await this.#pool.alone();
						const end = performance.now() + PATIENCE_MS; // other keys may go on and on
						while (this.#threads > 0 || (this.#module.isBusy && performance.now() < end)) await setTimeout(1);
					} else signature = await this.#signInThread(step.value);
				} catch (error) {
					step = signing.throw(error);
					continue;
				}
				step = signing.next(signature);
			}
			return step.value;
		} finally {
			leave?.();
			this.#pool.giveBack(session);
		}
	};

	get certificate(): Buffer<ArrayBuffer> {
		return this.#read().certificate;
	}

	get chain(): Buffer<ArrayBuffer>[] {
		return this.#read().chain;
	}

	publicKey(): Buffer<ArrayBuffer> {
		return this.#run((opened) => publicKeyOf(this.#module.calls, opened));
	}

	close(): void {
		this.#pool.close();
	}

	#read(): TokenCertificates {
		this.#certificates ??= this.#run((opened) => certificatesOf(this.#module.calls, opened));
		return this.#certificates;
	}

	#run<T>(work: (opened: Opened) => T): T {
		const session = this.#pool.take();
		try {
			return session.run(work);
		} finally {
			this.#pool.giveBack(session);
		}
	}

	async #signInThread({ input, session }: SignCall): Promise<Uint8Array> {
		this.#threads++;
		try {
			return await this.#module.whileBusy(() => this.#module.calls.C_SignAsync(session, input, Buffer.alloc(LONGEST_SIGNATURE)));
		} finally {
			this.#threads--;
			input.fill(0); // pkcs11js does not hold the buffer that its thread reads: this use of it does
		}
	}

	/** Signs in a session; once more in a new one, if session or login were lost. Yields the calls of `C_Sign`. */
	*#signIn(session: TokenSession, request: Pkcs11Request): Signing {
		try {
			return yield* this.#tryWays(session, request);
		} catch (error) {
			if (failedBy(error, ["CKR_USER_NOT_LOGGED_IN"])) this.#pool.permitSeveral(false);
			session.recover(error);
		}
		yield ALONE; // a login, or a module that is initialised again, disturbs signatures in other sessions
		try {
			return yield* this.#tryWays(session, request);
		} catch (error) {
			throw session.told(error);
		}
	}

	*#tryWays(session: TokenSession, request: Pkcs11Request): Signing {
		const opened = session.opened();
		const { isRsa } = opened.key;
		if (isRsa !== undefined && isRsa !== request.signatureAlgorithm.startsWith("rsa")) {
			const found = `the key is ${isRsa ? "an" : "not an"} RSA key, and the certificate asks for ${request.signatureAlgorithm}`;
			throw keyError("ERR_PKCS11_KEY", found, "name the key of the certificate by `key`, or give the `certificate` of the key");
		}
		this.#mechanisms ??= new Mechanisms(this.#module.calls, opened.slot);
		const mechanisms = this.#mechanisms;
		const kind = [request.signatureAlgorithm, request.digestAlgorithm, request.saltLength].join();
		const refused = this.#refused.get(kind) ?? new Map<number, unknown>();
		this.#refused.set(kind, refused);
		for (const [index, way] of waysOf(request).entries()) {
			if (refused.has(index) || !mechanisms.has(way)) continue;
			try {
				this.#begin(session, opened, way);
				const signature = yield { session: opened.session, input: Buffer.from(way.input) };
				this.#prove(opened);
				return Buffer.from(signature as Uint8Array);
			} catch (error) {
				if (!failedBy(error, OTHER_WAY)) throw error;
				refused.set(index, error);
			}
		}
		throw mechanisms.error(request, [...refused.values()].at(-1));
	}

	/** Lets several signatures be made at a time, if the login outlives one, and no PIN is entered for the next signature of the token. */
	#prove({ session }: Opened): void {
		if (this.#isProven || this.pinEachTime) return;
		this.#isProven = true;
		try {
			if (!this.#module.isSerial && isLoggedIn(this.#module.calls, session) === this.#isLoggedIn) this.#pool.permitSeveral(true);
		} catch {
			// The session was lost after the signature, which is made: the next one notices it.
		}
	}

	#begin(owner: TokenSession, { key, session, slot }: Opened, { mechanism }: Way): void {
		const { calls } = this.#module;
		calls.C_SignInit(session, mechanism, key.handle);
		if (!key.pinEachTime) return;
		try {
			this.#signing.logIn(calls, slot, session);
		} catch (error) {
			owner.abandon(); // the operation stays open: PKCS #11 before 3.0 has no call that ends it
			throw error;
		}
	}
}

/** Reasons for which another mechanism, or another form of the digest, may do. */
const OTHER_WAY = [
	"CKR_DATA_INVALID",
	"CKR_DATA_LEN_RANGE",
	"CKR_FUNCTION_NOT_SUPPORTED",
	"CKR_MECHANISM_INVALID",
	"CKR_MECHANISM_PARAM_INVALID",
];
