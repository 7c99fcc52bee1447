import type { Command } from "commander";
import { audited } from "../audit/audited.js";
import type { SigningOptions } from "../generated.js";
import { refusal } from "../pkcs11/failures.js";
import { type FoundToken, openKey, openToken } from "../pkcs11/key.js";
import { hasPinPad, isFinalTry, requiresLogin } from "../pkcs11/pin.js";
import { printable } from "../printable.js";
import type { CertifiedSigner, Signer } from "../request.js";
import { commandSigner } from "./exec.js";
import { UsageError } from "./failure.js";
import { certificates } from "./flags.js";
import { isToken, openStoreKey } from "./key_uri.js";
import { askPin } from "./pin.js";

/** The key and its certificate, as flags. */
export interface SignerFlags {
	exec?: string;
	key?: string;
	pkcs11Module?: string;
	pkcs11Token?: string;
	pkcs11Serial?: string;
	pkcs11Slot?: number;
	pkcs11Key?: string;
	audit?: string;
	cert?: string;
	chain?: string[];
}

/** Where the certificate comes from without `--cert`. */
export const CERTIFICATE_OF_TOKEN = " (default: the one in the token with the id of the key, with its issuers there)";

/** Adds the flags that name the key. */
export function addSignerFlags(command: Command): Command {
	return command
		.option("--key <uri>", "the key: pkcs11:…, awskms:…, azurekms:…, gcpkms:… or hashivault:…")
		.option("--exec <command>", "a shell command that reads the data on standard input and writes the raw signature")
		.option("--pkcs11-module <library>", "a PKCS#11 module (needs the npm package pkcs11js)")
		.option("--pkcs11-token <label>", "the token; may be left out where there is only one")
		.option("--pkcs11-serial <number>", "its serial number, where two tokens have one label")
		.option("--pkcs11-slot <number>", "its slot", Number)
		.option("--pkcs11-key <label>", "the key's label, or its id in hexadecimal; may be left out where there is only one")
		.option("--audit <folder>", "leave a record of each request to the key in this folder");
}

/** A key, ready to sign, with its certificate. */
export interface OpenedSigner {
	signer: Signer;
	/** The same for many documents: signatures of a token are made in threads. */
	signerOfMany: Signer;
	/** Algorithms of the key, where it has one only. */
	options?: SigningOptions;
	certificate: Uint8Array;
	chain: Uint8Array[];
	close: () => void;
}

/** Opens the key that the flags name. Errors: usage, and those of the key store. */
export async function openSigner(flags: SignerFlags, signal: AbortSignal): Promise<OpenedSigner> {
	const { exec, key } = flags;
	checkKeyFlags(flags);
	const { certificate, chain = [] } = certificates(flags) as { certificate?: Uint8Array; chain?: Uint8Array[] };
	if (isInToken(flags)) return recorded(await openInToken(flags, certificate, chain, signal), flags);
	if (certificate === undefined) throw new UsageError(`${exec === undefined ? "--key" : "--exec"} needs --cert`);
	if (exec !== undefined) {
		const signer = commandSigner(exec, signal);
		return recorded({ signer, signerOfMany: signer, certificate, chain, close: () => {} }, flags);
	}
	const { options, sign } = await openStoreKey(key as string, { certificate, chain });
	return recorded({ signer: sign, signerOfMany: sign, options, certificate, chain, close: () => {} }, flags);
}

/** A key without a certificate, and its public key where the store has that. Errors: usage, and those of the key store. */
export async function openBareKey(flags: SignerFlags, signal: AbortSignal): Promise<BareKey> {
	const { exec, key } = flags;
	checkKeyFlags(flags);
	if (exec !== undefined) return { signer: commandSigner(exec, signal), close: () => {} };
	if (isInToken(flags)) {
		const { close, publicKey, signer } = await openTokenKey(flags, signal);
		return { signer, publicKey, close };
	}
	const opened = await openStoreKey(key as string, {});
	return { signer: opened, publicKey: () => opened.publicKey(), close: () => {} };
}

