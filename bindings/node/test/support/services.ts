import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const START = join(import.meta.dirname, "../../../../tests/services/start.sh");

/** A request that the services got. */
export interface Logged {
	readonly method: string;
	readonly path: string;
	readonly headers: Record<string, string>;
}

/** Timestamp, OCSP, CRL and issuer services on loopback, with faults on demand: tests/services/README.md. */
export interface Services {
	/** Address of the services; a fault is a part of the path after it. */
	readonly address: string;
	/** Address of a timestamp service, with faults before it. */
	tsa(name?: string, faults?: string): string;
	/** A certificate, DER. */
	certificate(name: string): Buffer;
	/** A private key, PEM. */
	key(name: string): Buffer;
	/** The path of a file of the PKI, such as `certs/root.cert.pem`. */
	path(name: string): string;
	/** What was asked since the log was cleared. */
	log(): Promise<Logged[]>;
	clearLog(): Promise<void>;
	/** Sets faults for addresses in certificates; none clears them. */
	rules(rules?: { path: string; fault: string; times?: number }[]): Promise<void>;
}

/** Starts services for the tests of a file. */
export function startServices(): Services {
	const folder = mkdtempSync(join(tmpdir(), "rustpdf-services-"));
	const { faults, pids } = JSON.parse(execFileSync(START, [folder, "--parent", String(process.pid)], { encoding: "utf8" }));
	afterAll(() => {
		for (const pid of pids) process.kill(pid);
		rmSync(folder, { recursive: true, force: true });
	});
	const path = (name: string) => join(folder, name);
	return {
		address: faults,
		tsa: (name = "tsa", fault = "") => `${faults}${fault && `/+${fault}`}/ltv/tsa/${name}`,
		certificate: (name) => readFileSync(path(`certs/${name}.cert.der`)),
		key: (name) => readFileSync(join(START, `../keys/${name}.pem`)),
		path,
		log: async () => (await (await fetch(`${faults}/_log`)).json()) as Logged[],
		clearLog: async () => void (await fetch(`${faults}/_log`, { method: "DELETE" })),
		rules: async (rules) => {
			if (rules === undefined) await fetch(`${faults}/_faults`, { method: "DELETE" });
			else await fetch(`${faults}/_faults`, { method: "PUT", body: JSON.stringify(rules) });
		},
	};
}
