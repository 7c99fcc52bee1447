// Signs objects in a store by the example as it is, disturbs it at every moment, and lets a judge look. Called by ../test.sh.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { sign } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CreateBucketCommand, GetObjectCommand, ListMultipartUploadsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { RustpdfError } from "rustpdf";
import { bulk } from "../../../tests/documents/large.mjs";
import { copyRanges, signObject } from "../sign.mjs";
import { start, stop } from "./store.mjs";

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("../../../tests/.build/s3/signed");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const pkiPath = (name) => here(`../../../tests/pki/certificates/${name}`);
const pki = (name) => readFileSync(pkiPath(name));
const chain = pki("chain.pem");
const certificate = pki("rsa.pem");
const signer = (data) => sign("sha256", data, pki("rsa.key"));
const [MIB, GIB, TIB] = [2 ** 20, 2 ** 30, 2 ** 40];

const Bucket = `rustpdf-${process.pid}`;
const Key = "contracts/ä b+c/50 % off.pdf"; // all that has to be written in another way in an address
const makeDocument = (size) => {
	bulk(`${out}/document.pdf`, size);
	return readFileSync(`${out}/document.pdf`);
};
const large = makeDocument(40 * MIB);
const medium = makeDocument(12 * MIB);
const small = readFileSync(here("../../../tests/vectors/documents/pages.pdf"));
const other = makeDocument(12 * MIB);
const partLength = 8 * MIB; // so that there are several
/** What an object has besides its bytes. */
const kept = {
	CacheControl: "no-cache",
	ContentDisposition: 'attachment; filename="offer.pdf"',
	ContentLanguage: "de",
	ContentType: "application/pdf",
	Expires: new Date("2030-01-01T00:00:00Z"),
	Metadata: { customer: "4711", "retention-class": "ten-years" },
};

let plain;
before(async () => {
	process.env.AWS_ENDPOINT_URL_S3 = await start();
	plain = new S3Client();
	await plain.send(new CreateBucketCommand({ Bucket }));
});
after(stop);

const put = (Body, name = Key) => plain.send(new PutObjectCommand({ Bucket, Key: name, Body, ...kept }));

async function get(name = Key) {
	const { Body, ...head } = await plain.send(new GetObjectCommand({ Bucket, Key: name }));
	return { bytes: Buffer.from(await Body.transformToByteArray()), head };
}

/** A client that remembers its requests, and lets something happen before one: `happens` gets its name with its number, as GetObject 2. */
function watched(happens = () => {}) {
	const s3 = new S3Client();
	s3.requests = [];
	s3.middlewareStack.add(
		(next, { commandName }) =>
			async (words) => {
				const name = commandName.replace("Command", "");
				const number = 1 + s3.requests.filter((request) => request.name === name).length;
				const request = { name, sent: Buffer.byteLength(words.request.body ?? "") };
				s3.requests.push(request);
				await happens(`${name} ${number}`);
				const result = await next(words);
				request.got = Number(result.response.headers["content-length"]);
				return result;
			},
		{ step: "deserialize", priority: "low" }, // next to the wire, and so once for each attempt
	);
	s3.sum = (what, name) => s3.requests.filter((request) => request.name === name).reduce((sum, request) => sum + request[what], 0);
	return s3;
}

/** What an object is, is what it was and an update; the judge says that the signature is valid and trusted. */
async function assertSigned(name, document, update) {
	const { bytes, head } = await get(name);
	assert.ok(bytes.equals(Buffer.concat([document, update])), "the signed object is the document and the update");
	for (const [property, value] of Object.entries(kept)) assert.deepEqual(head[property], value, property);
	const file = `${out}/${name.replace(/\W+/g, "-")}.pdf`;
	writeFileSync(file, bytes);
	const { stdout } = await run("python3", [here("../../../tests/judges/judge_pdfsig.py"), "--root", pkiPath("root.pem"), file]);
	assert.equal(JSON.parse(stdout).ok, true, stdout);
}

async function assertUntouched(document, name = Key) {
	assert.ok((await get(name)).bytes.equals(document), "the object is what it was");
	await assertNoUpload();
}

