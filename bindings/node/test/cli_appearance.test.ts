// Visible signatures on the command line, and their previews.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { type Appearance, inspect, signWith } from "rustpdf";
import { beforeEach, describe, expect, test } from "vitest";
import { CLI, type Ended, rustpdf } from "./support/cli.js";
import { eachFolder } from "./support/folder.js";
import { makePdf } from "./support/pdf.js";
import { font, makePng } from "./support/picture.js";
import { certificate, chain, pkiPath, signer } from "./support/pki.js";
import { opensslVerify } from "./support/verify.js";

const folder = eachFolder();
const pdf = readFileSync(new URL("../../../tests/vectors/documents/pages.pdf", import.meta.url));
const identity = ["--cert", pkiPath("rsa.pem"), "--chain", pkiPath("chain.pem")];
const exec = ["--exec", `openssl dgst -sha256 -sign '${pkiPath("rsa.key")}'`];
const fixed = ["--signing-time", "2026-11-25T12:00:00Z", "--entropy", "07".repeat(32)];
const run = (...args: string[]) => rustpdf(folder.path, args);
const sign = (...more: string[]) => run("sign", "in.pdf", "-o", "out.pdf", "--force", ...identity, ...exec, ...fixed, ...more);
const byLibrary = (options: object) => {
	const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: Buffer.alloc(32, 7) };
	return signWith(pdf, certificate("rsa"), signer("rsa"), chain(), { ...moment, ...options });
};

beforeEach(() => {
	folder.write("in.pdf", pdf);
});

/** Expects that it was done, and without a word on standard error. */
function expectDone({ status, stderr }: Ended): void {
	expect(stderr).toBe("");
	expect(status).toBe(0);
}

/** Expects that the command line is wrong, and what is said of it. */
function expectUsage({ status, stderr }: Ended, told: string): void {
	expect(stderr).toContain(told);
	expect(status).toBe(2);
}

describe("sign has the bytes of signWith", () => {
	test.each<[string, string[], Appearance, number?]>([
		["--visible", ["--visible"], {}],
		["the place", ["--page", "last", "--position", "top-left"], { position: { corner: "top-left" } }, -1],
		["the box", ["--page", "2", "--rect", "20,20,90,50", "--unit", "mm"], { rect: [20, 20, 90, 50], unit: "mm" }, 2],
		[
			"the content",
			["--image", "seal.png", "--text", "{name}\n{date}", "--qr", "{serial}", "--language", "de"],
			{ image: { data: makePng() }, text: "{name}\n{date}", qr: "{serial}", language: "de" },
		],
	])("%s", (_name, flags, appearance, page) => {
		folder.write("seal.png", makePng());
		expectDone(sign(...flags));
		expect(folder.read("out.pdf")).toEqual(byLibrary({ appearance, ...(page !== undefined && { page }) }));
		opensslVerify(folder.read("out.pdf"));
	});

	test("a file, with paths relative to it and flags over it", () => {
		mkdirSync(folder.at("seals"));
		folder.write("seals/a.png", makePng());
		folder.write("seals/a.ttf", font());
		folder.write("other.png", makePng(6));
		const given = {
			page: 2,
			rect: [10, 10, 200, 90],
			text: "{name}",
			image: { data: "a.png", place: "end" },
			font: [{ regular: "a.ttf", bold: "a.ttf" }],
			pdf: "../in.pdf",
		};
		folder.write("seals/seal.json", JSON.stringify(given));
		const regular = font();
		const read: Appearance = {
			...given,
			image: { data: makePng(), place: "end" },
			font: [{ regular, bold: regular }],
			pdf: { data: pdf },
		};
		expectDone(sign("--appearance", "seals/seal.json"));
		expect(folder.read("out.pdf")).toEqual(byLibrary({ appearance: read }));
		expectDone(
			sign("--appearance", "seals/seal.json", "--page", "last", "--position", "bottom-left", "--image", "other.png", "--text", ""),
		);
		const { page: _page, rect: _rect, ...others } = read;
		const flagged = { ...others, position: { corner: "bottom-left" }, image: { data: makePng(6), place: "end" }, text: "" };
		expect(folder.read("out.pdf")).toEqual(byLibrary({ page: -1, appearance: flagged }));
	});

	test("fields for later signers, and a signature in one of them", async () => {
		expectDone(sign("--position", "bottom-left", "--empty-field", "Second", "--empty-field", '{"name":"Third","page":-1}'));
		expectDone(run("sign", "out.pdf", "-o", "both.pdf", ...identity, ...exec, "--visible", "--field-name", "Second", "--existing-field"));
		const { fields } = await inspect(folder.read("both.pdf"));
		expect(fields.map(({ name, signed }) => `${name} ${signed}`)).toEqual(["Signature1 true", "Second true", "Third false"]);
		opensslVerify(folder.read("both.pdf"));
	});

	test("a session, which has to be sealed", () => {
		folder.write("session.key", Buffer.alloc(32, 1));
		const begin = (...more: string[]) =>
			run("begin", "in.pdf", "--session", "s", "--request", "r", ...identity, ...fixed, "--visible", ...more);
		expectUsage(begin(), "ERR_OPTION_VALUE: a session of a visible signature is saved sealed only");
		expectDone(begin("--session-key-file", "session.key"));
		spawnSync("openssl", ["dgst", "-sha256", "-sign", pkiPath("rsa.key"), "-out", "sig", "r"], { cwd: folder.path });
		expectDone(run("complete", "in.pdf", "-o", "out.pdf", "--session", "s", "--session-key-file", "session.key", "--signature", "sig"));
		expect(folder.read("out.pdf")).toEqual(byLibrary({ appearance: {} }));
	});

	test("sign-many", () => {
		mkdirSync(folder.at("signed"));
		expect(run("sign-many", "in.pdf", "--output-dir", "signed", ...identity, ...exec, ...fixed, "--qr", "{serial}").status).toBe(0);
		expect(folder.read("signed/in.pdf")).toEqual(byLibrary({ appearance: { qr: "{serial}" } }));
	});
});

