import type { Command } from "commander";
import { refusal } from "../pkcs11/failures.js";
import { type FoundToken, openKey, openToken } from "../pkcs11/key.js";
import { hasPinPad, isFinalTry, requiresLogin } from "../pkcs11/pin.js";
import { printable } from "../printable.js";
import type { Signer } from "../request.js";
import { commandSigner } from "./exec.js";
import { UsageError } from "./failure.js";
import { certificates } from "./flags.js";
import { askPin } from "./pin.js";

/** The key and its certificate, as flags. */
export interface SignerFlags {
	exec?: string;
	pkcs11Uri?: string;
	pkcs11Module?: string;
	pkcs11Token?: string;
	pkcs11Serial?: string;
	pkcs11Slot?: number;
	pkcs11Key?: string;
	cert?: string;
	chain?: string[];
}

/** Where the certificate comes from without `--cert`. */
export const CERTIFICATE_OF_TOKEN = " (default: the one in the token with the id of the key, with its issuers there)";

/** Adds the flags that name the key. */
export function addSignerFlags(command: Command): Command {
	return command
		.option("--exec <command>", "a shell command that reads the data on standard input and writes the raw signature")
		.option("--pkcs11-module <library>", "a PKCS#11 module (needs the npm package pkcs11js)")
		.option("--pkcs11-uri <uri>", "token and key as pkcs11:token=…;object=… (RFC 7512); the module too, by ?module-path=…")
		.option("--pkcs11-token <label>", "the token; may be left out where there is only one")
		.option("--pkcs11-serial <number>", "its serial number, where two tokens have one label")
		.option("--pkcs11-slot <number>", "its slot", Number)
		.option("--pkcs11-key <label>", "the key's label, or its id in hexadecimal; may be left out where there is only one");
}

/** A key, ready to sign, with its certificate. */
export interface OpenedSigner {
	signer: Signer;
	/** The same for many documents: signatures of a token are made in threads. */
	signerOfMany: Signer;
	certificate: Uint8Array;
	chain: Uint8Array[];
	close: () => void;
}

/** Opens the key that the flags name. Errors: usage, and those of the token. */
export async function openSigner(flags: SignerFlags, signal: AbortSignal): Promise<OpenedSigner> {
	const { exec, pkcs11Module, pkcs11Uri } = flags;
	const ofToken = pkcs11Module !== undefined || pkcs11Uri !== undefined;
	if ((exec === undefined) !== ofToken) throw new UsageError("give either --exec or --pkcs11-module, for the key");
	const { certificate, chain = [] } = certificates(flags) as { certificate?: Uint8Array; chain?: Uint8Array[] };
	if (exec === undefined) return openInToken(flags, certificate, chain, signal);
	if (certificate === undefined) throw new UsageError("--exec needs --cert");
	const signer = commandSigner(exec, signal);
	return { signer, signerOfMany: signer, certificate, chain, close: () => {} };
}

async function openInToken(
	flags: SignerFlags,
	certificate: Uint8Array | undefined,
	chain: Uint8Array[],
	signal: AbortSignal,
): Promise<OpenedSigner> {
	const { pkcs11Key: key, pkcs11Module: module, pkcs11Serial: serial, pkcs11Slot: slot, pkcs11Token: token, pkcs11Uri: uri } = flags;
	const found = openToken({ uri, module, token, serial, slot, key });
	try {
		const typed = found.names.pin === undefined && process.env["RUSTPDF_PIN"] === undefined;
		const pin = found.names.pin ?? (process.env["RUSTPDF_PIN"] || (await pinTyped(found, signal)));
		let signingPin: string | undefined = process.env["RUSTPDF_SIGNING_PIN"] || undefined;
		const opened = openKey(found, { pin, signingPin: pin === undefined ? signingPin : () => signingPin ?? String(pin) });
		if (typed && pin !== undefined && opened.pinEachTime)
			signingPin ??= (await askPin("PIN for signatures (Enter: the same): ", signal)) || undefined;
		const { sign: signer, signAsync: signerOfMany } = opened;
		const close = () => opened.close();
		if (certificate !== undefined) return { signer, signerOfMany, certificate, chain, close };
		return { signer, signerOfMany, certificate: opened.certificate, chain: [...chain, ...opened.chain], close };
	} catch (error) {
		found.module.release();
		throw refusal(error);
	}
}

/** The PIN, typed; nothing where the token asks for none, or asks for it itself. Errors: usage, where nobody can be asked. */
async function pinTyped({ module: { calls }, token: { label, slot } }: FoundToken, signal: AbortSignal): Promise<string | undefined> {
	if (process.env["RUSTPDF_PIN"] === "" || hasPinPad(calls, slot) || !requiresLogin(calls, slot)) return undefined;
	const warning = isFinalTry(calls, slot) ? " (one try is left)" : "";
	return askPin(printable(`PIN of ${label}${warning}: `), signal);
}
