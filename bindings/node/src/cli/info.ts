import type { Command } from "commander";
import { unwatched } from "../control.js";
import type { FieldLock, Warning } from "../generated.js";
import { Host } from "../host.js";
import { drive } from "../machine.js";
import { withOpened } from "../opened.js";
import { plainStart } from "../operations.js";
import { checkDocument } from "./inputs.js";
import { addPasswordFlags, passwordOf } from "./password.js";
import { inBytes, print, type Row } from "./print.js";

interface InfoFlags {
	json?: boolean;
	password?: string;
	passwordFile?: string;
}

/** What is in a document. */
interface Info {
	version: string;
	length: number;
	pages: number | null;
	revisions: number;
	xref: string;
	certified: number | null;
	fields: { name: string; type: string; signed: boolean }[];
	signatures: SignatureInfo[];
	warnings: Warning[];
}

/** A signature in a document. */
interface SignatureInfo {
	field: string;
	subFilter: string;
	name: string | null;
	reason: string | null;
	location: string | null;
	contactInfo: string | null;
	signingTime: string | null;
	byteRange: number[];
	coversWholeFile: boolean;
	revision: number;
	docMdp: number | null;
	lock: FieldLock | null;
	signer: CertificateInfo | null;
	certificates: CertificateInfo[];
}

/** A certificate in a signature. */
interface CertificateInfo {
	subject: string;
	issuer: string;
	serialNumber: string;
	notBefore: string;
	notAfter: string;
	sha256: string;
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
	const { result } = await withOpened(checkDocument(path), null, {}, unwatched, (opened) =>
		drive<Info>(plainStart("inspect", { ...opened.start, password }), new Host({ ...opened, control: unwatched })),
	);
	print(json, result, rowsOf(path, result), result.warnings);
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
