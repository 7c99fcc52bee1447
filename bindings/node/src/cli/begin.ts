import { resolve } from "node:path";
import type { Command } from "commander";
import { toHex } from "#bytes";
import type { SigningRequest } from "../generated.js";
import { beginSigningFile } from "../session_file.js";
import { APPEARANCE_FILE, addAppearanceFlags } from "./appearance.js";
import { UsageError } from "./failure.js";
import { addCertificateFlags, addSigningFlags, certificates, sessionKeyFlag, signingOptions } from "./flags.js";
import { checkDocument, documentFile, readInput, STANDARD } from "./inputs.js";
import { addLevelFlags, httpSettings, type LevelFlags, withLevelFlags } from "./level.js";
import { Output } from "./output.js";
import { inBytes, print, type Row } from "./print.js";
import { watch } from "./watch.js";

interface BeginFlags extends Record<string, unknown>, LevelFlags {
	session: string;
	sessionKeyFile?: string;
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
				"CMS container, or with --cert the data for one that returns a raw signature. `rustpdf complete` goes on.\n" +
				"If the certificate is issued with the raw signature, give --no-pades and --signature-algorithm, and it to `rustpdf complete`.",
		)
		.argument("<IN>", "the PDF to sign; - is standard input")
		.requiredOption("--session <file>", "where the session is written")
		.addOption(sessionKeyFlag("the session is sealed"))
		.option("--request <file>", "where the data to sign is written; needs --cert, or --no-pades and --signature-algorithm");
	addCertificateFlags(command).option("--force", "replace existing files").option("--json", "tell what is to be signed as JSON");
	addLevelFlags(addAppearanceFlags(addSigningFlags(command)))
		.addHelpText("after", EXAMPLES)
		.action(runBegin);
}

const EXAMPLES = `${APPEARANCE_FILE}
The session of one is sealed: give --session-key-file.

Examples:
  # a raw signature, made elsewhere; the session is sealed by a key that stays here
  (umask 077; head -c 32 /dev/urandom > session.key)
  rustpdf begin in.pdf --session in.session --session-key-file session.key --request in.tosign --cert signer.pem --chain ca.pem
  openssl dgst -sha256 -sign key.pem in.tosign > in.signature
  rustpdf complete in.pdf -o out.pdf --session in.session --session-key-file session.key --signature in.signature

  # a finished container, made by a signing service from the digest
  rustpdf begin in.pdf --session in.session --session-key-file session.key --json`;

async function runBegin(path: string, flags: BeginFlags): Promise<void> {
	if (flags.request !== undefined && resolve(flags.request) === resolve(flags.session))
		throw new UsageError("--session and --request need files of their own");
	const inputs = [path];
	const output = new Output(flags.session, { force: flags.force, inputs });
	const toSign = flags.request === undefined ? undefined : new Output(flags.request, { force: flags.force, inputs });
	const options = { ...withLevelFlags(signingOptions(flags), flags), ...certificates(flags), http: httpSettings(flags) };
	if (path !== STANDARD) checkDocument(path);
	const key = flags.sessionKeyFile === undefined ? undefined : readInput(flags.sessionKeyFile);
	const watching = await watch();
	try {
		const { onProgress, signal } = watching;
		const session = await beginSigningFile(await documentFile(path), { ...options, onProgress, signal });
		const saved = key === undefined ? session.serializeUnsealed() : session.serialize(key); // first: some sessions have to be sealed
		if (session.request !== undefined) await toSign?.write(session.request.data);
		else if (toSign !== undefined) throw new UsageError("--request needs --cert, or --no-pades and --signature-algorithm");
		await output.write(saved, 0o600);
		watching.end();
		const { documentLength, hash, hashAlgorithm, report } = session;
		const request = session.request === undefined ? null : inHex(session.request);
		const { containerSize } = report;
		const told = { hash: toHex(hash), hashAlgorithm, documentLength, containerSize, request, report };
		print(
			flags.json,
			{ session: flags.session, ...told, timings: watching.timings() },
			rowsOf(flags.session, saved, told),
			report.warnings,
			toSign?.isStandard ? toSign.told : output.told,
		);
		if (key === undefined) process.stderr.write(`rustpdf: warning: ${UNSEALED}\n`);
	} finally {
		watching.end();
	}
}

const UNSEALED =
	"the session is not sealed: anybody who can change it can have the key sign something else; " +
	"keep it as safe as the key, or seal it by --session-key-file";

/** A request with its bytes as hexadecimal. */
function inHex(request: SigningRequest): Record<string, string | number> {
	const entries = Object.entries(request).map(([key, value]) => [key, value instanceof Uint8Array ? toHex(value) : value]);
	return Object.fromEntries(entries);
}

interface Told {
	hash: string;
	hashAlgorithm: string;
	request: Record<string, string | number> | null;
}

function rowsOf(session: string, saved: Uint8Array, { hash, hashAlgorithm, request }: Told): Row[] {
	const rows: Row[] = [
		["session", `${session}, ${inBytes(saved.byteLength)}`],
		["hash", `${hash} (${hashAlgorithm})`],
	];
	if (request === null) return rows;
	const { curve, digest, digestAlgorithm, digestInfo, saltLength, signatureAlgorithm } = request;
	const salt = saltLength === undefined ? "" : `salt of ${saltLength} bytes`;
	rows.push(["sign", [signatureAlgorithm, digestAlgorithm, curve, salt].filter(Boolean).join(", ")]);
	rows.push(["digest", String(digest)]);
	if (digestInfo !== undefined) rows.push(["digestInfo", String(digestInfo)]);
	return rows;
}
