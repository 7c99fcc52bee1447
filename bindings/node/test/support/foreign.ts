import { makePdf } from "./pdf.js";
import { certificate, chain, privateKey } from "./pki.js";

/** What a script in another runtime needs to sign, as JSON. */
export function input(): Record<string, string> {
	return {
		pdf: makePdf({ pages: 2 }).toString("base64"),
		certificate: certificate("rsa").toString("base64"),
		chain: chain(),
		pkcs8: privateKey("rsa").export({ format: "der", type: "pkcs8" }).toString("base64"),
	};
}
