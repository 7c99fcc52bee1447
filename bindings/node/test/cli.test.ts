import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signWith } from "rustpdf";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { CLI, rustpdf } from "./support/cli.js";
import { key } from "./support/key.js";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, pkiPath, signer } from "./support/pki.js";
import { sparsePdf } from "./support/sparse_pdf.js";
import { MODULE, makeShim, makeToken, PIN, type TestToken, TOKEN } from "./support/token.js";
import { lastSignature, opensslVerify } from "./support/verify.js";

const pdf = makePdf({ pages: 3 });
let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "rustpdf-cli-"));
	writeFileSync(join(folder, "in.pdf"), pdf);
	return () => rmSync(folder, { recursive: true, force: true });
});

const identity = () => ["--cert", pkiPath("rsa.pem"), "--chain", pkiPath("chain.pem")];
const openssl = () => `openssl dgst -sha256 -sign '${pkiPath("rsa.key")}'`;
const run = (...args: string[]) => rustpdf(folder, args);
const sign = (...more: string[]) => run("sign", "in.pdf", "-o", "out.pdf", ...identity(), "--exec", openssl(), ...more);
const read = (name: string) => readFileSync(join(folder, name));
const files = () => readdirSync(folder).sort();

describe("sign", () => {
	test("with a program", () => {
		const { status, stderr, stdout } = sign();
		expect(stderr).toBe("");
		expect(status).toBe(0);
		expect(stdout).toMatch(/^output +out\.pdf, [\d,]+ bytes/);
		expect(read("out.pdf").subarray(0, pdf.length)).toEqual(pdf);
		opensslVerify(read("out.pdf"));
		expect(files()).toEqual(["in.pdf", "out.pdf"]);
	});

	test("gives the bytes of signWith, with every option that has a flag", () => {
		const flags =
			"--digest-algorithm sha256 --signature-algorithm rsa-pkcs1 --field-name Seal --page 2 --name Ann --location Rome --contact-info ann@example.org --certify 2";
		const policy = `--policy-oid 1.2.3 --policy-digest-algorithm sha256 --policy-digest ${"ab".repeat(32)} --policy-uri https://example.org/p`;
		const claims =
			"--commitment-type proof-of-approval --signer-role clerk --signer-role notary --lock-action include --lock-field A --lock-field B";
		const fixed = `--container-size 20000 --strict --signing-time 2026-11-25T12:00:00Z --entropy ${"07".repeat(32)}`;
		const { status, stderr } = sign(...`${flags} ${policy} ${claims} ${fixed}`.split(" "));
		expect(stderr).toBe("");
		expect(status).toBe(0);
		const options = {
			digestAlgorithm: "sha256",
			signatureAlgorithm: "rsa-pkcs1",
			fieldName: "Seal",
			page: 2,
			name: "Ann",
			location: "Rome",
			contactInfo: "ann@example.org",
			certify: 2,
			policy: { oid: "1.2.3", digestAlgorithm: "sha256", digest: "ab".repeat(32), uri: "https://example.org/p" },
			commitmentType: "proof-of-approval",
			signerRoles: ["clerk", "notary"],
			lock: { action: "include", fields: ["A", "B"] },
			containerSize: 20000,
			strict: true,
			signingTime: new Date("2026-11-25T12:00:00Z"),
			entropy: Buffer.alloc(32, 7),
		} as const;
		expect(read("out.pdf")).toEqual(signWith(pdf, certificate("rsa"), signer("rsa"), chain(), options));
	});

	test("without PAdES, with a reason and the time in the signature", () => {
		expect(sign("--no-pades", "--signing-time-attribute", "--reason", "because").status).toBe(0);
		expect(read("out.pdf").toString("latin1")).toContain("/adbe.pkcs7.detached");
		opensslVerify(read("out.pdf"));
	});

	test("tells as JSON what was done and how long it took", () => {
		const { stdout } = sign("--json");
		expect(JSON.parse(stdout)).toMatchObject({
			output: "out.pdf",
			report: { field: "Signature1", documentLength: pdf.length },
			timings: { digestMs: expect.any(Number), signMs: expect.any(Number), writeMs: expect.any(Number), totalMs: expect.any(Number) },
		});
	});

	test("tells a program the request in its environment", () => {
		const script = `env | grep ^RUSTPDF_ > request.txt; ${openssl()}`;
		expect(run("sign", "in.pdf", "-o", "out.pdf", ...identity(), "--exec", script).status).toBe(0);
		expect(read("request.txt").toString()).toMatch(/RUSTPDF_SIGNATURE_ALGORITHM=rsa-pkcs1/);
		expect(read("request.txt").toString()).toMatch(/RUSTPDF_DIGEST=[0-9a-f]{64}\n/);
	});

	test("a warning goes to standard error", () => {
		const exec = `openssl dgst -sha256 -sign '${pkiPath("no-signing-usage.key")}'`;
		const { status, stderr } = run("sign", "in.pdf", "-o", "out.pdf", "--cert", pkiPath("no-signing-usage.pem"), "--exec", exec);
		expect(status).toBe(0);
		expect(stderr).toContain("rustpdf: warning: WARN_CERTIFICATE_KEY_USAGE: ");
	});
});

