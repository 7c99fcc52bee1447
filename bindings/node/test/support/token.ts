import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

/** A token with a copy of each test key, and `always`, made inside it, which wants the PIN for each signature. */
export interface TestToken {
	folder: string;
	/** The certificate of `always`, DER. */
	alwaysCertificate: string;
	remove(): void;
}

/** Makes a SoftHSM2 token in a folder of its own, and points this process and its children at it. */
export function makeToken(): TestToken {
	const folder = mkdtempSync(join(tmpdir(), "rustpdf-token-"));
	mkdirSync(join(folder, "tokens"));
	const conf = join(folder, "softhsm2.conf");
	writeFileSync(conf, `directories.tokendir = ${folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`);
	process.env["SOFTHSM2_CONF"] = conf;

	const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: folder, stdio: "pipe" });
	run("softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--so-pin", "87654321", "--pin", PIN);
	for (const [index, name] of ["rsa", "p256", "p384", "p521", "ed25519"].entries()) {
		const where = ["--token", TOKEN, "--pin", PIN, "--label", name, "--id", `0${index + 1}`];
		run("softhsm2-util", "--import", pkiPath(`${name}.key`), ...where);
	}
	const tool = ["--module", MODULE, "--token-label", TOKEN, "--login", "--pin", PIN];
	run("pkcs11-tool", ...tool, ..."--keypairgen --key-type rsa:2048 --id 0a --label always --usage-sign --always-auth".split(" "));
	run("pkcs11-tool", ...tool, ..."--read-object --type pubkey --id 0a -o always.pub".split(" "));
	run("openssl", "pkey", "-pubin", "-inform", "DER", "-in", "always.pub", "-out", "always.pub.pem");
	run(LEAF, dirname(pkiPath("issuing.pem")), "always", "always.pub.pem", "always.pem");
	run("openssl", "x509", "-in", "always.pem", "-outform", "DER", "-out", "always.der");
	return { folder, alwaysCertificate: join(folder, "always.der"), remove: () => rmSync(folder, { recursive: true }) };
}
