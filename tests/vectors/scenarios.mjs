// What the vectors show: the input of each and, where it is to fail, the code. Written by hand from the specification, never from
// output. make.mjs makes the rest.
//
// name: {
//   comment, flags               README.md explains the flags
//   document, certificate, chain, options, now, entropy     as in a vector; what is missing is DEFAULTS'
//   sign                         a request → the raw signature (signers.mjs)
//   http                         a request to a server → the response (services.mjs), which is recorded
//   issued                       files of the certificate that comes with the signature, and of its issuers
//   container                    a recipe of containers.py, or bytes of a session → bytes
//   session, begunWith           a sealed session → the one of the vector; the document that it was begun with
//   sessionKey                   the key by which the vector opens it, where that is not the one that sealed it
//   code                         what must come; without it the signature must succeed
//   sessionCode                  what must come of a session, where only a signing in one call succeeds
//   level                        the level of the output: the judges must accept it at that level
//   like                         a kind of tests/judges/kinds.json: the judges must say of ours what they say of pyHanko's
//   facts                        what the last signature must say of itself (tests/judges/facts.py), beside what follows from the options
// }
import { failing, inTurn, otherImprint, otherNonce, rejected, services, timestamp } from "./services.mjs";
import { otherEd25519, p1363, raw, signer, text } from "./signers.mjs";

const withKey = (name) => ({ certificate: `${name}.pem`, sign: signer(name) });
const byContainer = { certificate: undefined, chain: [] };
const resumed = { session: (saved) => saved };
const digest = "8a8e1b1f4c4a9a2f0b6f6b4f3c2d1e0f8a8e1b1f4c4a9a2f0b6f6b4f3c2d1e0f";
const policy = { oid: "1.3.6.1.4.1.99999.1", digestAlgorithm: "sha256", digest, uri: "https://example.org/policy.pdf" };

/** The time of the recording, in seconds since 1970 UTC. */
const RECORDED = 1796104800; // 2026-12-01T06:00:00Z
const tsas = (count) => ({ services: Array.from({ length: count }, (_, number) => ({ url: `http://recorded.example/tsa/${number}` })) });
/** A signer whose certificate names the recorded services. No root is trusted, so levels above B-T are reached but not required. */
const recorded = (level, options = {}, key = "rsa") => ({
	certificate: `recorded/${key}.pem`,
	chain: ["recorded/issuing.pem", "recorded/root.pem"],
	sign: signer(key),
	options: { level, ...(level !== "B-T" && { minimumLevel: "B-T" }), timestamp: tsas(1), ...options },
	now: RECORDED,
	http: services(),
	level,
});

export const DEFAULTS = {
	document: "classic.pdf",
	certificate: "rsa.pem",
	chain: ["chain.pem"],
	options: {},
	now: 1795569600, // 2026-11-25T01:20:00Z
	entropy: "07".repeat(32),
};

const algorithms = {
	"rsa-pkcs1-sha256": { comment: "RSA signs by PKCS #1 v1.5 and SHA-256 unless told otherwise", flags: ["RsaPkcs1"], ...withKey("rsa") },
	"rsa-pkcs1-sha384": {
		comment: "RSA PKCS #1 v1.5 with SHA-384",
		flags: ["RsaPkcs1"],
		...withKey("rsa"),
		options: { digestAlgorithm: "sha384" },
	},
	"rsa-pkcs1-sha512": {
		comment: "RSA PKCS #1 v1.5 with SHA-512",
		flags: ["RsaPkcs1"],
		...withKey("rsa"),
		options: { digestAlgorithm: "sha512" },
	},
	"rsa-pss-sha256": {
		comment: "RSA-PSS with a salt of 32 bytes",
		flags: ["RsaPss"],
		...withKey("rsa"),
		options: { signatureAlgorithm: "rsa-pss" },
		like: "rsa-pss-sha256",
	},
	"rsa-pss-sha512": {
		comment: "RSA-PSS with a salt of 64 bytes, as long as the digest",
		flags: ["RsaPss"],
		...withKey("rsa"),
		options: { signatureAlgorithm: "rsa-pss", digestAlgorithm: "sha512" },
		like: "rsa-pss-sha256",
	},
	"rsa-pss-only-certificate": {
		comment: "A certificate whose key is for PSS only makes PSS the default",
		flags: ["RsaPss"],
		...withKey("rsa-pss"),
		like: "rsa-pss-only-certificate",
	},
	"ecdsa-p256": { comment: "ECDSA on P-256 with SHA-256", flags: ["Ecdsa"], ...withKey("p256") },
	"ecdsa-p256-sha512": {
		comment: "ECDSA on P-256 with a digest longer than the curve",
		flags: ["Ecdsa"],
		...withKey("p256"),
		options: { digestAlgorithm: "sha512" },
	},
	"ecdsa-p384": { comment: "ECDSA on P-384 with SHA-384", flags: ["Ecdsa"], ...withKey("p384") },
	"ecdsa-p521": { comment: "ECDSA on P-521 with SHA-512", flags: ["Ecdsa"], ...withKey("p521") },
	"ecdsa-p256-r-and-s": {
		comment: "r and s, one after the other, become DER",
		flags: ["Ecdsa", "EcdsaFixed"],
		certificate: "p256.pem",
		sign: p1363("p256"),
	},
	"ecdsa-p521-r-and-s": {
		comment: "r and s of 66 bytes each become DER",
		flags: ["Ecdsa", "EcdsaFixed"],
		certificate: "p521.pem",
		sign: p1363("p521"),
	},
	ed25519: {
		comment: "Ed25519 signs the data itself, and the digest in the CMS is SHA-512",
		flags: ["Ed25519"],
		...withKey("ed25519"),
		like: "ed25519",
	},
	"ed25519-pdf-2.0": {
		comment: "Ed25519 in PDF 2.0, which names it in /Extensions",
		flags: ["Ed25519", "Extensions"],
		...withKey("ed25519"),
		document: "pdf-2.0.pdf",
		like: "pdf-2.0-ed25519",
	},
};

const certificates = {
	"certificate-der": { comment: "The certificate in DER", flags: ["Chain"], certificate: "rsa.der", sign: signer("rsa") },
	"chain-in-any-order": {
		comment: "The root first, an element twice, and the signer's own certificate among them",
		flags: ["Chain"],
		...withKey("p256"),
		chain: ["root.pem", "p256.pem", "chain.pem"],
	},
	"certificate-in-a-bundle": {
		comment: "Certificate and chain are one PEM bundle",
		flags: ["Chain"],
		certificate: "p256-bundle.pem",
		chain: [],
		sign: signer("p256"),
	},
};

const documents = {
	"xref-stream": { comment: "After a cross-reference stream comes a stream", flags: ["XrefStream"], document: "xref-stream.pdf" },
	hybrid: { comment: "After a hybrid section comes a table without /XRefStm", flags: ["Hybrid"], document: "hybrid.pdf", like: "hybrid" },
	"damaged-table": {
		comment: "No cross-reference can be read: the update carries a complete table and no /Prev",
		flags: ["Damaged"],
		document: "damaged.pdf",
		like: "damaged",
	},
	"damaged-streams": {
		comment: "The same of a document with object streams: a complete cross-reference stream",
		flags: ["Damaged", "XrefStream"],
		document: "damaged-streams.pdf",
		like: "damaged-streams",
	},
	"pdf-2.0": {
		comment: "PDF 2.0 with ECDSA, which /Extensions names",
		flags: ["Extensions", "Ecdsa"],
		...withKey("p256"),
		document: "pdf-2.0.pdf",
	},
	"pdfa-2b": { comment: "A PDF/A-2b file stays one", flags: ["PdfA"], document: "pdfa-2b.pdf", like: "pdfa-2b" },
	tagged: { comment: "A tagged document", flags: ["Tagged"], document: "tagged.pdf" },
	"long-document": { comment: "Longer than what is read at first", flags: [], document: "long.pdf" },
	"page-3": { comment: "The widget goes to the page asked for", flags: ["NewField"], document: "pages.pdf", options: { page: 3 } },
};