describe("what is refused leaves nothing behind: status 1 and the code", () => {
	const refused = (code: string, args: string[]) => {
		const { status, stderr } = run(...args);
		expect(stderr).toContain(`rustpdf: ${code}: `);
		expect(status).toBe(1);
		expect(files().filter((name) => name.includes("out.pdf"))).toEqual([]);
	};
	const by = (command: string) => ["sign", "in.pdf", "-o", "out.pdf", ...identity(), "--exec", command];

	test("a file that is no PDF", () => {
		writeFileSync(join(folder, "in.pdf"), "hello");
		refused("ERR_NOT_A_PDF", by(openssl()));
	});

	test("another key's signature", () => refused("ERR_SIGNATURE_MISMATCH", by(`openssl dgst -sha256 -sign '${pkiPath("other.key")}'`)));
	test("text", () => refused("ERR_SIGNATURE_TEXT", by(`${openssl()} | base64`)));
	test("no output", () => refused("ERR_SIGNATURE_EMPTY", by("true")));
	test("an option's value", () => refused("ERR_PAGE_NUMBER", [...by(openssl()), "--page", "9"]));

	test("a program that fails, with what it said", () => {
		const { status, stderr } = run(...by("echo the HSM is on fire >&2; exit 3"));
		expect(status).toBe(1);
		expect(stderr).toMatch(/ERR_CALLBACK_RESULT: the command ended with status 3: the HSM is on fire; /);
		expect(files()).toEqual(["in.pdf"]);
	});

	test("as JSON, too", () => {
		const { status, stderr } = run(...by("true"), "--json");
		expect(status).toBe(1);
		expect(JSON.parse(stderr)).toEqual({ error: { code: "ERR_SIGNATURE_EMPTY", group: "answer", message: expect.any(String) } });
	});

	test("a file that is changed meanwhile", () => refused("ERR_FILE_CHANGED", by(`echo >> in.pdf; ${openssl()}`)));

	test("a full disk, or a folder that goes away", () => {
		const { status, stderr } = run("sign", "in.pdf", "-o", "gone/out.pdf", ...identity(), "--exec", openssl());
		expect(status).toBe(2);
		expect(stderr).toContain("there is no folder gone");
	});
});

