// The relay of docs/long-term.md: the page asks it in place of timestamp services and certificates' servers, which it checks.

import { sign as signRaw } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type HttpCallback, type HttpSettings, sign, type TimestampService } from "rustpdf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makePdf } from "./support/pdf.js";
import { startServices } from "./support/services.js";

const services = startServices();
const PAGE = readFileSync(new URL("../../../docs/long-term.md", import.meta.url), "utf8");
const [atServer, inPage] = [...PAGE.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code as string) as [string, string];
// Beside the tests, where Node finds the package.
const folder = mkdtempSync(join(import.meta.dirname, ".relay-"));
let relay: (services: readonly TimestampService[], settings: HttpSettings) => Server;

beforeAll(async () => {
	writeFileSync(join(folder, "relay.mjs"), atServer);
	({ relay } = await import(/* @vite-ignore */ join(folder, "relay.mjs")));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function through<T>(settings: HttpSettings, work: (http: HttpCallback, address: string) => Promise<T>): Promise<T> {
	const headers = { authorization: "Bearer t" };
	const server = relay([{ url: services.tsa("tsa", "bearer=t"), headers }], settings);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	try {
		return await work(new Function("RELAY", `${inPage}\nreturn http;`)(address), address);
	} finally {
		server.close();
	}
}

const signed = (http: HttpCallback) =>
	sign({
		pdf: makePdf(),
		certificate: services.certificate("rsa"),
		signer: (data) => signRaw("sha256", data, services.key("rsa")),
		level: "B-LTA",
		timestamp: { services: [{ url: "https://relay.invalid/" }] },
		validation: { trust: [services.certificate("root"), services.certificate("tsaroot")] },
		http,
	});

test("serves a page, whose services have no address", async () => {
	const { report } = await through({ allowPrivateNetworks: true }, signed);
	expect(report.level).toBe("B-LTA");
	expect(report.requests?.every(({ failed }) => failed === undefined)).toBe(true);
});

test("forwards to its own services, and to no private address", async () => {
	await expect(through({}, signed)).rejects.toMatchObject({ group: expect.stringMatching(/service|certificate/) });
	await through({}, async (_, address) => {
		for (const url of [services.address, "http://169.254.169.254/", "file:///etc/passwd"]) {
			const response = await fetch(`${address}?${new URLSearchParams({ purpose: "crl", limit: "1000", url })}`);
			expect([response.status, response.headers.get("x-failed")]).toEqual([502, "blocked"]);
		}
		expect((await fetch(`${address}?purpose=timestamp&service=1`, { method: "POST" })).status).toBe(404);
		expect((await fetch(`${address}?service=0`, { method: "POST", body: "x".repeat(100_000) })).status).toBe(413);
	});
});
