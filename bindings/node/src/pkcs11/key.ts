import { argumentError } from "../errors.js";
import { certificatesOf, type TokenCertificates } from "./certificates.js";
import { failedBy, keyError, refusal } from "./failures.js";
import { loadPkcs11Js } from "./load.js";
import { Mechanisms, type Pkcs11Request, type Way, waysOf } from "./mechanism.js";
import { type Module, openModule } from "./module.js";
import { type Names, namesOf, type Pkcs11KeyOptions, type Pkcs11Pin } from "./options.js";
import { Login } from "./pin.js";
import { type Opened, TokenSession } from "./session.js";
import { findToken, type Token } from "./token.js";

/** A private key in a token. It never leaves it. */
export interface Pkcs11Key {
	/** Signs in the token: the signer callback for `signWith`. */
	readonly sign: (data: Uint8Array, request: Pkcs11Request) => Buffer<ArrayBuffer>;
	/** The key's certificate, DER: the object of the token with the `CKA_ID` of the key. Errors: `ERR_PKCS11_CERTIFICATE`. */
	readonly certificate: Buffer<ArrayBuffer>;
	/** Certificates of the issuers that are in the token, DER. Errors: `ERR_PKCS11_CERTIFICATE`. */
	readonly chain: Buffer<ArrayBuffer>[];
	/** Ends the session with the token. */
	close(): void;
}

const LONGEST_SIGNATURE = 2048; // RSA with 16,384 bits

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
		const session = new TokenSession(module, token, names.key, new Login("user", pin));
		return new TokenKey(module, session, new Login("signing", signingPin ?? pin));
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

class TokenKey implements OpenedKey {
	readonly sign = (_data: Uint8Array, request: Pkcs11Request) => this.#run((opened) => this.#signIn(opened, request));
	readonly #module: Module;
	readonly #session: TokenSession;
	readonly #signing: Login;
	#open = true;
	#certificates: TokenCertificates | undefined;
	#mechanisms: Mechanisms | undefined;
	/** Ways that the token refused for a kind of request, with its reasons. They are not tried again. */
	readonly #refused = new Map<string, Map<number, unknown>>();

	constructor(module: Module, session: TokenSession, signing: Login) {
		this.#module = module;
		this.#session = session;
		this.#signing = signing;
	}

	get pinEachTime(): boolean {
		return this.#run(({ key }) => key.pinEachTime);
	}

	get certificate(): Buffer<ArrayBuffer> {
		return this.#read().certificate;
	}

	get chain(): Buffer<ArrayBuffer>[] {
		return this.#read().chain;
	}

	close(): void {
		if (!this.#open) return;
		this.#open = false;
		try {
			this.#session.close();
		} finally {
			this.#module.release();
		}
	}

	#read(): TokenCertificates {
		this.#certificates ??= this.#run((opened) => certificatesOf(this.#module.calls, opened));
		return this.#certificates;
	}

	#run<T>(work: (opened: Opened) => T): T {
		if (!this.#open) throw argumentError("the key is closed", "open it again, and close it after the last signature");
		return this.#session.run(work);
	}

	#signIn(opened: Opened, request: Pkcs11Request): Buffer<ArrayBuffer> {
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
				return this.#signBy(opened, way);
			} catch (error) {
				if (!failedBy(error, OTHER_WAY)) throw error;
				refused.set(index, error);
			}
		}
		throw mechanisms.error(request, [...refused.values()].at(-1));
	}

	#signBy({ key, session, slot }: Opened, { input, mechanism }: Way): Buffer<ArrayBuffer> {
		const { calls } = this.#module;
		calls.C_SignInit(session, mechanism, key.handle);
		if (key.pinEachTime) this.#confirm(slot, session);
		return Buffer.from(calls.C_Sign(session, Buffer.from(input), Buffer.alloc(LONGEST_SIGNATURE)));
	}

	/** The PIN for this signature. Without it, the operation stays open: PKCS #11 before 3.0 has no call that ends it. */
	#confirm(slot: Opened["slot"], session: Opened["session"]): void {
		try {
			this.#signing.logIn(this.#module.calls, slot, session);
		} catch (error) {
			this.#session.abandon();
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
