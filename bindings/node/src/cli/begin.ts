import type { Command } from "commander";
import { fromHex } from "../bytes.js";
import { drive } from "../machine.js";
import { prepare, type WireSession } from "../operations.js";
import { UsageError } from "./failure.js";
import { FileDocument } from "./file_document.js";
import { addCertificateFlags, addSigningFlags, certificates, signingOptions } from "./flags.js";
import { Output } from "./output.js";
import { inBytes, print, type Row } from "./print.js";

interface BeginFlags extends Record<string, unknown> {
	session: string;
	request?: string;
	cert?: string;
	chain?: string[];
	force?: boolean;
	json?: boolean;
}

/** `rustpdf begin`. */
export function addBegin(program: Command): void {
	const command = program
		.command("begin")
		.summary("prepare a PDF for a signature that comes later")
		.description(
			"Prepares IN, writes the session, and tells what is to be signed: the digest for a service that returns a finished\n" +
				"CMS container, or with --cert the data for one that returns a raw signature. `rustpdf complete` goes on.",
		)
		.argument("<IN>", "the PDF to sign")
		.requiredOption("--session <file>", "where the session is written")
		.option("--request <file>", "where the data to sign is written; needs --cert");
	addCertificateFlags(command, false).option("--force", "replace existing files").option("--json", "tell what is to be signed as JSON");
	addSigningFlags(command).addHelpText("after", EXAMPLES).action(runBegin);
}

const EXAMPLES = `
Examples:
  # a raw signature, made elsewhere
  rustpdf begin in.pdf --session in.session --request in.tosign --cert signer.pem --chain ca.pem
  openssl dgst -sha256 -sign key.pem in.tosign > in.signature
  rustpdf complete in.pdf -o out.pdf --session in.session --signature in.signature

  # a finished container, made by a signing service from the digest
  rustpdf begin in.pdf --session in.session --json`;

async function runBegin(path: string, flags: BeginFlags): Promise<void> {
	if (flags.request !== undefined && flags.cert === undefined) throw new UsageError("--request needs --cert");
	const inputs = [path];
	const session = new Output(flags.session, { force: flags.force, inputs });
	const request = flags.request === undefined ? undefined : new Output(flags.request, { force: flags.force, inputs });
	const document = new FileDocument(path);
	const { payload, report, result } = await drive(prepare(document, { ...signingOptions(flags), ...certificates(flags) }), document);
	if (result.request !== null) await request?.write(fromHex(result.request.data));
	await session.write(payload);
	print(flags.json, { session: flags.session, ...result, report }, rowsOf(flags.session, payload, result), report.warnings);
}

function rowsOf(session: string, saved: Uint8Array, { hash, hashAlgorithm, request }: WireSession): Row[] {
	const rows: Row[] = [
		["session", `${session}, ${inBytes(saved.byteLength)}`],
		["hash", `${hash} (${hashAlgorithm})`],
	];
	if (request === null) return rows;
	const { curve, digest, digestAlgorithm, digestInfo, saltLength, signatureAlgorithm } = request;
	rows.push([
		"sign",
		[signatureAlgorithm, digestAlgorithm, curve, saltLength && `salt of ${inBytes(saltLength)}`].filter(Boolean).join(", "),
	]);
	rows.push(["digest", digest]);
	if (digestInfo !== undefined) rows.push(["digestInfo", digestInfo]);
	return rows;
}