const fields = {
	"new-field-by-name": {
		comment: "A new field with the name asked for",
		flags: ["NewField"],
		options: { fieldName: "Freigabe für Köln" },
	},
	"new-field-beside-others": { comment: "A new field in a form that has fields", flags: ["NewField"], document: "field.pdf" },
	"existing-field": {
		comment: "An empty field by its full name",
		flags: ["ExistingField"],
		document: "field.pdf",
		options: { fieldName: "approval.director" },
	},
	"existing-field-required": {
		comment: "A field that has to exist, and does",
		flags: ["ExistingField"],
		document: "field.pdf",
		options: { fieldName: "approval.director", existingField: true },
	},
	"existing-field-with-lock": {
		comment: "The /Lock of the field becomes a FieldMDP reference",
		flags: ["ExistingField", "FieldMdp"],
		document: "field-lock.pdf",
		options: { fieldName: "approval.director" },
		facts: { lock: ["/Include", ["amount"]] },
	},
	"lock-include": {
		comment: "A new field locks the fields listed",
		flags: ["NewField", "FieldMdp"],
		document: "field.pdf",
		options: { lock: { action: "include", fields: ["amount"] } },
	},
	"lock-exclude": {
		comment: "A new field locks all fields but those listed",
		flags: ["NewField", "FieldMdp"],
		document: "field.pdf",
		options: { lock: { action: "exclude", fields: ["approval.director"] } },
	},
	"lock-all": {
		comment: "A new field locks all fields",
		flags: ["NewField", "FieldMdp"],
		document: "field.pdf",
		options: { lock: { action: "all" } },
	},
	"certify-1": { comment: "Certified: no changes", flags: ["DocMdp"], options: { certify: 1 } },
	"certify-2": { comment: "Certified: form filling and signing", flags: ["DocMdp"], options: { certify: 2 } },
	"certify-3": { comment: "Certified: annotations, too", flags: ["DocMdp"], options: { certify: 3 } },
	"certify-and-lock": {
		comment: "A certification that locks a field, too",
		flags: ["DocMdp", "FieldMdp"],
		document: "field.pdf",
		options: { certify: 2, lock: { action: "include", fields: ["amount"] } },
	},
	"signed-again": {
		comment: "A second signature, after pyHanko's",
		flags: ["SecondSignature"],
		document: "signed.pdf",
		like: "signed-twice",
	},
	"signed-again-on-certified-2": {
		comment: "An existing field of a document certified for form filling by pyHanko",
		flags: ["SecondSignature", "DocMdp", "ExistingField"],
		document: "certified-2.pdf",
		options: { fieldName: "approval.director" },
		like: "certified-then-signed",
	},
	"signed-again-beside-a-lock": {
		comment: "pyHanko's signature locks another field",
		flags: ["SecondSignature", "FieldMdp"],
		document: "signed-lock.pdf",
		like: "signed-twice",
	},
};

const attributes = {
	policy: {
		comment: "A signature policy with its address",
		flags: ["Policy"],
		options: { policy },
		like: "policy",
		facts: { mentions: [policy.oid, policy.uri] },
	},
	"policy-without-uri": {
		comment: "A signature policy without address",
		flags: ["Policy"],
		options: { policy: { oid: "1.2.3.4", digestAlgorithm: "sha512", digest: digest + digest } },
		like: "policy",
		facts: { mentions: ["1.2.3.4", "sha512"] },
	},
	"commitment-type-by-name": {
		comment: "A commitment type by its name",
		flags: ["CommitmentType"],
		options: { commitmentType: "proof-of-approval" },
		like: "commitment-type",
		facts: { mentions: ["proof_of_approval"] },
	},
	"commitment-type-by-oid": {
		comment: "A commitment type by its object identifier: proof of creation",
		flags: ["CommitmentType"],
		options: { commitmentType: "1.2.840.113549.1.9.16.6.6" },
		like: "commitment-type",
		facts: { mentions: ["proof_of_creation"] },
	},
	"signer-roles": {
		comment: "Two claimed roles",
		flags: ["SignerRoles"],
		options: { signerRoles: ["director", "Prüferin"] },
		like: "signer-roles",
		facts: { roles: ["director", "Prüferin"] },
	},
	"plain-cms": { comment: "adbe.pkcs7.detached", flags: ["PlainCms"], options: { pades: false }, like: "plain-pkcs7" },
	"issued-rsa": {
		comment: "The certificate of an RSA key comes with the signature",
		flags: ["Issued", "PlainCms", "RsaPkcs1"],
		...byContainer,
		options: { pades: false, signatureAlgorithm: "rsa-pkcs1" },
		issued: ["rsa.pem", "chain.pem"],
		like: "plain-pkcs7-issued",
	},
	"issued-ecdsa": {
		comment: "The certificate of an ECDSA key, whose curve is not known before, comes with the signature",
		flags: ["Issued", "PlainCms", "Ecdsa"],
		...byContainer,
		options: { pades: false, signatureAlgorithm: "ecdsa", digestAlgorithm: "sha384" },
		sign: signer("p384"),
		issued: ["p384.pem", "chain.pem"],
		like: "plain-pkcs7-issued",
	},
	"issued-of-another-kind": {
		comment: "A certificate with a key for another algorithm than the request was for",
		flags: ["Issued", "WrongCertificate"],
		...byContainer,
		options: { pades: false, signatureAlgorithm: "rsa-pkcs1" },
		sign: signer("rsa"),
		issued: ["p256.pem"],
		code: "ERR_ALGORITHM_MISMATCH",
	},
	"issued-to-another": {
		comment: "A certificate of another key than the one that signed",
		flags: ["Issued", "WrongAnswer"],
		...byContainer,
		options: { pades: false, signatureAlgorithm: "ecdsa" },
		sign: signer("p256"),
		issued: ["no-signing-usage.pem"],
		code: "ERR_SIGNATURE_MISMATCH",
	},
	"issued-is-missing": {
		comment: "No certificate comes with the signature",
		flags: ["Issued", "WrongAnswer"],
		...byContainer,
		options: { pades: false, signatureAlgorithm: "rsa-pkcs1" },
		sign: signer("rsa"),
		code: "ERR_SESSION_NO_CERTIFICATE",
	},
	"issued-though-known": {
		comment: "A certificate comes with the signature, and the session has one",
		flags: ["Issued", "WrongAnswer"],
		...resumed,
		sign: signer("rsa"),
		issued: ["rsa.pem", "chain.pem"],
		code: "ERR_SESSION_ARGUMENTS",
	},
	"issued-in-pades": {
		comment: "PAdES signs the digest of the certificate: the session takes a container only",
		flags: ["Issued", "Pades", "WrongAnswer"],
		...byContainer,
		options: { signatureAlgorithm: "rsa-pkcs1" },
		sign: () => Buffer.alloc(256, 1),
		issued: ["rsa.pem", "chain.pem"],
		code: "ERR_SESSION_NO_CERTIFICATE",
	},
	"plain-cms-signing-time": {
		comment: "adbe.pkcs7.detached with signing-time",
		flags: ["PlainCms", "SigningTime"],
		options: { pades: false, signingTimeAttribute: true },
		like: "plain-pkcs7-signing-time",
	},
	"utc-offset-east": {
		comment: "The time of signing, as it is five and a half hours east of UTC",
		flags: ["SigningTime"],
		options: { utcOffsetMinutes: 330 },
	},
	"utc-offset-west": {
		comment: "The time of signing, as it is nine and a half hours west of UTC, where it is the day before",
		flags: ["SigningTime"],
		options: { utcOffsetMinutes: -570 },
	},
	"utc-offset-with-signing-time": {
		comment: "An offset in /M, and UTC in the signing-time attribute",
		flags: ["PlainCms", "SigningTime"],
		options: { utcOffsetMinutes: -600, pades: false, signingTimeAttribute: true },
		like: "plain-pkcs7-signing-time",
	},
	"texts-of-many-scripts": {
		comment: "Greek, CJK, an emoji, a parenthesis and a backslash: UTF-16BE",
		flags: ["TextString"],
		options: {
			name: "Αθηνά Παπαδοπούλου",
			reason: "合同已批准 ✍️ 🖋 ) first \\ second",
			location: "Żółw, Köln",
			contactInfo: "имя@пример.рф",
		},
	},
	"texts-in-pdfdocencoding": {
		comment: "What PDFDocEncoding holds is written in it, with escapes",
		flags: ["TextString"],
		options: { name: "Zoë Łuk • €", reason: "a ) b ( c \\ d", location: "São Paulo", contactInfo: "(+49) 221" },
	},
	"larger-container-size": { comment: "More room for the container than it needs", flags: [], options: { containerSize: 20000 } },
};

