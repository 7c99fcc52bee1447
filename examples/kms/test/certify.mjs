// Certifies the public halves of keys by the authority of the tests.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The folder of the authority. */
export const pki = here("../../../tests/pki/certificates");

/** Writes a certificate over a public key (PEM), and returns its path. */
export async function certify(publicKey, name, path) {
	writeFileSync(`${path}.pub.pem`, publicKey);
	await run("bash", [here("../../../tests/pki/leaf.sh"), pki, name, `${path}.pub.pem`, `${path}.pem`]);
	return `${path}.pem`;
}
