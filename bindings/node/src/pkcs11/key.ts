import type { Handle, PKCS11, Template } from "pkcs11js";
import { argumentError } from "../errors.js";
import type { SigningRequest } from "../generated.js";
import { loadPkcs11Js } from "./load.js";
import { mechanismFor } from "./mechanism.js";
import { type Module, openModule } from "./module.js";

/** Which key, and how to get at it. */
export interface Pkcs11KeyOptions {
	/** Path of the PKCS#11 module (a shared library). */
	module: string;
	/** The token's label. Default: the only token there is. */
	token?: string;
	/** The key's label, or its `CKA_ID` in hexadecimal where no key has that label. */
	key: string;
	/** The user PIN. Without one there is no login, unless the token has a PIN pad. */
	pin?: string;
}

/** A private key in a token. It never leaves it. */
export interface Pkcs11Key {
	/** Signs in the token: the signer callback for `signWith`. */
	readonly sign: (data: Uint8Array, request: SigningRequest) => Buffer<ArrayBuffer>;
	/** Ends the session with the token. */
	close(): void;
}

const LONGEST_SIGNATURE = 2048; // RSA with 16,384 bits
const CKR_USER_ALREADY_LOGGED_IN = 0x100;

/**
 * Opens a private key in a PKCS#11 token.
 *
 * Errors: `ERR_PKCS11_MISSING` without `pkcs11js`, `ERR_ARGUMENT` where there is no such module, token or key; those of the
 * token (`CKR_PIN_INCORRECT`, …) come as pkcs11js throws them.
 */
export function openPkcs11Key(options: Pkcs11KeyOptions): Pkcs11Key {
	const pkcs11 = loadPkcs11Js();
	const module = openModule(options.module);
	try {
		const { calls } = module;
		const slot = slotOf(calls, options.token);
		const session = calls.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION);
		login(calls, slot, session, options.pin);
		const key = keyOf(calls, session, options.key);
		return tokenKey(module, session, key, options.pin);
	} catch (error) {
		module.release();
		throw error;
	}
}

function tokenKey(module: Module, session: Handle, key: Handle, pin: string | undefined): Pkcs11Key {
	const pkcs11 = loadPkcs11Js();
	const { calls } = module;
	const pinEachTime = alwaysAuthenticates(calls, session, key);
	let open = true;
	return {
		sign(_data, request) {
			const { mechanism, input } = mechanismFor(request, pkcs11);
			calls.C_SignInit(session, mechanism, key);
			if (pinEachTime) calls.C_Login(session, pkcs11.CKU_CONTEXT_SPECIFIC, pin);
			return Buffer.from(calls.C_Sign(session, Buffer.from(input), Buffer.alloc(LONGEST_SIGNATURE)));
		},
		close() {
			if (!open) return;
			open = false;
			calls.C_CloseSession(session);
			module.release();
		},
	};
}

/** Slot numbers change from start to start, so a token is found by its label. */
function slotOf(calls: PKCS11, label: string | undefined): Handle {
	const slots = calls.C_GetSlotList(true);
	const labels = slots.map((slot) => calls.C_GetTokenInfo(slot).label.trim());
	const found = slots.filter((_, index) => (label === undefined ? labels[index] !== "" : labels[index] === label));
	const [slot] = found;
	if (slot !== undefined && found.length === 1) return slot;
	const wanted = label === undefined ? "no single token" : `${found.length === 0 ? "no" : "more than one"} token ${label}`;
	throw argumentError(`the PKCS#11 module has ${wanted} (tokens: ${labels.filter((name) => name !== "").join(", ") || "none"})`);
}

function login(calls: PKCS11, slot: Handle, session: Handle, pin: string | undefined): void {
	const { CKF_PROTECTED_AUTHENTICATION_PATH, CKU_USER } = loadPkcs11Js();
	const hasPinPad = (calls.C_GetTokenInfo(slot).flags & CKF_PROTECTED_AUTHENTICATION_PATH) !== 0;
	if (pin === undefined && !hasPinPad) return;
	try {
		calls.C_Login(session, CKU_USER, pin);
	} catch (error) {
		if ((error as { code?: unknown }).code !== CKR_USER_ALREADY_LOGGED_IN) throw error; // by another session of the process
	}
}

function keyOf(calls: PKCS11, session: Handle, name: string): Handle {
	const { CKA_CLASS, CKA_ID, CKA_LABEL, CKO_PRIVATE_KEY } = loadPkcs11Js();
	const isPrivateKey = { type: CKA_CLASS, value: CKO_PRIVATE_KEY };
	let found = find(calls, session, [isPrivateKey, { type: CKA_LABEL, value: name }]);
	if (found.length === 0 && /^([0-9a-f]{2})+$/i.test(name)) {
		found = find(calls, session, [isPrivateKey, { type: CKA_ID, value: Buffer.from(name, "hex") }]);
	}
	const [key] = found;
	if (key !== undefined && found.length === 1) return key;
	throw argumentError(`the token has ${found.length === 0 ? "no private key" : "more than one private key"} ${name}`);
}

function find(calls: PKCS11, session: Handle, template: Template): Handle[] {
	calls.C_FindObjectsInit(session, template);
	try {
		return calls.C_FindObjects(session, 2);
	} finally {
		calls.C_FindObjectsFinal(session);
	}
}

/** Whether the key wants the PIN for every signature. Old tokens do not know the attribute. */
function alwaysAuthenticates(calls: PKCS11, session: Handle, key: Handle): boolean {
	const { CKA_ALWAYS_AUTHENTICATE } = loadPkcs11Js();
	try {
		const [attribute] = calls.C_GetAttributeValue(session, key, [{ type: CKA_ALWAYS_AUTHENTICATE }]);
		return attribute?.value[0] === 1;
	} catch {
		return false;
	}
}
