// Signs a PDF that lies in S3 or a store that speaks its language. The document is read once, by ranges, and never written anywhere
// else: the store itself copies it into the signed object, and what is uploaded is the signature alone.
//
//     npm install rustpdf pkcs11js @aws-sdk/client-s3
//     PKCS11_PIN=1234 node sign.mjs MODULE.so TOKEN KEY certificate.pem chain.pem s3://BUCKET/in.pdf [s3://BUCKET/out.pdf]
//
// Without out.pdf the object itself is replaced. Credentials, region and endpoint come from where the SDK looks for them.
// Permissions: s3:GetObject, s3:PutObject, s3:AbortMultipartUpload.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
	AbortMultipartUploadCommand,
	CompleteMultipartUploadCommand,
	CreateMultipartUploadCommand,
	GetObjectCommand,
	HeadObjectCommand,
	PutObjectCommand,
	S3Client,
	UploadPartCommand,
	UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { RustpdfError, signFileWith } from "rustpdf";

const MIB = 2 ** 20;
/** S3 refuses a part below this, unless it is the last. */
const LEAST_PART = 5 * MIB;
/** With the update; S3 takes no more. */
const MOST_PARTS = 10_000;

/** What is kept of an object besides its bytes; HeadObject and an upload have the same names for it. */
const KEPT = [
	...["CacheControl", "ContentDisposition", "ContentLanguage", "ContentType", "Expires", "Metadata", "StorageClass"],
	...["ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled"],
];

/** How a store says that an object is not what it was: another, shorter, or gone. What HeadObject does not find has another name. */
const CHANGED = ["PreconditionFailed", "ConditionalRequestConflict", "InvalidRange", "NoSuchKey"];
/** The same of a copy: S3 looks at the range first, and calls it an argument. */
const COPY_CHANGED = [...CHANGED, "InvalidArgument"];

/**
 * Signs an object, and promises what `signFileWith` does. The arguments after the second are those of `signFileWith`, too.
 *
 * The signed document replaces the object, or becomes `target`, another `{ Bucket, Key }`, where nothing may be unless `replace` is true.
 * It appears when it is complete; until then, and after any failure, all is as it was. `partLength` is how many bytes are copied in one
 * request. Errors: `ERR_FILE_CHANGED` where the object is overwritten meanwhile.
 */
export async function signObject(s3, { Bucket, Key, target, replace, partLength }, certificate, signer, chain, options = {}) {
	const { onProgress, signal } = options;
	const send = async (Command, input) => {
		try {
			return await s3.send(new Command(input), { abortSignal: signal });
		} catch (error) {
			signal?.throwIfAborted(); // its reason, as everywhere in rustpdf, and not an error of the SDK
			if (!(input.CopySource ? COPY_CHANGED : CHANGED).includes(error.name)) throw error;
			if (input.IfNoneMatch) throw new Error(`${input.Key} exists; choose another target, or say \`replace\``, { cause: error });
			throw new RustpdfError("ERR_FILE_CHANGED", `${Key} changed while it was being signed; sign it again`, { cause: error });
		}
	};

	const { ContentLength: size, ETag, ...head } = await send(HeadObjectCommand, { Bucket, Key });
	const get = async (Range) => (await send(GetObjectCommand, { Bucket, Key, IfMatch: ETag, Range })).Body.transformToByteArray();
	const read = (offset, length) => get(byteRange(offset, length));
	// What is too small to be a part cannot be copied into an upload: it is held in memory, and written anew.
	const small = size < LEAST_PART ? await get() : undefined;
	const signed = await signFileWith(small ?? { size, read, pieceLength: 8 * MIB }, null, certificate, signer, chain, options);

	const { update } = signed;
	const object = target ?? { Bucket, Key };
	const kept = Object.fromEntries(KEPT.map((name) => [name, head[name]]));
	const condition = target === undefined ? { IfMatch: ETag } : replace ? {} : { IfNoneMatch: "*" };

	if (small) {
		await send(PutObjectCommand, { ...object, ...kept, ...condition, Body: Buffer.concat([small, update]) });
		return signed;
	}

	// With no checksum algorithm named S3 sums up the object by itself. Else it wants to hear those of all parts, and not every store tells.
	const { UploadId } = await send(CreateMultipartUploadCommand, { ...object, ...kept });
	const upload = { ...object, UploadId };
	let done = 0;
	const wrote = (bytes) => {
		done += bytes;
		onProgress?.({ phase: "write", done, total: size + update.length });
	};
	const copy = async ([offset, length], index) => {
		const { CopyPartResult } = await send(UploadPartCopyCommand, {
			...upload,
			PartNumber: index + 1,
			CopySource: `${Bucket}/${encodeURIComponent(Key)}`,
			CopySourceIfMatch: ETag,
			CopySourceRange: byteRange(offset, length),
		});
		wrote(length);
		return CopyPartResult;
	};
	const append = async (index) => {
		const part = await send(UploadPartCommand, { ...upload, PartNumber: index + 1, Body: update });
		wrote(update.length);
		return part;
	};
	try {
		const ranges = copyRanges(size, partLength);
		const parts = await settled([...ranges.map(copy), append(ranges.length)]); // the SDK has no more than 50 under way at once
		const Parts = parts.map(({ ETag }, index) => ({ ETag, PartNumber: index + 1 }));
		await send(CompleteMultipartUploadCommand, { ...upload, ...condition, MultipartUpload: { Parts } });
		return signed;
	} catch (error) {
		await s3.send(new AbortMultipartUploadCommand(upload)).catch(() => {}); // what failed first is what is told
		throw error;
	}
}

/**
 * The parts in which a document is copied, as [offset, length]: of one length, and so none is too small. S3 copies up to 5 GiB at a
 * time; several smaller parts at once are faster.
 */
export function copyRanges(size, partLength = 1024 * MIB) {
	const count = Math.min(Math.ceil(size / partLength), MOST_PARTS - 1);
	const each = Math.ceil(size / count);
	return Array.from({ length: count }, (_, index) => [index * each, Math.min(each, size - index * each)]);
}

const byteRange = (offset, length) => `bytes=${offset}-${offset + length - 1}`;

/** All results, or a failure, but not before everything has come to an end: a part that is still being copied survives its upload. */
async function settled(promises) {
	await Promise.allSettled(promises);
	return Promise.all(promises);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const { openPkcs11Key } = await import("rustpdf/pkcs11");
	const [module, token, key, certificate, chain, input, output] = process.argv.slice(2);
	const named = (address) => {
		const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(address);
		return { Bucket, Key };
	};
	const hsm = openPkcs11Key({ module, token, key, pin: process.env.PKCS11_PIN });
	try {
		const place = { ...named(input), ...(output && { target: named(output) }) };
		const options = { pades: true, reason: "I approve this document" };
		const { report } = await signObject(new S3Client(), place, readFileSync(certificate), hsm.sign, readFileSync(chain), options);
		console.log(`field ${report.field}, ${report.updateLength} bytes appended to ${report.documentLength}`);
	} finally {
		hsm.close();
	}
}
