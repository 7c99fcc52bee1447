// pdf.js as a reader: a line on standard input is a path, a line on standard output the text of page 1 and the signatures counted.
//
//     node pdfjs.mjs

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

// pdf.js expects the drawing classes of a browser when it is loaded. Text needs none of them.
globalThis.DOMMatrix = globalThis.ImageData = globalThis.Path2D = class {};
console.warn = console.log = () => {};
const { getDocument, VerbosityLevel } = await import("pdfjs-dist/legacy/build/pdf.mjs");

async function read(path) {
	const task = getDocument({ data: new Uint8Array(readFileSync(path)), verbosity: VerbosityLevel.ERRORS, useSystemFonts: false });
	try {
		const document = await task.promise;
		const page = await document.getPage(1);
		const { items } = await page.getTextContent();
		const annotations = await page.getAnnotations();
		const fields = Object.values((await document.getFieldObjects()) ?? {}).flat();
		return {
			text: [...items.map(({ str }) => str), ...annotations.flatMap(({ fieldValue, textContent }) => [fieldValue, ...(textContent ?? [])])].join(" "),
			signatures: fields.filter(({ type }) => type === "signature").length,
		};
	} catch (error) {
		return { error: String(error?.message ?? error) };
	} finally {
		await task.destroy();
	}
}

for await (const path of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(await read(path))}\n`);
