import type { Warning } from "../generated.js";
import { printable, toJson } from "./text.js";

/** Prints a result: as JSON, or as rows for people with the warnings on standard error. */
export function print(json: boolean | undefined, result: object, rows: Row[], warnings: readonly Warning[] = []): void {
	if (json) {
		process.stdout.write(`${toJson(result)}\n`);
		return;
	}
	const width = Math.max(...rows.map(([name]) => name.length));
	for (const [name, value] of rows) process.stdout.write(`${name.padEnd(width)}  ${printable(value)}\n`);
	for (const { code, message } of warnings) process.stderr.write(`rustpdf: warning: ${code}: ${printable(message)}\n`);
}

/** A name and its value. */
export type Row = [name: string, value: string];

/** A number of bytes for people. */
export function inBytes(count: number): string {
	return `${count.toLocaleString("en")} bytes`;
}
