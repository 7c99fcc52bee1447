import { asBytes, type Bytes } from "#bytes";
import type { Done } from "./machine.js";
import type { FileReport } from "./output.js";

/** A document that was signed. */
export interface SignedFile {
	/** The update: the bytes after the document, a few kilobytes. */
	readonly update: Bytes;
	/** The report; of several signatures the last. */
	readonly report: FileReport;
	/** The reports of all signers in turn. */
	readonly reports: readonly FileReport[];
}

/** The result for the caller, which each report is handed to first. */
export function signedFile({ copy, payload, reports }: Done, onReport: (report: FileReport) => void): SignedFile {
	const all = reports.map((report) => ({ ...report, copy }));
	for (const report of all) onReport(report);
	return { update: asBytes(payload.slice()), report: all.at(-1) as FileReport, reports: all };
}
