// Text of others on the terminal: names, reasons, certificates, programs and paths cannot command it or forge a row.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { type Ended, rustpdf } from "./support/cli.js";
import { eachFolder } from "./support/folder.js";
import { key } from "./support/key.js";
import { makePdf } from "./support/pdf.js";
import { pkiPath } from "./support/pki.js";

/** A colour, a bell, C1 controls, bidirectional controls, a line separator, a tag, ends of line and a row that is not ours. */
const HOSTILE = "x\u001b[31m\u0007\u009b2J\u0085\u202e\u2066\u200f\u2028\u{e0041}\r\nsigned  all";
/** The same in UTF-16, as terminals get it. */
const ESCAPED = "x\\u001b[31m\\u0007\\u009b2J\\u0085\\u202e\\u2066\\u200f\\u2028\\udb40\\udc41\\u000d\\u000asigned  all";
/** The same in a message of the core. */
const IN_MESSAGE = "x\\u{1b}[31m\\u{7}\\u{9b}2J\\u{85}\\u{202e}\\u{2066}\\u{200f}\\u{2028}\\u{e0041}\\r\\nsigned  all";
const RAW = /[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u;

const folder = eachFolder();
beforeEach(() => void folder.write("in.pdf", makePdf()));

const openssl = () => `openssl dgst -sha256 -sign '${pkiPath("rsa.key")}'`;
const identity = () => ["--cert", pkiPath("rsa.pem"), "--chain", pkiPath("chain.pem")];

/** What the command line prints, which is printable and ends each line itself. */
function run(args: string[], env: NodeJS.ProcessEnv = {}): Ended {
	const ended = rustpdf(folder.path, args, env);
	for (const text of [ended.stdout, ended.stderr]) {
		expect(text).not.toMatch(RAW);
		expect(text).not.toMatch(/^signed {2}all/m);
	}
	return ended;
}

/** The same as text and as JSON: how it ended, and the objects of both streams. */
function both(...args: string[]): { text: Ended; json: Record<string, unknown>[] } {
	const text = run(args);
	const { status, stderr, stdout } = run([...args, "--json"]);
	expect(status).toBe(text.status);
	const lines = (stdout + stderr).split("\n").filter(Boolean);
	return { text, json: lines.map((line) => JSON.parse(line)) };
}

test("a signature: names of fields, files, reasons and of the certificate", () => {
	const name = `${HOSTILE}.pdf`;
	const certify = (...args: string[]) =>
		execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-utf8", ...args], { stdio: "pipe", cwd: folder.path });
	const common = HOSTILE.replaceAll("\r\n", ""); // the program drops them
	certify("-subj", `/CN=${common}`, "-keyout", "ca.key", "-out", "ca.pem");
	certify(
		"-subj",
		`/CN=${common}/O=o`,
		"-CA",
		"ca.pem",
		"-CAkey",
		"ca.key",
		"-addext",
		"basicConstraints=critical,CA:FALSE",
		"-keyout",
		"leaf.key",
		"-out",
		"leaf.pem",
	);
	const texts = ["--name", "--reason", "--location", "--contact-info", "--field-name"].flatMap((flag) => [flag, HOSTILE]);
	const by = ["--cert", "leaf.pem", "--exec", "openssl dgst -sha256 -sign leaf.key"];
	const { json, text } = both("sign", "in.pdf", "-o", name, "--force", ...by, ...texts);
	expect(text.status).toBe(0);
	expect(text.stdout).toContain(`${ESCAPED}.pdf, `);
	expect(text.stdout).toContain(`${ESCAPED}, revision 2`);
	expect(text.stderr).toMatch(/^rustpdf: warning: WARN_CHAIN_INCOMPLETE: .*`x\\1b\[31m/);
	expect(json).toMatchObject([{ output: name, report: { field: HOSTILE } }]);

	const inspected = both("inspect", name);
	expect(inspected.text).toMatchObject({ status: 0, stderr: "" });
	for (const row of ["name", "reason", "location", "contactInfo"])
		expect(inspected.text.stdout).toMatch(new RegExp(`^ {2}${row} +x\\\\u001b`, "m"));
	expect(inspected.text.stdout).toContain(`${ESCAPED} (Sig, signed)\n`);
	expect(inspected.text.stdout).toMatch(/^ {2}signer +O=o,CN=x\\1b\[31m\\07/m);
	expect(inspected.json).toMatchObject([
		{ signatures: [{ field: HOSTILE, reason: HOSTILE, signer: { subject: expect.stringMatching(/^O=o,CN=x\\1b\[31m\\07/) } }] },
	]);
});

test("a document that says of itself what it likes", () => {
	const more = [
		"<</FT/Sig/T<feff0061001b005b0032004a>/V 6 0 R>>",
		"<</Type/Sig/SubFilter/x#1b#5d0#3bp#07#c2#9b/M<feff001b0063>/Reference[<</TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields[<feff001b0063>]>>>>]>>",
	];
	folder.write("in.pdf", makePdf({ catalog: "/AcroForm<</Fields[5 0 R]>>", more }));
	const { json, text } = both("inspect", "in.pdf");
	expect(text.stdout).toMatch(/^signature +a\\u001b\[2J, x\\u001b\]0;p\\u0007\\u009b, /m);
	expect(text.stdout).toMatch(/^ {2}lock +include \\u001bc$/m);
	expect(json).toMatchObject([
		{ signatures: [{ subFilter: "x\u001b]0;p\u0007\u009b", signingTime: "\u001bc", lock: { fields: ["\u001bc"] } }] },
	]);
});

test("a certificate of the chain", () => {
	const stranger = new URL("../../../crates/core/tests/data/messages/controls-in-the-name.pem", import.meta.url).pathname;
	const { json, text } = both("sign", "in.pdf", "-o", "out.pdf", "--cert", pkiPath("rsa.pem"), "--chain", stranger, "--exec", openssl());
	expect(text).toMatchObject({ status: 1, stderr: expect.stringContaining("`e\\1b[31mvil\\07`") });
	expect(json).toMatchObject([{ error: { code: "ERR_CHAIN_UNRELATED" } }]);
});

test("what a program says", () => {
	folder.write("said", HOSTILE);
	const by = [...identity(), "--exec", "cat said >&2; exit 3"];
	for (const args of [
		["sign", "in.pdf", "-o", "out.pdf"],
		["sign-many", "in.pdf", "--in-place"],
	]) {
		const { json, text } = both(...args, ...by);
		expect(text).toMatchObject({ status: 1, stdout: "", stderr: expect.stringContaining(`with status 3: ${ESCAPED}; `) });
		expect(json).toMatchObject([{ error: { code: "ERR_CALLBACK_RESULT", message: expect.stringContaining(ESCAPED) } }]);
	}
});

test("many documents", () => {
	const names = [`a${HOSTILE}.pdf`, `b${HOSTILE}.pdf`, `c${HOSTILE}.pdf`];
	for (const [index, name] of names.entries()) folder.write(name, index === 1 ? HOSTILE : makePdf());
	const { json, text } = both("sign-many", ...names, "--in-place", ...identity(), "--exec", openssl());
	expect(text).toMatchObject({ status: 1, stderr: `rustpdf: b${ESCAPED}.pdf: ${text.stderr.split(".pdf: ")[1]}` });
	expect(text.stderr).toContain("ERR_NOT_A_PDF");
	expect(text.stdout.split("\n").sort()).toEqual(["", `signed   a${ESCAPED}.pdf`, `signed   c${ESCAPED}.pdf`]);
	expect(json.map(({ input }) => input).sort()).toEqual(names);
});

test("recovery: paths, and a journal that is no journal", () => {
	const name = `${HOSTILE}.pdf`;
	const missing = both("recover", name);
	expect(missing.text).toMatchObject({ status: 2, stderr: expect.stringContaining(`cannot read ${ESCAPED}.pdf`) });
	folder.write(name, makePdf());
	expect(both("recover", name).text.stdout).toBe(`file  ${ESCAPED}.pdf: nothing was interrupted\n`);
	folder.write(`.${name}.rustpdf`, HOSTILE);
	const damaged = both("recover", name);
	expect(damaged.text).toMatchObject({ status: 1, stderr: expect.stringMatching(/^rustpdf: ERR_JOURNAL_/) });
	expect(damaged.text.stderr).toContain(`.${IN_MESSAGE}.pdf.rustpdf`);
	expect(damaged.json).toMatchObject([{ error: { message: expect.stringContaining(IN_MESSAGE) } }]);
});

test("in two phases", () => {
	folder.write("key", key);
	const session = ["--session", `${HOSTILE}.session`, "--session-key-file", "key"];
	const { json, text } = both("begin", "in.pdf", ...session, "--force", "--field-name", HOSTILE);
	expect(text.stdout).toMatch(/^session +x\\u001b\[31m/);
	expect(json).toMatchObject([{ session: `${HOSTILE}.session`, report: { field: HOSTILE } }]);
	const complete = (...more: string[]) => both("complete", "in.pdf", "-o", "out.pdf", ...session, ...more).text;
	expect(complete("--container", HOSTILE)).toMatchObject({ status: 2, stderr: expect.stringContaining(ESCAPED) });
	folder.write("container", HOSTILE);
	expect(complete("--container", "container")).toMatchObject({
		status: 1,
		stderr: expect.stringMatching(/^rustpdf: ERR_CONTAINER_FORMAT/),
	});
});

describe("the command line itself", () => {
	test("what it does not know", () => {
		for (const args of [
			[HOSTILE],
			["inspect", "in.pdf", `--${HOSTILE}`],
			["inspect", "in.pdf", HOSTILE],
			["complete", "in.pdf", `--session${HOSTILE}`],
		]) {
			expect(run(args)).toMatchObject({ status: 2, stdout: "", stderr: expect.stringMatching(/^error: .*\n$/) });
		}
		// A suggestion is still readable.
		expect(run(["sing"]).stderr).toBe("error: unknown command 'sing' (Did you mean sign?)\n");
	});

	test("values and files", () => {
		folder.write(HOSTILE, "precious");
		const sign = (...more: string[]) => both("sign", "in.pdf", ...identity(), "--exec", "true", ...more).text;
		expect(sign("-o", HOSTILE)).toMatchObject({ status: 2, stderr: expect.stringContaining(`${ESCAPED} exists`) });
		expect(sign("-o", `${HOSTILE}/none/out.pdf`)).toMatchObject({ status: 2, stderr: expect.stringContaining("there is no folder") });
		expect(sign("-o", "out.pdf", "--digest-algorithm", HOSTILE)).toMatchObject({
			stderr: expect.stringContaining("ERR_ALGORITHM_UNKNOWN"),
		});
		expect(sign("-o", "out.pdf", "--commitment-type", HOSTILE)).toMatchObject({ stderr: expect.stringContaining("ERR_OPTION_VALUE") });
		expect(sign("-o", "out.pdf", "--password-file", `${HOSTILE}.none`)).toMatchObject({
			status: 2,
			stderr: expect.stringContaining(ESCAPED),
		});
		expect(existsSync(folder.at("out.pdf"))).toBe(false);
	});
});

test("a program does not get the PIN and the password", () => {
	const secrets = { RUSTPDF_PIN: "1234", RUSTPDF_PASSWORD: "secret" };
	for (const args of [
		["sign", "in.pdf", "-o", "out.pdf"],
		["sign-many", "in.pdf", "--in-place"],
	]) {
		const { status, stderr } = run([...args, ...identity(), "--exec", `env >environment; ${openssl()}`], secrets);
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		const environment = folder.read("environment").toString();
		expect(environment).toMatch(/^RUSTPDF_DIGEST=/m);
		expect(environment).not.toMatch(/RUSTPDF_P|1234|secret/);
	}
});
