// The command line from a key in a token to its certificate, a signature by a profile, and the records of it.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { rustpdf } from "./support/cli.js";
import { eachFolder } from "./support/folder.js";
import { makePdf } from "./support/pdf.js";
import { pkiPath } from "./support/pki.js";
import { MODULE, makeToken, PIN, type TestToken, TOKEN } from "./support/token.js";
import { opensslVerify } from "./support/verify.js";

let token: TestToken;
beforeAll(() => {
	token = makeToken();
});
afterAll(() => token.remove());

const folder = eachFolder();
beforeEach(() => void folder.write("in.pdf", makePdf({ pages: 1 })));
const run = (args: string[], env: NodeJS.ProcessEnv = {}) => rustpdf(folder.path, args, { RUSTPDF_PIN: PIN, ...env });
const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder.path, encoding: "utf8", stdio: "pipe" });
const keyUri = (name: string) => `pkcs11:token=${TOKEN};object=${name}?module-path=${MODULE}`;
const withCertificate = ["--cert", pkiPath("rsa.pem"), "--chain", pkiPath("chain.pem")];

describe("a key in a token", () => {
	test.each(["rsa", "p256", "p384", "p521", "ed25519"])("%s gets a request and a certificate", (name) => {
		const made = run(["csr", "--subject", "/O=Example Ltd/CN=token", "--key", keyUri(name), "-o", "key.csr"]);
		expect(made).toMatchObject({ status: 0, stderr: "" });
		openssl("req", "-in", "key.csr", "-verify", "-noout");
		// The public key is that of the pair.
		expect(openssl("req", "-in", "key.csr", "-noout", "-pubkey")).toBe(openssl("pkey", "-in", pkiPath(`${name}.key`), "-pubout"));
		expect(run(["self-signed", "--subject", "CN=token", "--key", keyUri(name), "-o", "key.pem"])).toMatchObject({ status: 0 });
		openssl("verify", "-CAfile", "key.pem", "key.pem");
		const signed = run(["sign", "in.pdf", "-o", `${name}.pdf`, "--key", keyUri(name), "--cert", "key.pem"]);
		expect(signed.status, signed.stderr).toBe(0);
	});

	test("and records of each request, which are checked", () => {
		const sign = (output: string) =>
			run(["sign", "in.pdf", "-o", output, "--key", keyUri("rsa"), ...withCertificate, "--audit", "records"]);
		expect(sign("one.pdf")).toMatchObject({ status: 0, stderr: "" });
		opensslVerify(folder.read("one.pdf"));
		const heads = run(["audit", "heads", "records"]);
		folder.write("heads.json", heads.stdout);
		expect(sign("two.pdf").status).toBe(0);
		const verified = run(["audit", "verify", "records", "--heads", "heads.json", "--json"]);
		expect(JSON.parse(verified.stdout)).toEqual({ files: 2, records: 4, unanswered: 0, faults: [] });
		const [{ file }] = JSON.parse(heads.stdout);
		const text = folder.read(join("records", file)).toString();
		expect(JSON.parse(text.split("\n")[0] as string)).toMatchObject({ keyId: `pkcs11:token=${TOKEN};object=rsa`, documentName: "in.pdf" });
		writeFileSync(join(folder.path, "records", file), text.replace("in.pdf", "no.pdf"));
		const altered = run(["audit", "verify", "records"]);
		expect(altered).toMatchObject({ status: 1, stderr: expect.stringContaining(`${file}, line 2: the line before it is not the one`) });
	});

	test("and the PIN appears nowhere", () => {
		const [wrong, gone] = [
			run(["sign", "in.pdf", "-o", "no.pdf", "--key", keyUri("rsa"), "--audit", "records"], { RUSTPDF_PIN: "99887766" }),
			run(["csr", "--subject", "CN=x", "--key", keyUri("none"), "-o", "no.csr"], { RUSTPDF_PIN: PIN }),
		];
		expect(wrong).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_PKCS11_PIN_WRONG") });
		expect(gone).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_PKCS11_KEY") });
		expect(`${wrong.stdout}${wrong.stderr}`).not.toContain("99887766");
		expect(folder.names()).toEqual(["in.pdf"]); // the key was never asked: no record, no half-written file
	});
});

