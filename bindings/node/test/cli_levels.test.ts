// Levels from the command line, against real services.

import { sign as signRaw } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { timeOf } from "../src/cli/extend.js";
import { rustpdf } from "./support/cli.js";
import { eachFolder } from "./support/folder.js";
import { key as sessionKey } from "./support/key.js";
import { makePdf } from "./support/pdf.js";
import { startServices } from "./support/services.js";

const services = startServices();
const folder = eachFolder();
const pdf = makePdf();
const ltv = ["--timestamp-url", services.tsa(), "--trust", "roots.pem", "--allow-private-networks"];
const failing = services.tsa("tsa", "status=500");

beforeEach(async () => {
	await services.clearLog();
	folder.write("in.pdf", pdf);
	folder.write("key.pem", services.key("rsa"));
	folder.write("session.key", sessionKey);
	folder.write("roots.pem", ["root", "tsaroot"].map((name) => readFileSync(services.path(`certs/${name}.cert.pem`), "utf8")).join(""));
});

const run = (args: string[], env: NodeJS.ProcessEnv = {}) => rustpdf(folder.path, args, env);
const certificate = services.path("certs/rsa.cert.pem");
const EXEC = "openssl dgst -sha256 -sign key.pem";
const issuing = services.path("certs/issuing.cert.pem");
const sign = (...more: string[]) => ["sign", "in.pdf", "--cert", certificate, "--chain", issuing, "--exec", EXEC, ...more];
function signed(): void {
	expect(run(sign("-o", "signed.pdf")).status).toBe(0);
}

describe("sign", () => {
	test("reaches a level, and tells it", () => {
		const { status, stderr, stdout } = run(sign("-o", "out.pdf", "--level", "B-LTA", ...ltv));
		expect(stderr).not.toContain("ERR_");
		expect(status).toBe(0);
		expect(stdout).toMatch(/^level +B-LTA$/m);
		expect(stdout).toMatch(/^timestamp +\S+ by service 0$/m);
		expect(stdout).toMatch(/^timestamp +\S+ by service 0, over the document$/m);
		expect(stdout).toMatch(/^renew before +20\d\d-/m);
		const { stdout: json } = run(sign("-o", "other.pdf", "--level", "B-T", ...ltv, "--json"));
		expect(JSON.parse(json)).toMatchObject({ report: { level: "B-T", timestamps: [{ service: 0 }] } });
	});

	test("asks no private address without a word", () => {
		const args = sign("-o", "out.pdf", "--level", "B-LT", ...ltv.slice(0, -1));
		const refused = run(args);
		expect(refused.status).toBe(1);
		expect(folder.names()).not.toContain("out.pdf");
		expect(run([...args, "--allowed-host", "127.0.0.1"]).status).toBe(0);
	});

	test("takes the next service, and a lower level where that is accepted", () => {
		const { stdout } = run(sign("-o", "out.pdf", "--level", "B-T", "--timestamp-url", failing, ...ltv, "--json"));
		expect(JSON.parse(stdout)).toMatchObject({ report: { timestamps: [{ service: 1 }] } });
		const lower = run(sign("-o", "lower.pdf", "--level", "B-T", "--minimum-level", "B-B", "--timestamp-url", failing));
		expect(lower.status).toBe(0);
		expect(lower.stderr).toContain("WARN_LEVEL_LOWER");
	});

	test("credentials come from a file or the environment, and are no argument", async () => {
		const protectedUrl = services.tsa("tsa", "bearer=s3cret");
		const args = (...more: string[]) => sign("--in-place", "--level", "B-T", "--timestamp-url", protectedUrl, ...more);
		folder.write("headers", "\nAuthorization: Bearer s3cret\r\n\nX-Other: 1\n");
		for (const [more, env] of [
			[["--http-header-file", "headers"], {}],
			[[], { RUSTPDF_TIMESTAMP_AUTHORIZATION: "Bearer s3cret" }],
		] as const) {
			folder.write("in.pdf", pdf);
			const { status, stderr } = run(args(...more), env);
			expect(stderr).not.toContain("ERR_");
			expect(status).toBe(0);
		}
		const wrong = run(args(), { RUSTPDF_TIMESTAMP_AUTHORIZATION_2: "Bearer s3cret" });
		expect(wrong.status).toBe(1);
		expect(wrong.stderr).not.toContain("s3cret");
		const env = { RUSTPDF_TIMESTAMP_AUTHORIZATION: "Bearer s3cret" };
		const inherited = `env > environment; ${EXEC}`;
		run(["sign", "in.pdf", "-o", "other.pdf", "--cert", certificate, "--exec", inherited], env);
		expect(folder.read("environment").toString()).not.toContain("s3cret");
	});

	test.each<[string, string[]]>([
		["a user", ["--timestamp-url", "https://user:s3cret@tsa.example.org/"]],
		["http or https", ["--timestamp-url", "ldap://s3cret.example.org/"]],
		["http or https", ["--timestamp-url", "s3cret"]],
		["needs a --timestamp-url", ["--http-header-file", "in.pdf"]],
		["line 1 of headers", ["--timestamp-url", "http://a/", "--http-header-file", "headers"]],
		["--timestamp-url", ["--level", "B-T"]],
		["--trust", ["--level", "B-LT", "--timestamp-url", "http://a/"]],
		["cannot read", ["--trust", "missing.pem"]],
		["--session-key-file", ["--session-on-failure", "in.session"]],
	])("a command line that is wrong: %s", (message, more) => {
		folder.write("headers", "s3cret");
		const { status, stderr } = run(sign("-o", "out.pdf", ...more));
		expect(status).toBe(2);
		expect(stderr).toContain(message);
		expect(stderr).not.toContain("s3cret");
	});
});

