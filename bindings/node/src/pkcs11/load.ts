import module from "node:module"; // webpack warns of a name that it cannot know, where `createRequire` itself is imported
import { join } from "node:path";
import type * as Pkcs11 from "pkcs11js";
import { keyError } from "./failures.js";

/** The exports of `pkcs11js`. */
export type Pkcs11Js = typeof Pkcs11;

/** The optional peer: beside this package, or in the project of the working folder (for `npx`). Errors: `ERR_PKCS11_MISSING`. */
export function loadPkcs11Js(): Pkcs11Js {
	let cause: unknown;
	for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
		try {
			return module.createRequire(from)("pkcs11js") as Pkcs11Js;
		} catch (error) {
			cause = error;
			if (!isMissing(error)) break;
		}
	}
	if (isMissing(cause)) {
		throw keyError("ERR_PKCS11_MISSING", "the package pkcs11js is not installed", "install it: npm install pkcs11js", cause);
	}
	// npm may be set to run no build scripts, and a build is for one version of Node.
	const [found = ""] = (cause as Error).message.split("\n");
	const remedy = "build it: npm rebuild pkcs11js, which needs Python, make and a C++ compiler";
	throw keyError("ERR_PKCS11_MISSING", `the package pkcs11js is installed, but cannot be loaded (${found})`, remedy, cause);
}

/** Whether there is no package, and not only no build of it. */
function isMissing(error: unknown): boolean {
	const { code, message } = error as NodeJS.ErrnoException;
	return code === "MODULE_NOT_FOUND" && !message.includes("pkcs11.node");
}