describe("a wrong command line: status 2", () => {
	const usage = (message: RegExp, ...args: string[]) => {
		const { status, stderr } = run(...args);
		expect(stderr).toMatch(message);
		expect(status).toBe(2);
	};

	test("nothing, an unknown command, an unknown flag, a missing one", () => {
		usage(/Usage: rustpdf/);
		usage(/unknown command 'sing'/, "sing");
		usage(/unknown option '--reazon'/, "inspect", "in.pdf", "--reazon");
		usage(/--exec needs --cert/, "sign", "in.pdf", "-o", "out.pdf", "--exec", "true");
		usage(/--exec needs --cert/, "sign-many", "in.pdf", "--in-place", "--exec", "true");
		usage(/either --key, --exec or --pkcs11-module/, "sign", "in.pdf", "-o", "out.pdf", ...identity());
		usage(
			/either --key, --exec or --pkcs11-module/,
			"sign",
			"in.pdf",
			"-o",
			"out.pdf",
			...identity(),
			"--exec",
			"x",
			"--pkcs11-module",
			"y",
		);
		usage(/either --key, --exec or --pkcs11-module/, "sign", "in.pdf", "-o", "out.pdf", ...identity(), "--pkcs11-key", "y");
		usage(/--request needs --cert/, "begin", "in.pdf", "--session", "s", "--request", "r");
		usage(/either --signature or --container/, "complete", "in.pdf", "-o", "out.pdf", "--session", "s");
	});

	test("files that are not there, or no files", () => {
		usage(/cannot read none\.pdf/, "sign", "none.pdf", "-o", "out.pdf", ...identity(), "--exec", "true");
		usage(/cannot read none\.pem/, "sign", "in.pdf", "-o", "out.pdf", "--cert", "none.pem", "--exec", "true");
		usage(/is not a regular file/, "inspect", ".");
	});

	test("an output that exists, unless forced; and never the input", () => {
		writeFileSync(join(folder, "out.pdf"), "precious");
		expect(sign()).toMatchObject({ status: 2, stderr: expect.stringContaining("out.pdf exists; --force replaces it") });
		expect(read("out.pdf").toString()).toBe("precious");
		expect(sign("--force").status).toBe(0);
		opensslVerify(read("out.pdf"));
		symlinkSync("in.pdf", join(folder, "link.pdf"));
		usage(/is an input/, "sign", "in.pdf", "-o", "link.pdf", "--force", ...identity(), "--exec", openssl());
		expect(read("in.pdf")).toEqual(pdf);
	});

	test("an output that appears while signing is not replaced", () => {
		const { status } = run("sign", "in.pdf", "-o", "out.pdf", ...identity(), "--exec", `echo precious > out.pdf; ${openssl()}`);
		expect(status).toBe(2);
		expect(read("out.pdf").toString()).toBe("precious\n");
		expect(files()).toEqual(["in.pdf", "out.pdf"]);
	});
});

test("--help teaches, --version tells", () => {
	expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("Exit status") });
	for (const command of ["sign", "begin", "complete", "recover", "inspect"]) {
		expect(run(command, "--help")).toMatchObject({ status: 0, stdout: expect.stringMatching(/Examples?:\n/) });
	}
	expect(run("--version")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
	// Without a terminal no line is broken.
	const { stdout } = run("sign", "--help");
	expect(stdout).toMatch(/^ +--cert <file> .*\(default: the one in the token .*\)$/m);
});

