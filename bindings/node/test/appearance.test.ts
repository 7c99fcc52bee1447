// Visible signatures in every call.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
	type Appearance,
	type BoxPosition,
	beginSigning,
	beginSigningFile,
	beginSigningMany,
	type ErrorCode,
	inspect,
	type JobOutcome,
	type LevelB,
	type Report,
	resumeSigning,
	resumeSigningFile,
	type SignCallOptions,
	type SigningOptions,
	sign,
	signFile,
	signInTurn,
	signMany,
	signWith,
} from "rustpdf";
import { describe, expect, test } from "vitest";
import { eachFolder } from "./support/folder.js";
import { key } from "./support/key.js";
import { makePdf } from "./support/pdf.js";
import { font, makePng, restrictedFont } from "./support/picture.js";
import { certificate, chain, signer } from "./support/pki.js";
import { opensslVerify } from "./support/verify.js";

const folder = eachFolder();
const pdf = readFileSync(new URL("../../../tests/vectors/documents/pages.pdf", import.meta.url));
const fixed = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: Buffer.alloc(32, 7) };
const visible = { ...fixed, reason: "Because", appearance: { qr: "{serial}" } satisfies Appearance };
const by = [certificate("rsa"), signer("rsa"), chain()] as const;
const signed = () => signWith(pdf, ...by, visible);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const position = (corner: NonNullable<BoxPosition["corner"]>) => ({ position: { corner } });

const APPEARANCES: Record<string, Appearance> = {
	default: {},
	"a box": { page: -1, rect: [20, 20, 90, 50], unit: "mm", tooltip: "Here", border: {}, background: "#ffffee", accent: "none" },
	image: { image: { data: makePng(), place: "end", share: 0.25 } },
	"image alone": { image: { data: makePng(), place: "only", alpha: "soft" } },
	strokes: {
		strokes: [
			[0, 0, 10, 12.5, 20, -3.1],
			[5, 5],
		],
		text: "{name}",
	},
	"qr code": { qr: "https://example.org/{serial}?{field}" },
	"own font": { font: [{ regular: font() }], text: "{name}\n{date}", fontSize: 9, align: "center", color: "#123456" },
	"own fonts": {
		font: [
			{ regular: font(), bold: font() },
			{ regular: font(), index: 0 },
		],
	},
	"page of a pdf": { pdf: { data: pdf, page: 2 } },
	"page of a pdf behind text": { pdf: { data: makePdf() }, text: "**{name}**", language: "de", labels: { reason: "" } },
};

describe("the same bytes by each engine, and by the module that browsers load", async () => {
	const inline = (await import("../dist/inline.js" as string)) as typeof import("rustpdf");

	test.each(Object.entries(APPEARANCES))("%s", async (_name, appearance) => {
		const options = { ...fixed, reason: "Łódź", location: "Αθήνα", appearance };
		const reports: Report[] = [];
		const ours = signWith(pdf, ...by, { ...options, onReport: (report) => reports.push(report) });
		opensslVerify(ours);
		expect(reports[0]?.rect).toHaveLength(4);
		const later: unknown = inline.signWith(pdf, ...by, options);
		expect(later).toBeInstanceOf(Promise);
		expect(sha256((await later) as Uint8Array)).toBe(sha256(ours));
	});

	test("a call that answers at once cannot wait for the module that browsers load", async () => {
		const begin = () => inline.beginSigning(pdf, visible);
		expect(begin).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT", message: expect.stringContaining("call beginSigningAsync") }));
		const begun = { ...visible, certificate: by[0], chain: by[2] };
		const session = await inline.beginSigningAsync(pdf, begun);
		expect(session.hash.length).toBe(32);
		expect(Buffer.from(session.hash)).toEqual(beginSigning(pdf, begun).hash);
		expect(inline.signInTurn(pdf, [{ certificate: by[0], signer: by[1], options: { appearance: {} } }])).toBeInstanceOf(Promise);
	});
});

