// A program with threads that sign. `together` compares their documents; `ended` terminates them at any point. The package is that of its folder.

import { createHash, createPrivateKey, sign } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { engine, recoverFile, signFileWith, signWith } from "rustpdf";

const [small, large, certificate, chain, key] = process.argv.slice(3).map((path) => readFileSync(path));
const privateKey = createPrivateKey(key);
const options = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const signer = (data) => sign("sha256", data, privateKey);
const signed = (by = signer, pdf = small, more = {}) => signWith(pdf, certificate, by, chain, { ...options, ...more });
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Tells the main thread, and never returns. */
function stay() {
	parentPort.postMessage("there");
	for (;;);
}
/** Tells the main thread, and never has an answer. */
function wait() {
	parentPort.postMessage("there");
	return new Promise((resolve) => setTimeout(resolve, 1e9));
}
/** Where a thread is when it is ended. Those of the second list are ended some time after they began. */
const PLACES = {
	signer: () => signed(stay),
	"async signer": () => signed(wait),
	progress: () => signed(signer, large, { onProgress: ({ phase }) => phase === "digest" && stay() }),
	"signer, in place": (path) => signFileWith(path, path, certificate, stay, chain, options),
	"async signer, in place": (path) => signFileWith(path, path, certificate, wait, chain, options),
	"progress, in place": (path) =>
		signFileWith(path, path, certificate, signer, chain, { ...options, onProgress: ({ phase }) => phase === "write" && stay() }),
};
const MOMENTS = {
	loading: () => signed(),
	core: () => {
		for (;;) signed(signer, large);
	},
	files: async (path) => {
		for (;;) {
			writeFileSync(`${path}.new`, small); // under another name: a thread that is ended has not written all of it
			renameSync(`${path}.new`, path);
			await signFileWith(path, path, certificate, signer, chain, options);
		}
	},
};

/** A thread with an engine of its own choice, and how it ends. */
function begin(data, RUSTPDF_ENGINE) {
	const worker = new Worker(new URL(import.meta.url), {
		argv: process.argv.slice(2),
		workerData: data,
		env: { ...process.env, RUSTPDF_ENGINE },
	});
	const ended = new Promise((resolve, reject) => worker.once("exit", resolve).once("error", reject));
	return { worker, ended, told: new Promise((resolve) => worker.once("message", resolve)) };
}

/** Expects that this thread signs as before, and that a file is what it was, or signed, or can be made one of both. */
async function expectWhole(expected, path) {
	if (digest(signed()) !== expected) throw new Error("the thread that goes on signs otherwise");
	if (path === undefined) return;
	await recoverFile(path);
	if (![digest(small), expected].includes(digest(readFileSync(path)))) throw new Error(`${path} is broken`);
	if (existsSync(path.replace(/[^/]*$/, ".$&.rustpdf"))) throw new Error(`${path} has a journal`);
}

async function together(expected) {
	const engines = ["native", "wasm", "native", "wasm", "native", "wasm"];
	const threads = engines.map((name) => begin({ place: "together" }, name));
	const told = await Promise.all(threads.map(({ told }) => told));
	if (!told.every(({ digests }) => digests.length === 60 && digests.every((one) => one === expected))) throw new Error("other bytes");
	if (told.some(({ engine }, index) => engine !== engines[index])) throw new Error("another engine");
	for (const { ended } of threads) if ((await ended) !== 0) throw new Error("a thread failed");
	await expectWhole(expected);
}

async function end(expected, place, index) {
	const path = `${process.cwd()}/${process.env.RUSTPDF_ENGINE}-${index}.pdf`;
	writeFileSync(path, small);
	const { worker, ended, told } = begin({ place, path }, process.env.RUSTPDF_ENGINE);
	await (place in PLACES ? told : new Promise((resolve) => setTimeout(resolve, 15 * (index % 16))));
	await worker.terminate();
	await ended;
	await expectWhole(expected, path);
}

if (isMainThread) {
	const expected = digest(signed());
	if (process.argv[2] === "together") await together(expected);
	else {
		// Some at once, from a number of queues.
		const ends = Array.from({ length: 16 }, () => [...Object.keys(PLACES), ...Object.keys(MOMENTS)]).flat();
		const next = ends.entries();
		const queue = async () => {
			for (const [index, place] of next) await end(expected, place, Math.floor(index / 9) + 16 * (index % 9));
		};
		await Promise.all([queue(), queue(), queue(), queue()]);
	}
	console.log(engine(), "signs");
} else if (workerData.place === "together") {
	const digests = [];
	for (let round = 0; round < 20; round++) {
		digests.push(digest(signed()), digest(await signed(async (data) => signer(data))));
		digests.push(...(await Promise.all([signed(async (data) => signer(data))])).map(digest));
	}
	parentPort.postMessage({ engine: engine(), digests });
} else await { ...PLACES, ...MOMENTS }[workerData.place](workerData.path);
