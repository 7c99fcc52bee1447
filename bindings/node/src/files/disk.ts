// The operations of `store` (docs/protocol.md) by `node:fs`. Each does what its row says, and decides nothing.

import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, link, lstat, open, readdir, readFile, readlink, realpath, rename, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Operation, Stat } from "../frames.js";
import type { Result } from "./types.js";

/** Performs an operation on the open files, by their handles. */
export async function perform(files: Map<number, FileHandle>, operation: Operation, bytes: Uint8Array): Promise<Result> {
	const file = "handle" in operation ? files.get(operation.handle) : undefined;
	const call = OPERATIONS[operation.op] as Call<Operation>;
	return ((await call(operation, file as FileHandle, bytes, files)) ?? {}) as Result;
}

type Of<Op extends Operation["op"]> = Extract<Operation, { op: Op }>;
type Call<O> = (operation: O, file: FileHandle, bytes: Uint8Array, files: Map<number, FileHandle>) => Promise<unknown>;

const OPERATIONS: { [Op in Operation["op"]]: Call<Of<Op>> } = {
	async resolve({ path }) {
		const given = pathOf(path);
		const found = await realpath(given, { encoding: "buffer" }).catch(async (error) => {
			if (error.code !== "ENOENT") throw error;
			const name = given.toString("latin1"); // a character for each byte
			const folder = await realpath(Buffer.from(dirname(name), "latin1"), { encoding: "buffer" });
			return Buffer.from(join(folder.toString("latin1"), basename(name)), "latin1");
		});
		return { path: found.toString("hex") };
	},
	async open({ access, handle, path }, _file, _bytes, files) {
		return register(files, handle, await open(pathOf(path), FLAGS[access]));
	},
	async create({ handle, mode, path }, _file, _bytes, files) {
		return register(files, handle, await open(pathOf(path), "wx+", mode));
	},
	async stat(operation, file) {
		if (!("path" in operation)) return { stat: facts(await file.stat({ bigint: true })) };
		const found = await lstat(pathOf(operation.path), { bigint: true }).catch(missing);
		return { stat: found === undefined ? { type: "missing" } : facts(found) };
	},
	async absent({ path }) {
		const found = await lstat(pathOf(path)).catch((error) => (error.code === "ENAMETOOLONG" ? Promise.reject(error) : missing(error)));
		if (found !== undefined) throw exists(pathOf(path).toString());
	},
	async read({ length, offset }, file) {
		const bytes = new Uint8Array(length);
		let filled = 0;
		for (let count = -1; count !== 0 && filled < length; filled += count) {
			count = (await file.read(bytes, filled, length - filled, offset + filled)).bytesRead;
		}
		return { length: filled, bytes: bytes.subarray(0, filled) };
	},
	write: ({ offset }, file, bytes) => writeAll(file, bytes, offset),
	append: (_, file, bytes) => writeAll(file, bytes, null),
	truncate: ({ length }, file) => file.truncate(length),
	sync: (_, file) => file.datasync(),
	async permit({ group, mode, owner }, file) {
		if (process.platform === "win32") return;
		if (owner != null || group != null) await file.chown(owner ?? -1, group ?? -1);
		if (mode != null) await file.chmod(mode);
	},
	async close({ handle }, file, _bytes, files) {
		files.delete(handle);
		await file.close();
	},
	link: ({ from, to }) => link(pathOf(from), pathOf(to)),
	rename: ({ from, to }) => rename(pathOf(from), pathOf(to)),
	async remove({ identity, path }) {
		const found = await lstat(pathOf(path), { bigint: true }).catch(missing);
		if (found === undefined || (identity != null && facts(found).identity !== identity)) return { removed: false };
		const removed = await unlink(pathOf(path)).then(() => true, missing);
		return { removed: removed ?? false };
	},
	async list({ path, prefix }) {
		const names = await readdir(pathOf(path), { encoding: "buffer" });
		const begin = pathOf(prefix);
		const found = names.filter((name) => name.subarray(0, begin.byteLength).equals(begin));
		return { names: found.slice(0, MOST_NAMES).map((name) => name.toString("hex")) };
	},
	async syncFolder({ path }) {
		if (process.platform === "win32") return;
		const folder = await open(pathOf(path), constants.O_RDONLY);
		try {
			await folder.sync().catch((error) => {
				if (error.code !== "EINVAL" && error.code !== "ENOTSUP") throw error;
			});
		} finally {
			await folder.close();
		}
	},
	async process({ pid }) {
		const start = (await text(`/proc/${pid ?? "self"}/stat`)).split(") ").at(-1)?.split(" ")[START_TIME] ?? "";
		if (pid != null) return { process: { pid, start, lives: lives(pid) } };
		const boot = (await text("/proc/sys/kernel/random/boot_id")).trim();
		const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
		const user = permitted(() => process.geteuid?.() ?? 0, NOBODY);
		return { process: { pid: process.pid, user, host: permitted(hostname, ""), boot, namespace, start, lives: true } };
	},
	async wait({ milliseconds }) {
		await setTimeout(milliseconds);
	},
};

const pathOf = (hex: string | Uint8Array) => Buffer.from(hex as string, "hex");
const text = (path: string) => readFile(path, "latin1").catch(() => "");
/** A fact that Deno does not tell without a permission. */
function permitted<T>(fact: () => T, otherwise: T): T {
	try {
		return fact();
	} catch {
		return otherwise;
	}
}
const NOBODY = 2 ** 32 - 1;
const MOST_NAMES = 10_000;
const START_TIME = 19; // after the name of the program: field 22 of proc_pid_stat(5)

// Neither a link is followed nor the other end of a pipe waited for. Windows knows neither flag.
const CAREFUL = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const FLAGS = {
	read: constants.O_RDONLY | CAREFUL,
	write: constants.O_RDWR | CAREFUL,
	append: constants.O_RDWR | constants.O_APPEND | CAREFUL,
};

async function register(files: Map<number, FileHandle>, handle: number, file: FileHandle): Promise<Result> {
	files.set(handle, file);
	return { stat: facts(await file.stat({ bigint: true })) };
}

async function writeAll(file: FileHandle, bytes: Uint8Array, offset: number | null): Promise<void> {
	for (let written = 0; written < bytes.byteLength; ) {
		const at = offset === null ? null : offset + written;
		written += (await file.write(bytes, written, bytes.byteLength - written, at)).bytesWritten;
	}
}

/** Nothing, where an error says that there is no such file. */
function missing(error: NodeJS.ErrnoException): undefined {
	if (!["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(error.code as string)) throw error;
}

function facts(stat: BigIntStats): Stat {
	const type = stat.isFile() ? "file" : stat.isSymbolicLink() ? "link" : stat.isDirectory() ? "folder" : "other";
	const { ctimeNs, dev, gid, ino, mtimeNs, nlink, size, uid } = stat;
	const mode = process.platform === "win32" ? 0o600 : Number(stat.mode) & 0o777; // Windows has no permissions of this kind
	const owners = { mode, owner: Number(uid), group: Number(gid), links: Number(nlink) };
	return { type, identity: `${dev}:${ino}`, size: Number(size), ...owners, modified: String(mtimeNs), changed: String(ctimeNs) };
}

function lives(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code !== "ESRCH";
	}
}

function exists(path: string): NodeJS.ErrnoException {
	return Object.assign(new Error(`EEXIST: ${path} exists; give another name, or replace it by \`replace\``), { code: "EEXIST", path });
}