describe("what is wrong is said in flags", () => {
	test.each<[string[], string]>([
		[["--rect", "1,2,3"], "ERR_OPTION_VALUE: --rect is not a list of four numbers"],
		[["--rect", "1,2,30,40", "--position", "top-left"], "ERR_OPTION_VALUE: --appearance has both --rect and --position"],
		[["--position", "middle"], 'ERR_OPTION_VALUE: --position is not "bottom-right"'],
		[["--unit", "inch"], "ERR_OPTION_VALUE: --unit is not"],
		[["--language", "tlh"], "ERR_OPTION_VALUE: --language is none of"],
		[["--text", "{nmae}"], "ERR_APPEARANCE_TEXT: --text "],
		[["--image", "none.png"], "cannot read none.png"],
		[["--appearance", "none.json"], "cannot read none.json"],
		[["--appearance", "in.pdf"], "in.pdf is not JSON"],
		[["--appearance", "list.json"], "list.json is not a JSON object"],
		[["--appearance", "lost.json"], "lost.png"],
		[["--appearance", "wrong.json"], "ERR_OPTION_VALUE: `accent` of --appearance is not a colour"],
		[["--empty-field", "{"], "--empty-field is not JSON"],
	])("%s", (flags, told) => {
		folder.write("list.json", "[]");
		folder.write("lost.json", '{"image":"lost.png"}');
		folder.write("wrong.json", '{"accent":"red"}');
		expectUsage(sign(...flags), told);
	});

	test("a file that is refused has status 1", () => {
		folder.write("seal.png", "hello");
		const { status, stderr } = sign("--image", "seal.png");
		expect(stderr).toContain("ERR_IMAGE: ");
		expect(status).toBe(1);
		expect(sign("--empty-field", "a.b").stderr).toContain("ERR_FIELD_NAME: ");
		expect(sign("--rect", "0,0,9000,9000").stderr).toContain("(--rect or --position)");
	});
});

