import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { printable } from "../printable.js";
import { keyError } from "./failures.js";

/** Attributes of a PKCS #11 URI that name a library, slot, token or key (RFC 7512, 2.3). */
const PATH_ATTRIBUTES = [
	"token",
	"manufacturer",
	"serial",
	"model",
	"library-manufacturer",
	"library-description",
	"library-version",
	"object",
	"type",
	"id",
	"slot-manufacturer",
	"slot-description",
	"slot-id",
] as const;

/** Attributes that say how to get at it. Unknown ones are ignored (2.4). */
const QUERY_ATTRIBUTES = ["pin-source", "pin-value", "module-name", "module-path"] as const;

type PathAttribute = (typeof PATH_ATTRIBUTES)[number];
type QueryAttribute = (typeof QUERY_ATTRIBUTES)[number];

/** A PKCS #11 URI (RFC 7512): attributes as text; `id` as bytes. */
export type TokenUri = { readonly [name in Exclude<PathAttribute | QueryAttribute, "id">]?: string } & { readonly id?: Buffer };

/**
 * Parses a PKCS #11 URI (RFC 7512).
 *
 * An unknown attribute of the path is an error: it would narrow the choice. `pin-value` is an error too: a URI is shown and logged.
 * Errors: `ERR_PKCS11_URI`. They quote no value.
 */
export function parseUri(text: string): TokenUri {
	const [, rest] = /^pkcs11:(.*)$/is.exec(text) ?? [];
	if (rest === undefined) throw uriError("it does not begin with pkcs11:", "give one such as pkcs11:token=NAME;object=KEY");
	const end = rest.indexOf("?");
	const path = end === -1 ? rest : rest.slice(0, end);
	const query = end === -1 ? "" : rest.slice(end + 1);
	const uri = new Map<string, string | Buffer>();
	for (const [name, value] of attributes(path, ";")) {
		if (!isOneOf(PATH_ATTRIBUTES, name))
			throw uriError(`it has an unknown attribute ${printable(name)}`, `leave it out; there are ${PATH_ATTRIBUTES.join(", ")}`);
		add(uri, name, value);
	}
	for (const [name, value] of attributes(query, "&")) {
		if (name === "pin-value")
			throw uriError("it contains a PIN (pin-value)", "leave it out, and give `pin`, or pin-source=file:PATH in the URI");
		if (isOneOf(QUERY_ATTRIBUTES, name)) add(uri, name, value);
	}
	checkValues(uri);
	return Object.fromEntries(uri);
}

/** The PIN in the file that `pin-source` names: its first line. Errors: `ERR_PKCS11_URI`, those of the file system. */
export function pinFrom(source: string): string {
	if (source.startsWith("|")) throw uriError("its pin-source is a command, which is not run", "write pin-source=file:PATH, or give `pin`");
	const [line = ""] = readFileSync(pathOf(source), "utf8").split(/\r?\n/, 1);
	if (line === "") throw uriError("the file of its pin-source begins with an empty line", "write the PIN into the first line of that file");
	return line;
}

/** The path in a `file:` URI (RFC 8089), or a plain path. The URI around it has its percent-encoding removed already. */
function pathOf(source: string): string {
	if (!/^file:/i.test(source)) {
		if (/^[a-z][a-z0-9+.-]+:/i.test(source)) throw uriError("its pin-source is not a file", "write pin-source=file:PATH, or give `pin`");
		return source;
	}
	const path = source.slice("file:".length);
	if (!path.startsWith("//")) return path;
	try {
		return fileURLToPath(source);
	} catch (error) {
		throw uriError("its pin-source is on another host", "write pin-source=file:PATH", error);
	}
}

/** The name by which the loader finds a module of which only the name is known, such as `softhsm2` (RFC 7512, 2.4). */
export function libraryNamed(name: string, platform: NodeJS.Platform = process.platform): string {
	if (platform === "win32") return name.endsWith(".dll") ? name : `${name}.dll`;
	const ending = platform === "darwin" ? ".dylib" : ".so";
	const withPrefix = name.startsWith("lib") ? name : `lib${name}`;
	return name.includes(".so") || name.endsWith(ending) ? name : `${withPrefix}${ending}`;
}

function attributes(part: string, separator: string): [name: string, value: string][] {
	if (part === "") return [];
	return part.split(separator).map((attribute) => {
		const equals = attribute.indexOf("=");
		if (equals < 1) throw uriError(`it has a part without name and value`, `write NAME=VALUE, separated by ${separator}`);
		return [attribute.slice(0, equals), attribute.slice(equals + 1)];
	});
}

function add(uri: Map<string, string | Buffer>, name: string, encoded: string): void {
	if (uri.has(name)) throw uriError(`it has two attributes ${name}`, "give one of them"); // RFC 7512, 2.3 and 2.4
	const bytes = decoded(name, encoded);
	uri.set(name, name === "id" ? bytes : textOf(name, bytes));
}

/** Bytes of a percent-encoded value. Characters that should be encoded and are not are taken as they are, but for `#`. */
function decoded(name: string, value: string): Buffer {
	if (/%(?![0-9a-f]{2})/i.test(value)) throw uriError(`its ${name} has a % without two hexadecimal digits`, "write %25 for a percent sign");
	if (value.includes("#")) throw uriError(`its ${name} has a #`, "write %23 for it");
	const pieces = value.split(/%([0-9a-f]{2})/i); // texts at even places, digits at odd ones
	return Buffer.concat(pieces.map((piece, index) => Buffer.from(piece, index % 2 === 0 ? "utf8" : "hex")));
}

function textOf(name: string, bytes: Buffer): string {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch (error) {
		throw uriError(`its ${name} is not UTF-8`, "percent-encode the UTF-8 bytes", error);
	}
}

function checkValues(uri: ReadonlyMap<string, string | Buffer>): void {
	const slot = uri.get("slot-id");
	if (slot !== undefined && !/^\d{1,15}$/.test(String(slot)))
		throw uriError("its slot-id is not a number", "give the slot's number in decimal");
	const type = uri.get("type");
	if (type !== undefined && type !== "private")
		throw uriError("it does not name a private key (type)", "write type=private, or leave it out");
	if (uri.has("module-path") && uri.has("module-name")) throw uriError("it has module-path and module-name", "give one of the two");
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
	return (names as readonly string[]).includes(name);
}

function uriError(found: string, remedy: string, cause?: unknown): Error {
	return keyError("ERR_PKCS11_URI", `the PKCS #11 URI cannot be used: ${found}`, remedy, cause);
}
