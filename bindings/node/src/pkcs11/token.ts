import type { Handle, PKCS11, TokenInfo } from "pkcs11js";
import { printable } from "../printable.js";
import { keyError, reasonOf } from "./failures.js";
import { loadPkcs11Js } from "./load.js";

/** Names that a token must fit; `undefined` fits all. */
export interface TokenName {
	readonly label?: string | undefined;
	readonly serial?: string | undefined;
	readonly slot?: number | undefined;
	readonly manufacturer?: string | undefined;
	readonly model?: string | undefined;
	readonly slotManufacturer?: string | undefined;
	readonly slotDescription?: string | undefined;
	readonly libraryManufacturer?: string | undefined;
	readonly libraryDescription?: string | undefined;
	readonly libraryVersion?: string | undefined;
}

/** A token in a slot. */
export interface Token {
	readonly slot: Handle;
	readonly number: number;
	readonly label: string;
	readonly serial: string;
	readonly manufacturer: string;
	readonly model: string;
	readonly initialized: boolean;
}

/** The one token of the module that fits. Errors: `ERR_PKCS11_TOKEN` with all that there are, `ERR_PKCS11_MODULE`. */
export function findToken(calls: PKCS11, name: TokenName): Token {
	checkLibrary(calls, name);
	const all = tokensOf(calls);
	const fitting = all.filter((token) => fits(calls, token, name));
	const found = fitting.length > 1 ? fitting.filter(({ initialized }) => initialized) : fitting;
	const [token] = found;
	if (token !== undefined && found.length === 1) return token;
	const usable = all.filter(({ initialized }) => initialized);
	if (found.length > 1) {
		const given = found.map(described).join(", ");
		throw keyError(
			"ERR_PKCS11_TOKEN",
			`${found.length} tokens fit: ${given}`,
			"name one of them by `serial` or `slot`, or by `token` if its label is unique",
		);
	}
	if (usable.length === 0) {
		throw keyError(
			"ERR_PKCS11_TOKEN",
			"the PKCS#11 module sees no token",
			"connect the token, and check the configuration of the module or of the card reader",
		);
	}
	const wanted = inWords(name);
	throw keyError(
		"ERR_PKCS11_TOKEN",
		`no token has ${wanted}; there is ${usable.map(described).join(", ")}`,
		"name one of these by `token`, `serial` or `slot`",
	);
}

/** The same token again, wherever it is now; `undefined` if it is not there. A card with two PINs may be two tokens that differ in the slot only. */
export function findAgain(calls: PKCS11, { label, manufacturer, model, number, serial }: Token): Token | undefined {
	const found = tokensOf(calls).filter((token) => fits(calls, token, { label, manufacturer, model, serial }));
	return found.find((token) => token.number === number) ?? (found.length === 1 ? found[0] : undefined);
}

/** A token for a message. */
export function described({ label, number, serial }: Pick<Token, "label" | "number" | "serial">): string {
	return printable(`"${label}" (serial ${serial || "none"}, slot ${number})`);
}

/** All tokens that can be asked about themselves. */
function tokensOf(calls: PKCS11): Token[] {
	return calls.C_GetSlotList(true).flatMap((slot) => {
		try {
			return [tokenOf(slot, calls.C_GetTokenInfo(slot))];
		} catch (error) {
			if (reasonOf(error) === undefined) throw error;
			return []; // pulled out meanwhile, or of a kind that the module does not know
		}
	});
}

function tokenOf(slot: Handle, info: TokenInfo): Token {
	const label = unpadded(info.label);
	return {
		slot,
		number: slotNumber(slot),
		label,
		serial: unpadded(info.serialNumber),
		manufacturer: unpadded(info.manufacturerID),
		model: unpadded(info.model),
		initialized: label !== "" || (info.flags & loadPkcs11Js().CKF_TOKEN_INITIALIZED) !== 0,
	};
}

/** The number of a slot: a `CK_SLOT_ID` as it is in memory, on the little-endian platforms that Node runs on. */
function slotNumber(slot: Handle): number {
	return slot.length === 4 ? slot.readUInt32LE() : Number(slot.readBigUInt64LE());
}

function fits(calls: PKCS11, token: Token, name: TokenName): boolean {
	if (name.slot !== undefined && name.slot !== token.number) return false;
	for (const key of ["label", "serial", "manufacturer", "model"] as const) {
		if (name[key] !== undefined && name[key] !== token[key]) return false;
	}
	if (name.slotDescription === undefined && name.slotManufacturer === undefined) return true;
	const slot = calls.C_GetSlotInfo(token.slot);
	return same(name.slotDescription, slot.slotDescription) && same(name.slotManufacturer, slot.manufacturerID);
}

function checkLibrary(calls: PKCS11, { libraryDescription, libraryManufacturer, libraryVersion }: TokenName): void {
	if (libraryDescription === undefined && libraryManufacturer === undefined && libraryVersion === undefined) return;
	const info = calls.C_GetInfo();
	const { major, minor } = info.libraryVersion;
	const fitsVersion = libraryVersion === undefined || [`${major}.${minor}`, minor === 0 ? `${major}` : ""].includes(libraryVersion);
	if (same(libraryDescription, info.libraryDescription) && same(libraryManufacturer, info.manufacturerID) && fitsVersion) return;
	const is = `"${unpadded(info.libraryDescription)}" of "${unpadded(info.manufacturerID)}", version ${major}.${minor}`;
	throw keyError(
		"ERR_PKCS11_MODULE",
		printable(`the module is ${is}, and the URI names another`),
		"correct the library attributes of the URI, or leave them out",
	);
}

function same(wanted: string | undefined, padded: string): boolean {
	return wanted === undefined || wanted === unpadded(padded);
}

/** Texts of fixed length are padded with blanks; some modules do so with zeros. */
function unpadded(text: string): string {
	return text.replace(/[ \0]+$/, "");
}

function inWords(name: TokenName): string {
	const words = (Object.keys(WORDS) as (keyof typeof WORDS)[]).filter((key) => name[key] !== undefined);
	return printable(words.map((key) => `${WORDS[key]} ${typeof name[key] === "number" ? name[key] : `"${name[key]}"`}`).join(", "));
}

const WORDS = {
	label: "the label",
	serial: "the serial number",
	slot: "the slot",
	manufacturer: "the manufacturer",
	model: "the model",
	slotManufacturer: "the slot manufacturer",
	slotDescription: "the slot description",
} as const;