describe("a failure behind the signature", () => {
	test("leaves a session, from which another command goes on without the key", () => {
		const key = ["--session-key-file", "session.key"];
		const args = sign(
			"-o",
			"out.pdf",
			"--level",
			"B-LTA",
			...ltv.slice(2),
			"--timestamp-url",
			failing,
			"--session-on-failure",
			"in.session",
		);
		const { status, stderr } = run([...args, ...key]);
		expect(status).toBe(1);
		expect(stderr).toContain("ERR_TIMESTAMP_UNAVAILABLE");
		expect(stderr).toContain("complete --advance");
		expect(folder.names()).toEqual(["in.pdf", "in.session", "key.pem", "roots.pem", "session.key"]);
		const advance = ["complete", "in.pdf", "-o", "out.pdf", "--advance", "--session", "in.session", ...key];
		expect(run([...advance, "--timestamp-url", failing, "--allow-private-networks"]).stderr).toContain("ERR_TIMESTAMP_UNAVAILABLE");
		const done = run([...advance, "--timestamp-url", services.tsa(), "--allow-private-networks", "--json"]);
		expect(done.stderr).not.toContain("ERR_");
		expect(JSON.parse(done.stdout)).toMatchObject({ report: { level: "B-LTA" } });
	});

	test("two phases take the services of the second command", () => {
		const key = ["--session-key-file", "session.key"];
		const begin = [
			"begin",
			"in.pdf",
			"--session",
			"in.session",
			...key,
			"--cert",
			certificate,
			"--request",
			"in.tosign",
			"--level",
			"B-T",
			...ltv,
		];
		expect(run(begin).status).toBe(0);
		folder.write("in.signature", signRaw("sha256", folder.read("in.tosign"), services.key("rsa")));
		const complete = ["complete", "in.pdf", "-o", "out.pdf", "--session", "in.session", ...key, "--signature", "in.signature"];
		expect(run(complete).stderr).toContain("ERR_TIMESTAMP_SERVICE");
		const done = run([...complete, "--timestamp-url", services.tsa(), "--json"]);
		expect(done.stderr).not.toContain("ERR_");
		expect(JSON.parse(done.stdout)).toMatchObject({ report: { level: "B-T" } });
	});
});