const wrongOptions = {
	"unknown-option": { comment: "A misspelt option", options: { pads: true }, code: "ERR_OPTION_UNKNOWN" },
	"unknown-option-in-lock": {
		comment: "A misspelt option within another",
		options: { lock: { action: "all", field: [] } },
		code: "ERR_OPTION_UNKNOWN",
	},
	"option-of-wrong-type": { comment: "`pades` is a text", options: { pades: "yes" }, code: "ERR_OPTION_VALUE" },
	"page-is-no-integer": { comment: "`page` has a fraction", options: { page: 1.5 }, code: "ERR_OPTION_VALUE" },
	"certify-4": { comment: "There are three levels", options: { certify: 4 }, code: "ERR_OPTION_VALUE" },
	"lock-action-unknown": {
		comment: "`lock.action` is another",
		options: { lock: { action: "only", fields: ["amount"] } },
		code: "ERR_OPTION_VALUE",
	},
	"policy-oid-is-no-oid": {
		comment: "`policy.oid` is a name",
		options: { policy: { ...policy, oid: "policy" } },
		code: "ERR_OPTION_VALUE",
	},
	"commitment-type-unknown": { comment: "Neither a name nor an OID", options: { commitmentType: "proof" }, code: "ERR_OPTION_VALUE" },
	"signing-time-attribute-in-pades": {
		comment: "PAdES knows no signing-time",
		flags: ["Pades", "SigningTime"],
		options: { signingTimeAttribute: true },
		code: "ERR_OPTION_VALUE",
	},
	"utc-offset-of-a-day": { comment: "An offset of 24 hours", options: { utcOffsetMinutes: 1440 }, code: "ERR_OPTION_VALUE" },
	"signing-time-in-the-year-10000": { comment: "A time that /M cannot hold", now: 253402300800, code: "ERR_SIGNING_TIME" },
	"digest-algorithm-unknown": { comment: "MD5", options: { digestAlgorithm: "md5" }, code: "ERR_ALGORITHM_UNKNOWN" },
	"signature-algorithm-unknown": {
		comment: "`rsa` alone says not which",
		options: { signatureAlgorithm: "rsa" },
		code: "ERR_ALGORITHM_UNKNOWN",
	},
	"ecdsa-with-an-rsa-key": { comment: "The key is another", options: { signatureAlgorithm: "ecdsa" }, code: "ERR_ALGORITHM_MISMATCH" },
	"pkcs1-with-a-pss-only-key": {
		comment: "The certificate restricts its key to PSS",
		flags: ["RsaPss"],
		certificate: "rsa-pss.pem",
		options: { signatureAlgorithm: "rsa-pkcs1" },
		code: "ERR_ALGORITHM_MISMATCH",
	},
	"ed25519-with-sha256": {
		comment: "Ed25519 in CMS goes with SHA-512",
		flags: ["Ed25519"],
		certificate: "ed25519.pem",
		options: { digestAlgorithm: "sha256" },
		code: "ERR_ALGORITHM_MISMATCH",
	},
	"policy-without-digest": {
		comment: "The policy's digest is missing",
		flags: ["Policy"],
		options: { policy: { oid: "1.2.3" } },
		code: "ERR_POLICY_DIGEST",
	},
	"policy-digest-of-wrong-length": {
		comment: "32 bytes are no SHA-512",
		flags: ["Policy"],
		options: { policy: { ...policy, digestAlgorithm: "sha512" } },
		code: "ERR_POLICY_DIGEST",
	},
	"reason-with-policy": {
		comment: "PAdES knows no reason beside a policy",
		flags: ["Pades", "Policy"],
		options: { reason: "Approved", policy },
		code: "ERR_REASON_WITH_POLICY",
	},
	"reason-with-commitment-type": {
		comment: "Nor beside a commitment type",
		flags: ["Pades", "CommitmentType"],
		options: { reason: "Approved", commitmentType: "proof-of-approval" },
		code: "ERR_REASON_WITH_POLICY",
	},
	"field-name-with-dot": {
		comment: "A dot separates the parts of a full name",
		flags: ["NewField"],
		options: { fieldName: "a.b" },
		code: "ERR_FIELD_NAME",
	},
	"field-name-empty": { comment: "A name of no letters", flags: ["NewField"], options: { fieldName: "" }, code: "ERR_FIELD_NAME" },
	"field-is-missing": {
		comment: "A field that has to exist, and is there by another full name only",
		flags: ["ExistingField"],
		document: "field.pdf",
		options: { fieldName: "director", existingField: true },
		code: "ERR_FIELD_MISSING",
	},
	"field-is-a-text-field": {
		comment: "The field takes text",
		flags: ["ExistingField"],
		document: "field.pdf",
		options: { fieldName: "amount" },
		code: "ERR_FIELD_NOT_SIGNATURE",
	},
	"field-is-signed": {
		comment: "The field has a signature",
		flags: ["ExistingField"],
		document: "signed.pdf",
		options: { fieldName: "Signature1" },
		code: "ERR_FIELD_SIGNED",
	},
	"field-has-seed-value": {
		comment: "Its seed value asks for another encoding",
		flags: ["ExistingField"],
		document: "field-seed-value.pdf",
		options: { fieldName: "approval.director" },
		code: "ERR_SEED_VALUE",
	},
	"field-is-locked": {
		comment: "An earlier signature locks the field",
		flags: ["FieldMdp"],
		document: "signed-lock.pdf",
		options: { fieldName: "approval.director" },
		code: "ERR_FIELD_LOCKED",
	},
	"page-0": { comment: "Pages count from 1", options: { page: 0 }, code: "ERR_PAGE_NUMBER" },
	"page-6-of-5": { comment: "There is no such page", document: "pages.pdf", options: { page: 6 }, code: "ERR_PAGE_NUMBER" },
	"container-size-0": { comment: "Nothing reserved", options: { containerSize: 0 }, code: "ERR_CONTAINER_SIZE" },
	"container-size-below-need": {
		comment: "Refused before anybody is asked to sign",
		options: { containerSize: 1024 },
		code: "ERR_CONTAINER_SIZE",
	},
	"certify-a-certified-document": {
		comment: "A second certification",
		flags: ["DocMdp"],
		document: "certified-2.pdf",
		options: { certify: 2 },
		code: "ERR_ALREADY_CERTIFIED",
	},
	"certify-a-signed-document": {
		comment: "A certification comes first",
		flags: ["DocMdp"],
		document: "signed.pdf",
		options: { certify: 2 },
		code: "ERR_CERTIFY_NOT_FIRST",
	},
	"sign-a-document-certified-1": {
		comment: "P=1 permits no signature",
		flags: ["DocMdp"],
		document: "certified-1.pdf",
		code: "ERR_CERTIFIED",
	},
};