describe("begin and complete", () => {
	const signTo = (signature: string) =>
		execFileSync("openssl", ["dgst", "-sha256", "-sign", pkiPath("rsa.key"), "-out", signature, "tosign"], { cwd: folder });
	const sealed = ["--session", "s", "--session-key-file", "k"];
	beforeEach(() => writeFileSync(join(folder, "k"), key));

	test("with a raw signature, by a session that is sealed and its owner's alone", () => {
		const begun = run("begin", "in.pdf", ...sealed, "--request", "tosign", ...identity(), "--json");
		expect(begun).toMatchObject({ status: 0, stderr: "" });
		expect(JSON.parse(begun.stdout)).toMatchObject({
			hashAlgorithm: "sha256",
			request: { signatureAlgorithm: "rsa-pkcs1", digestAlgorithm: "sha256" },
		});
		expect(statSync(join(folder, "s")).mode & 0o777).toBe(0o600);
		signTo("signature");
		const complete = (...more: string[]) =>
			run("complete", "in.pdf", "-o", "out.pdf", "--session", "s", "--signature", "signature", ...more);
		expect(complete()).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_SESSION_SEAL") });
		writeFileSync(join(folder, "other"), Buffer.alloc(32, 1));
		expect(complete("--session-key-file", "other")).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_SESSION_SEAL") });
		expect(complete("--session-key-file", "k", ...identity())).toMatchObject({
			status: 1,
			stderr: expect.stringContaining("ERR_SESSION_ARGUMENTS"),
		});
		expect(complete("--session-key-file", "k", "--reason", "x")).toMatchObject({
			status: 2,
			stderr: expect.stringContaining("leave them out"),
		});
		expect(complete("--session-key-file", "k")).toMatchObject({ status: 0, stderr: "" });
		opensslVerify(read("out.pdf"));
	});

	test("with a raw signature, by a session without a seal: the certificate and the options are given again", () => {
		const options = ["--signer-role", "director"];
		const begun = run("begin", "in.pdf", "--session", "s", "--request", "tosign", ...identity(), ...options);
		expect(begun).toMatchObject({ status: 0, stderr: expect.stringMatching(/^rustpdf: warning: the session is not sealed: .*\n$/) });
		expect(statSync(join(folder, "s")).mode & 0o777).toBe(0o600);
		signTo("signature");
		const complete = (...more: string[]) =>
			run("complete", "in.pdf", "-o", "out.pdf", "--session", "s", "--signature", "signature", ...more);
		expect(complete()).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_SESSION_") });
		expect(complete(...identity())).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_SESSION_ARGUMENTS") });
		expect(complete("--session-key-file", "k")).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_SESSION_SEAL") });
		const skipping = complete(...identity(), ...options, "--skip-document-check");
		expect(skipping).toMatchObject({ status: 2, stderr: expect.stringContaining("needs --session-key-file") });
		expect(complete(...identity(), ...options)).toMatchObject({ status: 0, stderr: "" });
		opensslVerify(read("out.pdf"));
	});

	test.each([true, false])("with a raw signature and the certificate that was issued with it; the session is sealed: %s", (isSealed) => {
		const session = isSealed ? sealed : ["--session", "s"];
		const options = ["--no-pades", "--signature-algorithm", "rsa-pkcs1"];
		const begun = run("begin", "in.pdf", ...session, "--request", "tosign", ...options);
		expect(begun).toMatchObject({ status: 0, stdout: expect.stringMatching(/^sign +rsa-pkcs1, sha256$/m) });
		signTo("signature");
		const complete = (...more: string[]) =>
			run("complete", "in.pdf", "-o", "out.pdf", ...session, "--signature", "signature", ...(isSealed ? [] : options), ...more);
		expect(complete()).toMatchObject({ status: 1, stderr: expect.stringMatching(/ERR_SESSION_NO_CERTIFICATE: .* give the --cert of/) });
		const other = ["--cert", pkiPath("p256.pem"), "--chain", pkiPath("chain.pem")];
		expect(complete(...other)).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_ALGORITHM_MISMATCH") });
		expect(complete(...identity())).toMatchObject({ status: 0, stderr: "" });
		opensslVerify(read("out.pdf"));
	});

	test("with a container", () => {
		const fixed = ["--signing-time", "2026-11-25T12:00:00Z", "--entropy", "07".repeat(32), "--container-size", "20000"];
		expect(sign(...fixed).status).toBe(0);
		writeFileSync(join(folder, "container"), lastSignature(read("out.pdf")).container);
		const begun = run("begin", "in.pdf", ...sealed, ...fixed);
		expect(begun.stdout).toMatch(/^session +s, .*\nhash +[0-9a-f]{64} \(sha256\)\n$/);
		expect(run("complete", "in.pdf", "-o", "again.pdf", ...sealed, "--container", "container").status).toBe(0);
		expect(read("again.pdf")).toEqual(read("out.pdf"));
		expect(run("begin", "in.pdf", "--session", "unsealed", ...fixed).status).toBe(0);
		expect(run("complete", "in.pdf", "-o", "third.pdf", "--session", "unsealed", "--container", "container").status).toBe(0);
		expect(read("third.pdf")).toEqual(read("out.pdf"));
	});

	test("not with another document", () => {
		run("begin", "in.pdf", ...sealed, ...identity());
		writeFileSync(join(folder, "in.pdf"), makePdf());
		writeFileSync(join(folder, "signature"), "x");
		const { status, stderr } = run("complete", "in.pdf", "-o", "out.pdf", ...sealed, "--signature", "signature");
		expect(stderr).toContain("ERR_SESSION_DOCUMENT");
		expect(status).toBe(1);
		expect(files()).toEqual(["in.pdf", "k", "s", "signature"]);
	});

	test("not by a key that is short", () => {
		writeFileSync(join(folder, "k"), key.subarray(1));
		expect(run("begin", "in.pdf", ...sealed)).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_ARGUMENT") });
		expect(files()).toEqual(["in.pdf", "k"]);
	});
});

