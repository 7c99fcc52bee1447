import type { Command } from "commander";
import type { Copy, FileReport } from "../output.js";
import { signFileWith } from "../sign_file.js";
import { APPEARANCE_FILE, addAppearanceFlags } from "./appearance.js";
import { addCertificateFlags, addSigningFlags, sessionKeyFlag, signingOptions } from "./flags.js";
import { checkDocument, documentFile, STANDARD } from "./inputs.js";
import { KEY_URIS } from "./key_uri.js";
import { addLevelFlags, CREDENTIALS, httpSettings, type LevelFlags, withLevelFlags } from "./level.js";
import { addDestinationFlags, type DestinationFlags, destination } from "./output.js";
import { evidenceRows, inBytes, print, type Row } from "./print.js";
import { addSavedFlag, type SavedFlags, savingSession } from "./saved.js";
import { addSignerFlags, CERTIFICATE_OF_TOKEN, openSigner, type SignerFlags } from "./signer.js";
import { watch } from "./watch.js";

interface SignFlags extends Record<string, unknown>, DestinationFlags, SignerFlags, LevelFlags, SavedFlags {
	json?: boolean;
}

/** `rustpdf sign`. */
export function addSign(program: Command): void {
	const command = program
		.command("sign")
		.summary("sign a PDF with a key in a token or behind a program")
		.description(
			"Signs IN: into OUT, which appears only when it is complete, in place, or as an update to be appended.\n" +
				"IN may have any size: it is read once. What an interruption left is finished by the next signing, or by `rustpdf recover`.",
		)
		.argument("<IN>", "the PDF to sign; - is standard input");
	addDestinationFlags(command);
	addCertificateFlags(command, CERTIFICATE_OF_TOKEN);
	addSavedFlag(addSignerFlags(command)).addOption(sessionKeyFlag("that session is sealed")).option("--json", "tell what was done as JSON");
	addLevelFlags(addAppearanceFlags(addSigningFlags(command)))
		.addHelpText("after", EXAMPLES)
		.action(runSign);
}

const EXAMPLES = `
The PIN of a token is taken from RUSTPDF_PIN, from the file that pin-source=file:PATH in --key names, or asked for on the
terminal; a PIN for signatures that differs from it from RUSTPDF_SIGNING_PIN. A command of --exec finds the request in
RUSTPDF_SIGNATURE_ALGORITHM, _DIGEST_ALGORITHM, _DIGEST, _DIGEST_INFO, _SALT_LENGTH and _CURVE.
${CREDENTIALS}
${APPEARANCE_FILE}

${KEY_URIS}

Examples:
  # a key in an HSM or smart card; certificate and chain are read from the token, unless --cert names them
  rustpdf sign in.pdf -o out.pdf --pkcs11-module /usr/lib/softhsm/libsofthsm2.so --pkcs11-token rustpdf --pkcs11-key rsa

  # a key in AWS KMS, with a record of the request
  rustpdf sign in.pdf -o out.pdf --key awskms:///alias/contracts --cert signer.pem --chain ca.pem --audit records

  # in place, with any program that signs
  rustpdf sign in.pdf --in-place --cert signer.pem --chain ca.pem --exec 'openssl dgst -sha256 -sign key.pem'

  # a certification that permits filling in forms
  rustpdf sign in.pdf -o out.pdf --cert signer.pem --certify 2 --location Berlin --exec ./sign-with-kms

  # a visible signature at the foot of the last page, with a logo, and a field for the next signer
  rustpdf sign in.pdf -o out.pdf --cert signer.pem --exec ./sign-with-kms --page last --image logo.png --empty-field Second:last:bottom-left

  # a signature that can be checked after the certificates have expired
  rustpdf sign in.pdf -o out.pdf --cert signer.pem --chain ca.pem --exec ./sign-with-kms --level B-LTA \\
    --timestamp-url http://tsa.example.org --timestamp-url http://other.example.org --trust root.pem --trust tsa-root.pem`;

async function runSign(path: string, flags: SignFlags): Promise<void> {
	const { finish, name, options, output, told } = destination(path, flags);
	const rest = withLevelFlags(signingOptions(flags), flags);
	const saveSession = savingSession(flags, [path]);
	if (path !== STANDARD) checkDocument(path);
	const watching = await watch();
	const { certificate, chain, close, options: ofKey, signer } = await openSigner(flags, watching.signal);
	try {
		const { onProgress, onWarnings, signal } = watching;
		// JSON has them in the report.
		const call = {
			...ofKey,
			...rest,
			...options,
			http: httpSettings(flags),
			onProgress,
			onWarnings: flags.json ? () => {} : onWarnings,
			signal,
		};
		const document = await documentFile(path);
		const signed = await signFileWith(document, output, certificate, signer, chain, call).catch(saveSession);
		await finish(signed, document);
		watching.end();
		const { report } = signed;
		print(flags.json, { output: name, report, timings: watching.timings() }, rowsOf(name, flags, report), [], told);
	} finally {
		watching.end();
		close();
	}
}

/** A report for people. */
export function rowsOf(name: string, { update }: DestinationFlags, report: FileReport): Row[] {
	const { containerLength = 0, containerSize, copy, digestAlgorithm, documentLength, field, revision, signatureAlgorithm } = report;
	const { level, subFilter, updateLength } = report;
	const length = update === undefined ? documentLength + updateLength : updateLength;
	const rows: Row[] = [
		[
			"output",
			`${name}, ${inBytes(length)} (${update === undefined ? `${inBytes(updateLength)} appended` : `to be appended to the document`})`,
		],
		["field", `${field}, revision ${revision}`],
		["signature", [subFilter, signatureAlgorithm, digestAlgorithm].filter(Boolean).join(", ")],
		["container", `${inBytes(containerLength)} of ${containerSize.toLocaleString("en")} reserved`],
	];
	if (copy !== "none") rows.push(["copy", COPIES[copy]]);
	if (level !== undefined && level !== "B-B") rows.push(["level", level]);
	return [...rows, ...evidenceRows(report)];
}

const COPIES: Record<Exclude<Copy, "none">, string> = {
	clone: "a clone, which shares the document's blocks",
	kernel: "made by the kernel",
	read: "made by the read that hashed the document",
};
