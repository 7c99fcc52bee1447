// The command line and its files: where the signature goes, what stops it, and what people see of it.

import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { signWith } from "rustpdf";
import { beforeEach, describe, expect, test } from "vitest";
import { CLI, type Ended, rustpdf } from "./support/cli.js";
import { eachFolder } from "./support/folder.js";
import { key } from "./support/key.js";
import { killedAt } from "./support/killed.js";
import { NATIVE, NATIVE_FOLDER } from "./support/native.js";
import { makeLargePdf, makePdf } from "./support/pdf.js";
import { certificate, chain, pkiPath, signer } from "./support/pki.js";
import { sparsePdf } from "./support/sparse_pdf.js";
import { MODULE, makeToken, TOKEN } from "./support/token.js";
import { opensslVerify } from "./support/verify.js";

const folder = eachFolder();
const pdf = makePdf({ pages: 20 });
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const signed = signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment);
const twice = signWith(signed, certificate("rsa"), signer("rsa"), chain(), moment);
beforeEach(() => void folder.write("in.pdf", pdf));

const identity = () => ["--cert", pkiPath("rsa.pem"), "--chain", pkiPath("chain.pem")];
const fixed = ["--signing-time", "2026-11-25T12:00:00Z", "--entropy", "07".repeat(32)];
const openssl = () => `openssl dgst -sha256 -sign '${pkiPath("rsa.key")}'`;
const run = (...args: string[]) => rustpdf(folder.path, args);
const signing = (by: string, ...where: string[]) => ["sign", "in.pdf", ...where, ...identity(), "--exec", by, ...fixed];
const sign = (...where: string[]) => run(...signing(openssl(), ...where));
const good = { status: 0, stderr: "" };
const is = (name: string, bytes: Buffer) => expect(folder.read(name).equals(bytes)).toBe(true);

