import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pkiPath } from "./pki.js";

/** SoftHSM2, as Debian installs it. */
export const MODULE = "/usr/lib/softhsm/libsofthsm2.so";
/** The label of the test token. */
export const TOKEN = "rustpdf";
/** Its PIN. */
export const PIN = "1234";

const LEAF = fileURLToPath(new URL("../../../../tests/pki/leaf.sh", import.meta.url));
const SHIM = fileURLToPath(new URL("pkcs11_shim.c", import.meta.url));

/**
 * A token with a copy of each test key, and `always`, made inside it, which wants the PIN for each signature. It has the certificate of `rsa`
 * and those of its issuers, and no other.
 */
export interface TestToken {
	folder: string;
	/** The certificate of `always`, DER. */
	alwaysCertificate: string;
	/** Makes one more token, and returns its serial number. */
	addToken(label: string): string;
	/** Runs pkcs11-tool in the test token, logged in. */
	tool(...args: string[]): string;
	remove(): void;
}

/** Makes a SoftHSM2 token in a folder of its own, and points this process and its children at it. */
export function makeToken(): TestToken {
	const folder = mkdtempSync(join(tmpdir(), "rustpdf-token-"));
	mkdirSync(join(folder, "tokens"));
	const conf = join(folder, "softhsm2.conf");
	writeFileSync(conf, `directories.tokendir = ${folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`);
	process.env["SOFTHSM2_CONF"] = conf;

	const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: folder, stdio: "pipe" }).toString();
	const addToken = (label: string) => {
		const before = new Set(serials(run));
		run("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", PIN);
		const [serial = ""] = serials(run).filter((number) => !before.has(number));
		return serial;
	};
	addToken(TOKEN);
	for (const [index, name] of ["rsa", "p256", "p384", "p521", "ed25519"].entries()) {
		const where = ["--token", TOKEN, "--pin", PIN, "--label", name, "--id", `0${index + 1}`];
		run("softhsm2-util", "--import", pkiPath(`${name}.key`), ...where);
	}
	const tool = (...args: string[]) => run("pkcs11-tool", "--module", MODULE, "--token-label", TOKEN, "--login", "--pin", PIN, ...args);
	tool(..."--keypairgen --key-type rsa:2048 --id 0a --label always --usage-sign --always-auth".split(" "));
	tool(..."--read-object --type pubkey --id 0a -o always.pub".split(" "));
	run("openssl", "pkey", "-pubin", "-inform", "DER", "-in", "always.pub", "-out", "always.pub.pem");
	run(LEAF, dirname(pkiPath("issuing.pem")), "always", "always.pub.pem", "always.pem");
	run("openssl", "x509", "-in", "always.pem", "-outform", "DER", "-out", "always.der");
	for (const [name, id] of [
		["rsa", "01"],
		["issuing", "71"],
		["root", "72"],
	] as const) {
		tool("--write-object", pkiPath(`${name}.der`), "--type", "cert", "--label", name, "--id", id);
	}
	const alwaysCertificate = join(folder, "always.der");
	return { folder, alwaysCertificate, addToken, tool, remove: () => rmSync(folder, { recursive: true }) };
}

function serials(run: (command: string, ...args: string[]) => string): string[] {
	return [...run("softhsm2-util", "--show-slots").matchAll(/Serial number: +(\w+)/g)].map(([, serial = ""]) => serial);
}

/** A module in front of SoftHSM2 that has the faults of other tokens: see `pkcs11_shim.c`. */
export interface Shim {
	module: string;
	/** The calls that it noted since it was last asked. */
	calls(): string[];
}

/** Compiles the shim into the folder of a token. The faults are in the variable `SHIM`. */
export function makeShim({ folder }: TestToken): Shim {
	const module = join(folder, "shim.so");
	const include = execFileSync("pkg-config", ["--cflags", "p11-kit-1"], { encoding: "utf8" }).trim().split(/\s+/);
	execFileSync("gcc", ["-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", ...include, "-o", module, SHIM, "-ldl"], { stdio: "pipe" });
	const log = join(folder, "shim.log");
	rmSync(log, { force: true });
	process.env["SHIM_LOG"] = log;
	return {
		module,
		calls() {
			if (!existsSync(log)) return [];
			const calls = readFileSync(log, "utf8").split("\n").filter(Boolean);
			rmSync(log);
			return calls;
		},
	};
}
