import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
	beginSigningMany,
	type Job,
	type JobOutcome,
	type ManyOptions,
	RustpdfError,
	resumeSigningMany,
	resumeUnsealedMany,
	type Signer,
	signMany,
	signWith,
} from "rustpdf";
import { beforeEach, describe, expect, test } from "vitest";
import { CLI } from "./support/cli.js";
import { key } from "./support/key.js";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, pkiPath, signer } from "./support/pki.js";
import { opensslVerify } from "./support/verify.js";

const pdf = makePdf({ pages: 2 });
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: Buffer.alloc(32, 7) };
const signed = () => signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment);
let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "rustpdf-many-"));
	return () => rmSync(folder, { recursive: true, force: true });
});

const path = (name: string) => join(folder, name);
const files = (ending = "") =>
	readdirSync(folder)
		.filter((name) => name.endsWith(ending))
		.sort();

/** Documents in the folder, each to be signed into a new file. */
function documents(count: number): Job[] {
	return Array.from({ length: count }, (_, index) => {
		writeFileSync(path(`${index}.pdf`), pdf);
		return { input: path(`${index}.pdf`), output: path(`${index}.out`) };
	});
}

async function all(jobs: Iterable<Job> | AsyncIterable<Job>, options: ManyOptions = {}, by: Signer = signer("rsa")): Promise<JobOutcome[]> {
	const outcomes: JobOutcome[] = [];
	for await (const outcome of signMany(jobs, certificate("rsa"), by, chain(), { ...moment, ...options })) outcomes.push(outcome);
	return outcomes.sort((one, other) => one.index - other.index);
}

const statuses = (outcomes: JobOutcome[]) => outcomes.map(({ status }) => status).join(" ");

