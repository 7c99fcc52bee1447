import { typeName } from "../bytes.js";
import { hostError } from "../errors.js";
import { keyError } from "./failures.js";
import type { KeyName } from "./keys.js";
import type { TokenName } from "./token.js";
import { libraryNamed, parseUri, pinFrom, type TokenUri } from "./uri.js";

/** A PIN, or a function that returns it each time it is needed. */
export type Pkcs11Pin = string | (() => string);

/** Names of module, token and key, and the PINs. */
export interface Pkcs11KeyOptions {
	/**
	 * Module, token and key as a URI (RFC 7512), such as `pkcs11:token=T;object=K;id=%01?module-path=M`. Its `pin-source=file:PATH` names
	 * a file with the PIN in its first line. An option beside it must not name the same thing again.
	 */
	uri?: string | undefined;
	/** Path of the PKCS#11 module (a shared library). */
	module?: string | undefined;
	/** Label of the token. Default: any. One token must fit all names. */
	token?: string | undefined;
	/** Serial number of the token, as the error that lists the tokens shows it. */
	serial?: string | undefined;
	/** Number of the token's slot. Some modules number their slots anew at each start. */
	slot?: number | undefined;
	/** Label of the key, or its `CKA_ID` in hexadecimal if no key has that label. Default: the only private key of the token. */
	key?: string | undefined;
	/** User PIN. Without one there is no login, unless the token has a PIN pad. A PIN that the token refused is not sent again. */
	pin?: Pkcs11Pin | undefined;
	/** PIN of a key that requires one for each signature (`CKA_ALWAYS_AUTHENTICATE`). Default: `pin`. */
	signingPin?: Pkcs11Pin | undefined;
}

/** The options, checked, with the URI merged in. */
export interface Names {
	module: string;
	token: TokenName;
	key: KeyName;
	pin: Pkcs11Pin | undefined;
	signingPin: Pkcs11Pin | undefined;
}

/** Checks the options. Errors: `ERR_ARGUMENT`, `ERR_PKCS11_URI`, those of the file of a `pin-source`. */
export function namesOf(options: Pkcs11KeyOptions): Names {
	if (typeof options !== "object" || options === null) throw hostError("argumentType", "the options", "an object", typeName(options));
	for (const [name, types] of Object.entries(TYPES)) {
		const value = options[name as keyof Pkcs11KeyOptions];
		if (value !== undefined && !types.includes(typeof value))
			throw hostError("argumentType", `\`${name}\``, types.join(" or "), typeName(value));
	}
	if (options.slot !== undefined && !(Number.isSafeInteger(options.slot) && options.slot >= 0))
		throw hostError("argumentType", "`slot`", "a whole number", "another");
	const uri = options.uri === undefined ? {} : parseUri(options.uri);
	const libraryPath = uri["module-path"] ?? (uri["module-name"] === undefined ? undefined : libraryNamed(uri["module-name"]));
	const module = once("module", options.module, libraryPath);
	if (module === undefined) {
		throw keyError("ERR_PKCS11_MODULE", "no PKCS#11 module is named", "give its path as `module`, or module-path in the URI");
	}
	const hasKeyName = uri.object !== undefined || uri.id !== undefined;
	return {
		module,
		token: tokenName(options, uri),
		key: {
			name: once("key", options.key, hasKeyName ? "" : undefined) || undefined,
			label: uri.object,
			id: uri.id,
		},
		pin: once("pin", options.pin, uri["pin-source"] === undefined ? undefined : pinFrom(uri["pin-source"])),
		signingPin: options.signingPin,
	};
}

const TYPES: Record<keyof Pkcs11KeyOptions, string[]> = {
	uri: ["string"],
	module: ["string"],
	token: ["string"],
	serial: ["string"],
	slot: ["number"],
	key: ["string"],
	pin: ["string", "function"],
	signingPin: ["string", "function"],
};

function tokenName({ serial, slot, token }: Pkcs11KeyOptions, uri: TokenUri): TokenName {
	const slotOfUri = uri["slot-id"];
	return {
		label: once("token", token, uri.token),
		serial: once("serial", serial, uri.serial),
		slot: once("slot", slot, slotOfUri === undefined ? undefined : Number(slotOfUri)),
		manufacturer: uri.manufacturer,
		model: uri.model,
		slotManufacturer: uri["slot-manufacturer"],
		slotDescription: uri["slot-description"],
		libraryManufacturer: uri["library-manufacturer"],
		libraryDescription: uri["library-description"],
		libraryVersion: uri["library-version"],
	};
}

/** A value that the options name, or the URI, and not both. */
function once<T>(name: string, option: T | undefined, ofUri: T | undefined): T | undefined {
	if (option !== undefined && ofUri !== undefined) throw hostError("optionConflict", `\`${name}\``, "the same in `uri`");
	return option ?? ofUri;
}
