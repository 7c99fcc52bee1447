import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { UsageError } from "./failure.js";

/** The PIN of a token: from `RUSTPDF_PIN`, or typed unseen. Never from an argument, which every process may read. */
export async function askPin(signal: AbortSignal): Promise<string | undefined> {
	const pin = process.env["RUSTPDF_PIN"];
	if (pin !== undefined) return pin || undefined;
	if (!process.stdin.isTTY) throw new UsageError("no PIN: set RUSTPDF_PIN, or run on a terminal to be asked");
	const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
	const lines = createInterface({ input: process.stdin, output: unseen, terminal: true, signal });
	process.stderr.write("PIN: "); // after the terminal has stopped to show what is typed
	try {
		return await new Promise<string>((resolve, reject) => {
			lines.once("line", resolve);
			lines.once("SIGINT", () => reject(new UsageError("no PIN")));
			lines.once("close", () => reject(signal.aborted ? signal.reason : new UsageError("no PIN")));
		});
	} finally {
		process.stderr.write("\n");
		lines.close();
	}
}
