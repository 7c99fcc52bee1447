import type { Report, Warning } from "../generated.js";
import { inFlags } from "./failure.js";
import { printable, toJson } from "./text.js";

/** Prints a result on `told`: as JSON, or as rows for people with the warnings on standard error. */
export function print(
	json: boolean | undefined,
	result: object,
	rows: Row[],
	warnings: readonly Warning[] = [],
	told: NodeJS.WritableStream = process.stdout,
): void {
	if (json) {
		told.write(`${toJson(result)}\n`);
		return;
	}
	const width = Math.max(...rows.map(([name]) => name.length));
	for (const [name, value] of rows) told.write(`${name.padEnd(width)}  ${printable(value)}\n`);
	printWarnings(warnings);
}

/** Prints warnings on standard error; `about` names their document, where there are several. */
export function printWarnings(warnings: readonly Warning[], about?: string): void {
	const start = `rustpdf: ${about === undefined ? "" : `${printable(about)}: `}warning`;
	for (const { code, message } of warnings) process.stderr.write(`${start}: ${code}: ${printable(inFlags(message, code))}\n`);
}

/** A name and its value. */
export type Row = [name: string, value: string];

/** What a report tells of timestamps and evidence. */
export function evidenceRows({
	renewBefore,
	timestamps = [],
	validation,
}: Pick<Report, "renewBefore" | "timestamps" | "validation">): Row[] {
	const rows = timestamps.map(
		({ ofDocument, service, time }): Row => ["timestamp", `${time} by service ${service}${ofDocument ? ", over the document" : ""}`],
	);
	if (validation !== undefined) {
		const { added, certificates, crls, ocsps } = validation;
		rows.push(["evidence", `${certificates} certificates, ${ocsps} OCSP responses, ${crls} revocation lists, ${added} of these added`]);
	}
	if (renewBefore !== undefined) rows.push(["renew before", renewBefore]);
	return rows;
}

/** A number of bytes for people. */
export function inBytes(count: number): string {
	return `${count.toLocaleString("en")} bytes`;
}
