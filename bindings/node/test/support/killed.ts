import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { CLI } from "./cli.js";

/**
 * Calls the command line in a folder, and has the system kill it at its first call of a name that concerns a file: by `kill -9`, so that
 * nothing is cleared up.
 */
export function killedAt(call: string, file: string, folder: string, args: string[]): void {
	const inject = ["-e", `trace=${call}`, "-e", `inject=${call}:signal=SIGKILL:when=1`, "-P", join(folder, file)];
	const command = ["-f", "-qq", "-o", "/dev/null", ...inject, process.execPath, CLI, ...args];
	const { error, signal, status } = spawnSync("strace", command, { cwd: folder, stdio: "ignore" });
	if (error !== undefined) throw error;
	if (signal !== "SIGKILL" && status !== 137) throw new Error(`rustpdf ${args.join(" ")} was not killed, and ended with ${status}`);
}