describe("the same bytes by every call", () => {
	test("sign", async () => {
		const { pdf: by_, report } = await sign({ pdf, certificate: by[0], signer: by[1], chain: by[2], ...visible });
		expect(by_).toEqual(signed());
		expect(report).toMatchObject({ page: 1, rect: [349.276, 36, 559.276, 96], warnings: [] });
	});

	test("signFile", async () => {
		folder.write("in.pdf", pdf);
		await signFile({
			input: folder.at("in.pdf"),
			output: folder.at("out.pdf"),
			certificate: by[0],
			signer: by[1],
			chain: by[2],
			...visible,
		});
		expect(folder.read("out.pdf")).toEqual(signed());
	});

	test("signMany, with an appearance of each document over that of all", async () => {
		const jobs = [
			{ input: pdf, output: folder.at("a.pdf") },
			{ input: pdf, output: folder.at("b.pdf"), options: { appearance: {} } },
		];
		const outcomes: JobOutcome[] = [];
		for await (const outcome of signMany(jobs, ...by, visible)) outcomes.push(outcome);
		expect(outcomes.map(({ status }) => status)).toEqual(["signed", "signed"]);
		expect(folder.read("a.pdf")).toEqual(signed());
		expect(folder.read("b.pdf")).toEqual(signWith(pdf, ...by, { ...visible, appearance: {} }));
	});

	test("a session, also one that was sealed", () => {
		const session = beginSigning(pdf, { ...visible, certificate: by[0], chain: by[2] });
		const complete = (of: typeof session) => of.completeWithSignature(by[1](of.request.data, of.request));
		expect(complete(session)).toEqual(signed());
		const saved = session.serialize(key);
		expect(complete(resumeSigning(saved, pdf, key) as typeof session)).toEqual(signed());
		expect(() => session.serializeUnsealed()).toThrow(
			expect.objectContaining({ code: "ERR_OPTION_VALUE", message: expect.stringContaining("is saved sealed only") }),
		);
	});

	test("a session of a file, and of many", async () => {
		folder.write("in.pdf", pdf);
		const options = { ...visible, certificate: by[0], chain: by[2] };
		const session = await beginSigningFile(folder.at("in.pdf"), options);
		const resumed = await resumeSigningFile(session.serialize(key), folder.at("in.pdf"), key);
		await resumed.completeWithSignature(by[1](session.request.data, session.request), folder.at("out.pdf"));
		expect(folder.read("out.pdf")).toEqual(signed());
		const batch = await beginSigningMany([pdf, pdf], options);
		expect(batch.hashes[1]).toEqual(session.hash);
	});
});

test("several signers, each in the field that the first one made", async () => {
	const options = (fieldName: string) => ({ fieldName, existingField: true, appearance: {} });
	const both = signInTurn(
		pdf,
		[
			{
				certificate: by[0],
				signer: by[1],
				chain: by[2],
				options: {
					appearance: position("bottom-left"),
					emptyFields: [
						{ name: "Second", page: 1 },
						{ name: "Third", page: -1, unit: "mm", rect: [10, 10, 60, 30] },
					],
				},
			},
			{ certificate: certificate("p256"), signer: signer("p256"), chain: chain(), options: options("Second") },
		],
		fixed,
	);
	opensslVerify(both);
	const { fields } = await inspect(both);
	expect(fields.map(({ name, signed }) => `${name} ${signed}`)).toEqual(["Signature1 true", "Second true", "Third false"]);
	const third = signWith(both, ...by, { ...fixed, ...options("Third"), onReport: ({ warnings }) => expect(warnings).toEqual([]) });
	opensslVerify(third);
});