describe("preview", () => {
	const preview = (...more: string[]) => run("preview", "in.pdf", ...more);
	/** The tools of a system, without Poppler. */
	const bare = () => {
		mkdirSync(folder.at("bin"));
		return { PATH: folder.at("bin") };
	};
	const bitmap = (name: string, page: string) =>
		spawnSync("pdftoppm", ["-png", "-singlefile", "-r", "50", "-f", page, "-l", page, name], { cwd: folder.path }).stdout;

	test("an image of the page, the same as of the signed one", () => {
		expectDone(preview(...identity, ...fixed.slice(0, 2), "--page", "last", "--qr", "{serial}", "--dpi", "50", "-o", "out.png"));
		expectDone(sign("--page", "last", "--qr", "{serial}"));
		expect(folder.read("out.png").equals(bitmap("out.pdf", "5"))).toBe(true);
		expect(folder.read("out.png").equals(bitmap("in.pdf", "5"))).toBe(false);
	});

	test("a PDF that has no signature, and the appearance of the signed one", () => {
		const { stdout } = preview("--name", "Ann", "-o", "out.pdf", "--json");
		expect(JSON.parse(stdout)).toMatchObject({ output: "out.pdf", signed: false, report: { page: 1, rect: [349.276, 36, 559.276, 96] } });
		const text = folder.read("out.pdf").toString("latin1");
		expect(text.startsWith(pdf.toString("latin1"))).toBe(true);
		expect(text).not.toMatch(/\/ByteRange|\/Type ?\/Sig\b|\/V /);
		expect(spawnSync("pdfsig", ["out.pdf"], { cwd: folder.path, encoding: "utf8" }).stdout).toContain(
			"The signature form field is not signed.",
		);
		expect(spawnSync("qpdf", ["--check", "out.pdf"], { cwd: folder.path }).status).toBe(0);
		expect(bitmap("out.pdf", "1").equals(bitmap("in.pdf", "1"))).toBe(false);
	});

	test.each(["xref-stream", "hybrid", "encrypted", "tagged", "signed", "approvals-streams"])("of %s.pdf", async (name) => {
		folder.write("in.pdf", readFileSync(new URL(`../../../tests/vectors/documents/${name}.pdf`, import.meta.url)));
		const before = await inspect(folder.read("in.pdf"));
		expect(preview("--name", "Ann", "--position", "top-left", "-o", "out.pdf").status).toBe(0);
		const after = await inspect(folder.read("out.pdf"));
		expect(after.signatures.length).toBe(before.signatures.length);
		expect(after.fields.length).toBe(before.fields.length + 1);
		expect(after.fields.filter(({ signed }) => !signed).length).toBe(before.fields.filter(({ signed }) => !signed).length + 1);
		expect(spawnSync("qpdf", ["--check", "out.pdf"], { cwd: folder.path }).status).toBe(0);
	});

	test("of an existing field, whose page has to be given for an image", () => {
		expectDone(sign("--empty-field", "Second"));
		const existing = ["preview", "out.pdf", "--name", "Ann", "--field-name", "Second", "--existing-field"];
		expectUsage(run(...existing, "-o", "x.png"), "the page of an existing field is not known; give its number as --page");
		expectDone(run(...existing, "-o", "x.png", "--page", "1"));
		expectDone(run(...existing, "-o", "x.pdf"));
	});

	test("without a name for its file: an image, or a PDF where there is no Poppler", () => {
		expect(preview("--name", "Ann").stdout).toMatch(/^preview +in-preview\.png, not signed\nfield +Signature1, page 1\nbox /);
		expectUsage(preview("--name", "Ann"), "in-preview.png exists; --force replaces it");
		const bareRun = (...args: string[]) => rustpdf(folder.path, ["preview", "in.pdf", "--name", "Ann", ...args], env);
		const env = bare();
		expect(bareRun().stdout).toContain("in-preview.pdf, not signed");
		expectUsage(bareRun("-o", "x.png"), "an image requires pdftoppm, which is not installed");
		expect(folder.names()).toEqual(["bin", "in-preview.pdf", "in-preview.png", "in.pdf"]);
	});

	test("to standard output, of standard input", () => {
		const { status, stdout } = spawnSync(process.execPath, [CLI, "preview", "-", "--name", "Ann", "-o", "-"], { input: pdf });
		expect(status).toBe(0);
		expect(stdout.subarray(0, pdf.length)).toEqual(pdf);
	});

	test("needs a name, a resolution and a document", () => {
		expectUsage(preview(), "ERR_APPEARANCE_TEXT: ");
		expectUsage(preview("--name", "Ann", "--dpi", "0"), "--dpi needs a number from 10 to 1200");
		expectUsage(run("preview", "none.pdf", "--name", "Ann"), "cannot read none.pdf");
		folder.write("in.pdf", makePdf());
		expect(preview("--name", "Ann").stderr).toContain("ERR_APPEARANCE_BOX");
		expectUsage(preview("--name", "Ann", "--password", "x"), "pdftoppm takes a password only where every process can read it");
	});
});
