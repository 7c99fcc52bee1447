import type { Command } from "commander";
import { unwatched } from "../control.js";
import { StreamedDocument } from "../document.js";
import { FileSource } from "../files/file_source.js";
import { drive } from "../machine.js";
import { type Info, inspect } from "../operations.js";
import { checkDocument } from "./inputs.js";
import { addPasswordFlags, passwordOf } from "./password.js";
import { inBytes, print, type Row } from "./print.js";

interface InfoFlags {
	json?: boolean;
	password?: string;
	passwordFile?: string;
}

/** `rustpdf info`. */
export function addInfo(program: Command): void {
	const command = program
		.command("info")
		.summary("tell revisions, fields and signatures of a PDF")
		.description("Tells what is in FILE: revisions, form fields, signatures with their certificates, what is permitted. Verifies nothing.")
		.argument("<FILE>", "a PDF")
		.option("--json", "tell it as JSON");
	addPasswordFlags(command, "Options:")
		.addHelpText("after", "\nExample:\n  rustpdf info signed.pdf --json | jq '.signatures[].signer.subject'")
		.action(runInfo);
}

async function runInfo(path: string, { json, ...flags }: InfoFlags): Promise<void> {
	const password = passwordOf(flags);
	const source = await FileSource.openToRead(checkDocument(path));
	try {
		const document = new StreamedDocument(source, unwatched);
		const { result } = await drive(inspect(document, password), document, [], unwatched);
		print(json, result, rowsOf(path, result), result.warnings);
	} finally {
		await source.close();
	}
}

function rowsOf(path: string, info: Info): Row[] {
	const rows: Row[] = [
		["file", `${path}, ${inBytes(info.length)}`],
		["version", `PDF ${info.version}, cross-reference ${info.xref}`],
		["pages", info.pages === null ? "unknown" : String(info.pages)],
		["revisions", String(info.revisions)],
	];
	if (info.certified !== null) rows.push(["certified", `level ${info.certified}`]);
	for (const { name, signed, type } of info.fields) rows.push(["field", `${name} (${type}${signed ? ", signed" : ""})`]);
	for (const signature of info.signatures) {
		rows.push(["signature", `${signature.field}, ${signature.subFilter}, revision ${signature.revision}`]);
		rows.push(["  covers", signature.coversWholeFile ? "the whole file" : `bytes ${signature.byteRange.join(" ")}`]);
		for (const name of ["name", "reason", "location", "contactInfo", "signingTime"] as const) {
			const value = signature[name];
			if (value !== null) rows.push([`  ${name}`, value]);
		}
		if (signature.docMdp !== null) rows.push(["  docMdp", `level ${signature.docMdp}`]);
		if (signature.lock !== null) rows.push(["  lock", [signature.lock.action, ...(signature.lock.fields ?? [])].join(" ")]);
		if (signature.signer !== null) {
			const { issuer, notAfter, notBefore, subject } = signature.signer;
			rows.push(["  signer", subject], ["  issuer", issuer], ["  valid", `${notBefore} to ${notAfter}`]);
		}
		rows.push(["  certificates", String(signature.certificates.length)]);
	}
	return rows;
}