const wrongDocuments = {
	"document-empty": { comment: "No bytes", document: "broken-empty.pdf", code: "ERR_FILE_EMPTY" },
	"document-without-header": {
		comment: "No %PDF-",
		document: "broken-no-header.pdf",
		options: { strict: true },
		code: "ERR_NOT_A_PDF",
	},
	"document-without-startxref": {
		comment: "No startxref",
		document: "broken-no-startxref.pdf",
		options: { strict: true },
		code: "ERR_XREF_MISSING",
	},
	"document-with-startxref-to-nowhere": {
		comment: "startxref points at an object",
		document: "broken-startxref.pdf",
		options: { strict: true },
		code: "ERR_XREF_BROKEN",
	},
	"document-cut-short": {
		comment: "The second revision has no end",
		document: "broken-revision-cut-short.pdf",
		options: { strict: true },
		code: "ERR_FILE_TRUNCATED",
	},
	"document-encrypted-password-missing": {
		comment: "The document needs a password, and none is given",
		document: "encrypted-user-aes-128.pdf",
		code: "ERR_PASSWORD_MISSING",
	},
	"document-encrypted-password-wrong": {
		comment: "The password is neither a user's nor the owner's",
		document: "encrypted-user-aes-128.pdf",
		options: { password: "User" },
		code: "ERR_PASSWORD_WRONG",
	},
};

const encrypted = {
	"encrypted-no-password-needed": {
		comment: "AES-256, and the empty password opens it",
		document: "encrypted.pdf",
		options: { reason: "read (and approved)", location: "Köln" },
	},
	"encrypted-aes-128-as-user": {
		comment: "AES-128, opened by the user's password",
		document: "encrypted-user-aes-128.pdf",
		options: { password: "user", name: "Αθηνά" },
	},
	"encrypted-rc4-as-owner": {
		comment: "RC4 with 128 bits, opened by the owner's password",
		document: "encrypted-user-rc4.pdf",
		options: { password: "owner", certify: 2 },
		like: "encrypted-rc4-128",
	},
	"encrypted-object-streams": {
		comment: "AES-256, where the strings of a changed object were encrypted with their object stream",
		document: "encrypted-object-streams.pdf",
		options: { password: "user", reason: "approved" },
		like: "encrypted-object-streams",
	},
};

const integrityCodes = {
	"mac-sha256": {
		comment: "A code over SHA-256 in the trailer: the new one is attached to the signature",
		document: "encrypted/mac.pdf",
		options: { password: "user" },
		like: "encrypted-mac-sha3",
	},
	"mac-sha3": {
		comment: "A code over SHA3-512, opened by the owner's password",
		document: "encrypted/mac-sha3.pdf",
		options: { password: "owner", digestAlgorithm: "sha512" },
		like: "encrypted-mac-sha3",
	},
	"mac-sha384-xref-stream": {
		comment: "A code over SHA-384 in the dictionary of a cross-reference stream",
		document: "encrypted/mac-xref-stream.pdf",
		options: { password: "user" },
		like: "encrypted-mac-xref-stream",
	},
	"mac-signed": {
		comment: "A code that is attached to the signature of another implementation",
		flags: ["SecondSignature"],
		document: "encrypted/mac-signed.pdf",
		options: { password: "user", digestAlgorithm: "sha384" },
		like: "encrypted-mac-signed-before",
	},
};

const wrongCertificates = {
	"certificate-is-a-private-key": { comment: "A private key is refused by name", certificate: "p256.key", code: "ERR_CERTIFICATE_FORMAT" },
	"certificate-of-rsa-1024": {
		comment: "The key is too short",
		flags: ["RsaPkcs1"],
		certificate: "rsa-1024.pem",
		code: "ERR_CERTIFICATE_KEY",
	},
	"certificate-expired-strict": {
		comment: "Signed in 2040",
		flags: ["Strict"],
		now: 2208988800,
		options: { strict: true },
		code: "ERR_CERTIFICATE_EXPIRED",
	},
	"certificate-not-yet-valid-strict": {
		comment: "Signed in 2020",
		flags: ["Strict"],
		now: 1577836800,
		options: { strict: true },
		code: "ERR_CERTIFICATE_NOT_YET_VALID",
	},
	"certificate-key-usage-strict": {
		comment: "The key usage is keyAgreement alone",
		flags: ["Strict"],
		certificate: "no-signing-usage.pem",
		options: { strict: true },
		code: "ERR_CERTIFICATE_KEY_USAGE",
	},
	"chain-is-a-private-key": { comment: "An element of the chain is none", flags: ["Chain"], chain: ["p256.key"], code: "ERR_CHAIN_FORMAT" },
	"chain-of-another": { comment: "The chain is a stranger's", flags: ["Chain"], chain: ["stranger.pem"], code: "ERR_CHAIN_UNRELATED" },
	"chain-with-a-stranger": { comment: "One too many", flags: ["Chain"], chain: ["chain.pem", "stranger.pem"], code: "ERR_CHAIN_UNRELATED" },
};

const other = (name, algorithm) => (request) => signer(name)({ ...request, ...algorithm });
const pss = { certificate: "rsa.pem", options: { signatureAlgorithm: "rsa-pss" } };
const p256 = { certificate: "p256.pem" };
const ed25519 = { certificate: "ed25519.pem" };
const shorter = (sign) => (request) => sign(request).subarray(0, -1);
const ofDigest = (name) => (request) => signer(name)({ ...request, data: request.digest });

