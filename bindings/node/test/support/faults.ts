import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CLI } from "./cli.js";
import type { Folder } from "./folder.js";

/** A call of the system by its name; where there are paths, only on these. */
export type Call = [name: string, ...paths: string[]];

/** A command that something happens to, again and again. */
export interface Victim {
	folder: Folder;
	/** Of the command line. */
	args: string[];
	/** Makes what it works on, in a folder. */
	prepare(path: string): void;
	/** At which it happens. */
	calls: Call[];
	/** What happens, as strace says it; the first, the second, … of the calls is meant, or with `andLater` all from it on. */
	fault: "signal=SIGKILL" | `error=${string}`;
	andLater?: boolean;
	/** Sees what is left in a folder, of a command that came to a good end or not; `at` tells where it happened. */
	look(path: string, at: string, good: boolean): Promise<void>;
}

/** Has it happen at the first call of a name, at the second, …, until there are no more; returns how often it happened. */
export async function everywhere({ andLater = false, args, calls, fault, folder, look, prepare }: Victim): Promise<number> {
	let times = 0;
	let spared = false;
	const sweeps = calls.map(async ([name, ...paths]) => {
		for (let count = 1, struck = true; struck; count++) {
			const path = mkdtempSync(folder.at("run-"));
			prepare(path);
			const filter = paths.flatMap((each) => ["-P", join(path, each)]);
			const inject = ["-e", `trace=${name}`, "-e", `inject=${name}:${fault}:when=${count}${andLater ? "+" : ""}`];
			const trace = `${path}.trace`;
			const good = await run(path, "strace", ["-f", "-qq", "-o", trace, ...filter, ...inject, process.execPath, CLI, ...args]);
			struck = !good || readFileSync(trace, "utf8").includes("(INJECTED)");
			if (struck) times++;
			else if (spared) break;
			else spared = true; // to look once is enough
			await look(path, struck ? `${name} ${paths.join(" ")}: ${count}` : "never", good);
		}
	});
	await Promise.all(sweeps);
	return times;
}

/** Copies a folder and calls the command line in the copy, whose path it returns. Errors: where that did not end well. */
export async function afterwards(path: string, name: string, args: string[]): Promise<string> {
	const copy = `${path}-${name}`;
	cpSync(path, copy, { recursive: true });
	if (!(await run(copy, process.execPath, [CLI, ...args]))) throw new Error(`rustpdf ${args.join(" ")} failed in ${copy}`);
	return copy;
}

/** The calls of the command line that change files or wait for the disk, in their order, each with the names of its files. */
export async function traced(path: string, args: string[]): Promise<string[]> {
	const calls = "trace=pwrite64,fsync,fdatasync,?link,?linkat,?unlink,?unlinkat,?rename,?renameat,?renameat2,ftruncate";
	const trace = `${path}.trace`;
	const done = await run(path, "strace", [
		"-f",
		"-qq",
		"-y",
		"-o",
		trace,
		"-e",
		"signal=none",
		"-e",
		calls,
		process.execPath,
		CLI,
		...args,
	]);
	if (!done) throw new Error(`rustpdf ${args.join(" ")} failed`);
	const lines = readFileSync(trace, "utf8").split("\n");
	return lines.filter(Boolean).map((line) => {
		const [, call, rest = ""] = /^\d+ +(\w+?)(?:at2?)?\((.*)/.exec(line) ?? [];
		const files = [...rest.matchAll(/(?:\d+<|")([^">]*)[">]/g)].map(([, file]) => basename(file as string));
		return [call, ...files.slice(0, call === "pwrite64" ? 1 : 2)].join(" ").replace(/rustpdf-\d+-[0-9a-f]+/g, "temporary");
	});
}

/** Whether a command came to a good end. With one thread for files its calls come in one order, and are counted in it. */
function run(cwd: string, command: string, args: string[]): Promise<boolean> {
	const child = spawn(command, args, { cwd, stdio: "ignore", env: { ...process.env, UV_THREADPOOL_SIZE: "1" } });
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("exit", (status) => resolve(status === 0));
	});
}
