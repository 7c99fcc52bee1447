import { realpathSync } from "node:fs";
import type { PKCS11 } from "pkcs11js";
import { failedBy, keyError, reasonOf } from "./failures.js";
import { loadPkcs11Js } from "./load.js";

/** A loaded PKCS#11 module. A process initialises a module once, so all keys in it share it. */
export interface Module {
	readonly calls: PKCS11;
	/** How many times it was initialised. Sessions of an earlier generation do not exist any more. */
	readonly generation: number;
	/** Initialises the module again, if another user of it in this process finalised it, its connection to the token is lost, or it is distrusted. */
	revive(): void;
	/** Has the module initialised again at the next `revive`. Returns false where another part of the process initialised it: it stays as it is. */
	distrust(): boolean;
	/** Whether the module makes one signature at a time. A call during one waits for its end, and the event loop with it. */
	readonly isSerial: boolean;
	/** Whether calls of it run in threads. */
	readonly isBusy: boolean;
	/** Does some work that runs in a thread: the module is not finalised meanwhile. */
	whileBusy<T>(work: () => Promise<T>): Promise<T>;
	/** Ends one use. The last one finalises the module. */
	release(): void;
}

interface Shared {
	calls: PKCS11;
	generation: number;
	users: number;
	/** Calls that run in threads. */
	threads: number;
	/** Whether this package initialised it. Else another part of the process did, and finalises it. */
	ours: boolean;
	isDistrusted: boolean;
	isSerial: boolean;
}

const open = new Map<string, Shared>();

/** The PKCS#11 module of a path, initialised. Errors: `ERR_PKCS11_MISSING`, `ERR_PKCS11_MODULE`. */
export function openModule(path: string): Module {
	const name = resolved(path);
	const shared = open.get(name) ?? load(name);
	open.set(name, shared);
	shared.users++;
	let used = true;
	return {
		calls: shared.calls,
		get generation() {
			return shared.generation;
		},
		isSerial: shared.isSerial,
		get isBusy() {
			return shared.threads > 0;
		},
		revive() {
			const canFinalize = shared.ours && shared.threads === 0;
			try {
				shared.calls.C_GetInfo();
				if (!shared.isDistrusted || !canFinalize) return;
				finalize(shared.calls);
			} catch (error) {
				if (canFinalize && failedBy(error, ["CKR_DEVICE_ERROR", "CKR_DEVICE_REMOVED"]))
					finalize(shared.calls); // p11-kit's client connects again only when it is initialised
				else if (!failedBy(error, ["CKR_CRYPTOKI_NOT_INITIALIZED"])) throw error;
			}
			shared.ours = initialize(shared.calls, name);
			shared.isDistrusted = false;
			shared.generation++;
		},
		distrust() {
			shared.isDistrusted = shared.ours;
			return shared.ours;
		},
		async whileBusy(work) {
			shared.threads++;
			try {
				return await work();
			} finally {
				shared.threads--;
			}
		},
		release() {
			if (used) release(name, shared);
			used = false;
		},
	};
}

/** The path without links, so that two names of one file are one module; a bare name is left to the loader. */
function resolved(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		return path;
	}
}

function load(path: string): Shared {
	const calls = new (loadPkcs11Js().PKCS11)();
	try {
		calls.load(path);
	} catch (error) {
		throw moduleError(`the PKCS#11 module ${path} cannot be loaded (${(error as Error).message})`, error);
	}
	try {
		const ours = initialize(calls, path);
		return { calls, generation: 1, users: 0, threads: 0, ours, isDistrusted: false, isSerial: isSerial(calls) };
	} catch (error) {
		calls.close();
		throw error;
	}
}

/** Whether it is OpenSC, which holds one lock during each call. */
function isSerial(calls: PKCS11): boolean {
	try {
		return calls.C_GetInfo().manufacturerID.startsWith("OpenSC");
	} catch {
		return false; // the call that looks for the token reports the error
	}
}

/** Initialises the module, and returns whether it was not initialised before. */
function initialize(calls: PKCS11, path: string): boolean {
	try {
		try {
			calls.C_Initialize({ flags: loadPkcs11Js().CKF_OS_LOCKING_OK }); // p11-kit's client takes nothing else
		} catch (error) {
			if (!failedBy(error, ["CKR_CANT_LOCK"])) throw error;
			calls.C_Initialize(); // a module without locks: this process calls it from one thread
		}
		return true;
	} catch (error) {
		if (failedBy(error, ["CKR_CRYPTOKI_ALREADY_INITIALIZED"])) return false;
		throw moduleError(`the PKCS#11 module ${path} does not start (${reasonOf(error) ?? (error as Error).message})`, error);
	}
}

function moduleError(found: string, cause: unknown): Error {
	const remedy = "give as `module` the path of a PKCS#11 module for this machine's architecture, and check its own configuration";
	return keyError("ERR_PKCS11_MODULE", found, remedy, cause);
}

function release(path: string, shared: Shared): void {
	if (--shared.users > 0) return;
	open.delete(path);
	try {
		if (shared.ours) finalize(shared.calls);
	} finally {
		shared.calls.close();
	}
}

/** Finalises a module, which another user of it may have done already. */
function finalize(calls: PKCS11): void {
	try {
		calls.C_Finalize();
	} catch (error) {
		if (!failedBy(error, ["CKR_CRYPTOKI_NOT_INITIALIZED"])) throw error;
	}
}
