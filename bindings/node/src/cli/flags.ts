import { type Command, Option } from "commander";
import type { SessionOptions } from "../options.js";
import { readInput } from "./inputs.js";
import { addPasswordFlags, passwordOf } from "./password.js";

const GROUP = "Signing options:";

/** Adds a flag for every signing option. Values go to the core as they are: it says what is wrong with them. */
export function addSigningFlags(command: Command): Command {
	for (const option of [
		new Option("--no-pades", "make a plain CMS signature (adbe.pkcs7.detached) instead of PAdES B-B"),
		new Option("--digest-algorithm <name>", "sha256, sha384 or sha512 (default: what fits the certificate)"),
		new Option("--signature-algorithm <name>", "rsa-pkcs1, rsa-pss, ecdsa or ed25519 (default: the key's; RSA: rsa-pkcs1)"),
		new Option("--field-name <name>", "an existing empty signature field, or the name of the new one"),
		new Option("--page <number>", "page of a new field, from 1").argParser(Number),
		new Option("--name <text>", "name of the signer"),
		new Option("--reason <text>", "why it is signed"),
		new Option("--location <text>", "where it is signed"),
		new Option("--contact-info <text>", "how to reach the signer"),
		new Option("--certify <level>", "certify: 1 no changes, 2 form filling and signing, 3 also annotations").argParser(Number),
		new Option("--lock-action <action>", "freeze form fields: all, include (those named) or exclude (all but those)"),
		new Option("--lock-field <name>", "a field for --lock-action; repeatable").argParser(collect),
		new Option("--policy-oid <oid>", "signature policy: its object identifier"),
		new Option("--policy-digest-algorithm <name>", "… the hash of its document's digest"),
		new Option("--policy-digest <hex>", "… the digest of its document"),
		new Option("--policy-uri <uri>", "… where its document can be had"),
		new Option("--commitment-type <name>", "proof-of-origin, -receipt, -delivery, -sender, -approval, -creation, or an oid"),
		new Option("--signer-role <role>", "a role that the signer claims; repeatable").argParser(collect),
		new Option("--signing-time-attribute", "add the signing-time attribute (only with --no-pades)"),
		new Option("--container-size <bytes>", "room for the CMS container (default: computed)").argParser(Number),
		new Option("--clear-need-appearances", "set /NeedAppearances of the form to false: Acrobat hides signatures where it is true"),
		new Option("--strict", "refuse a damaged document, and a certificate that is expired, not yet valid or not meant for signing"),
		new Option("--no-check-signature", "embed the signature without checking it against the certificate"),
		new Option("--signing-time <date>", "such as 2026-01-31T12:00:00Z (default: now)").argParser((text) => new Date(text)),
		new Option("--entropy <hex>", "32 bytes, for reproducible output (default: random)"),
	]) {
		command.addOption(option.helpGroup(GROUP));
	}
	return addPasswordFlags(command, GROUP);
}

/** The signing options that the flags say; a flag that was not given is left out. */
export function signingOptions(flags: Record<string, unknown>): SessionOptions {
	const options: Record<string, unknown> = {};
	for (const name of SAME_NAME) if (flags[name] !== undefined) options[name] = flags[name];
	if (flags["pades"] === false) options["pades"] = false;
	if (flags["checkSignature"] === false) options["checkSignature"] = false;
	if (flags["signerRole"] !== undefined) options["signerRoles"] = flags["signerRole"];
	const lock = given({ action: flags["lockAction"], fields: flags["lockField"] });
	if (lock !== undefined) options["lock"] = lock;
	const password = passwordOf(flags);
	if (password !== undefined) options["password"] = password;
	const policy = given({
		oid: flags["policyOid"],
		digestAlgorithm: flags["policyDigestAlgorithm"],
		digest: flags["policyDigest"],
		uri: flags["policyUri"],
	});
	if (policy !== undefined) options["policy"] = policy;
	return options;
}

/** Adds the flags that name the certificate and its issuers. */
export function addCertificateFlags(command: Command, required: boolean): Command {
	const certificate = new Option("--cert <file>", "the signer's certificate, DER or PEM").makeOptionMandatory(required);
	const chain = new Option("--chain <file>", "its issuers: a certificate or a PEM bundle; repeatable, in any order").argParser(collect);
	return command.addOption(certificate).addOption(chain);
}

/** The flag that names the key of a saved session. */
export function sessionKeyFlag(what: string): Option {
	return new Option("--session-key-file <file>", `the key by which ${what}: 32 random bytes or more, as they are`);
}

/** The certificate and chain that the flags name, read. */
export function certificates(flags: { cert?: string; chain?: string[] }): SessionOptions {
	return {
		...(flags.cert !== undefined && { certificate: readInput(flags.cert) }),
		...(flags.chain !== undefined && { chain: flags.chain.map(readInput) }),
	};
}

const SAME_NAME = [
	"digestAlgorithm",
	"signatureAlgorithm",
	"fieldName",
	"page",
	"name",
	"reason",
	"location",
	"contactInfo",
	"certify",
	"commitmentType",
	"signingTimeAttribute",
	"containerSize",
	"clearNeedAppearances",
	"strict",
	"signingTime",
	"entropy",
];

function collect(value: string, earlier: string[] = []): string[] {
	return [...earlier, value];
}

/** The object without what is not there; nothing where nothing is. */
function given(object: Record<string, unknown>): Record<string, unknown> | undefined {
	const entries = Object.entries(object).filter(([, value]) => value !== undefined);
	return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