const wrongAnswers = {
	"signature-empty": { comment: "No bytes", sign: () => Buffer.alloc(0), code: "ERR_SIGNATURE_EMPTY" },
	"signature-in-base64": { comment: "Base64 of the right signature", sign: text(signer("rsa"), "base64"), code: "ERR_SIGNATURE_TEXT" },
	"signature-in-hexadecimal": {
		comment: "Hexadecimal of the right signature",
		sign: text(signer("rsa"), "hex"),
		code: "ERR_SIGNATURE_TEXT",
	},
	"signature-in-pem": { comment: "PEM of the right signature", sign: text(signer("rsa"), "pem"), code: "ERR_SIGNATURE_TEXT" },
	"signature-in-base64-ecdsa": {
		comment: "Base64 of the right signature",
		...p256,
		sign: text(signer("p256"), "base64"),
		code: "ERR_SIGNATURE_TEXT",
	},
	"rsa-too-short": { comment: "A byte is missing", sign: shorter(signer("rsa")), code: "ERR_SIGNATURE_LENGTH" },
	"rsa-another-key": { comment: "The key of the issuer", sign: signer("issuing"), code: "ERR_SIGNATURE_MISMATCH" },
	"rsa-other-data": {
		comment: "The right key over other data",
		sign: other("rsa", { data: Buffer.from("other") }),
		code: "ERR_SIGNATURE_OTHER_DATA",
	},
	"rsa-another-digest": {
		comment: "SHA-512 where SHA-256 is asked for",
		sign: other("rsa", { digestAlgorithm: "sha512" }),
		code: "ERR_SIGNATURE_OTHER_DATA",
	},
	"rsa-digest-of-digest": { comment: "The digest was digested again", sign: ofDigest("rsa"), code: "ERR_SIGNATURE_DOUBLE_DIGEST" },
	"rsa-bare-digest": {
		comment: "A digest where PKCS #1 v1.5 signs a DigestInfo",
		sign: ({ digest }) => raw("rsa", digest),
		code: "ERR_SIGNATURE_NO_DIGEST_INFO",
	},
	"rsa-pss-for-pkcs1": {
		comment: "PSS where PKCS #1 v1.5 is asked for",
		sign: other("rsa", { saltLength: 32 }),
		code: "ERR_SIGNATURE_SCHEME",
	},
	"rsa-pkcs1-for-pss": {
		comment: "PKCS #1 v1.5 where PSS is asked for",
		...pss,
		sign: other("rsa", { saltLength: undefined }),
		code: "ERR_SIGNATURE_SCHEME",
	},
	"rsa-pss-salt-20": {
		comment: "A salt of 20 bytes, the default of RFC 8017",
		...pss,
		sign: other("rsa", { saltLength: 20 }),
		code: "ERR_SIGNATURE_SALT_LENGTH",
	},
	"rsa-pss-salt-longest": {
		comment: "As much salt as fits, OpenSSL's default",
		...pss,
		sign: other("rsa", { saltLength: 222 }),
		code: "ERR_SIGNATURE_SALT_LENGTH",
	},
	"rsa-pss-digest-of-digest": {
		comment: "The digest was digested again",
		...pss,
		sign: ofDigest("rsa"),
		code: "ERR_SIGNATURE_DOUBLE_DIGEST",
	},
	"ecdsa-another-key": {
		comment: "Another key on the same curve",
		certificate: "no-signing-usage.pem",
		sign: signer("p256"),
		code: "ERR_SIGNATURE_MISMATCH",
	},
	"ecdsa-digest-of-digest": {
		comment: "The digest was digested again",
		...p256,
		sign: ofDigest("p256"),
		code: "ERR_SIGNATURE_DOUBLE_DIGEST",
	},
	"ecdsa-another-curve": { comment: "A signature of P-384", ...p256, sign: other("p384"), code: "ERR_SIGNATURE_LENGTH" },
	"ecdsa-r-and-s-too-short": { comment: "A byte of s is missing", ...p256, sign: shorter(p1363("p256")), code: "ERR_SIGNATURE_LENGTH" },
	"ecdsa-der-cut-short": { comment: "Begins like DER", ...p256, sign: shorter(signer("p256")), code: "ERR_SIGNATURE_FORMAT" },
	"ed25519-too-short": { comment: "A byte is missing", ...ed25519, sign: shorter(signer("ed25519")), code: "ERR_SIGNATURE_LENGTH" },
	"ed25519-another-key": { comment: "Another key", ...ed25519, sign: otherEd25519, code: "ERR_SIGNATURE_MISMATCH" },
	"ed25519-over-the-digest": {
		comment: "The digest was signed, not the data",
		...ed25519,
		sign: ofDigest("ed25519"),
		code: "ERR_SIGNATURE_DOUBLE_DIGEST",
	},
};

const containers = {
	"container-by-pyhanko": { comment: "A PAdES container of pyHanko", flags: ["Pades"], container: "pyhanko" },
	"container-by-pyhanko-sha512": {
		comment: "The digest of the signing service",
		flags: ["Pades"],
		options: { digestAlgorithm: "sha512" },
		container: "pyhanko",
	},
	"container-with-known-certificate": {
		comment: "The session was begun with the certificate",
		flags: ["Pades"],
		certificate: "p256.pem",
		chain: ["chain.pem"],
		options: { containerSize: 8192 },
		container: "pyhanko",
	},
	"container-by-openssl": {
		comment: "Plain CMS of OpenSSL, with signing-time",
		flags: ["PlainCms", "SigningTime"],
		options: { pades: false },
		container: "openssl",
		like: "plain-pkcs7-signing-time",
		facts: { attributes: ["content_type", "message_digest", "signing_certificate_v2", "signing_time", "smime_capabilities"] },
	},
	"container-in-ber": {
		comment: "Indefinite lengths become DER, the signed attributes untouched",
		flags: ["Pades", "Ber"],
		container: "ber",
	},
	"container-of-a-saved-session": {
		comment: "A sealed session without certificate",
		flags: ["Session"],
		...resumed,
		container: "pyhanko",
	},
};

