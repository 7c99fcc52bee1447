import type { Handle, PKCS11, Template } from "pkcs11js";
import { printable } from "../printable.js";
import { failedBy, keyError, reasonOf, SESSION_FAULTS } from "./failures.js";
import { loadPkcs11Js } from "./load.js";

/** Names that a private key must fit; `undefined` fits all. */
export interface KeyName {
	/** Its label, or its id in hexadecimal. */
	readonly name?: string | undefined;
	readonly label?: string | undefined;
	readonly id?: Buffer | undefined;
}

/** A private key in a session. */
export interface FoundKey {
	readonly handle: Handle;
	readonly id: Buffer;
	/** Whether it is an RSA key; `undefined` where the token does not tell. */
	readonly isRsa: boolean | undefined;
	/** Whether it requires a PIN for each signature. */
	readonly pinEachTime: boolean;
}

/** The one private key that fits. Errors: `ERR_PKCS11_KEY` with all that there are, `ERR_PKCS11_PIN_MISSING` where nobody is logged in. */
export function findKey(calls: PKCS11, session: Handle, name: KeyName): FoundKey {
	const pkcs11 = loadPkcs11Js();
	const isPrivateKey = { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY };
	const by = (template: Template) => find(calls, session, [isPrivateKey, ...template]);
	const label = (value: string) => ({ type: pkcs11.CKA_LABEL, value });
	const id = (value: Buffer) => ({ type: pkcs11.CKA_ID, value });

	const inUri = [...(name.label === undefined ? [] : [label(name.label)]), ...(name.id === undefined ? [] : [id(name.id)])];
	let fitting = by(name.name === undefined ? inUri : [label(name.name)]);
	if (fitting.length === 0 && name.name !== undefined && /^([0-9a-f]{2})+$/i.test(name.name)) {
		fitting = by([id(Buffer.from(name.name, "hex"))]);
	}
	// Of several, those that may sign: cards have keys for encryption beside those for signatures.
	const found = fitting.length > 1 ? signing(calls, session, fitting) : fitting;
	const [handle] = found;
	if (handle !== undefined && found.length === 1) {
		const type = attribute(calls, session, handle, pkcs11.CKA_KEY_TYPE);
		return {
			handle,
			isRsa: type && type[0] === pkcs11.CKK_RSA,
			id: attribute(calls, session, handle, pkcs11.CKA_ID) ?? Buffer.alloc(0),
			pinEachTime: attribute(calls, session, handle, pkcs11.CKA_ALWAYS_AUTHENTICATE)?.[0] === 1,
		};
	}
	const described = (keys: Handle[]) => keys.map((key) => describe(calls, session, key)).join(", ");
	if (found.length > 1) {
		throw keyError(
			"ERR_PKCS11_KEY",
			`${found.length} private keys fit: ${described(found)}`,
			"name one of them by its label or id as `key`",
		);
	}
	if (!isLoggedIn(calls, session)) {
		throw keyError("ERR_PKCS11_PIN_MISSING", "the token shows no private key that fits before a PIN is given", "give the PIN as `pin`");
	}
	const all = by([]);
	if (all.length === 0) {
		throw keyError(
			"ERR_PKCS11_KEY",
			"the token has no private key",
			"name another token by `token`, `serial` or `slot`, or make a key in this one",
		);
	}
	throw keyError(
		"ERR_PKCS11_KEY",
		`no private key has ${inWords(name)}; there is ${described(all)}`,
		"name one of these by its label or id as `key`",
	);
}

/** All objects of a template. */
export function find(calls: PKCS11, session: Handle, template: Template): Handle[] {
	calls.C_FindObjectsInit(session, template);
	try {
		const found: Handle[] = [];
		for (;;) {
			const more = calls.C_FindObjects(session, 64);
			if (more.length === 0) return found;
			found.push(...more);
		}
	} finally {
		calls.C_FindObjectsFinal(session);
	}
}

/** An attribute of an object; `undefined` where the token does not know or tell it. */
export function attribute(calls: PKCS11, session: Handle, object: Handle, type: number): Buffer | undefined {
	try {
		return calls.C_GetAttributeValue(session, object, [{ type }])[0]?.value as Buffer | undefined;
	} catch (error) {
		if (reasonOf(error) === undefined || failedBy(error, SESSION_FAULTS)) throw error;
		return undefined;
	}
}

/** An object for a message: label and id. */
export function describe(calls: PKCS11, session: Handle, object: Handle): string {
	const { CKA_ID, CKA_LABEL } = loadPkcs11Js();
	const label = attribute(calls, session, object, CKA_LABEL)?.toString("utf8") ?? "";
	const id = attribute(calls, session, object, CKA_ID)?.toString("hex");
	return printable(`"${label}" (id ${id || "none"})`);
}

function signing(calls: PKCS11, session: Handle, keys: Handle[]): Handle[] {
	const { CKA_SIGN } = loadPkcs11Js();
	return keys.filter((key) => attribute(calls, session, key, CKA_SIGN)?.[0] !== 0);
}

/** Whether the process is logged in with the user PIN: `CKS_RO_USER_FUNCTIONS` or `CKS_RW_USER_FUNCTIONS`. */
export function isLoggedIn(calls: PKCS11, session: Handle): boolean {
	return [1, 3].includes(calls.C_GetSessionInfo(session).state);
}

function inWords({ id, label, name }: KeyName): string {
	if (name !== undefined) return printable(`the label or id "${name}"`);
	const words = [...(label === undefined ? [] : [`the label "${label}"`]), ...(id === undefined ? [] : [`the id ${id.toString("hex")}`])];
	return printable(words.join(" and "));
}
