import type { Command } from "commander";
import { openPkcs11Key } from "../pkcs11/key.js";
import { loadPkcs11Js } from "../pkcs11/load.js";
import type { Signer } from "../request.js";
import { commandSigner } from "./exec.js";
import { UsageError } from "./failure.js";
import { askPin } from "./pin.js";

/** The key, as flags. */
export interface SignerFlags {
	exec?: string;
	pkcs11Module?: string;
	pkcs11Token?: string;
	pkcs11Key?: string;
}

/** Adds the flags that name the key. */
export function addSignerFlags(command: Command): Command {
	return command
		.option("--exec <command>", "a shell command that reads the data on standard input and writes the raw signature")
		.option("--pkcs11-module <library>", "a PKCS#11 module (needs the npm package pkcs11js)")
		.option("--pkcs11-token <label>", "the token; may be left out where there is only one")
		.option("--pkcs11-key <label>", "the key's label, or its id in hexadecimal");
}

/** Opens the key that the flags name. Errors: usage, and those of the token. */
export async function openSigner(flags: SignerFlags, signal: AbortSignal): Promise<{ signer: Signer; close: () => void }> {
	const { exec, pkcs11Key, pkcs11Module, pkcs11Token } = flags;
	if ((exec === undefined) === (pkcs11Module === undefined)) throw new UsageError("give either --exec or --pkcs11-module, for the key");
	if (exec !== undefined) return { signer: commandSigner(exec, signal), close: () => {} };
	if (pkcs11Module === undefined || pkcs11Key === undefined) throw new UsageError("--pkcs11-module needs --pkcs11-key");
	loadPkcs11Js(); // before anybody is asked for a PIN
	const pin = await askPin(signal);
	const key = openPkcs11Key({
		module: pkcs11Module,
		key: pkcs11Key,
		...(pkcs11Token !== undefined && { token: pkcs11Token }),
		...(pin !== undefined && { pin }),
	});
	return { signer: key.sign, close: () => key.close() };
}
