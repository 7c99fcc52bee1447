import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { UsageError } from "./failure.js";

/** Text typed unseen, such as a PIN. A PIN is never an argument, which every process may read. Errors: usage, without a terminal. */
export async function askPin(prompt: string, signal: AbortSignal): Promise<string> {
	if (!process.stdin.isTTY) throw new UsageError("no PIN: set RUSTPDF_PIN, or run on a terminal to be asked");
	const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
	const lines = createInterface({ input: process.stdin, output: unseen, terminal: true, signal });
	process.stderr.write(prompt); // after the terminal has stopped to show what is typed
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
