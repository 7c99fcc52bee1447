// pdf.js as a renderer: a line on standard input is a path, a line on standard output the size of page 1, after its PNG was written.
//
//     node pdfjs.mjs
//
//     {"path": PDF, "page": 1, "scale": 1.5, "out": PNG}
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createCanvas, DOMMatrix, ImageData, Path2D } from "@napi-rs/canvas";

Object.assign(globalThis, { DOMMatrix, ImageData, Path2D });
console.warn = console.log = () => {};
const { AnnotationMode, getDocument, VerbosityLevel } = await import("pdfjs-dist/legacy/build/pdf.mjs");
const home = join(dirname(fileURLToPath(import.meta.resolve("pdfjs-dist/package.json"))), "/");

async function render({ path, page: number, scale, out }) {
	const task = getDocument({
		data: new Uint8Array(readFileSync(path)), verbosity: VerbosityLevel.ERRORS, useSystemFonts: false, disableFontFace: true,
		standardFontDataUrl: join(home, "standard_fonts/"), cMapUrl: join(home, "cmaps/"), cMapPacked: true, isEvalSupported: false,
	});
	try {
		const page = await (await task.promise).getPage(number);
		const viewport = page.getViewport({ scale });
		const canvas = createCanvas(Math.round(viewport.width), Math.round(viewport.height));
		const canvasContext = canvas.getContext("2d");
		canvasContext.fillStyle = "white";
		canvasContext.fillRect(0, 0, canvas.width, canvas.height);
		await page.render({ canvasContext, viewport, annotationMode: AnnotationMode.ENABLE }).promise;
		writeFileSync(out, canvas.toBuffer("image/png"));
		return { width: canvas.width, height: canvas.height };
	} catch (error) {
		return { error: String(error?.stack ?? error) };
	} finally {
		await task.destroy();
	}
}

for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(await render(JSON.parse(line)))}\n`);
