import { pathToFileURL } from "node:url";
import type { DocumentSource, FileOutput } from "rustpdf";
import { expect } from "vitest";
import type { Folder } from "./folder.js";

/** A document that is to be signed, and where to. */
export interface Place {
	input: DocumentSource;
	output: FileOutput;
	/** What is at the output, with what was appended. */
	signed(update: Uint8Array): Buffer;
	/** Sees to it that nothing was left behind, and that the document is what it is given as. */
	expectUntouched(document?: Buffer): void;
}

/** Makes a place of a document in a folder. */
export type MakePlace = (folder: Folder, pdf: Buffer) => Promise<Place>;

/** Every kind of output, for a document in a file. */
export const places: [string, MakePlace][] = [
	["a new file", async (folder, pdf) => newFile(folder, pdf, folder.at("out.pdf"))],
	["a new file by its URL", async (folder, pdf) => newFile(folder, pdf, pathToFileURL(folder.at("out.pdf")))],
	[
		"an open file",
		async (folder, pdf) => {
			const input = folder.write("in.pdf", pdf);
			return {
				input,
				output: await folder.open("out.pdf", "w"),
				signed: () => folder.read("out.pdf"),
				expectUntouched: (document = pdf) => {
					expectFiles(folder, ["in.pdf", "out.pdf"], document);
					expect(folder.read("out.pdf")).toHaveLength(0);
				},
			};
		},
	],
	[
		"nowhere",
		async (folder, pdf) => {
			const input = folder.write("in.pdf", pdf);
			const expectUntouched = (document = pdf) => expectFiles(folder, ["in.pdf"], document);
			return { input, output: null, signed: (update) => Buffer.concat([pdf, update]), expectUntouched };
		},
	],
	["itself by its path", async (folder, pdf) => inPlace(folder, pdf, folder.at("in.pdf"), folder.at("in.pdf"))],
	["itself by its URL", async (folder, pdf) => inPlace(folder, pdf, folder.at("in.pdf"), pathToFileURL(folder.at("in.pdf")))],
	[
		"itself by one handle",
		async (folder, pdf) => {
			folder.write("in.pdf", pdf);
			const handle = await folder.open("in.pdf", "r+");
			return inPlace(folder, pdf, handle, handle);
		},
	],
];

function newFile(folder: Folder, pdf: Buffer, output: string | URL): Place {
	const input = folder.write("in.pdf", pdf);
	const expectUntouched = (document = pdf) => expectFiles(folder, ["in.pdf"], document);
	return { input, output, signed: () => folder.read("out.pdf"), expectUntouched };
}

function inPlace(folder: Folder, pdf: Buffer, input: DocumentSource, output: FileOutput): Place {
	folder.write("in.pdf", pdf);
	const expectUntouched = (document = pdf) => expectFiles(folder, ["in.pdf"], document);
	return { input, output, signed: () => folder.read("in.pdf"), expectUntouched };
}

function expectFiles(folder: Folder, names: string[], document: Buffer): void {
	expect(folder.names()).toEqual(names);
	expect(folder.read("in.pdf").equals(document)).toBe(true);
}
