import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pkiPath } from "./pki.js";

/** The last signature of a document: what it covers, and its container. */
export function lastSignature(signed: Uint8Array): { content: Buffer; container: Buffer; byteRange: number[] } {
	const bytes = Buffer.from(signed);
	const text = bytes.toString("latin1");
	const found = [...text.matchAll(/\/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g)].at(-1);
	if (found === undefined) throw new Error("there is no signature");
	const byteRange = found.slice(1).map(Number);
	const [, a = 0, b = 0, c = 0] = byteRange;
	return {
		byteRange,
		content: Buffer.concat([bytes.subarray(0, a), bytes.subarray(b, b + c)]),
		container: Buffer.from(text.slice(a + 1, b - 1), "hex"),
	};
}

/** Lets OpenSSL verify the last signature, with the chain from the container alone. Throws what it says. */
export function opensslVerify(signed: Uint8Array): void {
	const { container, content } = lastSignature(signed);
	const folder = mkdtempSync(join(tmpdir(), "rustpdf-verify-"));
	try {
		writeFileSync(join(folder, "container"), container);
		writeFileSync(join(folder, "content"), content);
		const args = "cms -verify -binary -inform DER -in container -content content -purpose any -out verified".split(" ");
		execFileSync("openssl", [...args, "-CAfile", pkiPath("root.pem")], { cwd: folder, stdio: "pipe" });
	} finally {
		rmSync(folder, { recursive: true });
	}
}