describe("where the signature goes", () => {
	test("in place, again, and through a link", () => {
		expect(sign("--in-place")).toMatchObject({ ...good, stdout: expect.stringMatching(/^output +in\.pdf, .*appended\)\n/) });
		is("in.pdf", signed);
		symlinkSync("in.pdf", folder.at("link.pdf"));
		expect(run("sign", "link.pdf", ...signing(openssl(), "--in-place").slice(2))).toMatchObject(good);
		is("in.pdf", twice);
		expect(folder.names()).toEqual(["in.pdf", "link.pdf"]);
	});

	test("only the update", () => {
		const { stdout, ...ended } = sign("--update", "in.update");
		expect(ended).toMatchObject(good);
		expect(stdout).toMatch(/^output +in\.update, [\d,]+ bytes \(to be appended to the document\)\n/);
		expect(stdout).not.toContain("copy");
		is("in.update", signed.subarray(pdf.length));
		is("in.pdf", pdf);
		expect(sign("--update", "in.update")).toMatchObject({ status: 2, stderr: expect.stringContaining("--force replaces it") });
		expect(sign("--update", "in.update", "--force")).toMatchObject(good);
		expect(sign("--update", "in.pdf", "--force")).toMatchObject({ status: 2, stderr: expect.stringContaining("is an input") });
		expect(folder.names()).toEqual(["in.pdf", "in.update"]);
	});

	test("as JSON", () => {
		const outputs = { "-o": "out.pdf", "--update": "in.update", "--in-place": undefined };
		for (const [flag, name] of Object.entries(outputs)) {
			const { output, report } = JSON.parse(sign(flag, ...(name ? [name] : []), "--json").stdout);
			expect(output).toBe(name ?? "in.pdf");
			expect(report).toMatchObject({ documentLength: pdf.length, updateLength: signed.length - pdf.length, copy: expect.any(String) });
		}
	});

	test("to one place only", () => {
		for (const command of ["sign", "complete"]) {
			for (const flag of ["--output", "--in-place", "--update"]) expect(run(command, "--help").stdout).toContain(flag);
		}
		for (const where of [[], ["-o", "out.pdf", "--in-place"], ["--update", "u", "--in-place"], ["-o", "out.pdf", "--update", "u"]]) {
			expect(sign(...where)).toMatchObject({ status: 2, stderr: expect.stringContaining("one of --output, --in-place and --update") });
			const complete = ["complete", "in.pdf", "--session", "s", "--signature", "t", ...where];
			expect(run(...complete)).toMatchObject({ status: 2, stderr: expect.stringContaining("one of --output") });
		}
		expect(folder.names()).toEqual(["in.pdf"]);
	});

	test("what was prepared goes there, too", () => {
		folder.write("k", key);
		const sealed = ["--session", "s", "--session-key-file", "k"];
		expect(run("begin", "in.pdf", ...sealed, "--request", "tosign", ...identity(), ...fixed).status).toBe(0);
		expect(spawnSync("sh", ["-c", `${openssl()} -out signature tosign`], { cwd: folder.path }).status).toBe(0);
		const complete = (...where: string[]) => run("complete", "in.pdf", ...sealed, "--signature", "signature", ...where);
		expect(complete("--update", "in.update")).toMatchObject(good);
		is("in.update", signed.subarray(pdf.length));
		expect(complete("-o", "out.pdf")).toMatchObject(good);
		is("out.pdf", signed);
		expect(complete("--in-place", "--skip-document-check")).toMatchObject(good);
		is("in.pdf", signed);
		expect(complete("--in-place")).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_SESSION_DOCUMENT") });
		is("in.pdf", signed);
	});

	test("from standard input and to standard output", () => {
		const piped = (command: string) => spawnSync("sh", ["-c", command], { cwd: folder.path, maxBuffer: 1e8 });
		const words = (...args: string[]) => [process.execPath, CLI, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
		const signing = ["sign", "-", ...identity(), "--exec", openssl(), ...fixed];
		const both = piped(`cat in.pdf | ${words(...signing, "-o", "-")}`);
		expect(both.stderr.toString()).toMatch(/^output +-, /);
		expect(both.stdout.equals(signed)).toBe(true);
		const json = piped(`${words(...signing, "--update", "-", "--json")} < in.pdf`);
		expect(JSON.parse(json.stderr.toString()).report.documentLength).toBe(pdf.length);
		expect(json.stdout.equals(signed.subarray(pdf.length))).toBe(true);
		expect(piped(`${words(...signing, "-o", "out.pdf")} < in.pdf`)).toMatchObject({ status: 0 });
		is("out.pdf", signed);
		expect(JSON.parse(piped(`${words("inspect", "-", "--json")} < out.pdf`).stdout.toString()).signatures).toHaveLength(1);
		folder.write("k", key);
		const begun = piped(
			`${words("begin", "-", "--session", "-", "--session-key-file", "k", "--request", "tosign", ...identity(), ...fixed)} < in.pdf > s`,
		);
		expect(begun).toMatchObject({ status: 0 });
		expect(piped(`${openssl()} -out signature tosign`).status).toBe(0);
		const complete = words("complete", "-", "--session", "s", "--session-key-file", "k", "--signature", "signature", "-o", "-");
		expect(piped(`cat in.pdf | ${complete}`).stdout.equals(signed)).toBe(true);
		expect(sign("-o", "./-")).toMatchObject(good);
		is("-", signed);
	});

	test("where standard input or output does not serve, the command line is refused", () => {
		const refused = (reason: string) => ({ status: 2, stderr: expect.stringContaining(reason) });
		expect(run("sign", "-", "--in-place", ...identity(), "--exec", "cat")).toMatchObject(refused("--in-place changes a file"));
		expect(run("complete", "-", "-o", "o", "--session", "-", "--signature", "-")).toMatchObject(refused("only one argument can be -"));
		expect(sign("-o", "-", "--force")).toMatchObject(refused("--force replaces a file"));
		expect(folder.names()).toEqual(["in.pdf"]);
	});

	test("with the permissions of the document less the umask, or of the file that it replaces", () => {
		const shell = (command: string) => spawnSync("sh", ["-c", command], { cwd: folder.path });
		const words = (...where: string[]) =>
			[process.execPath, CLI, ...signing(openssl(), ...where)].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
		chmodSync(folder.at("in.pdf"), 0o666);
		expect(shell(`umask 077; ${words("-o", "out.pdf")}`).status).toBe(0);
		expect(statSync(folder.at("out.pdf")).mode & 0o777).toBe(0o600);
		chmodSync(folder.at("in.pdf"), 0o644);
		folder.write("old.pdf", "old");
		chmodSync(folder.at("old.pdf"), 0o640);
		if (process.getuid?.() === 0) chownSync(folder.at("old.pdf"), 54321, 54322);
		const { gid, uid } = statSync(folder.at("old.pdf"));
		expect(shell(`umask 022; ${words("-o", "old.pdf", "--force")}`).status).toBe(0);
		expect(statSync(folder.at("old.pdf"))).toMatchObject({ gid, uid, mode: 0o100640 });
		is("old.pdf", signed);
	});

	test("what the system refuses is told once", () => {
		mkdirSync(folder.at("folder"));
		const { status, stderr } = sign("-o", "folder/../in.pdf/out.pdf");
		expect(status).not.toBe(0);
		expect(stderr.match(/E[A-Z]{4,}/g)?.length ?? 0).toBeLessThan(2);
	});
});