describe("extend", () => {
	test("one document, elsewhere and in place", () => {
		signed();
		const { status, stderr, stdout } = run(["extend", "signed.pdf", "-o", "out.pdf", "--level", "B-LTA", ...ltv]);
		expect(stderr).not.toContain("ERR_");
		expect(status).toBe(0);
		expect(stdout).toMatch(/^level +B-LTA$/m);
		expect(stdout).toMatch(/^signature +Signature1: B-B to B-LTA$/m);
		const again = run(["extend", "out.pdf", "--in-place", ...ltv, "--json"]);
		expect(JSON.parse(again.stdout)).toMatchObject({ report: { level: "B-LTA", signatures: [{ before: "B-LTA" }] } });
		expect(run(["extend", "in.pdf", "-o", "none.pdf", ...ltv]).stderr).toContain("ERR_SIGNATURE_MISSING");
		expect(run(["extend", "signed.pdf", "-o", "other.pdf", "--field", "Other", ...ltv]).status).not.toBe(0);
	});

	test("several, into a folder or in place; a failure concerns its document alone", () => {
		signed();
		for (const name of ["a.pdf", "b.pdf"]) folder.write(name, folder.read("signed.pdf"));
		folder.write("c.pdf", "text");
		const args = ["extend", "a.pdf", "b.pdf", "c.pdf", "--level", "B-T", ...ltv];
		const { status, stderr, stdout } = run([...args, "--in-place"]);
		expect(status).toBe(1);
		expect(stdout.trim().split("\n").sort()).toEqual(["extended  a.pdf", "extended  b.pdf"]);
		expect(stderr).toMatch(/^rustpdf: c\.pdf: ERR_NOT_A_PDF/m);
		expect(run([...args, "-o", "out.pdf"]).status).toBe(2);
		expect(run([...args, "--in-place", "--output-dir", "."]).status).toBe(2);
	});

	test("an archive: what lasts is left alone, and the ledger says until when", () => {
		signed();
		folder.write("done.ledger", "");
		const renew = (before: string, ...more: string[]) =>
			run(["extend", "signed.pdf", "--in-place", "--renew-before", before, ...ltv, ...more]).stdout.trim();
		const ledger = ["--ledger", "done.ledger"];
		expect(renew("1d", ...ledger)).toBe("extended  signed.pdf");
		const { renewBefore } = JSON.parse(run(["inspect", "signed.pdf", "--json"]).stdout);
		const entries = () => folder.read("done.ledger").toString().trim().split("\n").slice(1);
		const last = () => JSON.parse(entries().at(-1) as string);
		expect(last()).toMatchObject({ id: "signed.pdf", state: "signed", renewBefore });
		const before = folder.read("signed.pdf");
		// With the ledger, and without: the document itself says the same.
		expect(renew("1d", ...ledger)).toBe("skipped   signed.pdf");
		expect(renew("1d")).toBe("skipped   signed.pdf");
		expect(folder.read("signed.pdf").equals(before)).toBe(true);
		const days = Math.ceil((Date.parse(renewBefore) - Date.now()) / 86_400_000) + 1;
		expect(renew(`${days}d`, ...ledger)).toBe("extended  signed.pdf");
		expect(entries()).toHaveLength(4);
		expect(run(["inspect", "signed.pdf", "--json"]).stdout).toContain('"B-LTA"');
	});

	test.each([
		["90d", 90 * 86_400_000],
		["12h", 12 * 3_600_000],
		["0d", 0],
	])("%s is a time from now", (text, milliseconds) => {
		expect(Math.abs(timeOf(text).getTime() - Date.now() - milliseconds)).toBeLessThan(1000);
	});

	test("a date is itself, and another text is refused", () => {
		expect(timeOf("2027-01-31")).toEqual(new Date("2027-01-31"));
		expect(run(["extend", "in.pdf", "--in-place", "--renew-before", "soon"]).status).toBe(2);
	});
});

test("timestamp", () => {
	const { status, stdout } = run(["timestamp", "in.pdf", "-o", "out.pdf", "--timestamp-url", services.tsa("ec")]);
	expect(status).toBe(0);
	expect(stdout).toMatch(/^timestamp +\S+ by service 0, over the document$/m);
	expect(folder.read("out.pdf").includes("/DocTimeStamp")).toBe(true);
	expect(run(["timestamp", "in.pdf", "-o", "other.pdf"]).status).toBe(2);
});

test.each([
	[
		"sign",
		[
			"--level",
			"--minimum-level",
			"--timestamp-url",
			"--trust",
			"--allow-private-networks",
			"--session-on-failure",
			"RUSTPDF_TIMESTAMP_AUTHORIZATION",
		],
	],
	["extend", ["--level", "--renew-before", "--output-dir", "--field", "--validation-crl"]],
	["timestamp", ["--timestamp-url", "--timestamp-policy", "--http-header-file"]],
	["complete", ["--advance", "--timestamp-url"]],
])("help of %s", (command, flags) => {
	const { stdout } = run([command, "--help"]);
	for (const flag of flags) expect(stdout).toContain(flag);
});
