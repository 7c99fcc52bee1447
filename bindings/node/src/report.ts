import type { WarningCode } from "./codes.generated.js";
import type { DigestAlgorithm, SignatureAlgorithm } from "./request.js";

/** Something that the caller should know and that did not stop the signing. */
export interface Warning {
	/** The stable code, such as `WARN_CERTIFICATE_EXPIRED`. */
	readonly code: WarningCode;
	/** What was found and what it means. */
	readonly message: string;
}

/** What was done: the field, sizes and algorithms of a signature, and warnings. */
export interface Report {
	/** The full name of the signature field. */
	readonly field: string;
	/** Whether the field is new. */
	readonly newField: boolean;
	/** The page of the field's widget, from 1. */
	readonly page: number;
	/** The revision that the signature makes, from 1. */
	readonly revision: number;
	/** The kind of cross-reference that was written: that of the last revision before. */
	readonly xref: "table" | "stream";
	/** Length of the document before the signature, in bytes. */
	readonly documentLength: number;
	/** Length of what is appended, in bytes. */
	readonly updateLength: number;
	/** What the signature covers: all but the value of `/Contents`. */
	readonly byteRange: readonly number[];
	/** Bytes reserved for the container. */
	readonly containerSize: number;
	/** Bytes of the container. Not before the signature is there. */
	readonly containerLength?: number;
	/** The `/SubFilter`: `ETSI.CAdES.detached` or `adbe.pkcs7.detached`. */
	readonly subFilter: string;
	/** The digest algorithm of the signature. */
	readonly digestAlgorithm: DigestAlgorithm;
	/** The signature algorithm. Not where the certificate is not known. */
	readonly signatureAlgorithm?: SignatureAlgorithm;
	/** The DocMDP level. Only of a certification. */
	readonly certified?: 1 | 2 | 3;
	/** How often the document was read, in steps. */
	readonly reads: number;
	/** How many bytes of it were read, besides those hashed. */
	readonly bytesRead: number;
	/** What the caller should know. */
	readonly warnings: readonly Warning[];
}
