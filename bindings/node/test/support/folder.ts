import { mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach } from "vitest";

/** A folder of its own for each test. */
export interface Folder {
	readonly path: string;
	/** The path of a name in it. */
	at(name: string): string;
	read(name: string): Buffer;
	/** Writes a file and returns its path. */
	write(name: string, content: Uint8Array | string): string;
	/** Opens a file; it is closed when the test is over, for nobody else may have done so. */
	open(name: string, flags: string): Promise<FileHandle>;
	remove(name: string): void;
	/** What this process has open of it, and the folder itself. */
	opened(): string[];
	/** What is in it, hidden files as well. */
	names(): string[];
}

/** Makes an empty folder before each test, and removes it afterwards. */
export function eachFolder(): Folder {
	let path = "";
	let handles: FileHandle[] = [];
	beforeEach(() => {
		path = realpathSync(mkdtempSync(join(tmpdir(), "rustpdf-folder-")));
		handles = [];
		return async () => {
			for (const handle of handles) {
				await handle.stat(); // fails where it was closed
				await handle.close();
			}
			rmSync(path, { recursive: true, force: true });
		};
	});
	const at = (name: string) => join(path, name);
	return {
		get path() {
			return path;
		},
		at,
		read: (name) => readFileSync(at(name)),
		write(name, content) {
			writeFileSync(at(name), content);
			return at(name);
		},
		async open(name, flags) {
			const handle = await open(at(name), flags);
			handles.push(handle);
			return handle;
		},
		remove: (name) => rmSync(at(name), { recursive: true }),
		opened: () => descriptors().filter((file) => file.startsWith(path)),
		names: () => readdirSync(path).sort(),
	};
}

function descriptors(): string[] {
	return readdirSync("/proc/self/fd").flatMap((fd) => {
		try {
			return [readlinkSync(`/proc/self/fd/${fd}`)];
		} catch {
			return []; // that of the listing itself
		}
	});
}