describe("recover", () => {
	test("tells that nothing is to be done, or that there is no such file", () => {
		expect(run("recover", "in.pdf")).toMatchObject({
			...good,
			stdout: expect.stringMatching(/^file +in\.pdf: nothing was interrupted\n$/),
		});
		expect(JSON.parse(run("recover", "in.pdf", "--json").stdout)).toEqual({ file: "in.pdf", outcome: "nothing", removed: 0 });
		expect(run("recover", "none.pdf")).toMatchObject({ status: 2, stderr: expect.stringContaining("cannot read none.pdf") });
		expect(run("recover", "none/none.pdf")).toMatchObject({ status: 2, stderr: expect.stringContaining("cannot read none/none.pdf") });
		expect(run("recover", ".")).toMatchObject({ status: 2, stderr: expect.stringContaining("not a regular file") });
		expect(run("recover")).toMatchObject({ status: 2 });
	});

	test("refuses a journal that is none", () => {
		folder.write(".in.pdf.rustpdf", "hello");
		for (const args of [["recover", "in.pdf"], ["recover", "in.pdf", "--undo"], signing(openssl(), "--in-place")]) {
			expect(run(...args)).toMatchObject({
				status: 1,
				stderr: expect.stringMatching(/^rustpdf: ERR_JOURNAL_DAMAGED: .*\.in\.pdf\.rustpdf .*remove the journal\n$/),
			});
		}
		expect(run("inspect", "in.pdf")).toMatchObject({ status: 0 }); // it only looks
		is("in.pdf", pdf);
		expect(folder.names()).toEqual([".in.pdf.rustpdf", "in.pdf"]);
	});

	test("removes what the dead have left, of this file and not of others, and nothing of the living", () => {
		killedAt("link", ".in.pdf.rustpdf", folder.path, signing(openssl(), "--in-place"));
		const [left] = folder.names() as [string];
		const [, before, pid, after] = /^(\.in\.pdf\.rustpdf-)(\d+)(-.*)$/.exec(left) as unknown as [string, string, string, string];
		const another = `${before}${pid}${after.slice(0, -1)}${after.endsWith("0") ? "1" : "0"}`;
		const others = [
			`${before}${process.pid}${after}`,
			left.slice(0, -1),
			`${left}~`,
			`${before}x${after}`,
			left.replace("in.pdf", "other.pdf"),
			left.replace("in.pdf", "main.in.pdf"),
		];
		for (const name of [another, ...others]) folder.write(name, "x");
		expect(run("recover", "in.pdf")).toMatchObject({ ...good, stdout: expect.stringContaining("2 temporary files") });
		expect(folder.names()).toEqual([...others, "in.pdf"].sort());
		// An output that never came to be.
		expect(run("recover", "other.pdf")).toMatchObject({ ...good, stdout: expect.stringContaining("it was not finished") });
		expect(run("recover", "other.pdf").status).toBe(2);
	});

	test.skipIf(process.getuid?.() !== 0)("takes another user's journal where that user is named", () => {
		killedAt("pwrite64", "in.pdf", folder.path, signing(openssl(), "--in-place"));
		chownSync(folder.at(".in.pdf.rustpdf"), 65534, 65534);
		expect(run("recover", "in.pdf")).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_JOURNAL_OWNER") });
		expect(run("recover", "in.pdf", "--journal-owner", "nobody")).toMatchObject(good);
		is("in.pdf", signed);
	});
});

/** Starts the command line with a command that waits, and sends it a signal meanwhile. */
async function interrupted(signal: NodeJS.Signals, command: string, ...where: string[]): Promise<Ended & { ms: number }> {
	const child = spawn(process.execPath, [CLI, ...signing(`touch waiting; ${command}`, ...where)], { cwd: folder.path });
	let [stdout, stderr] = ["", ""];
	child.stdout.on("data", (data) => (stdout += data));
	child.stderr.on("data", (data) => (stderr += data));
	const ended = new Promise<number | null>((resolve) => void child.once("exit", resolve));
	while (child.exitCode === null && !folder.names().includes("waiting")) await new Promise((resolve) => setTimeout(resolve, 5));
	const start = performance.now();
	child.kill(signal);
	const status = await ended;
	folder.remove("waiting");
	return { status, stdout, stderr, ms: performance.now() - start };
}