const wrongContainers = {
	"container-empty": { comment: "No bytes", container: () => Buffer.alloc(0), code: "ERR_CONTAINER_FORMAT" },
	"container-cut-short": { comment: "The last byte is missing", container: "cut-short", code: "ERR_CONTAINER_FORMAT" },
	"container-in-pem": { comment: "PEM of a good container", container: "pem", code: "ERR_CONTAINER_FORMAT" },
	"container-is-a-raw-signature": {
		comment: "A signature without CMS around it",
		container: ({ hash }) => signer("p256")({ data: hash, digestAlgorithm: "sha256" }),
		code: "ERR_CONTAINER_FORMAT",
	},
	"container-too-large": {
		comment: "More than is reserved",
		options: { containerSize: 1024 },
		container: "pyhanko",
		code: "ERR_CONTAINER_TOO_LARGE",
	},
	"container-with-content": { comment: "The content is attached", container: "attached-content", code: "ERR_CONTAINER_CONTENT" },
	"container-with-content-in-ber": {
		comment: "The content is attached in pieces",
		flags: ["Ber"],
		container: "openssl-stream",
		code: "ERR_CONTAINER_CONTENT",
	},
	"container-with-two-signers": { comment: "Two SignerInfos", container: "two-signers", code: "ERR_CONTAINER_SIGNERS" },
	"container-without-signer": { comment: "Certificates only", container: "no-signer", code: "ERR_CONTAINER_SIGNERS" },
	"container-without-signer-certificate": {
		comment: "The chain, but not the signer's own",
		container: "no-signer-certificate",
		code: "ERR_CONTAINER_SIGNER_CERTIFICATE",
	},
	"container-by-another-certificate": {
		comment: "The session was begun with another certificate",
		certificate: "rsa.pem",
		chain: ["chain.pem"],
		options: { containerSize: 8192 },
		container: "pyhanko",
		code: "ERR_CONTAINER_SIGNER_CERTIFICATE",
	},
	"container-with-another-digest": {
		comment: "SHA-256 where the session has SHA-512",
		options: { digestAlgorithm: "sha512" },
		container: ["crafted", "sha256"],
		code: "ERR_CONTAINER_DIGEST_ALGORITHM",
	},
	"container-for-another-document": {
		comment: "Another message digest",
		container: "another-document",
		code: "ERR_CONTAINER_MESSAGE_DIGEST",
	},
	"container-with-signing-time": {
		comment: "PAdES forbids signing-time",
		flags: ["Pades", "SigningTime"],
		container: "signing-time",
		code: "ERR_CONTAINER_SIGNING_TIME",
	},
	"container-by-openssl-in-pades": {
		comment: "OpenSSL always sets signing-time",
		flags: ["Pades", "SigningTime"],
		container: "openssl",
		code: "ERR_CONTAINER_SIGNING_TIME",
	},
	"container-without-signing-certificate": {
		comment: "PAdES requires signing-certificate-v2",
		flags: ["Pades"],
		container: "no-signing-certificate",
		code: "ERR_CONTAINER_SIGNING_CERTIFICATE",
	},
	"container-with-signing-certificate-of-another": {
		comment: "signing-certificate-v2 names another certificate",
		flags: ["Pades"],
		container: "signing-certificate-of-another",
		code: "ERR_CONTAINER_SIGNING_CERTIFICATE",
	},
	"container-without-signed-attributes": {
		comment: "The content itself was signed",
		flags: ["SignedAttributes"],
		container: "no-signed-attributes",
		code: "ERR_CONTAINER_SIGNED_ATTRIBUTES",
	},
	"container-without-message-digest": {
		comment: "message-digest is missing",
		flags: ["SignedAttributes"],
		container: "no-message-digest",
		code: "ERR_CONTAINER_SIGNED_ATTRIBUTES",
	},
	"container-without-content-type": {
		comment: "content-type is missing",
		flags: ["SignedAttributes"],
		container: "no-content-type",
		code: "ERR_CONTAINER_SIGNED_ATTRIBUTES",
	},
	"container-with-unordered-attributes": {
		comment: "The signed attributes are not in DER",
		flags: ["SignedAttributes"],
		container: "unordered-attributes",
		code: "ERR_CONTAINER_SIGNED_ATTRIBUTES",
	},
	"container-with-algorithm-protection": {
		comment: "cms-algorithm-protection that names the algorithms of the SignerInfo",
		flags: ["Pades"],
		container: "algorithm-protection",
	},
	"container-protects-another-digest": {
		comment: "cms-algorithm-protection names another digest algorithm (RFC 6211, 3)",
		container: "algorithm-protection-of-another-digest",
		code: "ERR_CONTAINER_SIGNED_ATTRIBUTES",
	},
	"container-protects-another-signature": {
		comment: "cms-algorithm-protection names another signature algorithm (RFC 6211, 3)",
		container: "algorithm-protection-of-another-signature",
		code: "ERR_CONTAINER_SIGNED_ATTRIBUTES",
	},
	"container-with-ecdsa-parameters": {
		comment: "NULL beside ecdsa-with-SHA256, which has no parameters (RFC 5758, 3.2)",
		container: "ecdsa-with-parameters",
		code: "ERR_CONTAINER_SIGNATURE",
	},
	"container-with-two-signer-certificates": {
		comment: "Two certificates with the issuer and serial number of the signer",
		container: "two-signer-certificates",
		code: "ERR_CONTAINER_SIGNER_CERTIFICATE",
	},
	"container-with-unknown-revocation-information": {
		comment: "Revocation information that is neither a CRL nor an OCSP response",
		container: "unknown-revocation-information",
		code: "ERR_CONTAINER_FORMAT",
	},
	"container-with-a-spoiled-signature": {
		comment: "A bit of the signature is another",
		container: "spoiled-signature",
		code: "ERR_CONTAINER_SIGNATURE",
	},
};

const flipped = (at) => (saved) => saved.map((byte, index) => (index === at ? byte ^ 1 : byte));

const sessions = {
	"session-sealed-rsa": { comment: "A sealed session, to be completed by a raw signature", ...resumed, sign: signer("rsa") },
	"session-sealed-ecdsa": {
		comment: "The same with ECDSA and options",
		...resumed,
		...withKey("p256"),
		options: { certify: 2, signerRoles: ["director"] },
		like: "signer-roles",
		facts: { roles: ["director"] },
	},
	"session-without-certificate": {
		comment: "A raw signature for a session that takes a container only",
		...byContainer,
		...resumed,
		sign: () => signer("rsa")({ data: Buffer.alloc(1), digestAlgorithm: "sha256" }),
		code: "ERR_SESSION_NO_CERTIFICATE",
	},
	"session-of-another-document": {
		comment: "The document is another of the same length",
		...resumed,
		begunWith: "classic.pdf",
		document: "pdf-2.0.pdf",
		code: "ERR_SESSION_DOCUMENT",
	},
	"session-of-a-longer-document": {
		comment: "The document is another",
		...resumed,
		begunWith: "classic.pdf",
		document: "pages.pdf",
		code: "ERR_SESSION_DOCUMENT",
	},
	"session-is-none": { comment: "Other bytes", ...resumed, session: () => Buffer.from("rustpdf"), code: "ERR_SESSION_FORMAT" },
	"session-of-another-version": {
		comment: "The byte of the version is another",
		...resumed,
		session: flipped(16),
		code: "ERR_SESSION_VERSION",
	},
	"session-changed": { comment: "A bit in the middle is another", ...resumed, session: flipped(1000), code: "ERR_SESSION_SEAL" },
	"session-cut-short": {
		comment: "The last byte is missing",
		...resumed,
		session: (saved) => saved.subarray(0, -1),
		code: "ERR_SESSION_SEAL",
	},
	"session-of-another-key": {
		comment: "The key is not the one that sealed the session",
		...resumed,
		sessionKey: "ff".repeat(32),
		code: "ERR_SESSION_SEAL",
	},
	"session-of-a-short-key": {
		comment: "A key of 31 bytes is refused",
		...resumed,
		sessionKey: "ff".repeat(31),
		code: "ERR_ARGUMENT",
	},
};

