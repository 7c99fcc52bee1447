import type { Bytes } from "#engine";
import { type ByteInput, typeName } from "./bytes.js";
import { certificateBytes } from "./certificate.js";
import { type DocumentSource, documentOf, MemoryDocument, type RangeDocument } from "./document.js";
import { argumentError } from "./errors.js";
import { andThen, type Eventually } from "./eventually.js";
import { drive } from "./machine.js";
import { sign } from "./operations.js";
import { type CertificateInput, type ChainInput, optionsOf, type SigningOptions } from "./options.js";
import type { AsyncSigner, Signer, SyncSigner } from "./request.js";

/**
 * Signs a PDF with a key that stays where it is, and returns the signed document.
 *
 * `signer(data, request)` gets the bytes to sign and returns the raw signature; when it returns a promise, so does this.
 * What it throws reaches the caller unchanged. Nothing is embedded that does not verify with the certificate.
 */
export function signWith(
	pdf: ByteInput,
	certificate: CertificateInput,
	signer: SyncSigner,
	chain?: ChainInput | null,
	options?: SigningOptions,
): Bytes;
/** Signs a PDF with a key that stays where it is, and promises the signed document: the signer answers later. */
export function signWith(
	pdf: ByteInput,
	certificate: CertificateInput,
	signer: AsyncSigner,
	chain?: ChainInput | null,
	options?: SigningOptions,
): Promise<Bytes>;
/** Signs a PDF with a key that stays where it is; returns a promise when the signer does. */
export function signWith(
	pdf: ByteInput,
	certificate: CertificateInput,
	signer: Signer,
	chain?: ChainInput | null,
	options?: SigningOptions,
): Bytes | Promise<Bytes>;
export function signWith(
	pdf: ByteInput,
	certificate: CertificateInput,
	signer: Signer,
	chain?: ChainInput | null,
	options?: SigningOptions,
): Bytes | Promise<Bytes> {
	return signDocument(MemoryDocument.of(pdf), certificate, signer, chain, options) as Bytes | Promise<Bytes>;
}

/**
 * Signs a PDF from any source, and promises the signed document; never throws at once.
 *
 * A source that is read by ranges is read whole only when all that can be refused has been checked.
 */
export async function signWithAsync(
	source: DocumentSource,
	certificate: CertificateInput,
	signer: Signer,
	chain?: ChainInput | null,
	options?: SigningOptions,
): Promise<Bytes> {
	return signDocument(documentOf(source), certificate, signer, chain, options);
}

function signDocument(
	document: MemoryDocument | RangeDocument,
	certificate: CertificateInput,
	signer: Signer,
	chain: ChainInput | null | undefined,
	options: SigningOptions | undefined,
): Eventually<Bytes> {
	if (typeof signer !== "function") throw argumentError(`the signer must be a function, and is ${typeName(signer)}`);
	const { onReport, ...rest } = optionsOf(options);
	const story = sign(document, { ...rest, certificate: certificateBytes(certificate), ...(chain != null && { chain }) });
	return andThen(drive(story, document, signer), ({ report, payload }) =>
		andThen(document.signed(payload), (signed) => {
			onReport?.(report);
			return signed;
		}),
	) as Eventually<Bytes>;
}
