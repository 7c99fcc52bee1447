import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Pkcs11 from "pkcs11js";
import { RustpdfError } from "../errors.js";

/** What `pkcs11js` exports. */
export type Pkcs11Js = typeof Pkcs11;

/** The optional peer: beside this package, or in the project of the working folder (for `npx`). Errors: `ERR_PKCS11_MISSING`. */
export function loadPkcs11Js(): Pkcs11Js {
	let cause: unknown;
	for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
		try {
			return createRequire(from)("pkcs11js") as Pkcs11Js;
		} catch (error) {
			if ((error as { code?: unknown }).code !== "MODULE_NOT_FOUND") throw error;
			cause = error;
		}
	}
	throw new RustpdfError("ERR_PKCS11_MISSING", "the package pkcs11js is not installed, or not built; install it: npm install pkcs11js", {
		cause,
	});
}
