import { argumentBytes, typeName } from "../bytes.js";
import { hostError } from "../errors.js";
import type { SigningRequest } from "../generated.js";
import { type CertifiedSigner, isCertified, type Signer } from "../request.js";
import { Chain, digestOf } from "./chain.js";

/** The folder of the records, and the key. */
export interface AuditFolder {
	/** Folder of the records. It is made with mode 0700 if it is missing. Each process writes a file of its own in it. */
	directory: string;
	/** Identifier of the key in the records, such as its ARN. */
	keyId?: string | undefined;
}

/**
 * A signer that leaves a record of each request: `asked` is on the disk before the key is asked, `signed` or `failed` before the signature is
 * released. If the record cannot be written, the key is not asked.
 *
 * A record has the digest and name of the document, the field, the certificate, the algorithms, and the digest of what is signed. It has no text of an
 * error, which may contain anything. `verifyAudit` and `rustpdf audit` check the records.
 *
 * Errors: those of the system, where a record cannot be written; those of the signer, unchanged.
 *
 * @example
 * const signer = audited(awsKmsKey({ keyId, certificate }), { directory: "/var/log/signing", keyId });
 * const { pdf } = await sign({ pdf: "contract.pdf", signer });
 */
export function audited<S extends Signer | CertifiedSigner>(signer: S, folder: AuditFolder): S {
	if (typeof folder?.directory !== "string") throw hostError("argumentType", "`directory`", "a text", typeName(folder?.directory));
	if (isCertified(signer)) {
		const own = Object.create(signer, { sign: { value: recorded(signer.sign.bind(signer), folder), enumerable: true } });
		return own as S;
	}
	if (typeof signer !== "function") throw hostError("argumentType", "the signer", "a function", typeName(signer));
	return recorded(signer, folder) as S;
}

function recorded(sign: Signer, { directory, keyId }: AuditFolder): Signer {
	return (data, request) => {
		const chain = Chain.of(directory);
		const asked = chain.append({ event: "asked", ...factsOf(request, keyId) });
		const start = process.hrtime.bigint();
		const result = (answer: object) => {
			chain.append({ asked, ...(answer as { event: "signed" }), duration: Number((process.hrtime.bigint() - start) / 1000n) });
		};
		const signed = (signature: Awaited<ReturnType<Signer>>) => {
			result({ event: "signed", signatureDigest: digestOf(argumentBytes(signature, "the signature")) });
			return signature;
		};
		const failed = (error: unknown): never => {
			result({ event: "failed", error: kindOf(error) });
			throw error;
		};
		let answer: ReturnType<Signer>;
		try {
			answer = sign(data, request);
		} catch (error) {
			return failed(error);
		}
		const { then } = (answer ?? {}) as { then?: unknown };
		return typeof then === "function" ? Promise.resolve(answer).then(signed, failed) : signed(answer as Awaited<ReturnType<Signer>>);
	};
}

function factsOf(request: SigningRequest, keyId: string | undefined) {
	const { digestAlgorithm, documentName, fieldName, signatureAlgorithm } = request;
	const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
	return {
		...(keyId !== undefined && { keyId }),
		...(documentName !== undefined && { documentName }),
		...(request.documentDigest !== undefined && { documentDigest: hex(request.documentDigest) }),
		...(fieldName !== undefined && { fieldName }),
		...(request.certificateDigest !== undefined && { certificateDigest: hex(request.certificateDigest) }),
		signatureAlgorithm,
		digestAlgorithm,
		digest: hex(request.digest),
	};
}

/** The code or the type of an error: its message may have a PIN or a token in it. */
function kindOf(error: unknown): string {
	const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
	if (typeof code === "string" && /^[\w.-]{1,64}$/.test(code)) return code;
	return error instanceof Error && typeof name === "string" && /^[\w.-]{1,64}$/.test(name) ? name : typeof error;
}
