// Levels above B-B against real timestamp, OCSP, list and issuer services: what the API promises. Judges look at the documents elsewhere.

import { sign as signRaw, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import {
	beginSigning,
	beginSigningFile,
	beginSigningMany,
	type ExtensionOptions,
	extend,
	extendFile,
	extendMany,
	type FileSession,
	type HttpRequest,
	httpClient,
	inspect,
	memoryCache,
	type Report,
	resumeSigning,
	resumeSigningFile,
	resumeSigningMany,
	type Session,
	type SignCallOptions,
	type SigningOptions,
	type SigningRequest,
	sign,
	signFile,
	signFileInTurn,
	signInTurn,
	signMany,
	signWith,
	signWithAsync,
	timestamp,
	timestampFile,
	unfinishedSession,
	type Warning,
} from "rustpdf";
import { beforeEach, describe, expect, test } from "vitest";
import { eachFolder } from "./support/folder.js";
import { key as sessionKey } from "./support/key.js";
import { makePdf } from "./support/pdf.js";
import { startServices } from "./support/services.js";

const services = startServices();
const folder = eachFolder();
const pdf = makePdf();
const certificate = services.certificate("rsa");
const http = { allowPrivateNetworks: true };
const trust = [services.certificate("root"), services.certificate("tsaroot")];
const validation = { trust };
const tsa = { services: [{ url: services.tsa() }] };
const broken = { services: [{ url: services.tsa("tsa", "status=500") }] };
const lasting = { level: "B-LTA", timestamp: tsa, validation, http } as const;

let asked = 0;
const signer = (data: Uint8Array) => {
	asked++;
	return signRaw("sha256", data, services.key("rsa"));
};
const rsa = { certificate, signer };

beforeEach(async () => {
	asked = 0;
	await services.rules();
	await services.clearLog();
});

async function caught(run: () => unknown): Promise<unknown> {
	try {
		await run();
	} catch (error) {
		return error;
	}
	throw new Error("it did not fail");
}
const has = (bytes: Uint8Array, text: string) => Buffer.from(bytes).includes(text);
const requests = async (part: string) => (await services.log()).filter(({ path }) => path.includes(part)).length;
/** Level and number of timestamps. */
const reached = ({ level, timestamps = [] }: Pick<Report, "level" | "timestamps">) => [level, timestamps.length];

describe("signing", () => {
	test.each([
		["B-T", 1],
		["B-LT", 1],
		["B-LTA", 2],
	] as const)("reaches %s, with %d timestamps, and asks the key once", async (level, count) => {
		const { pdf: signed, report } = await sign({ pdf, ...rsa, ...lasting, level });
		expect(reached(report)).toEqual([level, count]);
		expect(report.timestamps?.every(({ service, tokenLength }) => service === 0 && tokenLength > 1000)).toBe(true);
		expect(Date.parse(report.renewBefore as string)).toBeGreaterThan(Date.now());
		expect(has(signed, "/DSS")).toBe(level !== "B-T");
		expect(has(signed, "/DocTimeStamp")).toBe(level === "B-LTA");
		expect(Buffer.from(signed).subarray(0, pdf.length).equals(pdf)).toBe(true);
		expect(await requests("/tsa/")).toBe(count);
		expect(asked).toBe(1);
	});

	test("returns the bytes: at once at B-B, and a promise above it", async () => {
		expect(signWith(pdf, certificate, signer, null, { http })).toBeInstanceOf(Uint8Array);
		const reports: Report[] = [];
		const options = { ...lasting, level: "B-T", onReport: (report: Report) => reports.push(report) } as const;
		const signed = signWith(pdf, certificate, signer, null, options);
		expect(signed).toBeInstanceOf(Promise);
		expect(has(await signed, "/Sig")).toBe(true);
		expect(reports.map(reached)).toEqual([["B-T", 1]]);
		expect(await signWithAsync(pdf, certificate, async (data) => signer(data), null, options)).toBeInstanceOf(Uint8Array);
		const wrong = signWith(pdf, certificate, signer, null, { level: "B-T" });
		await expect(wrong).rejects.toMatchObject({ code: "ERR_TIMESTAMP_SERVICE" });
		await expect(signInTurn(pdf, [{ ...rsa, options: { level: "B-LTA", timestamp: tsa } }])).rejects.toMatchObject({ code: "ERR_LEVEL" });
	});

	test("fetches missing issuers of a signature without a level", async () => {
		const issuing = services.certificate("issuing").toString("hex");
		const has = (signed: Buffer) => signed.toString("latin1").toLowerCase().includes(issuing);
		const codes = ({ warnings }: Report) => warnings.map(({ code }) => code);
		expect(has(await signWith(pdf, certificate, signer, null, { completeChain: true, http, onWarnings: () => {} }))).toBe(true);
		// A key of a store fetches them by itself; without its word for the network, and offline, nothing is asked.
		const key = { ...rsa, sign: signer, options: { completeChain: true } };
		const given = await sign({ pdf, signer: key, http, onWarnings: () => {} });
		expect([has(given.pdf), codes(given.report), given.report.requests?.[0]?.purpose]).toEqual([true, [], "issuer"]);
		const refused = await sign({ pdf, signer: key, onWarnings: () => {} });
		expect([has(refused.pdf), codes(refused.report)]).toEqual([false, ["WARN_CHAIN_INCOMPLETE"]]);
		const offline = await sign({ pdf, signer: key, http, validation: { online: false }, onWarnings: () => {} });
		expect([has(offline.pdf), offline.report.requests]).toEqual([false, undefined]);
		// A session asks nobody before it is signed.
		const session = beginSigning(pdf, { certificate, completeChain: true as never, onWarnings: () => {} });
		expect(session.report.warnings.map(({ code }) => code)).toEqual(["WARN_CHAIN_INCOMPLETE"]);
	});

	test("takes trust in every form of a certificate", async () => {
		const [root, tsaroot] = trust as [Buffer, Buffer];
		const pem = (der: Buffer) => new X509Certificate(der).toString();
		for (const given of [
			[new X509Certificate(root), pem(tsaroot)],
			[Uint8Array.from(root), Buffer.from(pem(tsaroot))],
			[pem(root) + pem(tsaroot)],
		]) {
			const { report } = await sign({ pdf, ...rsa, ...lasting, level: "B-LT", validation: { trust: given } });
			expect(report).toMatchObject({ level: "B-LT", warnings: expect.not.arrayContaining([{ code: "WARN_CHAIN_UNANCHORED" }]) });
		}
		await expect(sign({ pdf, ...rsa, ...lasting, validation: { trust: [5 as never] } })).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
		const other = { trust: [root] };
		await expect(sign({ pdf, ...rsa, ...lasting, validation: other })).rejects.toMatchObject({ code: "ERR_CHAIN_UNTRUSTED" });
	});

	test("asks the next service where one fails", async () => {
		const timestamp = { services: [...broken.services, { url: services.tsa("ec") }] };
		const { report } = await sign({ pdf, ...rsa, ...lasting, timestamp });
		expect(report.timestamps?.map(({ service }) => service)).toEqual([1, 1]);
		const stamps = report.requests?.filter(({ purpose }) => purpose === "timestamp");
		expect(stamps?.[0]).toMatchObject({ service: 0, status: 500 });
	});

	test("settles for a lower level only where that is accepted, and says so", async () => {
		const offline = { ...lasting, validation: { trust, online: false } };
		await expect(sign({ pdf, ...rsa, ...offline })).rejects.toMatchObject({ group: expect.stringMatching(/service|certificate/) });
		const warned: Warning[] = [];
		const onWarnings = (warnings: readonly Warning[]) => {
			warned.push(...warnings);
		};
		const { report } = await sign({ pdf, ...rsa, ...offline, minimumLevel: "B-T", onWarnings });
		expect(reached(report)).toEqual(["B-T", 1]);
		expect(warned.map(({ code }) => code)).toContain("WARN_LEVEL_LOWER");
		expect(new Set(warned.map(({ code, message }) => code + message)).size).toBe(warned.length);
	});

	test("finds a revoked certificate before the key is asked, where an answer is at hand", async () => {
		const revoked = { certificate: services.certificate("revoked"), signer };
		const error = { code: "ERR_CERTIFICATE_REVOKED", group: "certificate" };
		await expect(sign({ pdf, ...revoked, ...lasting })).rejects.toMatchObject(error);
		asked = 0;
		const crls = [readFileSync(services.path("static/crls/whole/issuing.crl"))];
		const chain = services.certificate("issuing");
		await expect(sign({ pdf, ...revoked, chain, ...lasting, validation: { trust, crls } })).rejects.toMatchObject(error);
		expect(asked).toBe(0);
	});

	test("asks no address of a private network by default, and sends nothing to it", async () => {
		await expect(sign({ pdf, ...rsa, ...lasting, http: {} })).rejects.toMatchObject({
			group: expect.stringMatching(/service|certificate/),
		});
		expect(await requests("/ocsp/")).toBe(0);
		expect(await requests("/crls/")).toBe(0);
	});

	test("by several in turn takes the services of each", async () => {
		const ec = { certificate: services.certificate("ec"), signer: (data: Uint8Array) => signRaw("sha256", data, services.key("ec")) };
		const reports: Report[] = [];
		const first = { ...rsa, options: { level: "B-T", timestamp: tsa } } as const;
		const second = { ...ec, options: { level: "B-LTA", timestamp: { services: [{ url: services.tsa("ec") }] }, validation } } as const;
		const signed = await signInTurn(pdf, [first, second], { http, onReport: (report) => reports.push(report) });
		expect(reports.map(({ level }) => level)).toEqual(["B-T", "B-LTA"]);
		const [one, two] = [await requests("/tsa/tsa"), await requests("/tsa/ec")];
		expect([one, two]).toEqual([1, 2]);
		const { signatures } = await inspect(signed);
		expect(signatures.length).toBeGreaterThanOrEqual(2);
		folder.write("in.pdf", pdf);
		const file = await signFileInTurn(folder.at("in.pdf"), folder.at("out.pdf"), [first, second], { http });
		expect(file.reports.map(({ level }) => level)).toEqual(["B-T", "B-LTA"]);
	});

	test("of an encrypted or large document needs no more than its own options", async () => {
		const { pdf: signed, report } = await sign({
			pdf: { size: pdf.length, read: (at, length) => pdf.subarray(at, at + length) },
			...rsa,
			...lasting,
		});
		expect(report.level).toBe("B-LTA");
		expect(signed.length).toBe(report.documentLength + (signed.length - pdf.length));
	});
});

describe("failures behind the signature", () => {
	test("carry a session that goes on without the key, in memory", async () => {
		const error = await caught(() => signWith(pdf, certificate, signer, null, { ...lasting, timestamp: broken }));
		expect(error).toMatchObject({ code: "ERR_TIMESTAMP_UNAVAILABLE", group: "service" });
		const session = unfinishedSession(error) as Session;
		expect(session.signed).toBe(true);
		const again = await caught(() => session.advance());
		expect(again).toMatchObject({ code: "ERR_TIMESTAMP_UNAVAILABLE" });
		expect((unfinishedSession(again) as Session).signed).toBe(true);
		expect(has(await session.advance({ services: tsa.services }), "/DocTimeStamp")).toBe(true);
		expect(session.report.level).toBe("B-LTA");
		expect(await session.completeSigned({ services: tsa.services })).toBeInstanceOf(Uint8Array);
		expect(asked).toBe(1);
	});

	test("leave a file as it was, and the session of it goes on in another process", async () => {
		folder.write("in.pdf", pdf);
		const input = folder.at("in.pdf");
		const options = { input, output: input, ...rsa, ...lasting, timestamp: broken };
		const session = unfinishedSession(await caught(() => signFile(options))) as FileSession;
		expect(folder.read("in.pdf").equals(pdf)).toBe(true);
		expect(folder.names()).toEqual(["in.pdf"]);
		const resumed = await resumeSigningFile(session.serialize(sessionKey), input, sessionKey, { ...tsa, http });
		expect(resumed.signed).toBe(true);
		const { report } = await resumed.advance(folder.at("out.pdf"));
		expect(reached(report)).toEqual(["B-LTA", 2]);
		await resumed.advance(input);
		expect(folder.read("in.pdf").length).toBeGreaterThan(pdf.length);
		expect(asked).toBe(1);
	});

	test("are also those of a function and of a signal of the caller's, as they are", async () => {
		const mine = new Error("mine");
		const failing = await caught(() =>
			signWith(pdf, certificate, signer, services.certificate("issuing"), { ...lasting, level: "B-T", http: () => Promise.reject(mine) }),
		);
		expect(failing).toBe(mine);
		const controller = new AbortController();
		const stopping = (request: HttpRequest) => {
			controller.abort(new Error("stopped"));
			return httpClient(http)(request);
		};
		const stopped = await caught(() =>
			signWith(pdf, certificate, signer, services.certificate("issuing"), {
				...lasting,
				level: "B-T",
				http: stopping,
				signal: controller.signal,
			}),
		);
		expect(stopped).toBe(controller.signal.reason);
		for (const error of [failing, stopped]) {
			expect(await (unfinishedSession(error) as Session).advance({ http })).toBeInstanceOf(Uint8Array);
		}
		expect(asked).toBe(2);
	});

	test("where a session without services goes on: they are asked for", async () => {
		const error = await caught(() => signWith(pdf, certificate, signer, null, { ...lasting, level: "B-T", timestamp: broken }));
		const saved = (unfinishedSession(error) as Session).serialize(sessionKey);
		const session = resumeSigning(saved, pdf, sessionKey, { http });
		await expect(session.advance()).rejects.toMatchObject({ code: "ERR_TIMESTAMP_SERVICE" });
		expect(await session.advance({ services: tsa.services })).toBeInstanceOf(Uint8Array);
	});
});

describe("two phases", () => {
	const raw = ({ data }: SigningRequest) => signer(data);

	test("in memory: completing returns a promise above B-B", async () => {
		const session = beginSigning(pdf, { certificate, ...lasting });
		const signed = session.completeWithSignature(raw(session.request));
		expect(signed).toBeInstanceOf(Promise);
		expect(has(await signed, "/DocTimeStamp")).toBe(true);
		expect(session.report.level).toBe("B-LTA");
		const plain = beginSigning(pdf, { certificate, http });
		expect(plain.completeWithSignature(raw(plain.request))).toBeInstanceOf(Uint8Array);
	});

	test("saved, and sealed: without a seal nobody could rely on what it trusts", async () => {
		const begun = beginSigning(pdf, { certificate, ...lasting, level: "B-T" });
		const sealed = resumeSigning(begun.serialize(sessionKey), pdf, sessionKey, { services: tsa.services, http });
		expect(await sealed.completeWithSignature(raw(begun.request))).toBeInstanceOf(Uint8Array);
		expect(sealed.report.level).toBe("B-T");
		expect(() => begun.serializeUnsealed()).toThrow(/sealed/);
	});

	test("of files, and of many with one service", async () => {
		const inputs = ["a.pdf", "b.pdf"].map((name) => folder.write(name, pdf));
		const one = await beginSigningFile(inputs[0] as string, { certificate, ...lasting });
		const { report } = await one.completeWithSignature(raw(one.request), folder.at("one.pdf"));
		expect(reached(report)).toEqual(["B-LTA", 2]);
		const batch = await beginSigningMany(inputs, { certificate, ...lasting, timestamp: broken });
		const signatures = batch.requests.map(raw);
		const outputs = ["c.pdf", "d.pdf"].map(folder.at);
		const sessions = [];
		for await (const outcome of batch.completeWithSignatures(signatures, outputs)) {
			expect(outcome.status).toBe("failed");
			if (outcome.status === "failed") sessions.push(unfinishedSession(outcome.error));
		}
		expect(sessions).toHaveLength(2);
		const saved = (await beginSigningMany(inputs, { certificate, ...lasting })).serialize(sessionKey);
		const resumed = await resumeSigningMany(saved, inputs, sessionKey, { services: tsa.services, http });
		const again = resumed.requests.map(raw);
		for await (const { status } of resumed.completeWithSignatures(again, outputs)) expect(status).toBe("signed");
	});
});

describe("many", () => {
	test("share what servers have said: none but the timestamps is asked again", async () => {
		const jobs = Array.from({ length: 4 }, (_, index) => ({
			input: folder.write(`${index}.pdf`, pdf),
			output: folder.at(`out-${index}.pdf`),
		}));
		for await (const outcome of signMany(jobs, certificate, signer, null, { ...lasting, inFlight: 4 })) {
			expect(outcome).toMatchObject({ status: "signed", signed: { report: { level: "B-LTA" } } });
		}
		const paths = (await services.log()).map(({ path }) => path);
		const others = paths.filter((path) => !path.includes("/tsa/"));
		expect(paths.length - others.length).toBe(8);
		expect(asked).toBe(4);
		expect(others.filter((path) => path.includes("/crls/"))).toHaveLength(new Set(others.filter((path) => path.includes("/crls/"))).size);
		expect(others.filter((path) => path.includes("/ocsp/")).length).toBeLessThanOrEqual(4);
	});

	test("share a cache across calls", async () => {
		const cache = memoryCache();
		const first = await sign({ pdf, ...rsa, ...lasting, cache });
		const second = await sign({ pdf, ...rsa, ...lasting, cache });
		expect(first.report.requests?.some(({ cached }) => cached)).toBe(false);
		const asked = second.report.requests?.filter(({ cached }) => !cached) ?? [];
		expect(asked.map(({ purpose }) => purpose)).toEqual(["timestamp", "timestamp"]);
	});
});

describe("extending", () => {
	const plain = () => signWith(pdf, certificate, signer);

	test("raises a signature step by step, and renews it", async () => {
		let current: Uint8Array = plain();
		for (const [level, before] of [
			["B-T", "B-B"],
			["B-LT", "B-T"],
			["B-LTA", "B-LT"],
			["B-LTA", "B-LTA"],
		] as const) {
			const { pdf: extended, report } = await extend(current, { ...lasting, level });
			expect(report.signatures).toEqual([{ field: "Signature1", before, level }]);
			expect(Buffer.from(extended).subarray(0, current.length).equals(current)).toBe(true);
			expect(extended.length).toBe(report.documentLength + report.updateLength);
			current = extended;
		}
		expect(asked).toBe(1);
	});

	test("a file, in place and elsewhere; a failure leaves it as it was", async () => {
		const signed = Buffer.from(plain());
		const input = folder.write("in.pdf", signed);
		await expect(extendFile({ input, output: input, ...lasting, timestamp: broken })).rejects.toMatchObject({
			code: "ERR_TIMESTAMP_UNAVAILABLE",
		});
		expect(folder.read("in.pdf").equals(signed)).toBe(true);
		const { report, update } = await extendFile({ input, output: folder.at("out.pdf"), ...lasting });
		expect(report.level).toBe("B-LTA");
		expect(folder.read("out.pdf").equals(Buffer.concat([signed, update]))).toBe(true);
		await expect(extendFile({ input, output: folder.at("out.pdf"), ...lasting })).rejects.toMatchObject({ code: "EEXIST" });
		await extendFile({ input, output: input, ...lasting });
		expect(folder.read("in.pdf").length).toBeGreaterThan(signed.length);
	});

	test("a broken signature is refused, and another field can be named", async () => {
		const signed = Buffer.from(plain());
		signed[signed.indexOf("10 20 m")] = 0x32;
		await expect(extend(signed, lasting)).rejects.toMatchObject({ code: "ERR_SIGNATURE_BROKEN" });
		await expect(extend(pdf, lasting)).rejects.toMatchObject({ code: "ERR_SIGNATURE_MISSING" });
	});

	test("options of signing are not options of extending", async () => {
		for (const [name, value] of Object.entries({ onReport: () => {}, onWarnings: () => {}, reason: "x", pades: true })) {
			await expect(extend(pdf, { ...lasting, [name]: value })).rejects.toMatchObject({ code: "ERR_OPTION_UNKNOWN" });
		}
		await expect(extend(pdf, undefined as never)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
	});

	test("a timestamp alone", async () => {
		const { pdf: stamped, report } = await timestamp(pdf, { timestamp: tsa });
		expect(report).toMatchObject({ timestamps: [{ ofDocument: true }], revisions: 1 });
		expect(has(stamped, "/DocTimeStamp")).toBe(true);
		const input = folder.write("in.pdf", pdf);
		const { report: other } = await timestampFile({
			input,
			output: folder.at("out.pdf"),
			timestamp: { services: [{ url: services.tsa("ec") }] },
		});
		expect(other.timestamps).toHaveLength(1);
		await expect(timestamp(pdf, {})).rejects.toMatchObject({ code: "ERR_TIMESTAMP_SERVICE" });
	});

	test("an archive: each outcome by itself", async () => {
		const names = ["a.pdf", "b.pdf", "not.pdf"];
		const jobs = names.map((name) => ({
			input: folder.write(name, name === "not.pdf" ? "text" : plain()),
			output: folder.at(`out-${name}`),
		}));
		const outcomes = new Map<number, string>();
		const options: ExtensionOptions & { http: typeof http } = lasting;
		for await (const { index, status } of extendMany(jobs, options)) outcomes.set(index, status);
		expect([0, 1, 2].map((index) => outcomes.get(index))).toEqual(["extended", "extended", "failed"]);
		await expect(extendMany(jobs, { ...lasting, renewBefore: "90d" as never }).next()).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
	});
});

test.each([
	["wrong-nonce", "ERR_TIMESTAMP_MISMATCH"],
	["no-nonce", "ERR_TIMESTAMP_MISMATCH"],
	["wrong-imprint", "ERR_TIMESTAMP_MISMATCH"],
	["other-hash", "ERR_TIMESTAMP_MISMATCH"],
	["rejected=badAlg", "ERR_TIMESTAMP_REJECTED"],
	["rejected=timeNotAvailable", "ERR_TIMESTAMP_REJECTED"],
	["waiting", "ERR_TIMESTAMP_REJECTED"],
	["no-token", "ERR_TIMESTAMP_INVALID"],
	["html", "ERR_TIMESTAMP_INVALID"],
	["empty", "ERR_TIMESTAMP_INVALID"],
	["truncate=100", "ERR_TIMESTAMP_INVALID"],
	["status=404", "ERR_TIMESTAMP_UNAVAILABLE"],
	["cut=10", "ERR_TIMESTAMP_UNAVAILABLE"],
	["reset", "ERR_TIMESTAMP_UNAVAILABLE"],
	["endless", "ERR_TIMESTAMP_UNAVAILABLE"],
	["redirect=http:%2F%2F127.0.0.1%2F", "ERR_TIMESTAMP_UNAVAILABLE"],
	["bearer=t", "ERR_TIMESTAMP_UNAVAILABLE"],
])("a timestamp service that answers by %s: %s", async (fault, code) => {
	const options: SigningOptions & SignCallOptions = { level: "B-T", timestamp: { services: [{ url: services.tsa("tsa", fault) }] }, http };
	await expect(sign({ pdf, ...rsa, ...options })).rejects.toMatchObject({ code, group: "service" });
});