async function assertNoUpload() {
	const { Uploads = [] } = await plain.send(new ListMultipartUploadsCommand({ Bucket }));
	assert.deepEqual(Uploads, [], "no upload is left");
}

test("a large document is read once, and only its update is uploaded", async () => {
	await put(large);
	const s3 = watched();
	const progress = [];
	const options = { pades: true, onProgress: (told) => progress.push(told) };
	const { update } = await signObject(s3, { Bucket, Key, partLength }, certificate, signer, chain, options);
	await assertSigned(Key, large, update);
	await assertNoUpload();

	const [last] = s3.requests.slice(-1);
	assert.equal(last.name, "CompleteMultipartUpload");
	const sent = s3.requests.reduce((sum, request) => sum + request.sent, 0);
	assert.equal(sent - last.sent, update.length, "all bodies but the list of parts are the update");
	assert.ok(last.sent < 2000, `the list of parts has ${last.sent} bytes`);
	const got = s3.sum("got", "GetObject");
	assert.ok(got >= large.length && got < large.length + MIB, `${got} bytes read of ${large.length}`);
	assert.equal(s3.requests.filter(({ name }) => name === "UploadPartCopy").length, Math.ceil(large.length / partLength));

	const total = large.length + update.length;
	assert.deepEqual(progress.at(-1), { phase: "write", done: total, total });
	assert.deepEqual([...new Set(progress.map(({ phase }) => phase))], ["read", "digest", "sign", "write"]);
});

test("a signed object is signed again", async () => {
	await put(medium, "twice.pdf");
	const { update } = await signObject(plain, { Bucket, Key: "twice.pdf" }, certificate, signer, chain);
	const secondSigner = (data) => sign("sha256", data, pki("p256.key"));
	const second = await signObject(plain, { Bucket, Key: "twice.pdf" }, pki("p256.pem"), secondSigner, chain);
	await assertSigned("twice.pdf", medium, Buffer.concat([update, second.update]));
});

test("a document below the least part is written anew", async () => {
	await put(small);
	const s3 = watched();
	const { update } = await signObject(s3, { Bucket, Key }, certificate, signer, chain);
	await assertSigned(Key, small, update);
	assert.deepEqual(
		s3.requests.map(({ name }) => name),
		["HeadObject", "GetObject", "PutObject"],
	);
});

for (const [what, document] of Object.entries({ medium, small })) {
	test(`a ${what} document becomes another object, which is not replaced unasked`, async () => {
		await put(document);
		const place = { Bucket, Key, target: { Bucket, Key: `signed/${what}.pdf` } };
		const { update } = await signObject(plain, place, certificate, signer, chain);
		await assertSigned(place.target.Key, document, update);
		await assertUntouched(document);
		await assert.rejects(signObject(plain, place, certificate, signer, chain), /exists; choose another target, or say `replace`/);
		await assertUntouched(Buffer.concat([document, update]), place.target.Key);
		const again = await signObject(plain, { ...place, replace: true }, certificate, signer, chain);
		await assertSigned(place.target.Key, document, again.update);
	});
}

// With a target nothing but the conditions on the document tells; without one, what is written has its own.
const target = { Bucket, Key: "target.pdf" };
for (const [document, moment, place, by] of [
	[medium, "GetObject 2", { target }, other],
	[medium, "CreateMultipartUpload 1", { target }, other],
	[medium, "UploadPartCopy 2", { target }, other],
	[medium, "UploadPartCopy 2", { target }, small],
	[medium, "CompleteMultipartUpload 1", {}, other],
	[small, "GetObject 1", { target }, other],
	[small, "PutObject 1", {}, other],
]) {
	test(`${document.length} bytes overwritten by ${by.length} before ${moment} are noticed`, async () => {
		await put(document);
		const s3 = watched((request) => request === moment && put(by));
		const signing = signObject(s3, { Bucket, Key, partLength, ...place }, certificate, signer, chain);
		await assert.rejects(signing, { code: "ERR_FILE_CHANGED" });
		await assertUntouched(by);
		await assert.rejects(get(target.Key), { name: "NoSuchKey" });
		const writing = s3.requests.some(({ name }) => name !== "HeadObject" && name !== "GetObject");
		assert.equal(writing, !moment.startsWith("GetObject"), "while it is read, it is noticed before anything is written");
	});
}