describe("the log of a key store", () => {
	const sign = (output: string) =>
		expect(run(["sign", "in.pdf", "-o", output, "--key", keyUri("rsa"), ...withCertificate, "--audit", "records"]).status).toBe(0);
	const match = (...more: string[]) => {
		const { status, stdout } = run(["audit", "match", "records", "--log", "log.json", "--json", ...more]);
		return { status, ...JSON.parse(stdout) };
	};
	// The forms are those of the stores' documentation.
	const forms: [string, (time: string) => object][] = [
		[
			"CloudTrail",
			(eventTime) => ({ Records: [{ eventSource: "kms.amazonaws.com", eventName: "Sign", eventTime, resources: [{ ARN: KEY }] }] }),
		],
		["Key Vault", (time) => ({ records: [{ operationName: "KeySign", resultType: "Success", time, properties: { id: KEY } }] })],
		["Cloud Audit Logs", (timestamp) => [{ timestamp, protoPayload: { methodName: "AsymmetricSign", resourceName: KEY } }]],
		["OpenBao", (time) => ({ type: "response", time, request: { path: `transit/sign/${KEY}/sha2-256` } })],
	];
	const KEY = `pkcs11:token=${TOKEN};object=rsa`;

	test.each(forms)("%s", (_, form) => {
		sign("one.pdf");
		const now = new Date().toISOString();
		folder.write("log.json", JSON.stringify(form(now)));
		expect(match()).toMatchObject({ status: 0, matched: 1, onlyInLog: [], onlyInRecords: [] });
		sign("two.pdf"); // the log does not know of it
		expect(match()).toMatchObject({ status: 1, matched: 1, onlyInLog: [], onlyInRecords: [{ line: 1 }] });
		folder.write("log.json", JSON.stringify(form(new Date(Date.now() - 3_600_000).toISOString())));
		expect(match()).toMatchObject({ status: 1, matched: 0, onlyInLog: [{ keyId: KEY }] });
		expect(match("--within", "7200")).toMatchObject({ matched: 1 });
	});

	test("names the key by its alias, too", () => {
		sign("one.pdf");
		const arn = [{ ARN: "arn:aws:kms:eu-central-1:1:key/0b1c" }];
		const entry = { eventSource: "kms.amazonaws.com", eventName: "Sign", eventTime: new Date().toISOString(), resources: arn };
		folder.write("log.json", JSON.stringify({ Records: [{ ...entry, requestParameters: { keyId: KEY } }] }));
		expect(match()).toMatchObject({ status: 0, matched: 1 });
		folder.write("log.json", JSON.stringify({ Records: [{ ...entry, requestParameters: { keyId: "alias/other" } }] }));
		expect(match()).toMatchObject({ status: 1, matched: 0 });
	});

	test("that is none is refused", () => {
		folder.write("log.json", "hello");
		expect(run(["audit", "match", ".", "--log", "log.json"])).toMatchObject({
			status: 2,
			stderr: expect.stringContaining("no log of a key store"),
		});
	});
});

describe("a profile", () => {
	const profile = (content: object) => folder.write("settings.json", JSON.stringify({ profiles: { contracts: content } }));

	test("gives flags, and those of the command line come first", () => {
		profile({ key: keyUri("rsa"), cert: pkiPath("rsa.pem"), chain: [pkiPath("chain.pem")], reason: "Approved", "no-pades": false });
		const args = ["sign", "in.pdf", "-o", "out.pdf", "--force", "--json", "--profile", "contracts"];
		expect(run([...args, "--config", "settings.json"])).toMatchObject({ status: 0, stderr: "" });
		opensslVerify(folder.read("out.pdf"));
		expect(folder.read("out.pdf").toString("latin1")).toContain("(Approved)");
		const other = run([...args, "--reason", "Seen"], { RUSTPDF_CONFIG: "settings.json" });
		expect(other).toMatchObject({ status: 0 });
		expect(folder.read("out.pdf").toString("latin1")).toContain("(Seen)");
	});

	test.each<[string, object, string]>([
		["a PIN", { pin: "1234" }, "a profile contains no pin"],
		["no name of a flag", { "key uri": "x" }, "is no name of a flag"],
		["an unknown flag", { colour: "red" }, "unknown option '--colour'"],
		["an object", { key: {} }, "must be a text"],
	])("with %s is refused", (_, content, message) => {
		profile(content);
		const refused = run(["sign", "in.pdf", "-o", "out.pdf", "--profile", "contracts", "--config", "settings.json"]);
		expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
		expect(refused.stderr).not.toContain("1234");
	});

	test("that is not there is refused", () => {
		profile({});
		const sign = ["sign", "in.pdf", "-o", "out.pdf"];
		expect(run([...sign, "--profile", "other", "--config", "settings.json"])).toMatchObject({
			status: 2,
			stderr: expect.stringContaining("no profile other"),
		});
		expect(run([...sign, "--profile", "other", "--config", "none.json"])).toMatchObject({
			status: 2,
			stderr: expect.stringContaining("none.json"),
		});
		expect(run([...sign, "--config", "settings.json"])).toMatchObject({
			status: 2,
			stderr: expect.stringContaining("--config needs --profile"),
		});
	});
});

test.each<[string[], string]>([
	[["--key", "s3://key"], "names no key store"],
	[["--key", "awskms:nothing"], "not installed|awskms:///KEY"],
	[["--key", "hashivault://k"], "VAULT_ADDR"],
	[["--key", keyUri("rsa"), "--exec", "true"], "give either --key"],
	[[], "give either --key"],
])("%j is refused", (flags, message) => {
	const refused = run(["sign", "in.pdf", "-o", "out.pdf", "--cert", pkiPath("rsa.pem"), ...flags], { VAULT_ADDR: "" });
	expect(refused).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
});