/** A key that has no certificate yet. */
export interface BareKey {
	signer: Signer | CertifiedSigner;
	publicKey?: () => Uint8Array | string | Promise<Uint8Array | string>;
	close: () => void;
}

function isInToken({ key, pkcs11Module }: SignerFlags): boolean {
	return pkcs11Module !== undefined || (key !== undefined && isToken(key));
}

/** Errors: usage, where not exactly one key is named. */
function checkKeyFlags(flags: SignerFlags): void {
	const { exec, key, pkcs11Module } = flags;
	const named = [exec, key ?? pkcs11Module].filter((one) => one !== undefined);
	if (named.length !== 1) throw new UsageError("give either --key, --exec or --pkcs11-module, for the key");
	if (pkcs11Module !== undefined && key !== undefined && !isToken(key))
		throw new UsageError("--pkcs11-module is for a key in a token; leave it out");
}

/** The same signer, which leaves records where `--audit` names a folder. */
function recorded(opened: OpenedSigner, { audit: directory, exec, key, pkcs11Key, pkcs11Token }: SignerFlags): OpenedSigner {
	if (directory === undefined) return opened;
	const keyId =
		key?.replace(/\?.*$/, "") ?? (exec === undefined ? `pkcs11:token=${pkcs11Token ?? ""};object=${pkcs11Key ?? ""}` : undefined);
	const { signer, signerOfMany } = opened;
	const folder = { directory, keyId };
	return { ...opened, signer: audited(signer, folder), signerOfMany: audited(signerOfMany, folder) };
}

async function openInToken(
	flags: SignerFlags,
	certificate: Uint8Array | undefined,
	chain: Uint8Array[],
	signal: AbortSignal,
): Promise<OpenedSigner> {
	const { close, key, release, signer, signerOfMany } = await openTokenKey(flags, signal);
	try {
		const { options } = key;
		if (certificate !== undefined) return { signer, signerOfMany, options, certificate, chain, close };
		return { signer, signerOfMany, options, certificate: key.certificate, chain: [...chain, ...key.chain], close };
	} catch (error) {
		throw release(error);
	}
}

/** Opens a key in a token: asks for its PIN. Errors: those of the token. */
async function openTokenKey(flags: SignerFlags, signal: AbortSignal) {
	const { key: uri, pkcs11Key: name, pkcs11Module: module, pkcs11Serial: serial, pkcs11Slot: slot, pkcs11Token: token } = flags;
	const found = openToken({ uri, module, token, serial, slot, key: name });
	const release = (error: unknown) => {
		found.module.release();
		return refusal(error);
	};
	try {
		const typed = found.names.pin === undefined && process.env["RUSTPDF_PIN"] === undefined;
		const pin = found.names.pin ?? (process.env["RUSTPDF_PIN"] || (await pinTyped(found, signal)));
		let signingPin: string | undefined = process.env["RUSTPDF_SIGNING_PIN"] || undefined;
		const key = openKey(found, { pin, signingPin: pin === undefined ? signingPin : () => signingPin ?? String(pin) });
		if (typed && pin !== undefined && key.pinEachTime)
			signingPin ??= (await askPin("PIN for signatures (Enter: the same): ", signal)) || undefined;
		const { sign: signer, signAsync: signerOfMany } = key;
		return { key, signer, signerOfMany, publicKey: () => key.publicKey(), close: () => key.close(), release };
	} catch (error) {
		throw release(error);
	}
}

/** The PIN, typed; nothing where the token asks for none, or asks for it itself. Errors: usage, where nobody can be asked. */
async function pinTyped({ module: { calls }, token: { label, slot } }: FoundToken, signal: AbortSignal): Promise<string | undefined> {
	if (process.env["RUSTPDF_PIN"] === "" || hasPinPad(calls, slot) || !requiresLogin(calls, slot)) return undefined;
	const warning = isFinalTry(calls, slot) ? " (one try is left)" : "";
	return askPin(printable(`PIN of ${label}${warning}: `), signal);
}
