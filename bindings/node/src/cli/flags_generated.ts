// Generated from the core by scripts/generate.sh.

/** A flag of the command line that sets a signing option. */
export interface SigningFlag {
	/** The flag as it is typed, with a placeholder for its value. */
	readonly flag: string;
	/** Path of the option, such as `policy.oid`. */
	readonly path: string;
	/** Kind of the option's value. A list takes one entry from each flag. */
	readonly kind: "boolean" | "number" | "text" | "list";
	/** One line for `--help`. */
	readonly help: string;
}

/** A flag for every signing option except `password`. A boolean option that is on by default has a `--no-` flag. */
export const SIGNING_FLAGS: readonly SigningFlag[] = [
	{
		flag: "--no-pades",
		path: "pades",
		kind: "boolean",
		help: "make a plain CMS signature (adbe.pkcs7.detached)",
	},
	{
		flag: "--digest-algorithm <name>",
		path: "digestAlgorithm",
		kind: "text",
		help: "digest algorithm (sha256, sha384, sha512; default: SHA-256 for RSA, for P-256 and without a certificate, SHA-384 for P-384, SHA-512 for P-521 and Ed25519)",
	},
	{
		flag: "--signature-algorithm <name>",
		path: "signatureAlgorithm",
		kind: "text",
		help: "signature algorithm (rsa-pkcs1, rsa-pss, ecdsa, ed25519; default: that of the certificate's key, for RSA rsa-pkcs1)",
	},
	{
		flag: "--field-name <text>",
		path: "fieldName",
		kind: "text",
		help: "full name of an existing empty signature field, or name of the new one, without a dot (default: a free name)",
	},
	{
		flag: "--existing-field",
		path: "existingField",
		kind: "boolean",
		help: "sign only an existing field",
	},
	{
		flag: "--name <text>",
		path: "name",
		kind: "text",
		help: "name of the signer (/Name), for a certificate that does not have it",
	},
	{
		flag: "--reason <text>",
		path: "reason",
		kind: "text",
		help: "reason of the signature (/Reason)",
	},
	{
		flag: "--location <text>",
		path: "location",
		kind: "text",
		help: "place of the signature (/Location)",
	},
	{
		flag: "--contact-info <text>",
		path: "contactInfo",
		kind: "text",
		help: "contact information of the signer (/ContactInfo)",
	},
	{
		flag: "--certify <number>",
		path: "certify",
		kind: "number",
		help: "certify the document (1: no changes; 2: filling in forms and signing; 3: filling in forms, signing and annotations)",
	},
	{
		flag: "--lock-action <name>",
		path: "lock.action",
		kind: "text",
		help: "fields to lock: all, those listed, or all but those listed (all, include, exclude)",
	},
	{
		flag: "--lock-field <text>",
		path: "lock.fields",
		kind: "list",
		help: "full names of the fields to include or exclude (repeatable)",
	},
	{
		flag: "--policy-oid <text>",
		path: "policy.oid",
		kind: "text",
		help: "object identifier of the policy, in numbers and dots",
	},
	{
		flag: "--policy-digest-algorithm <name>",
		path: "policy.digestAlgorithm",
		kind: "text",
		help: "algorithm of the digest of the policy's document (sha256, sha384, sha512)",
	},
	{
		flag: "--policy-digest <hex>",
		path: "policy.digest",
		kind: "text",
		help: "digest of the policy's document",
	},
	{
		flag: "--policy-uri <text>",
		path: "policy.uri",
		kind: "text",
		help: "address of the policy's document",
	},
	{
		flag: "--commitment-type <text>",
		path: "commitmentType",
		kind: "text",
		help: "commitment of the signer: proof-of-origin, -receipt, -delivery, -sender, -approval or -creation, or an object identifier",
	},
	{
		flag: "--signer-role <text>",
		path: "signerRoles",
		kind: "list",
		help: "roles that the signer claims (repeatable)",
	},
	{
		flag: "--utc-offset-minutes <number>",
		path: "utcOffsetMinutes",
		kind: "number",
		help: "offset of the time that /M shows from UTC, in minutes, positive to the east (-1439 to 1439; default: 0)",
	},
	{
		flag: "--signing-time-attribute",
		path: "signingTimeAttribute",
		kind: "boolean",
		help: "add the signing-time attribute to a plain CMS signature (--no-pades)",
	},
	{
		flag: "--container-size <number>",
		path: "containerSize",
		kind: "number",
		help: "bytes to reserve for the container (256 to 16777216; default: computed, or 32768 without a certificate)",
	},
	{
		flag: "--clear-need-appearances",
		path: "clearNeedAppearances",
		kind: "boolean",
		help: "set /NeedAppearances of the form to false",
	},
	{
		flag: "--strict",
		path: "strict",
		kind: "boolean",
		help: "refuse a damaged or ambiguous document, and a certificate that has expired, is not valid yet, or is not meant for signing",
	},
	{
		flag: "--level <name>",
		path: "level",
		kind: "text",
		help: "level of the signature (B-B, B-T, B-LT, B-LTA)",
	},
	{
		flag: "--minimum-level <name>",
		path: "minimumLevel",
		kind: "text",
		help: "lowest level that is accepted if a service fails (B-B, B-T, B-LT, B-LTA; default: level)",
	},
	{
		flag: "--timestamp-digest-algorithm <name>",
		path: "timestamp.digestAlgorithm",
		kind: "text",
		help: "digest algorithm of all timestamps, whatever that of the signature is (sha256, sha384, sha512)",
	},
	{
		flag: "--timestamp-policy <text>",
		path: "timestamp.policy",
		kind: "text",
		help: "object identifier of the policy that the service is to use (default: that of the service)",
	},
	{
		flag: "--timestamp-size <number>",
		path: "timestamp.size",
		kind: "number",
		help: "bytes to reserve for a timestamp (512 to 262144; default: 12288)",
	},
	{
		flag: "--validation-prefer <name>",
		path: "validation.prefer",
		kind: "text",
		help: "source that is asked first (ocsp, crl)",
	},
	{
		flag: "--no-validation-online",
		path: "validation.online",
		kind: "boolean",
		help: "ask timestamp services only",
	},
	{
		flag: "--validation-revocation-age <number>",
		path: "validation.revocationAge",
		kind: "number",
		help: "greatest age of revocation data in seconds, counted from the timestamp (default: any age, with a warning)",
	},
	{
		flag: "--validation-max-crl <number>",
		path: "validation.maxCrl",
		kind: "number",
		help: "largest revocation list in bytes (1 to 268435456; default: 5242880)",
	},
	{
		flag: "--validation-ocsp-nonce",
		path: "validation.ocspNonce",
		kind: "boolean",
		help: "send a nonce with OCSP requests (RFC 9654)",
	},
	{
		flag: "--complete-chain",
		path: "completeChain",
		kind: "boolean",
		help: "fetch missing issuers of the signing certificate from the addresses in certificates (RFC 5280, 4.2.2.1), before the key is asked",
	},
	{
		flag: "--no-check-signature",
		path: "checkSignature",
		kind: "boolean",
		help: "embed the signature unverified, even if it is invalid",
	},
];
