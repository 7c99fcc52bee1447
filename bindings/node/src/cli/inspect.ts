import type { Command } from "commander";
import type { DocumentInfo } from "../frames.js";
import { inspect } from "../inspect.js";
import { documentFile } from "./inputs.js";
import { addPasswordFlags, passwordOf } from "./password.js";
import { inBytes, print, type Row } from "./print.js";

interface InspectFlags {
	json?: boolean;
	password?: string;
	passwordFile?: string;
}

/** `rustpdf inspect`. */
export function addInspect(program: Command): void {
	const command = program
		.command("inspect")
		.summary("print revisions, fields and signatures of a PDF")
		.description("Prints the revisions, form fields, and signatures of FILE with their certificates. Verifies nothing.")
		.argument("<FILE>", "a PDF; - is standard input")
		.option("--json", "print JSON");
	addPasswordFlags(command, "Options:")
		.addHelpText("after", "\nExample:\n  rustpdf inspect signed.pdf --json | jq '.signatures[].signer.subject'")
		.action(runInspect);
}

async function runInspect(path: string, { json, ...flags }: InspectFlags): Promise<void> {
	const password = passwordOf(flags);
	const result = await inspect(await documentFile(path), { password });
	print(json, result, rowsOf(path, result), result.warnings);
}

function rowsOf(path: string, info: DocumentInfo): Row[] {
	const rows: Row[] = [
		["verified", "nothing: this prints what the document says"],
		["file", `${path}, ${inBytes(info.length)}`],
		["version", `PDF ${info.version}, cross-reference ${info.xref}`],
		["pages", info.pages == null ? "unknown" : String(info.pages)],
		["revisions", String(info.revisions)],
	];
	if (info.certified != null) rows.push(["certified", `level ${info.certified}`]);
	for (const { name, signed, type } of info.fields) rows.push(["field", `${name} (${type}${signed ? ", signed" : ""})`]);
	for (const signature of info.signatures) {
		rows.push(["signature", `${signature.field}, ${signature.subFilter}, revision ${signature.revision}`]);
		rows.push(["  covers", signature.coversWholeFile ? "the whole file" : `bytes ${signature.byteRange.join(" ")}`]);
		for (const name of ["name", "reason", "location", "contactInfo", "signingTime"] as const) {
			const value = signature[name];
			if (value != null) rows.push([`  ${name}`, value]);
		}
		if (signature.level != null) rows.push(["  level", signature.level]);
		if (signature.renewBefore != null) rows.push(["  renew before", signature.renewBefore]);
		if (signature.docMdp != null) rows.push(["  docMdp", `level ${signature.docMdp}`]);
		if (signature.lock != null) rows.push(["  lock", [signature.lock.action, ...signature.lock.fields].join(" ")]);
		if (signature.signer != null) {
			const { issuer, notAfter, notBefore, subject } = signature.signer;
			rows.push(["  signer", subject], ["  issuer", issuer], ["  certificate dates", `${notBefore} to ${notAfter}`]);
		}
		rows.push(["  certificates", String(signature.certificates.length)]);
	}
	return rows;
}