test("an upload is aborted when none of its parts is under way any more", async () => {
	await put(medium);
	let [late, aborted] = [false, false];
	const s3 = watched(async (request) => {
		if (request === "CreateMultipartUpload 1") await put(other);
		if (request === "UploadPart 1") late = await setTimeout(300, true);
		if (request === "AbortMultipartUpload 1") aborted = late;
	});
	await assert.rejects(signObject(s3, { Bucket, Key, partLength }, certificate, signer, chain), { code: "ERR_FILE_CHANGED" });
	assert.ok(aborted);
	await assertNoUpload();
});

test("what a signer throws arrives, and nothing was written", async () => {
	await put(medium);
	const s3 = watched();
	const failure = new Error("the HSM is asleep");
	const failing = async () => {
		throw failure;
	};
	await assert.rejects(signObject(s3, { Bucket, Key }, certificate, failing, chain), (error) => error === failure);
	await assertUntouched(medium);
	assert.deepEqual([...new Set(s3.requests.map(({ name }) => name))], ["HeadObject", "GetObject"]);
});

for (const moment of ["GetObject 3", "UploadPartCopy 2", "UploadPart 1", "CompleteMultipartUpload 1"]) {
	test(`stopped before ${moment}, nothing is left`, async () => {
		await put(medium);
		const stopping = new AbortController();
		const reason = new Error("enough");
		const s3 = watched((request) => request === moment && stopping.abort(reason));
		const options = { signal: stopping.signal };
		const signing = signObject(s3, { Bucket, Key, partLength }, certificate, signer, chain, options);
		await assert.rejects(signing, (error) => error === reason);
		await assertUntouched(medium);
	});
}

test("what onProgress throws while parts are copied aborts the upload", async () => {
	await put(medium);
	const failure = new Error("nobody listens");
	const onProgress = ({ phase }) => {
		if (phase === "write") throw failure;
	};
	const signing = signObject(plain, { Bucket, Key, partLength }, certificate, signer, chain, { onProgress });
	await assert.rejects(signing, (error) => error === failure);
	await assertUntouched(medium);
});

test("an error of the store arrives as it is", async () => {
	const place = { Bucket, Key: "nothing.pdf" };
	await assert.rejects(signObject(plain, place, certificate, signer, chain), (error) => error.$metadata.httpStatusCode === 404);
});

test("an empty object is no PDF", async () => {
	await put(Buffer.alloc(0), "empty.pdf");
	await assert.rejects(signObject(plain, { Bucket, Key: "empty.pdf" }, certificate, signer, chain), (error) => RustpdfError.is(error));
});

test("the parts are what S3 takes, whatever the document's length", () => {
	for (const size of [5 * MIB, GIB, GIB + 1, 5 * GIB + 1, 100 * GIB + 7, 5 * TIB, 48 * TIB]) {
		const ranges = copyRanges(size);
		assert.ok(ranges.length < 10_000);
		let end = 0;
		for (const [offset, length] of ranges) {
			assert.equal(offset, end);
			assert.ok(length >= 5 * MIB && length <= 5 * GIB, `${length} of ${size}`);
			end += length;
		}
		assert.equal(end, size);
	}
});

test("as a program, with a key in a token", async () => {
	await put(medium);
	const [token, module] = [here("../../../tests/.build/token"), "/usr/lib/softhsm/libsofthsm2.so"];
	const words = [module, "rustpdf", "rsa", `${token}/rsa.pem`, pkiPath("chain.pem"), `s3://${Bucket}/${Key}`];
	const env = { ...process.env, SOFTHSM2_CONF: `${token}/softhsm2.conf`, PKCS11_PIN: "1234" };
	const { stdout } = await run(process.execPath, [here("../sign.mjs"), ...words, `s3://${Bucket}/program.pdf`], { env });
	const [, length] = /(\d+) bytes appended to 12/.exec(stdout);
	const { bytes } = await get("program.pdf");
	assert.equal(bytes.length, medium.length + Number(length));
	await assertSigned("program.pdf", medium, bytes.subarray(medium.length));
});