describe("inspect", () => {
	test("of a signed document", () => {
		sign("--field-name", "Seal", "--location", "Rome", "--certify", "2");
		const { status, stdout } = run("inspect", "out.pdf");
		expect(status).toBe(0);
		expect(stdout).toMatch(/^verified +nothing: .*\nfile +out\.pdf/);
		expect(stdout).toMatch(/signature +Seal, ETSI\.CAdES\.detached, revision 2/);
		expect(stdout).toMatch(/location +Rome/);
		expect(stdout).toMatch(/signer +CN=rsa/);
		expect(JSON.parse(run("inspect", "out.pdf", "--json").stdout)).toMatchObject({
			pages: 3,
			revisions: 2,
			certified: 2,
			signatures: [{ field: "Seal", coversWholeFile: true }],
		});
	});

	test("of one that is not signed, and of none", () => {
		expect(JSON.parse(run("inspect", "in.pdf", "--json").stdout)).toMatchObject({
			pages: 3,
			revisions: 1,
			signatures: [],
			fields: [],
		});
		writeFileSync(join(folder, "in.pdf"), "hello");
		expect(run("inspect", "in.pdf")).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_NOT_A_PDF") });
	});
});

describe("with a token", () => {
	let token: TestToken;
	beforeAll(() => {
		token = makeToken();
	});
	afterAll(() => token.remove());
	const key = () => ["--pkcs11-module", MODULE, "--pkcs11-token", TOKEN, "--pkcs11-key", "rsa"];
	const signing = () => ["sign", "in.pdf", "-o", "out.pdf", ...identity(), ...key()];

	test("and the PIN from the environment", () => {
		expect(rustpdf(folder, signing(), { RUSTPDF_PIN: PIN })).toMatchObject({ status: 0, stderr: "" });
		opensslVerify(read("out.pdf"));
	});

	test("and a wrong PIN", () => {
		const { status, stderr } = rustpdf(folder, signing(), { RUSTPDF_PIN: "9999" });
		expect(stderr).toMatch(/^rustpdf: ERR_PKCS11_PIN_WRONG: the token refused the PIN .*; give the right RUSTPDF_PIN\n$/);
		expect(status).toBe(1);
		expect(files()).toEqual(["in.pdf"]);
	});

	test("and no PIN, where nobody can be asked", () => {
		const { status, stderr } = rustpdf(folder, signing(), { RUSTPDF_PIN: undefined });
		expect(stderr).toContain("RUSTPDF_PIN");
		expect(status).toBe(2);
	});

	/** Runs a command on a terminal, types an answer to each question, and returns the status and all that was shown. */
	async function type(
		args: string[],
		answers: Record<string, string>,
		env: NodeJS.ProcessEnv = {},
	): Promise<{ status: unknown; shown: string }> {
		const words = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(" ");
		const terminal = spawn("script", ["-qec", words, "/dev/null"], {
			cwd: folder,
			env: { ...process.env, RUSTPDF_PIN: undefined, ...env },
		});
		let shown = "";
		terminal.stdout.on("data", (data: Buffer) => {
			shown += data.toString();
			for (const [question, answer] of Object.entries(answers)) if (shown.endsWith(question)) terminal.stdin.write(`${answer}\n`);
		});
		const status = await new Promise((resolve) => void terminal.once("exit", resolve));
		return { status, shown };
	}

	test("and the PIN typed, which is not shown", async () => {
		const { shown, status } = await type(signing(), { "PIN of rustpdf: ": PIN });
		expect(status, shown).toBe(0);
		expect(shown).not.toContain(PIN);
		opensslVerify(read("out.pdf"));
	});

	test("and a PIN for signatures, from the environment or typed", async () => {
		const { module } = makeShim(token);
		const args = ["sign", "in.pdf", "-o", "out.pdf", "--force", "--cert", token.alwaysCertificate, "--chain", pkiPath("chain.pem")];
		args.push("--pkcs11-module", module, "--pkcs11-token", TOKEN, "--pkcs11-key", "always");
		const SHIM = "signing-pin";
		expect(rustpdf(folder, args, { RUSTPDF_PIN: PIN, RUSTPDF_SIGNING_PIN: "777777", SHIM })).toMatchObject({ status: 0, stderr: "" });
		opensslVerify(read("out.pdf"));
		const answers = { "PIN of rustpdf: ": PIN, "PIN for signatures (Enter: the same): ": "777777" };
		expect(await type(args, answers, { SHIM })).toMatchObject({ status: 0 });
		expect(await type(args, { ...answers, "PIN for signatures (Enter: the same): ": "" })).toMatchObject({ status: 0 });
		const wrong = rustpdf(folder, args, { RUSTPDF_PIN: PIN, SHIM });
		expect(wrong).toMatchObject({ status: 1, stderr: expect.stringContaining("give the right RUSTPDF_SIGNING_PIN") });
	});

	test("and certificate and chain in the token", () => {
		const uri = `pkcs11:token=${TOKEN};object=rsa?module-path=${MODULE}`;
		expect(rustpdf(folder, ["sign", "in.pdf", "-o", "out.pdf", "--key", uri], { RUSTPDF_PIN: PIN })).toMatchObject({
			status: 0,
			stderr: "",
		});
		opensslVerify(read("out.pdf"));
		const without = ["sign", "in.pdf", "-o", "no.pdf", "--pkcs11-module", MODULE, "--pkcs11-token", TOKEN, "--pkcs11-key", "p256"];
		const { status, stderr } = rustpdf(folder, without, { RUSTPDF_PIN: PIN });
		expect(stderr).toMatch(
			/ERR_PKCS11_CERTIFICATE: the token has no certificate with the id 02; .*; give the signer's --cert, or write it/,
		);
		expect(status).toBe(1);
	});

	test("and the PIN in a file that the URI names", () => {
		writeFileSync(join(folder, "pin"), `${PIN}\n`);
		const uri = `pkcs11:token=${TOKEN};object=rsa?module-path=${MODULE}&pin-source=file:${join(folder, "pin")}`;
		const args = ["sign", "in.pdf", "-o", "out.pdf", "--force", ...identity(), "--key"];
		expect(rustpdf(folder, [...args, uri], { RUSTPDF_PIN: undefined })).toMatchObject({ status: 0, stderr: "" });
		const refused = rustpdf(folder, [...args, `pkcs11:token=${TOKEN}?pin-value=${PIN}`]);
		expect(refused).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/ERR_PKCS11_URI: .*contains a PIN.*give RUSTPDF_PIN, or pin-source/),
		});
		expect(refused.stderr).not.toContain(PIN);
	});

	test("that is not there: flags, and escaped labels", () => {
		const serial = token.addToken("\u001b[31m");
		const { stderr } = rustpdf(folder, [...signing().slice(0, -6), "--pkcs11-module", MODULE, "--pkcs11-token", "none"], {
			RUSTPDF_PIN: PIN,
		});
		expect(stderr).toContain(`"\\u001b[31m" (serial ${serial}, slot `);
		expect(stderr).toMatch(/; name one of these by --pkcs11-token, --pkcs11-serial or --pkcs11-slot\n$/);
	});

	test("that logs out after each signature: sign-many goes on", () => {
		const { module } = makeShim(token);
		const names = ["a.pdf", "b.pdf", "c.pdf", "d.pdf"];
		for (const name of names) writeFileSync(join(folder, name), pdf);
		mkdirSync(join(folder, "signed"));
		const where = ["--output-dir", "signed", "--in-flight", "1", "--pkcs11-module", module, "--pkcs11-token", TOKEN, "--pkcs11-key", "rsa"];
		const ended = rustpdf(folder, ["sign-many", ...names, ...identity(), ...where], { RUSTPDF_PIN: PIN, SHIM: "logout" });
		expect(ended).toMatchObject({ status: 0, stderr: "" });
		for (const name of names) opensslVerify(read(`signed/${name}`));
	});

	test("whose PIN is wrong is asked once by sign-many", () => {
		const shim = makeShim(token);
		const names = ["a.pdf", "b.pdf", "c.pdf"];
		for (const name of names) writeFileSync(join(folder, name), pdf);
		const where = ["--in-place", "--pkcs11-module", shim.module, "--pkcs11-token", TOKEN, "--pkcs11-key", "always"];
		const args = ["sign-many", ...names, "--cert", token.alwaysCertificate, ...where];
		expect(rustpdf(folder, args, { RUSTPDF_PIN: PIN, RUSTPDF_SIGNING_PIN: "9999", SHIM: "pin-locks" }).status).toBe(1);
		expect(shim.calls().filter((call) => call === "C_Login for a signature")).toHaveLength(1);
		for (const name of names) expect(read(name)).toEqual(pdf);
	});

	test("but without pkcs11js: the command that installs it", () => {
		const cli = join(inject("project"), "node_modules", "rustpdf", "dist", "cli.js");
		const { status, stderr } = spawnSync(process.execPath, [cli, ...signing()], { cwd: folder, encoding: "utf8" });
		expect(stderr).toMatch(/ERR_PKCS11_MISSING: .*npm install pkcs11js/);
		expect(status).toBe(1);
	});
});

