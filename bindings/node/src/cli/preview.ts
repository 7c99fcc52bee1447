import { execFile } from "node:child_process";
import { appendFile, copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { promisify } from "node:util";
import type { Command } from "commander";
import { Control } from "../control.js";
import type { SessionResult } from "../frames.js";
import type { Report, Warning } from "../generated.js";
import { drive } from "../machine.js";
import { withOpened } from "../opened.js";
import { prepare } from "../operations.js";
import { type SessionOptions, sessionCallOf } from "../options.js";
import { APPEARANCE_FILE, addAppearanceFlags } from "./appearance.js";
import { UsageError } from "./failure.js";
import { addCertificateFlags, addPreviewFlags, certificates, signingOptions } from "./flags.js";
import { checkDocument, documentFile, STANDARD } from "./inputs.js";
import { Output } from "./output.js";
import { print, type Row } from "./print.js";
import { UnsignedHost } from "./unsigned.js";
import { watch } from "./watch.js";

interface PreviewFlags extends Record<string, unknown> {
	output?: string;
	dpi: number;
	page?: number;
	force?: boolean;
	cert?: string;
	chain?: string[];
	json?: boolean;
}

/** `rustpdf preview`. */
export function addPreview(program: Command): void {
	const command = program
		.command("preview")
		.summary("show a visible signature on its page before it is made")
		.description(
			"Shows the page of IN with the appearance that `rustpdf sign` gives the signature by the same flags: as an image, or as a PDF\n" +
				"that has the appearance and no signature. No key is needed, and without --cert give --name. An image requires pdftoppm (Poppler).",
		)
		.argument("<IN>", "the PDF to sign; - is standard input")
		.option("-o, --output <OUT>", "the image (.png) or the PDF (.pdf) (default: IN-preview.png in this folder, or .pdf without pdftoppm)")
		.option("--dpi <number>", "resolution of the image", Number, 96)
		.option("--force", "replace an existing OUT");
	addCertificateFlags(command).option("--json", "tell what was done as JSON");
	addAppearanceFlags(addPreviewFlags(command)).addHelpText("after", EXAMPLES).action(runPreview);
}

const EXAMPLES = `${APPEARANCE_FILE}

Examples:
  rustpdf preview in.pdf --name 'Zoë Ångström' --reason Approved --page last --position bottom-left -o in.png
  rustpdf preview in.pdf --cert signer.pem --appearance seal.json -o in-unsigned.pdf`;

const run = promisify(execFile);

async function runPreview(path: string, flags: PreviewFlags): Promise<void> {
	const { dpi, force, json, output: named } = flags;
	if (!(dpi >= MIN_DPI && dpi <= MAX_DPI)) throw new UsageError(`--dpi needs a number from ${MIN_DPI} to ${MAX_DPI}`);
	const options: SessionOptions = { ...signingOptions({ visible: true, ...flags }), ...certificates(flags) };
	const isImage = named === undefined ? await hasPoppler() : extname(named).toLowerCase() === ".png";
	if (isImage && named !== undefined && !(await hasPoppler())) {
		throw new UsageError("an image requires pdftoppm, which is not installed; install Poppler (poppler-utils), or give -o OUT.pdf");
	}
	if (isImage && options.password !== undefined) {
		throw new UsageError("pdftoppm takes a password only where every process can read it; give -o OUT.pdf for an encrypted document");
	}
	const output = new Output(named ?? defaultName(path, isImage), { force, inputs: [path] });
	if (path !== STANDARD) checkDocument(path);
	const watching = await watch();
	const folder = await mkdtemp(join(tmpdir(), "rustpdf-preview-"));
	try {
		const { onProgress, signal } = watching;
		const document = await documentFile(path);
		const { report, update } = await unsigned(document, options, new Control({ onProgress, signal }));
		const pdf = join(folder, "preview.pdf");
		await copyFile(document, pdf);
		await appendFile(pdf, update);
		await output.write(await readFile(isImage ? await image(pdf, pageOf(report, flags), dpi) : pdf));
		watching.end();
		print(
			json,
			{ output: output.path, signed: false, report },
			rowsOf(output.path, report),
			report.warnings.filter(isOfAppearance),
			output.told,
		);
	} finally {
		watching.end();
		await rm(folder, { recursive: true, force: true });
	}
}

const MIN_DPI = 10;
const MAX_DPI = 1200;

/** The update of a visible signature that is not made. */
async function unsigned(document: string, given: SessionOptions, control: Control): Promise<{ report: Report; update: Uint8Array }> {
	const { ambient, options } = sessionCallOf(given);
	return withOpened(document, null, {}, control, async (opened) => {
		const host = new UnsignedHost({ ...opened, control });
		const { report } = (await drive<SessionResult>(prepare(opened, options, ambient), host)).result;
		return { report, update: host.unsignedUpdate(report.byteRange, report.documentLength) };
	});
}

/** The page of the field. Errors: usage, for an existing field without `--page`: a report has the pages of new ones. */
function pageOf({ page }: Report, { page: given }: PreviewFlags): number {
	const known = page ?? given;
	if (known === undefined || !(known > 0))
		throw new UsageError("the page of an existing field is not known; give its number as --page, or -o OUT.pdf");
	return known;
}

/** Whether a warning concerns what a preview shows: no validator sees a chain here. */
function isOfAppearance({ code }: Warning): boolean {
	return code !== "WARN_CHAIN_INCOMPLETE";
}

function rowsOf(name: string, { field, page, rect = [] }: Report): Row[] {
	return [
		["preview", `${name}, not signed`],
		["field", page === undefined ? field : `${field}, page ${page}`],
		["box", `${rect.join(", ")} (left, bottom, right, top in points)`],
	];
}

/** The name of the output, after that of the document. */
function defaultName(path: string, isImage: boolean): string {
	const name = path === STANDARD ? "document" : basename(path, extname(path));
	return `${name}-preview.${isImage ? "png" : "pdf"}`;
}

/** Draws a page, and returns the path of the image. */
async function image(pdf: string, page: number, dpi: number): Promise<string> {
	const at = String(page);
	const out = pdf.replace(/\.pdf$/, "");
	await run("pdftoppm", ["-png", "-singlefile", "-r", String(dpi), "-f", at, "-l", at, pdf, out]);
	return `${out}.png`;
}

async function hasPoppler(): Promise<boolean> {
	return run("pdftoppm", ["-v"]).then(
		() => true,
		() => false,
	);
}