describe("signMany", () => {
	test("signs each as signWith does", async () => {
		const jobs = [...documents(20), { input: pdf, output: null }];
		const outcomes = await all(jobs);
		expect(outcomes.map(({ index }) => index)).toEqual([...jobs.keys()]);
		for (const [index, outcome] of outcomes.entries()) {
			expect(outcome).toMatchObject({ job: jobs[index], status: "signed" });
			if (index < 20) expect(readFileSync(path(`${index}.out`))).toEqual(signed());
			else if (outcome.status === "signed") expect(Buffer.concat([pdf, outcome.signed.update])).toEqual(signed());
		}
		expect(files().length).toBe(40);
	});

	test("a failure concerns its document alone", async () => {
		const jobs = documents(6);
		writeFileSync(path("2.pdf"), "no PDF");
		rmSync(path("4.pdf"));
		const outcomes = await all(jobs);
		expect(statuses(outcomes)).toBe("signed signed failed signed failed signed");
		expect(outcomes[2]).toMatchObject({ error: { code: "ERR_NOT_A_PDF" } });
		expect(outcomes[4]).toMatchObject({ error: { code: "ENOENT" } });
		expect(files(".out")).toEqual(["0.out", "1.out", "3.out", "5.out"]);
	});

	test("so many are in flight, no more and no fewer", async () => {
		let [waiting, most] = [0, 0];
		const slow: Signer = async (data, request) => {
			most = Math.max(most, ++waiting);
			await sleep(20);
			waiting--;
			return signer("rsa")(data, request);
		};
		for (const inFlight of [1, 5]) {
			most = 0;
			expect(statuses(await all(documents(15), { inFlight, replace: true }, slow))).toBe("signed ".repeat(15).trim());
			expect(most).toBe(inFlight);
		}
	});

	test("jobs are taken as there is room for them, and no more where nobody goes on", async () => {
		let taken = 0;
		async function* jobs() {
			for (const job of documents(50)) {
				taken++;
				yield job;
			}
		}
		let seen = 0;
		for await (const { status } of signMany(jobs(), certificate("rsa"), signer("rsa"), chain(), { inFlight: 4 })) {
			expect(status).toBe("signed");
			if (++seen === 10) break;
		}
		expect(taken).toBeLessThanOrEqual(14);
		for (const name of files(".out")) expect(statSync(path(name)).size).toBe(signed().length);
	});

	test("stops when it is aborted, with the reason", async () => {
		const controller = new AbortController();
		const reason = new Error("enough");
		const seen: JobOutcome[] = [];
		const run = async () => {
			for await (const outcome of signMany(documents(30), certificate("rsa"), signer("rsa"), chain(), {
				inFlight: 3,
				signal: controller.signal,
			})) {
				seen.push(outcome);
				if (seen.length === 5) controller.abort(reason);
			}
		};
		await expect(run()).rejects.toBe(reason);
		expect(files().some((name) => name.startsWith("."))).toBe(false);
		expect(files(".out").length).toBeLessThan(12);
	});

	test("yields what is done while the next job is still to come, and stops a wait for it", async () => {
		const [one, other] = documents(2) as [Job, Job];
		let go = () => {};
		async function* jobs() {
			yield one;
			await new Promise<void>((resolve) => {
				go = resolve;
			});
			yield other;
			await new Promise(() => {});
		}
		const controller = new AbortController();
		const seen: string[] = [];
		const run = async () => {
			for await (const { index, status } of signMany(jobs(), certificate("rsa"), signer("rsa"), chain(), { signal: controller.signal })) {
				seen.push(`${index} ${status}`);
				if (index === 0) go();
				else controller.abort(new Error("enough"));
			}
		};
		await expect(run()).rejects.toThrow("enough");
		expect(seen).toEqual(["0 signed", "1 signed"]);
	});

	test("tells of all that it began before an error of the source of jobs", async () => {
		const made = documents(5);
		function* jobs() {
			yield* made;
			throw new Error("no more");
		}
		const seen: number[] = [];
		const run = async () => {
			for await (const { index } of signMany(jobs(), certificate("rsa"), signer("rsa"), chain())) seen.push(index);
		};
		await expect(run()).rejects.toThrow("no more");
		expect(seen.sort()).toEqual([0, 1, 2, 3, 4]);
		expect(files(".out").length).toBe(5);
	});

	test("each document may have options of its own", async () => {
		const [one, other] = documents(2) as [Job, Job];
		const outcomes = await all([one, { ...other, options: { reason: "another" } }]);
		expect(outcomes).toMatchObject([{ status: "signed" }, { status: "signed" }]);
		expect(readFileSync(path("0.out"))).toEqual(signed());
		expect(readFileSync(path("1.out")).includes("another")).toBe(true);
	});

	test("refuses what it cannot work with", async () => {
		await expect(all(7 as never)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
		await expect(all(documents(1), { inFlight: 0 })).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
	});
});

describe("a ledger", () => {
	test("knows what is done", async () => {
		const jobs = documents(8);
		writeFileSync(path("3.pdf"), "no PDF");
		const ledger = path("ledger");
		expect(statuses(await all(jobs, { ledger }))).toBe("signed signed signed failed signed signed signed signed");
		writeFileSync(path("3.pdf"), pdf);
		expect(statuses(await all(jobs, { ledger }))).toBe("skipped skipped skipped signed skipped skipped skipped skipped");
	});

	/** A ledger of a run that was interrupted while it committed these jobs. */
	function interrupted(jobs: Job[], made = signed()): string {
		const update = createHash("sha256").update(made.subarray(pdf.length)).digest("hex");
		const line = ({ output }: Job) =>
			JSON.stringify({ id: output, state: "signing", length: pdf.length, signedLength: made.length, update });
		writeFileSync(path("ledger"), ['{"rustpdf ledger":2}', ...jobs.map(line), '{"id":"cut sh'].join("\n"));
		return path("ledger");
	}

	test("of an interruption before or after the output", async () => {
		const [made, not, inPlace, inPlaceNot, other] = documents(5) as [Job, Job, Job, Job, Job];
		writeFileSync(made.output as string, signed());
		writeFileSync(inPlace.input as string, signed());
		writeFileSync(other.output as string, "something else");
		const jobs = [made, not, { ...inPlace, output: inPlace.input as string }, { ...inPlaceNot, output: inPlaceNot.input as string }, other];
		const ledger = interrupted(jobs);
		const outcomes = await all(jobs, { ledger });
		expect(statuses(outcomes)).toBe("skipped signed skipped signed failed");
		expect(outcomes[4]).toMatchObject({ error: { code: "ERR_LEDGER_STATE" } });
		for (const { output } of jobs.slice(0, 4)) expect(readFileSync(output as string)).toEqual(signed());
		expect(statuses(await all(jobs, { ledger }))).toBe("skipped skipped skipped skipped failed");
	});

	test("is no other file, and wants ids that are its own", async () => {
		writeFileSync(path("ledger"), "shopping list\n");
		await expect(all(documents(1), { ledger: path("ledger") })).rejects.toMatchObject({ code: "ERR_LEDGER_FORMAT" });
		expect(readFileSync(path("ledger"), "utf8")).toBe("shopping list\n");
		const twice = { input: pdf, output: path("a"), id: "a" };
		const outcomes = await all([twice, twice, { input: pdf, output: null }], { ledger: path("new") });
		expect(statuses(outcomes)).toBe("signed failed failed");
		for (const index of [1, 2]) expect(outcomes[index]).toMatchObject({ error: { code: "ERR_ARGUMENT" } });
		expect(files().includes("new.lock")).toBe(false);
	});

	test("is one batch's at a time, and free where that batch was killed", async () => {
		const one = signMany(documents(2), certificate("rsa"), signer("rsa"), chain(), { ledger: path("ledger"), inFlight: 1 });
		await one.next();
		await expect(all(documents(1), { ledger: path("ledger") })).rejects.toMatchObject({ code: "ERR_LEDGER_BUSY" });
		await one.return();
		expect(files().includes("ledger.lock")).toBe(false);
		const flags = ["--in-place", "--ledger", "ledger", "--cert", pkiPath("rsa.pem"), "--exec", "sleep 100"];
		const killed = spawn(process.execPath, [CLI, "sign-many", "1.pdf", ...flags], { cwd: folder, stdio: "ignore" });
		while (!files().includes("ledger.lock")) await sleep(5);
		killed.kill("SIGKILL");
		await new Promise((resolve) => void killed.once("exit", resolve));
		expect(files().includes("ledger.lock")).toBe(true);
		expect(statuses(await all(documents(2), { ledger: path("ledger"), replace: true }))).toBe("skipped signed");
	});

	test("is not misled by an older output of the same length", async () => {
		const [job] = documents(1) as [Job];
		const earlier = signWith(pdf, certificate("rsa"), signer("rsa"), chain(), { ...moment, entropy: Buffer.alloc(32, 8) });
		expect(earlier.length).toBe(signed().length);
		writeFileSync(job.output as string, earlier);
		const ledger = interrupted([job]);
		expect(statuses(await all([job], { ledger }))).toBe("failed");
		expect(statuses(await all([job], { ledger, replace: true }))).toBe("signed");
		expect(readFileSync(job.output as string)).toEqual(signed());
	});

	test("however often it is killed, each document is signed once", async () => {
		const count = 60;
		for (let index = 0; index < count; index++) writeFileSync(path(`${index}.pdf`), pdf);
		const key = `openssl dgst -sha256 -sign '${pkiPath("rsa.key")}'`;
		const fixed = ["--signing-time", moment.signingTime.toISOString(), "--entropy", moment.entropy.toString("hex")];
		const names = files(".pdf");
		const flags = [
			"--in-place",
			"--ledger",
			"ledger",
			"--cert",
			pkiPath("rsa.pem"),
			"--chain",
			pkiPath("chain.pem"),
			"--exec",
			key,
			...fixed,
		];
		let status: number | null = null;
		for (let run = 0; status === null; run++) {
			const child = spawn(process.execPath, [CLI, "sign-many", ...names, ...flags], { cwd: folder, stdio: "ignore" });
			const killer = run < 12 ? setTimeout(() => child.kill("SIGKILL"), 130 + 17 * run) : undefined;
			status = await new Promise((resolve) => void child.once("exit", resolve));
			clearTimeout(killer);
		}
		expect(status).toBe(0);
		const expected = signed();
		for (const name of names) expect(readFileSync(path(name)).equals(expected), name).toBe(true);
		expect(files().filter((name) => name.endsWith(".rustpdf"))).toEqual([]);
	}, 60_000);
});

describe("two phases for many", () => {
	const raw = (requests: readonly { data: Uint8Array }[]) =>
		requests.map((request) => signer("rsa")(request.data as never, request as never) as Uint8Array);

	test("raw signatures by one call of a service", async () => {
		const jobs = documents(10);
		writeFileSync(path("4.pdf"), "no PDF");
		const batch = await beginSigningMany(
			jobs.map(({ input }) => input),
			{ ...moment, certificate: certificate("rsa"), chain: chain(), inFlight: 3 },
		);
		expect(batch.failures).toMatchObject([{ index: 4, error: { code: "ERR_NOT_A_PDF" } }]);
		expect(batch.requests.length).toBe(9);
		const signatures = raw(batch.requests);
		const outputs = jobs.map(({ output }) => output);
		const wrong = signatures.with(2, Buffer.alloc(256));
		const seen: JobOutcome[] = [];
		for await (const outcome of batch.completeWithSignatures(wrong, outputs)) seen.push(outcome);
		expect(seen.find(({ index }) => index === 2)).toMatchObject({ status: "failed", error: { group: "answer" } });
		expect(seen.filter(({ status }) => status === "signed").length).toBe(8);
		for await (const outcome of batch.completeWithSignatures(signatures, outputs, { replace: true })) expect(outcome.status).toBe("signed");
		for (const { output } of jobs.toSpliced(4, 1)) expect(readFileSync(output as string)).toEqual(signed());
	});

	test("each with a certificate of its own", async () => {
		const jobs = documents(3);
		const [inputs, outputs] = [jobs.map(({ input }) => input), jobs.map(({ output }) => output)];
		const options = { pades: false, signatureAlgorithm: "rsa-pkcs1" } as const;
		const batch = await beginSigningMany(inputs, options);
		const signatures = raw(batch.requests);
		const issued = { certificate: certificate("rsa"), chain: chain() };
		const seen: JobOutcome[] = [];
		const certificates = [issued, { certificate: certificate("p256"), chain: chain() }, issued];
		for await (const outcome of batch.completeWithSignatures(signatures, outputs, { certificates })) seen.push(outcome);
		expect(seen.find(({ index }) => index === 1)).toMatchObject({ status: "failed", error: { code: "ERR_ALGORITHM_MISMATCH" } });
		for (const index of [0, 2]) opensslVerify(readFileSync(outputs[index] as string));
		expect(() => batch.completeWithSignatures(signatures, outputs, { certificates: [issued] })).toThrow(
			expect.objectContaining({ code: "ERR_ARGUMENT" }),
		);
		for await (const outcome of batch.completeWithSignatures(signatures, outputs, { replace: true }))
			expect(outcome).toMatchObject({ status: "failed", error: { code: "ERR_SESSION_NO_CERTIFICATE" } });
	});

	test("saved, and taken up with the same documents", async () => {
		const jobs = documents(4);
		const inputs = jobs.map(({ input }) => input);
		writeFileSync(path("1.pdf"), "no PDF");
		const begun = await beginSigningMany(inputs, { ...moment, certificate: certificate("rsa"), chain: chain() });
		const saved = begun.serialize(key);
		copyFileSync(path("0.pdf"), path("1.pdf"));
		const unsealed = await resumeUnsealedMany(begun.serializeUnsealed(), inputs, { certificate: certificate("rsa"), chain: chain() });
		// Anybody could have written the name of the field into a file without a seal.
		expect(unsealed.requests).toEqual(begun.requests.map(({ fieldName: _, ...request }) => request));
		const batch = await resumeSigningMany(saved, inputs, key);
		expect(batch.hashes).toEqual(begun.hashes);
		for await (const { status } of batch.completeWithSignatures(
			raw(batch.requests),
			jobs.map(({ output }) => output),
		))
			expect(status).toBe("signed");
		expect(files(".out")).toEqual(["0.out", "2.out", "3.out"]);
		opensslVerify(readFileSync(path("0.out")));
		writeFileSync(path("2.pdf"), "another");
		expect((await resumeSigningMany(saved, inputs, key)).failures).toMatchObject([
			{ index: 1, error: { code: "ERR_SESSION_FORMAT" } },
			{ index: 2, error: { code: "ERR_SESSION_DOCUMENT" } },
		]);
		await expect(resumeSigningMany(saved, inputs.slice(1), key)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
		await expect(resumeSigningMany(saved.subarray(0, 99), inputs, key)).rejects.toMatchObject({ code: "ERR_SESSION_SEAL" });
		await expect(resumeSigningMany(saved, inputs, Buffer.alloc(32))).rejects.toMatchObject({ code: "ERR_SESSION_SEAL" });
		await expect(resumeUnsealedMany(saved, inputs)).rejects.toMatchObject({ code: "ERR_SESSION_SEAL" });
		await expect(resumeSigningMany(pdf, inputs, key)).rejects.toMatchObject({ code: "ERR_SESSION_FORMAT" });
		const few = batch.completeWithSignatures([], []);
		await expect(few.next()).rejects.toSatisfy((error) => RustpdfError.is(error, "ERR_ARGUMENT"));
	});
});
