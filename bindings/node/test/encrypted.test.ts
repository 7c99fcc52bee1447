import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beginSigning, resumeSigning, signInTurn, signWith } from "rustpdf";
import { beforeEach, describe, expect, test } from "vitest";
import { rustpdf } from "./support/cli.js";
import { key } from "./support/key.js";
import { certificate, chain, pkiPath, signer } from "./support/pki.js";
import { opensslVerify } from "./support/verify.js";

const documents = resolve(import.meta.dirname, "../../../tests/vectors/documents/encrypted");
const document = readFileSync(join(documents, "aes-256.pdf"));
const [leaf, issuers] = [certificate("rsa"), chain()];
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("the package", () => {
	test.each(["user", "owner"])("signs as %s", (password) => {
		const signed = signWith(document, leaf, signer("rsa"), issuers, { password, reason: "kept secret" });
		opensslVerify(signed);
		expect(signed.subarray(0, document.length)).toEqual(document);
		expect(Buffer.from(signed).includes("kept secret")).toBe(false);
	});

	test("asks for the password, and says when it is wrong", () => {
		expect(() => signWith(document, leaf, signer("rsa"), issuers)).toThrow(code("ERR_PASSWORD_MISSING"));
		expect(() => signWith(document, leaf, signer("rsa"), issuers, { password: "hunter2" })).toThrow(
			expect.objectContaining({ code: "ERR_PASSWORD_WRONG", group: "options", message: expect.not.stringContaining("hunter2") }),
		);
		expect(() => signWith(document, leaf, signer("rsa"), issuers, { password: 1 as never })).toThrow(code("ERR_OPTION_VALUE"));
	});

	test("signs in turn by one password", () => {
		const signatory = { certificate: leaf, signer: signer("rsa"), chain: issuers };
		const signed = signInTurn(document, [{ ...signatory, options: { password: "user" } }, signatory]);
		opensslVerify(signed);
	});

	test("keeps no password in a saved session", async () => {
		const session = beginSigning(document, { certificate: leaf, chain: issuers, password: "owner" });
		const saved = session.serialize(key);
		expect(Buffer.from(saved).includes("owner")).toBe(false);
		const resumed = resumeSigning(saved, document, key);
		const { request } = resumed;
		if (request === undefined) throw new Error("there is no request");
		opensslVerify(resumed.completeWithSignature((await signer("rsa")(request.data, request)) as Uint8Array));
	});
});

describe("the command line", () => {
	let folder: string;
	const run = (args: string[], env: Record<string, string> = {}) => rustpdf(folder, args, env);
	const key = [
		"--cert",
		pkiPath("rsa.pem"),
		"--chain",
		pkiPath("chain.pem"),
		"--exec",
		`openssl dgst -sha256 -sign '${pkiPath("rsa.key")}'`,
	];
	const sign = ["sign", "in.pdf", "-o", "out.pdf", ...key];
	const inspect = ["inspect", "in.pdf", "--json"];

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "rustpdf-encrypted-"));
		writeFileSync(join(folder, "in.pdf"), document);
		writeFileSync(join(folder, "password"), "owner\nthis is a note\n");
		return () => rmSync(folder, { recursive: true, force: true });
	});

	const ways: [string, string[], Record<string, string>][] = [
		["a file", ["--password-file", "password"], {}],
		["an argument", ["--password", "user"], {}],
		["the environment", [], { RUSTPDF_PASSWORD: "user" }],
		["a file rather than the environment", ["--password-file", "password"], { RUSTPDF_PASSWORD: "wrong" }],
	];
	test.each(ways)("takes the password from %s", (_way, flags, env) => {
		expect(run([...sign, ...flags], env)).toMatchObject({ status: 0, stderr: "" });
		const { fields } = JSON.parse(run([...inspect, ...flags], env).stdout);
		expect(fields).toMatchObject([{ name: "amount" }, { name: "approval.director" }]);
	});

	test("says what is wrong", () => {
		expect(run(sign)).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_PASSWORD_MISSING") });
		expect(run(inspect)).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_PASSWORD_MISSING") });
		expect(run([...inspect, "--password", "no"])).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_PASSWORD_WRONG") });
		expect(run([...inspect, "--password", "user", "--password-file", "password"])).toMatchObject({ status: 2 });
		expect(run([...inspect, "--password-file", "missing"])).toMatchObject({
			status: 2,
			stderr: expect.stringContaining("cannot read missing"),
		});
		writeFileSync(join(folder, "password"), Buffer.from([0xff, 0xfe]));
		expect(run([...inspect, "--password-file", "password"])).toMatchObject({ status: 2, stderr: expect.stringContaining("not UTF-8") });
	});
});