test("told to end, it leaves no temporary file", async () => {
	sparsePdf({ hole: 512 * 1024 * 1024 }).write(join(folder, "in.pdf"));
	const args = ["sign", "in.pdf", "-o", "out.pdf", ...identity(), "--exec", openssl()];
	const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: "ignore" });
	const ended = new Promise<number | null>((resolve) => void child.once("exit", resolve));
	while (child.exitCode === null && files().length === 1) await new Promise((resolve) => setTimeout(resolve, 1));
	child.kill("SIGTERM");
	expect(await ended).toBe(128 + 15);
	expect(files()).toEqual(["in.pdf"]);
});

test("a large file never lies in memory", () => {
	sparsePdf({ hole: 256 * 1024 * 1024 }).write(join(folder, "in.pdf"));
	const peak = (...args: string[]) => {
		const tell = "process.on('exit',()=>console.error(process.resourceUsage().maxRSS))";
		const { stderr, status } = spawnSync(process.execPath, ["--import", `data:text/javascript,${tell}`, ...args], {
			cwd: folder,
			encoding: "utf8",
		});
		expect(status, stderr).toBe(0);
		return Number(stderr.trim()) * 1024;
	};
	const signing = peak(CLI, "sign", "in.pdf", "-o", "out.pdf", ...identity(), "--exec", openssl());
	expect(signing - peak("-e", "0")).toBeLessThan(40 * 1000 * 1000);
	expect(statSync(join(folder, "out.pdf")).size).toBeGreaterThan(statSync(join(folder, "in.pdf")).size);
});
