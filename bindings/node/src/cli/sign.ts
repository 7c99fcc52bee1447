import type { Command } from "commander";
import { drive } from "../machine.js";
import { sign } from "../operations.js";
import { openPkcs11Key } from "../pkcs11/key.js";
import { loadPkcs11Js } from "../pkcs11/load.js";
import type { Report } from "../report.js";
import type { SyncSigner } from "../request.js";
import { commandSigner } from "./exec.js";
import { UsageError } from "./failure.js";
import { FileDocument } from "./file_document.js";
import { addCertificateFlags, addSigningFlags, certificates, signingOptions } from "./flags.js";
import { Output } from "./output.js";
import { askPin } from "./pin.js";
import { inBytes, print, type Row } from "./print.js";
import { timings } from "./timings.js";

interface SignFlags extends Record<string, unknown> {
	output: string;
	cert: string;
	chain?: string[];
	exec?: string;
	pkcs11Module?: string;
	pkcs11Token?: string;
	pkcs11Key?: string;
	force?: boolean;
	json?: boolean;
}

/** `rustpdf sign`. */
export function addSign(program: Command): void {
	const command = program
		.command("sign")
		.summary("sign a PDF with a key in a token or behind a program")
		.description("Signs IN and writes the signed document to OUT, which appears only when it is complete.")
		.argument("<IN>", "the PDF to sign")
		.requiredOption("-o, --output <OUT>", "the signed document");
	addCertificateFlags(command, true)
		.option("--exec <command>", "a shell command that reads the data on standard input and writes the raw signature")
		.option("--pkcs11-module <library>", "a PKCS#11 module (needs the npm package pkcs11js)")
		.option("--pkcs11-token <label>", "the token; may be left out where there is only one")
		.option("--pkcs11-key <label>", "the key's label, or its id in hexadecimal")
		.option("--force", "replace an existing OUT")
		.option("--json", "tell what was done as JSON");
	addSigningFlags(command).addHelpText("after", EXAMPLES).action(runSign);
}

const EXAMPLES = `
The PIN of a token is taken from RUSTPDF_PIN, or asked for on the terminal. A command of --exec finds the request in
RUSTPDF_SIGNATURE_ALGORITHM, _DIGEST_ALGORITHM, _DIGEST, _DIGEST_INFO, _SALT_LENGTH and _CURVE.

Examples:
  # a key in an HSM or smart card
  rustpdf sign in.pdf -o out.pdf --cert signer.pem --chain ca.pem \\
    --pkcs11-module /usr/lib/softhsm/libsofthsm2.so --pkcs11-token rustpdf --pkcs11-key rsa

  # any program that signs
  rustpdf sign in.pdf -o out.pdf --cert signer.pem --chain ca.pem --exec 'openssl dgst -sha256 -sign key.pem'

  # a certification that permits filling in forms
  rustpdf sign in.pdf -o out.pdf --cert signer.pem --certify 2 --location Berlin --exec ./sign-with-kms`;

async function runSign(path: string, flags: SignFlags): Promise<void> {
	const output = new Output(flags.output, { force: flags.force, inputs: [path] });
	const options = { ...signingOptions(flags), ...certificates(flags) };
	const document = new FileDocument(path);
	const { close, signer } = await openSigner(flags);
	try {
		const { payload, report } = await drive(sign(document, options), document, timed(signer));
		await output.append(document, payload);
		print(flags.json, { output: flags.output, report }, rowsOf(flags.output, report), report.warnings);
	} finally {
		close();
	}
}

function timed(signer: SyncSigner): SyncSigner {
	return (data, request) => {
		const stop = timings.start("signerMs");
		const signature = signer(data, request);
		stop();
		return signature;
	};
}

async function openSigner({ exec, pkcs11Key, pkcs11Module, pkcs11Token }: SignFlags): Promise<{ signer: SyncSigner; close: () => void }> {
	if ((exec === undefined) === (pkcs11Module === undefined)) throw new UsageError("give either --exec or --pkcs11-module, for the key");
	if (exec !== undefined) return { signer: commandSigner(exec), close: () => {} };
	if (pkcs11Module === undefined || pkcs11Key === undefined) throw new UsageError("--pkcs11-module needs --pkcs11-key");
	loadPkcs11Js(); // before anybody is asked for a PIN
	const pin = await askPin();
	const key = openPkcs11Key({
		module: pkcs11Module,
		key: pkcs11Key,
		...(pkcs11Token !== undefined && { token: pkcs11Token }),
		...(pin !== undefined && { pin }),
	});
	return { signer: key.sign, close: () => key.close() };
}

/** A report for people. */
export function rowsOf(output: string, report: Report): Row[] {
	const {
		containerLength = 0,
		containerSize,
		digestAlgorithm,
		documentLength,
		field,
		revision,
		signatureAlgorithm,
		subFilter,
		updateLength,
	} = report;
	return [
		["output", `${output}, ${inBytes(documentLength + updateLength)} (${inBytes(updateLength)} appended)`],
		["field", `${field}, revision ${revision}`],
		["signature", [subFilter, signatureAlgorithm, digestAlgorithm].filter(Boolean).join(", ")],
		["container", `${inBytes(containerLength)} of ${containerSize.toLocaleString("en")} reserved`],
	];
}
