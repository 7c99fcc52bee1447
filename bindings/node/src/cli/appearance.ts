// Visible signatures as flags, and as a file that has the JSON of the option `appearance`.

import { dirname, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Appearance, BoxPosition, EmptyField } from "../generated.js";
import { UsageError } from "./failure.js";
import { readInput } from "./inputs.js";

const GROUP = "Visible signature:";

/** Flags of the place and the content of a visible signature. */
export interface AppearanceFlags {
	visible?: boolean;
	appearance?: string;
	page?: number;
	rect?: number[];
	position?: string;
	unit?: string;
	image?: string;
	text?: string;
	qr?: string;
	language?: string;
	emptyField?: EmptyField[];
}

/** The flag of a new field's page, which an invisible signature has, too. */
export function pageFlag(): Option {
	return new Option("--page <number>", "page of a new field: from 1, or last (default: 1)").argParser(pageOf);
}

/** Adds the flags of a visible signature. */
export function addAppearanceFlags(command: Command): Command {
	for (const option of [
		new Option("--visible", "make the signature visible; each of the flags below does so, too, except --empty-field"),
		new Option(
			"--appearance <file>",
			"the option `appearance` as JSON, in which files of images, fonts and PDFs are paths relative to the file",
		),
		new Option("--rect <L,B,R,T>", "box: left, bottom, right, top from the lower left corner of the page").argParser(numbers),
		new Option(
			"--position <corner>",
			"box by a corner of the page (bottom-right, bottom-left, top-right, top-left; default: bottom-right)",
		),
		new Option("--unit <unit>", "unit of the box (pt, mm; default: pt)"),
		new Option("--image <file>", "PNG or JPEG: a logo, or a signature by hand"),
		new Option("--text <template>", "text, with {label}, {name}, {date}, {reason}, {location} and others; '' is none"),
		new Option("--qr <template>", "QR code, with the same values"),
		new Option("--language <tag>", "language of the labels, such as de (default: en)"),
		new Option(
			"--empty-field <name[:page[:corner]]>",
			"make an empty field for a later signer; or JSON, an entry of the option `emptyFields` (repeatable)",
		).argParser((text, earlier: EmptyField[] = []) => [...earlier, emptyField(text)]),
	]) {
		command.addOption(option.helpGroup(GROUP));
	}
	return command;
}

/** Help about the file of `--appearance`. */
export const APPEARANCE_FILE = `
Visible signatures: --appearance is a JSON file with the fields of docs/options.md, such as
  { "position": { "corner": "top-right", "width": 180 }, "image": "logo.png", "font": [{ "regular": "Font.ttf" }], "pdf": "form.pdf" }
Flags beside it come first. \`rustpdf preview\` shows the page before anybody signs.`;

/** The options that the flags set. Errors: usage. */
export function appearanceOptions(flags: AppearanceFlags): { appearance?: Appearance; emptyFields?: EmptyField[]; page?: number } {
	const { appearance: file, emptyField: emptyFields, image, page, position, rect, visible, ...rest } = flags;
	const content = Object.entries({ unit: rest.unit, text: rest.text, qr: rest.qr, language: rest.language }).filter(isGiven);
	const isVisible = visible || [file, image, position, rect].some((flag) => flag !== undefined) || content.length > 0;
	return {
		...(page !== undefined && { page }),
		...(isVisible && { appearance: appearanceOf(file === undefined ? {} : readAppearance(file), flags, content) }),
		...(emptyFields !== undefined && { emptyFields }),
	};
}

/** An appearance of a file, with the flags in place of what it says. */
function appearanceOf(
	given: Appearance,
	{ image, page, position, rect }: AppearanceFlags,
	content: readonly [string, string | undefined][],
): Appearance {
	const { page: _page, position: _position, rect: _rect, ...others } = given;
	const placed =
		rect === undefined && position === undefined
			? { ...(given.position !== undefined && { position: given.position }), ...(given.rect !== undefined && { rect: given.rect }) }
			: {
					...(position !== undefined && { position: { ...given.position, corner: position as NonNullable<BoxPosition["corner"]> } }),
					...(rect !== undefined && { rect }),
				};
	return {
		...others,
		...placed,
		...(page === undefined && given.page !== undefined && { page: given.page }),
		...(image !== undefined && { image: { ...given.image, data: readInput(image) } }),
		...Object.fromEntries(content),
	};
}

function isGiven(entry: [string, string | undefined]): boolean {
	return entry[1] !== undefined;
}

/** The appearance in a file; a text in place of bytes is the path of a file beside it. Errors: usage. */
function readAppearance(file: string): Appearance {
	const { font, image, pdf, ...others } = objectOf(new TextDecoder().decode(readInput(file)), file);
	const read = (path: unknown) => (typeof path === "string" ? readInput(resolve(dirname(file), path)) : path);
	/** The fields that have bytes, read. */
	const filled = (value: unknown, ...names: string[]) => {
		if (!isObject(value)) return value;
		return { ...value, ...Object.fromEntries(names.filter((name) => name in value).map((name) => [name, read(value[name])])) };
	};
	const whole = (value: unknown) => filled(typeof value === "string" ? { data: value } : value, "data");
	return {
		...others,
		...(image !== undefined && { image: whole(image) }),
		...(pdf !== undefined && { pdf: whole(pdf) }),
		...(font !== undefined && { font: Array.isArray(font) ? font.map((each) => filled(each, "regular", "bold")) : font }),
	} as Appearance;
}

/** Errors: usage. */
function objectOf(text: string, name: string): Record<string, unknown> {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw new UsageError(`${name} is not JSON (${(error as Error).message})`);
	}
	if (!isObject(value)) throw new UsageError(`${name} is not a JSON object`);
	return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function emptyField(text: string): EmptyField {
	if (text.startsWith("{")) return objectOf(text, "--empty-field") as unknown as EmptyField;
	const [name = "", page, corner] = text.split(":");
	return {
		name,
		...(page !== undefined && page !== "" && { page: pageOf(page) }),
		...(corner !== undefined && { position: { corner: corner as NonNullable<BoxPosition["corner"]> } }),
	};
}

/** A page as the core counts them: the last is -1. */
function pageOf(text: string): number {
	return text === "last" ? -1 : Number(text);
}

function numbers(text: string): number[] {
	return text.split(",").map((number) => (number.trim() === "" ? Number.NaN : Number(number)));
}