describe("an error", () => {
	const damaged = Buffer.from(font().subarray(0, 400));
	const tagged = readFileSync(new URL("../../../tests/vectors/documents/pdfa-2b.pdf", import.meta.url));
	test.each<[ErrorCode, string, Appearance, Buffer?]>([
		["ERR_APPEARANCE_BOX", "`appearance.rect`", { rect: [0, 0, 10_000, 10] }],
		["ERR_APPEARANCE_BOX", "", { rect: [10, 10, 12, 12] }],
		["ERR_APPEARANCE_FIT", "", { position: { width: 8, height: 8 } }],
		["ERR_APPEARANCE_TEXT", "nmae", { text: "{nmae}" }],
		["ERR_APPEARANCE_PDF", "", { pdf: { data: Buffer.from("hello") } }],
		["ERR_PAGE_NUMBER", "", { pdf: { data: makePdf(), page: 2 } }],
		["ERR_PAGE_NUMBER", "", { page: 99 }],
		["ERR_FONT", "", { font: [{ regular: damaged }] }],
		["ERR_FONT_GLYPH", "漢", { text: "{name} 漢" }],
		["ERR_FONT_LICENSE", "", { font: [{ regular: restrictedFont() }] }],
		["ERR_IMAGE", "", { image: { data: Buffer.from("hello") } }],
		["ERR_IMAGE", "", { image: { data: makePng(), alpha: "soft" } }, tagged],
		["ERR_QR", "", { qr: "x".repeat(2332) }],
		["ERR_OPTION_UNKNOWN", "`appearance.colour`", { colour: "#000000" } as Appearance],
		["ERR_OPTION_VALUE", "`appearance.image.data`", { image: {} } as Appearance],
		["ERR_OPTION_VALUE", "`appearance`", { rect: [0, 0, 9, 9], position: {} }],
		["ERR_OPTION_VALUE", "`appearance.font", { font: { regular: font() } } as unknown as Appearance],
	])("%s %s", async (code, part, appearance, document = pdf) => {
		const refused = expect.objectContaining({ code, message: expect.stringContaining(part) });
		expect(() => signWith(document, ...by, { ...fixed, appearance })).toThrow(refused);
		await expect(sign({ pdf: document, certificate: by[0], signer: by[1], appearance })).rejects.toEqual(refused);
	});

	test("a name that is not known yet, unless it is given", () => {
		expect(() => beginSigning(pdf, { appearance: {} })).toThrow(expect.objectContaining({ code: "ERR_APPEARANCE_TEXT" }));
		expect(beginSigning(pdf, { appearance: {}, name: "Ann" }).report.rect).toHaveLength(4);
	});

	test("after one the next signature is visible", () => {
		expect(() => signWith(pdf, ...by, { appearance: { text: "{x}" } })).toThrow();
		expect(signed()).toEqual(signed());
	});
});

describe("a warning", () => {
	const document = (name: string) => readFileSync(new URL(`../../../tests/vectors/documents/${name}.pdf`, import.meta.url));
	const warnings = (of: Uint8Array, options: SigningOptions) => {
		const codes: string[] = [];
		signWith(of as Buffer, ...by, {
			...fixed,
			...options,
			onWarnings: (given) => codes.push(...given.map(({ code }) => code)),
		} as SignCallOptions & LevelB);
		return codes.filter((code) => /TAGGED|OVERLAP|VISIBLE/.test(code));
	};

	test("for a box over another field", () => expect(warnings(signed(), { appearance: {} })).toEqual(["WARN_WIDGETS_OVERLAP"]));

	test("for a second new field of a tagged document", () => {
		const once = signWith(document("tagged"), ...by, { ...fixed, appearance: {} });
		expect(warnings(document("tagged"), { appearance: {} })).toEqual([]);
		expect(warnings(once, { appearance: position("top-left") })).toEqual(["WARN_NOT_TAGGED"]);
	});

	test("for a new field after a certification", () => {
		const certified = signWith(pdf, ...by, { ...fixed, certify: 2 });
		expect(warnings(certified, { appearance: {} })).toEqual(["WARN_VISIBLE_AFTER_CERTIFICATION"]);
		expect(warnings(certified, {})).toEqual([]);
	});
});

test("a font of many megabytes", () => {
	const large = Buffer.concat([font(), Buffer.alloc(20 << 20)]);
	const small = signWith(pdf, ...by, { ...fixed, appearance: { font: [{ regular: font() }] } });
	expect(signWith(pdf, ...by, { ...fixed, appearance: { font: [{ regular: large }] } })).toEqual(small);
});

test("an appearance that is null or absent is none", () => {
	const invisible = signWith(pdf, ...by, fixed);
	for (const appearance of [undefined, null]) expect(signWith(pdf, ...by, { ...fixed, appearance } as never)).toEqual(invisible);
});