describe("told to end while the key is at work", () => {
	test.each<[NodeJS.Signals, number]>([
		["SIGINT", 130],
		["SIGTERM", 143],
		["SIGHUP", 129],
	])("by %s: status %i, at once, and nothing is left", async (signal, status) => {
		for (const where of [["-o", "out.pdf"], ["--in-place"], ["--update", "in.update"]]) {
			const ended = await interrupted(signal, "sleep 100", ...where);
			expect(ended).toMatchObject({ status, stdout: "", stderr: `rustpdf: stopped by ${signal}\n` });
			expect(ended.ms).toBeLessThan(10_000);
			expect(folder.names()).toEqual(["in.pdf"]);
			is("in.pdf", pdf);
		}
	});

	test("by a command that does not end with its shell", async () => {
		for (const command of ["sleep 30; true", "trap '' TERM; sleep 30", "sleep 30 & wait", "(sleep 30)"]) {
			const { ms, status } = await interrupted("SIGTERM", command, "--in-place");
			expect(status, command).toBe(143);
			expect(ms, command).toBeLessThan(10_000);
			expect(folder.names()).toEqual(["in.pdf"]);
		}
	});
});

test("told to end while it asks for a PIN", async () => {
	const token = makeToken();
	const key = ["--pkcs11-module", MODULE, "--pkcs11-token", TOKEN, "--pkcs11-key", "rsa"];
	const args = [CLI, "sign", "in.pdf", "--in-place", ...identity(), ...key].map((word) => `'${word}'`);
	const command = `echo $$ >pid; exec '${process.execPath}' ${args.join(" ")}`;
	const terminal = spawn("script", ["-qec", command, "/dev/null"], { cwd: folder.path, env: { ...process.env, RUSTPDF_PIN: undefined } });
	let shown = "";
	terminal.stdout.on("data", (data) => {
		shown += data;
		if (shown === "PIN of rustpdf: ") process.kill(Number(readFileSync(folder.at("pid"))), "SIGTERM");
	});
	expect(await new Promise((resolve) => void terminal.once("exit", resolve))).toBe(143);
	token.remove();
	expect(shown).toMatch(/^PIN of rustpdf: \r\nrustpdf: stopped by SIGTERM\r\n$/);
});

