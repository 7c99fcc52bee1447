import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The command line as it is built. */
export const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** How a call of the command line ended. */
export interface Ended {
	status: number | null;
	stdout: string;
	stderr: string;
}

/** Calls the command line in a folder. */
export function rustpdf(cwd: string, args: string[], env: NodeJS.ProcessEnv = {}): Ended {
	const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
		cwd,
		env: { ...process.env, ...env },
		encoding: "utf8",
	});
	return { status, stdout, stderr };
}