const levels = {
	"level-b-t": { comment: "A timestamp of the signature", ...recorded("B-T") },
	"level-b-t-p256": { comment: "A timestamp of an ECDSA signature", ...recorded("B-T", {}, "p256") },
	"level-b-t-second-service": {
		comment: "The first service fails, and the second one is asked",
		...recorded("B-T", { timestamp: tsas(2) }),
		http: services({ timestamp: inTurn(failing(500), timestamp) }),
	},
	"level-b-t-sha512": { comment: "A timestamp by SHA-512", ...recorded("B-T", { timestamp: { ...tsas(1), digestAlgorithm: "sha512" } }) },
	"level-b-lt": { comment: "Certificates, an OCSP response and revocation lists in the document security store", ...recorded("B-LT") },
	"level-b-lt-by-lists": { comment: "Revocation lists alone", ...recorded("B-LT", { validation: { prefer: "crl" } }) },
	"level-b-lt-list-in-place-of-status": {
		comment: "The responder answers tryLater, and the list proves",
		...recorded("B-LT"),
		http: services({ ocsp: () => Buffer.from("30030a0103", "hex") }),
	},
	"level-b-lt-issuers-by-address": {
		comment: "The issuers come from the addresses in the certificates",
		...recorded("B-LT", { digestAlgorithm: "sha384" }),
		chain: [],
	},
	"level-b-lta": { comment: "A document timestamp over all of that, in one update with it", ...recorded("B-LTA") },
	"level-b-lta-p256": { comment: "The same of an ECDSA signature by SHA-384", ...recorded("B-LTA", { digestAlgorithm: "sha384" }, "p256") },
	"level-b-lta-encrypted": {
		comment: "The streams of the store are encrypted as the document is, and the containers are not",
		flags: ["Encrypted"],
		...recorded("B-LTA", { password: "owner" }),
		document: "encrypted/aes-256.pdf",
	},
	"level-b-lta-xref-stream": { comment: "Two updates after a cross-reference stream", ...recorded("B-LTA"), document: "xref-stream.pdf" },
	"level-lower-b-b": {
		comment: "No service gives a timestamp, and B-B is accepted",
		...recorded("B-T", { minimumLevel: "B-B" }),
		certificate: "rsa.pem",
		chain: ["chain.pem"],
		http: services({ timestamp: failing(500) }),
		level: undefined,
	},
	"level-lower-b-t": {
		comment: "Nothing proves the signer's certificate, and B-T is accepted",
		...recorded("B-LTA"),
		http: services({ ocsp: failing(503), crl: failing(404) }),
		level: "B-T",
	},
	"level-without-a-timestamp": {
		comment: "The service fails",
		...recorded("B-T"),
		http: services({ timestamp: failing(500) }),
		code: "ERR_TIMESTAMP_UNAVAILABLE",
	},
	"level-timestamp-of-a-portal": {
		comment: "The answer is a page of HTML",
		...recorded("B-T"),
		http: services({ timestamp: failing(200, "<html><title>Sign in</title></html>") }),
		code: "ERR_TIMESTAMP_INVALID",
	},
	"level-timestamp-rejected": {
		comment: "The service refuses the request",
		...recorded("B-T"),
		http: services({ timestamp: rejected }),
		code: "ERR_TIMESTAMP_REJECTED",
	},
	"level-timestamp-of-other-data": {
		comment: "The timestamp has another digest",
		...recorded("B-T"),
		http: services({ timestamp: otherImprint }),
		code: "ERR_TIMESTAMP_MISMATCH",
	},
	"level-timestamp-of-another-request": {
		comment: "The timestamp has another nonce",
		...recorded("B-T"),
		http: services({ timestamp: otherNonce }),
		code: "ERR_TIMESTAMP_MISMATCH",
	},
	"level-revoked": {
		comment: "The certificate of the signer is revoked: no lower level is accepted",
		...recorded("B-LT"),
		certificate: "recorded/revoked.pem",
		code: "ERR_CERTIFICATE_REVOKED",
	},
};

const wrongLevels = {
	"level-without-a-service": { comment: "A level without a timestamp service", options: { level: "B-T" }, code: "ERR_TIMESTAMP_SERVICE" },
	"level-without-trust": {
		comment: "B-LT without trusted certificates",
		options: { level: "B-LT", timestamp: tsas(1) },
		code: "ERR_LEVEL",
	},
	"level-without-pades": {
		comment: "A level of PAdES without it",
		options: { level: "B-T", pades: false, timestamp: tsas(1) },
		code: "ERR_LEVEL",
	},
	"level-below-the-lowest": {
		comment: "The lowest level is above the level",
		options: { level: "B-T", minimumLevel: "B-LT", timestamp: tsas(1) },
		code: "ERR_LEVEL",
	},
};

const file = (name) => ({ file: name });
const box = [36, 36, 236, 96];
const shown = (appearance, options = {}) => ({ options: { appearance: { rect: box, ...appearance }, ...options } });

const visible = {
	"visible-default": {
		comment: "The default appearance at the lower right corner",
		options: { appearance: {}, reason: "Read and approved", location: "Graz" },
	},
	"visible-on-a-rotated-page": { comment: "The box is that of the page as it is seen", document: "rotated.pdf", ...shown({}) },
	"visible-by-a-corner-in-mm": {
		comment: "The upper left corner of the last page, in millimetres",
		document: "pages.pdf",
		options: { appearance: { page: -1, unit: "mm", position: { corner: "top-left", width: 70, height: 20, margin: 10 } } },
		like: "many-pages",
		facts: { page: 5 },
	},
	"visible-image-with-alpha": {
		comment: "A PNG with transparency at the end, as a mask",
		...shown({ image: { data: file("logo-alpha.png"), place: "end" } }),
	},
	"visible-image-interlaced": {
		comment: "An interlaced PNG behind the text, with soft transparency",
		...shown({ image: { data: file("logo-interlaced.png"), place: "behind", alpha: "soft" } }),
	},
	"visible-image-jpeg": {
		comment: "A JPEG above the text",
		...shown({ image: { data: file("photo.jpg"), place: "top", share: 0.4 }, fontSize: 6.5 }),
	},
	"visible-image-only": { comment: "An image instead of the text", ...shown({ image: { data: file("photo.jpg"), place: "only" } }) },
	"visible-strokes": {
		comment: "Handwriting, and the name alone",
		...shown({
			text: "**{name}**",
			strokes: [
				[0, 40, 20, 0, 40, 40, 60, 10, 90, 38],
				[10, 22, 45.5, 21.25],
			],
			color: "#000080",
		}),
	},
	"visible-qr": { comment: "A QR code of values", ...shown({ qr: "https://example.org/{field}?serial={serial}" }, { fieldName: "Seal" }) },
	"visible-in-german": {
		comment: "A border, and the labels, date and offset of German",
		...shown(
			{ language: "de", border: { width: 1 }, accent: "none", background: "#f4f4f4", dateFormat: "dd.MM.yyyy 'um' HH:mm xxx" },
			{ reason: "Gelesen und genehmigt", location: "Köln", utcOffsetMinutes: 60 },
		),
	},
	"visible-from-right-to-left": {
		comment: "A name in Arabic mirrors the box; a font of the caller draws it",
		...shown({ font: [{ regular: file("NotoSansArabic-subset.ttf") }] }, { name: "زيد الأحمد" }),
	},
	"visible-attributes": {
		comment: "Attributes of the certificate; a line with an empty value is left out",
		...shown(
			{ text: "**{subject.CN}**\n{subject.OU}\n{issuer.O} {{{serial}}}\n{contact}", align: "center", labels: { signedBy: "Seen by" } },
			{ contactInfo: "x@example.org" },
		),
	},
	"visible-page-of-a-pdf": {
		comment: "A turned page of a PDF alone",
		...shown({ pdf: { data: file("stamp.pdf"), page: -1 }, tooltip: "Stamp" }),
	},
	"visible-page-behind-text": {
		comment: "A page of a PDF behind the text",
		...shown({ pdf: { data: file("stamp.pdf") }, text: "**{name}**\n{date}" }),
	},
	"visible-existing-field": {
		comment: "An existing field keeps its box",
		flags: ["ExistingField"],
		document: "approvals.pdf",
		options: { fieldName: "buyer", existingField: true, appearance: { text: "**{name}**" } },
	},
	"visible-empty-fields": {
		comment: "Fields for later signers",
		flags: ["NewField"],
		document: "pages.pdf",
		options: {
			appearance: { rect: box },
			emptyFields: [
				{ name: "Buyer", page: 2, rect: [36, 120, 236, 180], tooltip: "Signature of the buyer" },
				{ name: "Witness", page: -1, unit: "mm", position: { corner: "top-right", width: 60, height: 20, margin: 15 } },
			],
		},
	},
	"visible-in-a-tagged-document": {
		comment: "The field and those of later signers have their place in the structure",
		flags: ["Tagged"],
		document: "tagged.pdf",
		options: {
			appearance: { rect: box, tooltip: "Signature of the seller" },
			emptyFields: [{ name: "Buyer", rect: [36, 120, 236, 180], tooltip: "Signature of the buyer" }],
		},
		like: "tagged",
	},
	"visible-in-pdfa": {
		comment: "Text, an image with transparency, a QR code and a border conform to PDF/A",
		flags: ["PdfA"],
		document: "pdfa-2b.pdf",
		...shown({ image: { data: file("logo-alpha.png") }, qr: "{name}", border: {} }),
		like: "pdfa-2b",
	},
	"visible-second-signature": {
		comment: "A visible signature after an invisible one of pyHanko",
		flags: ["SecondSignature"],
		document: "signed.pdf",
		...shown({}),
		like: "signed-twice",
	},
	"visible-in-a-certified-document": {
		comment: "An existing field of a document certified for form filling by pyHanko",
		flags: ["SecondSignature", "DocMdp", "ExistingField"],
		document: "certified-2-approvals.pdf",
		options: { fieldName: "buyer", appearance: {} },
		like: "certified-then-signed",
	},
	"visible-encrypted": {
		comment: "The appearance is encrypted as the document is",
		flags: ["Encrypted"],
		document: "encrypted-user-aes-128.pdf",
		...shown({ image: { data: file("logo-alpha.png") } }, { password: "user", reason: "Approved" }),
		like: "encrypted-aes-128",
		facts: { roles: [] },
	},
	"visible-with-object-streams": {
		comment: "A document with cross-reference and object streams",
		flags: ["XrefStream"],
		document: "xref-stream.pdf",
		...shown({}),
	},
	"visible-session": {
		comment: "A sealed session of a visible signature",
		flags: ["Session"],
		...resumed,
		...shown({ image: { data: file("logo-alpha.png") } }),
	},
	"visible-container": {
		comment: "A container for a session with a name and without a certificate",
		flags: ["Container"],
		...byContainer,
		...shown({}, { name: "Ada Example" }),
		sign: undefined,
		container: "pyhanko",
	},
};