describe("the bar", () => {
	const CLEAR = "\x1b[2K";

	/** What a terminal shows. */
	function shown(...args: string[]): string {
		const words = [process.execPath, CLI, ...args].map((word) => (word.startsWith(">") ? word : `'${word.replaceAll("'", `'\\''`)}'`));
		const { status, stdout } = spawnSync("script", ["-qec", words.join(" "), "/dev/null"], { cwd: folder.path, encoding: "utf8" });
		expect(status, stdout).toBe(0);
		return stdout;
	}
	const large = () => sparsePdf({ hole: 100_000_000 }).write(folder.at("in.pdf"));

	test("is on a terminal, while a large document is hashed, and gone in the end", () => {
		large();
		for (const where of [["-o", "out.pdf"], ["--in-place"]]) {
			const text = shown(...signing(openssl(), ...where));
			expect(text).toMatch(/hashing .*% of 100 MB, /);
			// The cursor is shown again, and the line cleared, before anything is told.
			expect(text.lastIndexOf("\x1b[?25h")).toBeGreaterThan(text.lastIndexOf("\x1b[?25l"));
			const [before, told] = text.split("output ") as [string, string];
			expect(before.endsWith(CLEAR)).toBe(true);
			expect(told).not.toContain("\x1b");
		}
	});

	test("leaves JSON alone", () => {
		large();
		const text = shown(...signing(openssl(), "--in-place", "--json"), ">out.json");
		expect(text).toContain("hashing");
		expect(JSON.parse(folder.read("out.json").toString())).toMatchObject({ output: "in.pdf" });
	});

	test("is not there for a small document, nor where nobody sees it", () => {
		expect(shown(...signing(openssl(), "-o", "out.pdf"))).not.toContain("\x1b");
		large();
		expect(sign("--in-place")).toMatchObject({ status: 0, stderr: "", stdout: expect.not.stringContaining("\x1b") });
	});

	test("is taken off when the signing fails", () => {
		large();
		const words = `'${process.execPath}' '${CLI}' ${signing("false", "--in-place")
			.map((word) => `'${word}'`)
			.join(" ")}`;
		const { status, stdout } = spawnSync("script", ["-qec", words, "/dev/null"], { cwd: folder.path, encoding: "utf8" });
		expect(status).toBe(1);
		expect(stdout).toContain("hashing");
		expect(stdout.slice(stdout.lastIndexOf(CLEAR) + CLEAR.length)).toMatch(/^rustpdf: ERR_CALLBACK_RESULT: .*\r\n$/);
	});
});

describe("what the system does not grant", () => {
	const nobody = whoeverIsRefused();

	/** Runs a command of the shell. */
	function shell(command: string, options: object = {}): Ended {
		const { status, stderr, stdout } = spawnSync("bash", ["--norc", "-c", command], { cwd: folder.path, encoding: "utf8", ...options });
		return { status, stderr, stdout };
	}
	const words = (args: string[]) => [process.execPath, CLI, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");

	test("room on the disk: in place the file is as it was, a new one is not there", () => {
		// The system stops a file at so many KiB, as a full disk would, in the middle of the update.
		const large = makeLargePdf(500_000);
		folder.write("in.pdf", large);
		const limit = (bytes: number) => `trap '' XFSZ; ulimit -f ${Math.ceil(bytes / 1024)}; `;
		for (const [where, most] of [
			[["--in-place"], large.length + 2048],
			[["-o", "out.pdf"], large.length + 2048],
			[["-o", "out.pdf"], large.length / 2],
			[["--in-place"], 2048], // not even the journal
			[["--update", "in.update"], 2048],
		] as const) {
			const { status, stderr } = shell(limit(most) + words(signing(openssl(), ...where)));
			expect(stderr).toContain("EFBIG");
			expect(status).toBe(1);
			is("in.pdf", large);
			expect(folder.names()).toEqual(["in.pdf"]);
		}
	});

	test.skipIf(nobody === undefined)("permission: before anybody signs", () => {
		const asNobody = (args: string[]) => shell(words(args).replace(`'${CLI}'`, "'dist/cli.js'"), nobody);
		cpSync(dirname(CLI), folder.at("dist"), { recursive: true }); // where everybody may read it
		cpSync(NATIVE_FOLDER, folder.at(`dist/node_modules/${NATIVE}`), { recursive: true });
		folder.write("rsa.pem", certificate("rsa"));
		for (const path of [folder.path, folder.at("in.pdf")]) chownSync(path, nobody?.uid as number, nobody?.gid as number);
		const refused = (file: number, directory: number, ...where: string[]) => {
			chmodSync(folder.at("in.pdf"), file);
			chmodSync(folder.path, directory);
			const args = ["sign", "in.pdf", ...where, "--cert", "rsa.pem", "--exec", "touch asked; false"];
			expect(asNobody(args)).toMatchObject({ status: 1, stderr: expect.stringMatching(/^rustpdf: EACCES: /) });
			chmodSync(folder.path, 0o755);
			is("in.pdf", pdf);
			expect(folder.names()).toEqual(["dist", "in.pdf", "rsa.pem"]);
		};
		refused(0o444, 0o755, "--in-place"); // the document cannot be written
		refused(0o644, 0o555, "--in-place"); // its folder takes no journal
		refused(0o644, 0o555, "-o", "out.pdf");

		folder.write(".in.pdf.rustpdf", "secret");
		chmodSync(folder.at(".in.pdf.rustpdf"), process.getuid?.() === 0 ? 0o600 : 0);
		expect(asNobody(["recover", "in.pdf"])).toMatchObject({ status: 1, stderr: expect.stringMatching(/^rustpdf: ERR_JOURNAL_OWNER: /) });
		is("in.pdf", pdf);
		expect(folder.names()).toContain(".in.pdf.rustpdf");
	});
});

/** Whom the system refuses something: root it does not. */
function whoeverIsRefused(): { uid: number; gid: number } | undefined {
	const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
	return spawnSync(process.execPath, ["-e", "0"], nobody).status === 0 ? nobody : undefined;
}

test("two at once: one signs, the other is told", async () => {
	const wait = `touch ready-$$; while [ $(ls | grep -c ready) -lt 2 ]; do sleep 0.02; done; ${openssl()}`;
	const args = ["sign", "in.pdf", "--in-place", ...identity(), "--exec", wait];
	const ended = await Promise.all(
		[1, 2].map(() => {
			const child = spawn(process.execPath, [CLI, ...args], { cwd: folder.path });
			let stderr = "";
			child.stderr.on("data", (data) => (stderr += data));
			return new Promise<Ended>((resolve) => void child.once("close", (status) => resolve({ status, stderr, stdout: "" })));
		}),
	);
	const [done, told] = ended.sort((one, other) => Number(one.status) - Number(other.status)) as [Ended, Ended];
	expect(done).toMatchObject(good);
	expect(told.status).toBe(1);
	expect(told.stderr).toMatch(/^rustpdf: ERR_FILE_(CHANGED|BUSY): /);
	const { signatures } = JSON.parse(run("inspect", "in.pdf", "--json").stdout);
	expect(signatures).toMatchObject([{ coversWholeFile: true }]);
	opensslVerify(folder.read("in.pdf"));
	expect(folder.names().filter((name) => !name.startsWith("ready-"))).toEqual(["in.pdf"]);
});

test("warnings reach standard error once, and those of many documents name theirs", () => {
	const withoutChain = ["--cert", pkiPath("rsa.pem"), "--exec", openssl(), ...fixed];
	const warning = "warning: WARN_CHAIN_INCOMPLETE: ";
	const { stderr } = run("sign", "in.pdf", "-o", "out.pdf", ...withoutChain);
	expect(stderr.split("\n")).toEqual([expect.stringContaining(`rustpdf: ${warning}`), ""]);
	const failed = run("sign", "in.pdf", "-o", "none.pdf", "--cert", pkiPath("rsa.pem"), "--exec", "exit 3", ...fixed);
	expect(failed.stderr.split("\n")).toEqual([
		expect.stringContaining(`rustpdf: ${warning}`),
		expect.stringContaining("rustpdf: ERR_CALLBACK_RESULT: "),
		"",
	]);
	const many = run("sign-many", "in.pdf", "out.pdf", "--in-place", ...withoutChain);
	expect(many.stderr.split("\n").sort()).toEqual([
		"",
		...["in.pdf", "out.pdf"].map((name) => expect.stringContaining(`rustpdf: ${name}: ${warning}`)),
	]);
});

describe("what would be misunderstood is refused", () => {
	test.each([
		["--certify", "two"],
		["--page", "abc"],
		["--container-size", "8k"],
		["--digest-algorithm", "sha3", "ERR_ALGORITHM_UNKNOWN: "],
		["--signing-time", "never", "ERR_SIGNING_TIME: "],
	])("%s %s", (flag, value, message = `ERR_OPTION_VALUE: ${flag} `) => {
		const refused = { status: 2, stderr: expect.stringContaining(message) };
		expect(run(...signing(openssl(), "-o", "out.pdf"), flag, value)).toMatchObject(refused);
		expect(folder.names()).toEqual(["in.pdf"]);
	});

	test.each([
		[/is an input; give another folder/, ["sign-many", "in.pdf", "--output-dir", ".", "--cert", pkiPath("rsa.pem"), "--exec", "true"]],
		[/--force/, ["sign-many", "in.pdf", "--in-place", "--force", "--cert", pkiPath("rsa.pem"), "--exec", "true"]],
		[/--force/, ["sign", "in.pdf", "--in-place", "--force", "--cert", pkiPath("rsa.pem"), "--exec", "true"]],
		[/files of their own/, ["begin", "in.pdf", "--session", "x", "--request", "./x", "--cert", pkiPath("rsa.pem")]],
	])("%s", (message, args) => {
		expect(run(...args)).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
		is("in.pdf", pdf);
		expect(folder.names()).toEqual(["in.pdf"]);
	});

	test("a new file in the place of one whose signing was interrupted", () => {
		folder.write(".out.pdf.rustpdf", "whatever");
		expect(run(...signing(openssl(), "-o", "out.pdf"))).toMatchObject({ status: 1, stderr: expect.stringContaining("ERR_FILE_BUSY") });
		expect(folder.names()).toEqual([".out.pdf.rustpdf", "in.pdf"]);
	});

	test("a new file in the place of one whose signing was interrupted, behind a link", () => {
		folder.write("out.pdf", "another document");
		folder.write(".out.pdf.rustpdf", "whatever");
		symlinkSync("out.pdf", folder.at("link.pdf"));
		const refused = { status: 1, stderr: expect.stringContaining("ERR_FILE_BUSY") };
		expect(run(...signing(openssl(), "-o", "link.pdf", "--force"))).toMatchObject(refused);
		expect(folder.read("out.pdf").toString()).toBe("another document");
	});
});
