// The address, the header fields and the credentials of a timestamp service stay in the host: no frame, error, report or session has them.

import { sign as signRaw } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test, vi } from "vitest";
import type { Core } from "../src/core_types.js";
import { key as sessionKey } from "./support/key.js";
import { makePdf } from "./support/pdf.js";
import { startServices } from "./support/services.js";

const frames = vi.hoisted(() => [] as Uint8Array[]);

vi.mock("#core", async (original) => {
	const real = await original<{ instantiate(): Core }>();
	const { instantiate: link } = await import("../wasm/instance.js");
	// The sources have no module beside them.
	const module = fileURLToPath(new URL("../wasm/rustpdf.wasm", import.meta.url));
	const instantiate = () =>
		process.env["RUSTPDF_ENGINE"] === "wasm" ? link(new WebAssembly.Module(readFileSync(module))) : real.instantiate();
	const kept = (frame: Uint8Array) => {
		frames.push(frame.slice());
		return frame;
	};
	return {
		...real,
		instantiate(): Core {
			const core = instantiate();
			class Machine {
				readonly #own;
				constructor(frame: Uint8Array) {
					this.#own = new core.Machine(kept(frame));
				}
				next(frame: Uint8Array) {
					return kept(this.#own.next(kept(frame)));
				}
				free() {
					this.#own.free();
				}
			}
			return { ...core, Machine, call: (frame) => kept(core.call(kept(frame))) };
		},
	};
});

const { extend, resumeSigning, sign, signWith, timestamp, unfinishedSession } = await import("../src/index.js");

const services = startServices();
const pdf = makePdf();
const [user, password, path, field] = ["s3cret-user", "s3cret-pass", "s3cret-path", "s3cret-field"];
const secrets = [user, password, path, field, btoa(`${user}:${password}`)];
const hosts: string[] = [];
const certificate = services.certificate("rsa");
const signer = (data: Uint8Array) => signRaw("sha256", data, services.key("rsa"));
const validation = { trust: [services.certificate("root"), services.certificate("tsaroot")] };
const http = { allowPrivateNetworks: true };
let good: { services: { url: string; headers: Record<string, string> }[] };
let bad: typeof good;

beforeAll(() => {
	const of = (fault: string) => {
		const url = new URL(services.tsa("tsa", fault));
		url.hostname = "localhost"; // the addresses in certificates have 127.0.0.1
		url.username = user;
		url.password = password;
		url.search = path;
		hosts.push(url.host);
		return { services: [{ url: url.href, headers: { "X-Key": field } }] };
	};
	good = of(`basic=${user}:${password}`);
	bad = of("status=500");
});

function expectNoSecret(where: string, text: string): void {
	for (const secret of [...secrets, ...hosts]) {
		for (const form of [secret, Buffer.from(secret).toString("hex"), Buffer.from(secret).toString("base64").slice(0, -4)]) {
			expect(text.includes(form), `${where} has ${secret}`).toBe(false);
		}
	}
}

test("nothing that leaves the host names a timestamp service", async () => {
	const told: unknown[] = [];
	const options = { level: "B-LTA", validation, http } as const;
	const { pdf: signed, report } = await sign({ pdf, certificate, signer, ...options, timestamp: good });
	told.push(report);
	expect(report.level).toBe("B-LTA");
	told.push((await extend(signed, { ...options, timestamp: good })).report, (await timestamp(pdf, { timestamp: good, http })).report);
	const errors: unknown[] = [];
	for (const given of [bad, { services: [{ url: `ftp://${user}:${password}@localhost/${path}` }] }]) {
		for (const run of [
			() => signWith(pdf, certificate, signer, null, { ...options, timestamp: given }),
			() => extend(signed, { ...options, timestamp: given }),
			() => timestamp(pdf, { timestamp: given, http }),
		]) {
			try {
				await run();
			} catch (error) {
				errors.push(error);
			}
		}
	}
	expect(errors).toHaveLength(6);
	const session = errors.map(unfinishedSession).find((session) => session !== undefined);
	const saved = session?.serialize(sessionKey) as Uint8Array;
	const resumed = resumeSigning(saved, pdf, sessionKey, { ...good, http });
	await resumed.advance();
	told.push(resumed.report);

	expect(frames.length).toBeGreaterThan(50);
	for (const [index, frame] of frames.entries()) expectNoSecret(`frame ${index}`, Buffer.from(frame).toString("latin1"));
	expectNoSecret("a session", Buffer.from(saved).toString("latin1"));
	for (const report of told) expectNoSecret("a report", JSON.stringify(report));
	for (const error of errors) {
		const { cause, message, stack } = error as Error;
		expectNoSecret("an error", [message, stack, String(cause), JSON.stringify(error)].join("\n"));
	}
	// The service did get them.
	const log = (await services.log()).filter(({ path }) => path.includes("/tsa/"));
	expect(log.some(({ headers }) => JSON.stringify(headers).includes(field))).toBe(true);
});
