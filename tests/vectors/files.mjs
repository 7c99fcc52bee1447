// Files in the options of a vector: `{ "file": NAME }` stands for the bytes of files/NAME.
import { readFileSync } from "node:fs";

const read = (name) => readFileSync(new URL(`files/${name}`, import.meta.url));

/** The options with the bytes in place of the names, each as `form` returns it. */
export function withFiles(options, form = (bytes) => bytes) {
	if (Array.isArray(options)) return options.map((option) => withFiles(option, form));
	if (typeof options !== "object" || options === null) return options;
	if (typeof options.file === "string") return form(read(options.file));
	return Object.fromEntries(Object.entries(options).map(([key, option]) => [key, withFiles(option, form)]));
}

/** Names of the files. */
export function filesOf(options) {
	if (typeof options !== "object" || options === null) return [];
	return typeof options.file === "string" ? [options.file] : Object.values(options).flatMap(filesOf);
}
