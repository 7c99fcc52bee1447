import { realpathSync } from "node:fs";
import type { PKCS11 } from "pkcs11js";
import { argumentError } from "../errors.js";
import { loadPkcs11Js } from "./load.js";

/** A loaded PKCS#11 module. A process initialises one only once, so that all keys in it share it. */
export interface Module {
	readonly calls: PKCS11;
	/** Lets go of it; the last to do so finalises it. */
	release(): void;
}

const CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191;

const open = new Map<string, { calls: PKCS11; users: number; ours: boolean }>();

/** The PKCS#11 module of a path, initialised. Errors: `ERR_PKCS11_MISSING`, `ERR_ARGUMENT`, and those of the module. */
export function openModule(path: string): Module {
	const name = resolved(path);
	let module = open.get(name);
	if (module === undefined) {
		const calls = load(name);
		module = { calls, users: 0, ours: initialize(calls) };
		open.set(name, module);
	}
	const { calls } = module;
	module.users++;
	return { calls, release: () => release(name) };
}

/** The path without links, so that two names of one file are one module; a bare name is left to the loader. */
function resolved(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		return path;
	}
}

function load(path: string): PKCS11 {
	const calls = new (loadPkcs11Js().PKCS11)();
	try {
		calls.load(path);
	} catch (error) {
		throw argumentError(`the PKCS#11 module ${path} cannot be loaded (${(error as Error).message})`);
	}
	return calls;
}

/** Whether it was us: somebody else in the process may use the module too, and then finalises it. */
function initialize(calls: PKCS11): boolean {
	try {
		calls.C_Initialize({ flags: loadPkcs11Js().CKF_OS_LOCKING_OK }); // p11-kit's client takes nothing else
		return true;
	} catch (error) {
		if ((error as { code?: unknown }).code === CKR_CRYPTOKI_ALREADY_INITIALIZED) return false;
		calls.close();
		throw error;
	}
}

function release(path: string): void {
	const module = open.get(path);
	if (module === undefined || --module.users > 0) return;
	open.delete(path);
	if (module.ours) module.calls.C_Finalize();
	module.calls.close();
}
