// LibPDF: holds the document in memory, PAdES.

import { readFile, writeFile } from "node:fs/promises";
import { password, run } from "./peer.mjs";

await run("@libpdf/core", async (p12) => {
	const { P12Signer, PDF } = await import("@libpdf/core");
	const signer = await P12Signer.create(p12, password);
	return async (source, target) => {
		const pdf = await PDF.load(await readFile(source));
		const { bytes } = await pdf.sign({ signer, level: "B-B" });
		await writeFile(target, bytes);
	};
});
