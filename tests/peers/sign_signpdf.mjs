// @signpdf: holds the document in memory, and as a string; adbe.pkcs7.detached, for its container has a signing-time and no
// signing-certificate. The placeholder is the one that it can append to a document; the others write the document anew.

import { readFile, writeFile } from "node:fs/promises";
import { password, run } from "./peer.mjs";

await run("@signpdf/signpdf", async (p12) => {
	const { SignPdf } = await import("@signpdf/signpdf");
	const { P12Signer } = await import("@signpdf/signer-p12");
	const { plainAddPlaceholder } = await import("@signpdf/placeholder-plain");
	const about = { reason: "", contactInfo: "", name: "", location: "" };
	return async (source, target) => {
		const pdfBuffer = plainAddPlaceholder({ pdfBuffer: await readFile(source), ...about });
		// A signer reads its key when it signs, and can do so once.
		const signer = new P12Signer(p12, { passphrase: password });
		await writeFile(target, await new SignPdf().sign(pdfBuffer, signer));
	};
});
