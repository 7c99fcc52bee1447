import { type Command, Option } from "commander";
import { type CertificateRequestOptions, certificateRequest, type Issued, selfSigned } from "../issuance.js";
import type { CertifiedSigner, Signer } from "../request.js";
import { UsageError } from "./failure.js";
import { readInput } from "./inputs.js";
import { Output } from "./output.js";
import { print } from "./print.js";
import { addSignerFlags, openBareKey, type SignerFlags } from "./signer.js";
import { watch } from "./watch.js";

interface IssuanceFlags extends SignerFlags {
	subject: string;
	publicKey?: string;
	output: string;
	signatureAlgorithm?: CertificateRequestOptions["signatureAlgorithm"];
	digestAlgorithm?: CertificateRequestOptions["digestAlgorithm"];
	days?: number;
	force?: boolean;
	json?: boolean;
}

/** `rustpdf csr` and `rustpdf self-signed`. */
export function addIssuance(program: Command): void {
	const request = program
		.command("csr")
		.summary("make a certification request for a key")
		.description(
			"Makes a certification request (PKCS #10) for a key that stays where it is, as PEM. An authority makes a certificate of it.",
		);
	addFlags(request)
		.addHelpText("after", examples("csr", "signer.csr"))
		.action((flags: IssuanceFlags) => run(flags, certificateRequest));
	const certificate = program
		.command("self-signed")
		.summary("make a certificate that its own key signs")
		.description("Makes a certificate that its own key signs, as PEM, for a first try. No validator trusts it unless it is told to.");
	addFlags(certificate)
		.option("--days <number>", "how long it is valid (default: 365)", Number)
		.addHelpText("after", examples("self-signed", "signer.pem"))
		.action((flags: IssuanceFlags) => run(flags, (options, signer) => selfSigned({ ...options, days: flags.days }, signer)));
}

function addFlags(command: Command): Command {
	return addSignerFlags(command)
		.requiredOption("--subject <name>", "the name of the holder: CN=…,O=… or /O=…/CN=…")
		.option("--public-key <file>", "the public key, PEM or DER, or a certificate of the key (default: from the key store)")
		.requiredOption("-o, --output <file>", "where the PEM goes; - is standard output")
		.addOption(new Option("--signature-algorithm <name>", "of the signature (default: that of the key)").choices(["rsa-pkcs1", "rsa-pss"]))
		.addOption(
			new Option("--digest-algorithm <name>", "of the signature (default: that of the key)").choices(["sha256", "sha384", "sha512"]),
		)
		.option("--force", "replace an existing file")
		.option("--json", "tell what was done as JSON");
}

function examples(command: string, output: string): string {
	return `
Example:
  rustpdf ${command} --subject '/C=DE/O=Example Ltd/CN=Example Ltd signing' --public-key key.pub.pem \\
    --exec 'openssl dgst -sha256 -sign key.pem' -o ${output}
  rustpdf ${command} --subject 'CN=Example Ltd signing,O=Example Ltd,C=DE' --key awskms:///alias/contracts -o ${output}`;
}

async function run(
	flags: IssuanceFlags,
	make: (options: CertificateRequestOptions, signer: Signer | CertifiedSigner) => Promise<Issued>,
): Promise<void> {
	const { digestAlgorithm, publicKey: file, signatureAlgorithm, subject } = flags;
	const output = new Output(flags.output, { force: flags.force, inputs: file === undefined ? [] : [file] });
	const given = file === undefined ? undefined : readInput(file);
	const watching = await watch();
	const key = await openBareKey(flags, watching.signal);
	try {
		const publicKey = given ?? (await key.publicKey?.());
		if (publicKey === undefined) throw new UsageError("--exec needs --public-key");
		const { pem } = await make({ subject, publicKey, digestAlgorithm, signatureAlgorithm }, key.signer);
		await output.write(new TextEncoder().encode(pem), 0o666);
		watching.end();
		print(flags.json, { output: flags.output, subject }, [["output", flags.output]], [], output.told);
	} finally {
		watching.end();
		key.close();
	}
}