const wrongVisible = {
	"visible-box-outside-the-page": {
		comment: "A box that ends above the page",
		options: { appearance: { rect: [0, 800, 200, 850] } },
		code: "ERR_APPEARANCE_BOX",
	},
	"visible-box-too-small": {
		comment: "A box of 5 by 5 points",
		options: { appearance: { rect: [0, 0, 5, 5] } },
		code: "ERR_APPEARANCE_BOX",
	},
	"visible-field-without-a-box": {
		comment: "An existing field with an empty box",
		document: "field.pdf",
		options: { fieldName: "approval.director", appearance: {} },
		code: "ERR_APPEARANCE_BOX",
	},
	"visible-name-does-not-fit": {
		comment: "The name is wider than the box at 6 points",
		options: { appearance: { rect: [0, 0, 20, 8] } },
		code: "ERR_APPEARANCE_FIT",
	},
	"visible-unknown-value": { comment: "A value that does not exist", ...shown({ text: "{nmae}" }), code: "ERR_APPEARANCE_TEXT" },
	"visible-session-without-a-name": {
		comment: "Neither a certificate nor a name",
		...byContainer,
		...shown({}),
		code: "ERR_APPEARANCE_TEXT",
	},
	"visible-font-that-is-none": { comment: "A PDF as a font", ...shown({ font: [{ regular: file("stamp.pdf") }] }), code: "ERR_FONT" },
	"visible-character-without-glyph": {
		comment: "A name in Arabic without a font for it",
		...shown({}, { name: "زيد" }),
		code: "ERR_FONT_GLYPH",
	},
	"visible-image-that-is-none": { comment: "A PDF as an image", ...shown({ image: { data: file("stamp.pdf") } }), code: "ERR_IMAGE" },
	"visible-image-in-cmyk": { comment: "A JPEG in CMYK", ...shown({ image: { data: file("photo-cmyk.jpg") } }), code: "ERR_IMAGE" },
	"visible-soft-image-in-pdfa": {
		comment: "Transparency in PDF/A",
		document: "pdfa-2b.pdf",
		...shown({ image: { data: file("logo-alpha.png"), alpha: "soft" } }),
		code: "ERR_IMAGE",
	},
	"visible-qr-too-long": { comment: "A QR code of 2,332 bytes", ...shown({ qr: "x".repeat(2332) }), code: "ERR_QR" },
	"visible-page-of-no-pdf": { comment: "An image as a PDF", ...shown({ pdf: { data: file("photo.jpg") } }), code: "ERR_APPEARANCE_PDF" },
	"visible-page-that-is-not-there": {
		comment: "The third of two pages",
		...shown({ pdf: { data: file("stamp.pdf"), page: 3 } }),
		code: "ERR_PAGE_NUMBER",
	},
	"visible-box-given-twice": { comment: "A box and a corner", ...shown({ position: { corner: "top-left" } }), code: "ERR_OPTION_VALUE" },
	"visible-font-size": { comment: "Text of 5 points", ...shown({ fontSize: 5 }), code: "ERR_OPTION_VALUE" },
	"visible-page-behind-a-background": {
		comment: "A background that would hide the page",
		...shown({ pdf: { data: file("stamp.pdf") }, background: "#ffffff" }),
		code: "ERR_OPTION_VALUE",
	},
	"visible-empty-field-of-a-signed-document": {
		comment: "Fields for later signers come with the first signature",
		document: "signed.pdf",
		options: { emptyFields: [{ name: "Buyer", rect: box }] },
		code: "ERR_OPTION_VALUE",
	},
};

const group = (scenarios, defaults) =>
	Object.entries(scenarios).map(([name, scenario]) => [
		name,
		{ ...DEFAULTS, ...defaults, ...scenario, flags: [...(defaults.flags ?? []), ...(scenario.flags ?? [])] },
	]);

/** All scenarios, `[name, scenario]`. */
export const SCENARIOS = [
	...group({ ...algorithms, ...certificates, ...documents, ...fields, ...attributes }, { sign: signer("rsa") }),
	...group(wrongOptions, { flags: ["WrongOption"] }),
	...group(wrongDocuments, { flags: ["WrongDocument"] }),
	...group(encrypted, { flags: ["Encrypted"], ...withKey("rsa") }),
	...group(integrityCodes, { flags: ["Encrypted", "IntegrityCode"], ...withKey("rsa"), sessionCode: "ERR_ENCRYPTION_MAC" }),
	...group(wrongCertificates, { flags: ["WrongCertificate"] }),
	...group(wrongAnswers, { flags: ["WrongAnswer"] }),
	...group(containers, { ...byContainer, flags: ["Container"] }),
	...group(wrongContainers, { ...byContainer, flags: ["Container", "WrongAnswer"] }),
	...group(sessions, { flags: ["Session"] }),
	...group(levels, { flags: ["Level"] }),
	...group(visible, { flags: ["Visible"], sign: signer("rsa") }),
	...group(wrongVisible, { flags: ["Visible", "WrongOption"] }),
	...group(wrongLevels, { flags: ["Level", "WrongOption"], sign: undefined }),
];
