package rustpdf

// DigestAlgorithm is a hash, by its one name in every language.
type DigestAlgorithm string

// SignatureAlgorithm is a signature scheme, by its one name in every language.
type SignatureAlgorithm string

// Curve is the curve of an ECDSA key.
type Curve string

// XrefKind is a kind of cross-reference.
type XrefKind string

// LockAction says which fields a lock freezes.
type LockAction string

// FieldLock is a FieldMDP lock: which form fields the signature freezes.
type FieldLock struct {
	// Action: include freezes the fields named, exclude all but these.
	Action LockAction `json:"action"`
	// Fields are full names of fields.
	Fields []string `json:"fields,omitempty"`
}

// SignaturePolicy is a signature policy that the signer commits to.
type SignaturePolicy struct {
	// OID is the policy's object identifier, such as 1.2.3.
	OID string `json:"oid"`
	// DigestAlgorithm is the hash that Digest was made with.
	DigestAlgorithm DigestAlgorithm `json:"digestAlgorithm"`
	// Digest is the digest of the policy's document.
	Digest HexBytes `json:"digest"`
	// URI tells where the policy's document can be had.
	URI string `json:"uri,omitempty"`
}

// SigningOptions say what a signature is to be.
type SigningOptions struct {
	Pades                bool               `json:"-"`
	PlainCMS             bool               `json:"-"`
	DigestAlgorithm      DigestAlgorithm    `json:"digestAlgorithm,omitempty"`
	SignatureAlgorithm   SignatureAlgorithm `json:"signatureAlgorithm,omitempty"`
	FieldName            string             `json:"fieldName,omitempty"`
	Page                 int64              `json:"page,omitempty"`
	Name                 string             `json:"name,omitempty"`
	Reason               string             `json:"reason,omitempty"`
	Location             string             `json:"location,omitempty"`
	ContactInfo          string             `json:"contactInfo,omitempty"`
	Certify              int64              `json:"certify,omitempty"`
	Lock                 *FieldLock         `json:"lock,omitempty"`
	Policy               *SignaturePolicy   `json:"policy,omitempty"`
	CommitmentType       string             `json:"commitmentType,omitempty"`
	SignerRoles          []string           `json:"signerRoles,omitempty"`
	SigningTimeAttribute bool               `json:"signingTimeAttribute,omitempty"`
	ContainerSize        int64              `json:"containerSize,omitempty"`
	Password             string             `json:"password,omitempty"`
	ClearNeedAppearances bool               `json:"clearNeedAppearances,omitempty"`
	Strict               bool               `json:"strict,omitempty"`
	SkipSignatureCheck   bool               `json:"-"`
}

// SigningRequest is what a key store is asked to sign, in every form that key stores take.
type SigningRequest struct {
	Data               HexBytes           `json:"data"`
	Digest             HexBytes           `json:"digest"`
	DigestInfo         HexBytes           `json:"digestInfo,omitempty"`
	DigestAlgorithm    DigestAlgorithm    `json:"digestAlgorithm"`
	SignatureAlgorithm SignatureAlgorithm `json:"signatureAlgorithm"`
	SaltLength         int64              `json:"saltLength,omitempty"`
	Curve              Curve              `json:"curve,omitempty"`
}

// Warning is something that the caller should know and that did not stop the signing.
type Warning struct {
	Code    WarningCode `json:"code"`
	Message string      `json:"message"`
}

// Report tells what was done.
type Report struct {
	Field              string             `json:"field"`
	NewField           bool               `json:"newField"`
	Page               int64              `json:"page"`
	Revision           int64              `json:"revision"`
	Xref               XrefKind           `json:"xref"`
	DocumentLength     int64              `json:"documentLength"`
	UpdateLength       int64              `json:"updateLength"`
	ByteRange          []int64            `json:"byteRange"`
	ContainerSize      int64              `json:"containerSize"`
	ContainerLength    int64              `json:"containerLength,omitempty"`
	SubFilter          string             `json:"subFilter"`
	DigestAlgorithm    DigestAlgorithm    `json:"digestAlgorithm"`
	SignatureAlgorithm SignatureAlgorithm `json:"signatureAlgorithm,omitempty"`
	Certified          int64              `json:"certified,omitempty"`
	Reads              int64              `json:"reads"`
	BytesRead          int64              `json:"bytesRead"`
	Warnings           []Warning          `json:"warnings"`
}

// ErrorGroup tells whose turn it is when an error comes.
type ErrorGroup string

// ErrorCode is the stable code of an error.
type ErrorCode string

// WarningCode is the stable code of a warning.
type WarningCode string

// The codes of errors.
const (
	// ErrFileEmpty: the document has no bytes.
	ErrFileEmpty ErrorCode = "ERR_FILE_EMPTY"
	// ErrNotAPdf: there is no %PDF- header in the first 1,024 bytes.
	ErrNotAPdf ErrorCode = "ERR_NOT_A_PDF"
	// ErrFileTruncated: the document ends early.
	ErrFileTruncated ErrorCode = "ERR_FILE_TRUNCATED"
	// ErrXrefMissing: there is no startxref near the end of the document.
	ErrXrefMissing ErrorCode = "ERR_XREF_MISSING"
	// ErrXrefBroken: the cross-reference of the document is damaged.
	ErrXrefBroken ErrorCode = "ERR_XREF_BROKEN"
	// ErrObjectBroken: an object of the document cannot be read.
	ErrObjectBroken ErrorCode = "ERR_OBJECT_BROKEN"
	// ErrStreamBroken: a stream of the document cannot be decoded.
	ErrStreamBroken ErrorCode = "ERR_STREAM_BROKEN"
	// ErrEncryptionUnsupported: the document is encrypted in a way that is not known.
	ErrEncryptionUnsupported ErrorCode = "ERR_ENCRYPTION_UNSUPPORTED"
	// ErrEncryptionMac: the document has an integrity code (ISO/TS 32004), which an update without a new one would break.
	ErrEncryptionMac ErrorCode = "ERR_ENCRYPTION_MAC"
	// ErrEncryptedPayload: the document is the wrapper of an encrypted one, which a signature would not cover.
	ErrEncryptedPayload ErrorCode = "ERR_ENCRYPTED_PAYLOAD"
	// ErrCatalog: the document has no usable catalog.
	ErrCatalog ErrorCode = "ERR_CATALOG"
	// ErrPageTree: the page tree cannot be read.
	ErrPageTree ErrorCode = "ERR_PAGE_TREE"
	// ErrForm: the form of the document cannot be read.
	ErrForm ErrorCode = "ERR_FORM"
	// ErrCertified: the document is certified and allows no changes, and a signature is one.
	ErrCertified ErrorCode = "ERR_CERTIFIED"
	// ErrFieldLocked: an earlier signature locks the field.
	ErrFieldLocked ErrorCode = "ERR_FIELD_LOCKED"
	// ErrSeedValue: the seed values (/SV) of the field ask for another signature.
	ErrSeedValue ErrorCode = "ERR_SEED_VALUE"
	// ErrFileChanged: the document changed while it was being signed.
	ErrFileChanged ErrorCode = "ERR_FILE_CHANGED"
	// ErrFileBusy: another process is signing the document in place, or was interrupted.
	ErrFileBusy ErrorCode = "ERR_FILE_BUSY"
	// ErrJournalDamaged: the journal beside the document is damaged.
	ErrJournalDamaged ErrorCode = "ERR_JOURNAL_DAMAGED"
	// ErrJournalOwner: the journal beside the document is another user's, and that user does not own the document.
	ErrJournalOwner ErrorCode = "ERR_JOURNAL_OWNER"
	// ErrJournalDocument: the journal beside the document belongs to another one.
	ErrJournalDocument ErrorCode = "ERR_JOURNAL_DOCUMENT"
	// ErrOptionUnknown: there is no such option.
	ErrOptionUnknown ErrorCode = "ERR_OPTION_UNKNOWN"
	// ErrOptionValue: an option has a value that it cannot have.
	ErrOptionValue ErrorCode = "ERR_OPTION_VALUE"
	// ErrSigningTime: the signing time is no date.
	ErrSigningTime ErrorCode = "ERR_SIGNING_TIME"
	// ErrEntropy: the entropy is not 32 bytes.
	ErrEntropy ErrorCode = "ERR_ENTROPY"
	// ErrAlgorithmUnknown: there is no such algorithm.
	ErrAlgorithmUnknown ErrorCode = "ERR_ALGORITHM_UNKNOWN"
	// ErrAlgorithmMismatch: the algorithm does not fit the key of the certificate.
	ErrAlgorithmMismatch ErrorCode = "ERR_ALGORITHM_MISMATCH"
	// ErrPolicyDigest: a signature policy needs the digest of its document.
	ErrPolicyDigest ErrorCode = "ERR_POLICY_DIGEST"
	// ErrReasonWithPolicy: `reason` cannot stand beside a policy or a commitment type in a PAdES signature (EN 319 142-1, 6.3).
	ErrReasonWithPolicy ErrorCode = "ERR_REASON_WITH_POLICY"
	// ErrFieldName: a new field cannot have this name.
	ErrFieldName ErrorCode = "ERR_FIELD_NAME"
	// ErrFieldSigned: the field is signed already.
	ErrFieldSigned ErrorCode = "ERR_FIELD_SIGNED"
	// ErrFieldNotSignature: the field is not a signature field.
	ErrFieldNotSignature ErrorCode = "ERR_FIELD_NOT_SIGNATURE"
	// ErrAlreadyCertified: the document is certified already, and can be only once.
	ErrAlreadyCertified ErrorCode = "ERR_ALREADY_CERTIFIED"
	// ErrCertifyNotFirst: the document is signed already, and a certification must be the first signature.
	ErrCertifyNotFirst ErrorCode = "ERR_CERTIFY_NOT_FIRST"
	// ErrPageNumber: the document has no such page.
	ErrPageNumber ErrorCode = "ERR_PAGE_NUMBER"
	// ErrPasswordMissing: the document is encrypted and needs a password to be opened.
	ErrPasswordMissing ErrorCode = "ERR_PASSWORD_MISSING"
	// ErrPasswordWrong: the password does not open the document, neither as a user's nor as the owner's.
	ErrPasswordWrong ErrorCode = "ERR_PASSWORD_WRONG"
	// ErrContainerSize: the size for the container is out of bounds.
	ErrContainerSize ErrorCode = "ERR_CONTAINER_SIZE"
	// ErrCertificateFormat: the certificate is neither DER nor PEM.
	ErrCertificateFormat ErrorCode = "ERR_CERTIFICATE_FORMAT"
	// ErrCertificateKey: the key of the certificate cannot be used.
	ErrCertificateKey ErrorCode = "ERR_CERTIFICATE_KEY"
	// ErrCertificateExpired: the certificate has expired.
	ErrCertificateExpired ErrorCode = "ERR_CERTIFICATE_EXPIRED"
	// ErrCertificateNotYetValid: the certificate is not valid yet.
	ErrCertificateNotYetValid ErrorCode = "ERR_CERTIFICATE_NOT_YET_VALID"
	// ErrCertificateKeyUsage: the certificate is not meant for signing.
	ErrCertificateKeyUsage ErrorCode = "ERR_CERTIFICATE_KEY_USAGE"
	// ErrChainFormat: a certificate of the chain is neither DER nor PEM.
	ErrChainFormat ErrorCode = "ERR_CHAIN_FORMAT"
	// ErrChainUnrelated: a certificate of the chain is not an issuer of the signing certificate.
	ErrChainUnrelated ErrorCode = "ERR_CHAIN_UNRELATED"
	// ErrCallbackResult: the signer gave no bytes back.
	ErrCallbackResult ErrorCode = "ERR_CALLBACK_RESULT"
	// ErrSignatureEmpty: the signature has no bytes.
	ErrSignatureEmpty ErrorCode = "ERR_SIGNATURE_EMPTY"
	// ErrSignatureText: the signature is text (PEM, base64 or hexadecimal).
	ErrSignatureText ErrorCode = "ERR_SIGNATURE_TEXT"
	// ErrSignatureLength: the signature has a length that the key cannot give.
	ErrSignatureLength ErrorCode = "ERR_SIGNATURE_LENGTH"
	// ErrSignatureFormat: the signature has not the form of its algorithm.
	ErrSignatureFormat ErrorCode = "ERR_SIGNATURE_FORMAT"
	// ErrSignatureMismatch: the signature is not one of the certificate's key over the data.
	ErrSignatureMismatch ErrorCode = "ERR_SIGNATURE_MISMATCH"
	// ErrSignatureOtherData: the signature is one of the certificate's key, but over other data.
	ErrSignatureOtherData ErrorCode = "ERR_SIGNATURE_OTHER_DATA"
	// ErrSignatureDoubleDigest: the digest was digested again before it was signed.
	ErrSignatureDoubleDigest ErrorCode = "ERR_SIGNATURE_DOUBLE_DIGEST"
	// ErrSignatureNoDigestInfo: the signature was made over the bare digest, where RSA PKCS #1 v1.5 needs a DigestInfo.
	ErrSignatureNoDigestInfo ErrorCode = "ERR_SIGNATURE_NO_DIGEST_INFO"
	// ErrSignatureScheme: the signature was made by another RSA scheme than was asked for.
	ErrSignatureScheme ErrorCode = "ERR_SIGNATURE_SCHEME"
	// ErrSignatureSaltLength: the PSS signature has another salt length than was asked for.
	ErrSignatureSaltLength ErrorCode = "ERR_SIGNATURE_SALT_LENGTH"
	// ErrContainerFormat: the container is no CMS SignedData.
	ErrContainerFormat ErrorCode = "ERR_CONTAINER_FORMAT"
	// ErrContainerTooLarge: the container does not fit into the bytes reserved for it.
	ErrContainerTooLarge ErrorCode = "ERR_CONTAINER_TOO_LARGE"
	// ErrContainerContent: the container holds the signed content.
	ErrContainerContent ErrorCode = "ERR_CONTAINER_CONTENT"
	// ErrContainerSigners: the container has not exactly one signer.
	ErrContainerSigners ErrorCode = "ERR_CONTAINER_SIGNERS"
	// ErrContainerSignerCertificate: the container does not hold the certificate of its signer, or it is not the one that the session was begun with.
	ErrContainerSignerCertificate ErrorCode = "ERR_CONTAINER_SIGNER_CERTIFICATE"
	// ErrContainerDigestAlgorithm: the container uses another digest algorithm than the session.
	ErrContainerDigestAlgorithm ErrorCode = "ERR_CONTAINER_DIGEST_ALGORITHM"
	// ErrContainerMessageDigest: the container was made for another document.
	ErrContainerMessageDigest ErrorCode = "ERR_CONTAINER_MESSAGE_DIGEST"
	// ErrContainerSigningTime: the container has a signing-time attribute, which PAdES forbids (EN 319 142-1, 6.3).
	ErrContainerSigningTime ErrorCode = "ERR_CONTAINER_SIGNING_TIME"
	// ErrContainerSigningCertificate: the container has no signing-certificate attribute for its signer, which PAdES requires (EN 319 142-1, 6.3).
	ErrContainerSigningCertificate ErrorCode = "ERR_CONTAINER_SIGNING_CERTIFICATE"
	// ErrContainerSignedAttributes: the signed attributes of the container are missing or wrong.
	ErrContainerSignedAttributes ErrorCode = "ERR_CONTAINER_SIGNED_ATTRIBUTES"
	// ErrContainerSignature: the signature in the container does not belong to its certificate and signed attributes.
	ErrContainerSignature ErrorCode = "ERR_CONTAINER_SIGNATURE"
	// ErrSessionFormat: this is no saved session.
	ErrSessionFormat ErrorCode = "ERR_SESSION_FORMAT"
	// ErrSessionVersion: the session was saved by another version.
	ErrSessionVersion ErrorCode = "ERR_SESSION_VERSION"
	// ErrSessionDamaged: the saved session is damaged.
	ErrSessionDamaged ErrorCode = "ERR_SESSION_DAMAGED"
	// ErrSessionDocument: the session belongs to another document.
	ErrSessionDocument ErrorCode = "ERR_SESSION_DOCUMENT"
	// ErrSessionNoCertificate: the session was begun without a certificate, so it takes a container only.
	ErrSessionNoCertificate ErrorCode = "ERR_SESSION_NO_CERTIFICATE"
	// ErrLimit: something in the document is larger or deeper than what is read.
	ErrLimit ErrorCode = "ERR_LIMIT"
	// ErrAnswerKind: the answer is not of the kind that was asked for.
	ErrAnswerKind ErrorCode = "ERR_ANSWER_KIND"
	// ErrAnswerLength: the answer has not the length that was asked for.
	ErrAnswerLength ErrorCode = "ERR_ANSWER_LENGTH"
	// ErrMachineDone: the machine is used up.
	ErrMachineDone ErrorCode = "ERR_MACHINE_DONE"
	// ErrFrame: a frame cannot be read.
	ErrFrame ErrorCode = "ERR_FRAME"
	// ErrArgument: an argument has the wrong type.
	ErrArgument ErrorCode = "ERR_ARGUMENT"
	// ErrPkcs11Missing: the package pkcs11js is not installed.
	ErrPkcs11Missing ErrorCode = "ERR_PKCS11_MISSING"
	// ErrInternal: the machine broke.
	ErrInternal ErrorCode = "ERR_INTERNAL"
)

// The codes of warnings.
const (
	// WarnCertificateExpired: the certificate has expired: validators will not accept a signature of now.
	WarnCertificateExpired WarningCode = "WARN_CERTIFICATE_EXPIRED"
	// WarnCertificateNotYetValid: the certificate is not valid yet: validators will not accept a signature of now.
	WarnCertificateNotYetValid WarningCode = "WARN_CERTIFICATE_NOT_YET_VALID"
	// WarnCertificateKeyUsage: the key usage of the certificate has neither digitalSignature nor nonRepudiation.
	WarnCertificateKeyUsage WarningCode = "WARN_CERTIFICATE_KEY_USAGE"
	// WarnChainIncomplete: the chain is empty: a validator must find the certificate of the issuer by itself.
	WarnChainIncomplete WarningCode = "WARN_CHAIN_INCOMPLETE"
	// WarnEd25519Acrobat: Acrobat and several other viewers do not verify Ed25519 signatures.
	WarnEd25519Acrobat WarningCode = "WARN_ED25519_ACROBAT"
	// WarnEd25519Version: Ed25519 belongs to PDF 2.0 (ISO/TS 32002) and the document is older: a reader may not know it.
	WarnEd25519Version WarningCode = "WARN_ED25519_VERSION"
	// WarnHeaderMissing: there is no %PDF- header in the first 1,024 bytes: Acrobat does not open such a document.
	WarnHeaderMissing WarningCode = "WARN_HEADER_MISSING"
	// WarnKeyIdentifier: the container names its signer by a key identifier: pdfsig, MuPDF and iText do not accept that.
	WarnKeyIdentifier WarningCode = "WARN_KEY_IDENTIFIER"
	// WarnLock: the lock stands in the signature only: behind an earlier signature the field itself cannot be given one.
	WarnLock WarningCode = "WARN_LOCK"
	// WarnNeedAppearances: the form has /NeedAppearances true: Acrobat then redraws it and may not show the signature as valid.
	WarnNeedAppearances WarningCode = "WARN_NEED_APPEARANCES"
	// WarnNeedAppearancesCleared: /NeedAppearances was set to false behind an earlier signature: some validators (iText) call that a change which it does not allow.
	WarnNeedAppearancesCleared WarningCode = "WARN_NEED_APPEARANCES_CLEARED"
	// WarnPermissions: the permissions of the document forbid a user to change it and to fill in forms: a reader may object to the signature.
	WarnPermissions WarningCode = "WARN_PERMISSIONS"
	// WarnRevisionCut: objects stand behind the last startxref: a revision that was cut short, which readers do not show and the signature does not make valid.
	WarnRevisionCut WarningCode = "WARN_REVISION_CUT"
	// WarnSeedValue: the seed values (/SV) of the field ask for something that was not kept.
	WarnSeedValue WarningCode = "WARN_SEED_VALUE"
	// WarnTabs: the page of the new field has no /Tabs /S, which PDF/UA wants, and it cannot be added behind an earlier signature.
	WarnTabs WarningCode = "WARN_TABS"
	// WarnUsageRights: the document has usage rights (/Perms /UR3) for Acrobat Reader, which may end with the signature.
	WarnUsageRights WarningCode = "WARN_USAGE_RIGHTS"
	// WarnXfa: the document has an XFA form, which a viewer may show in place of the pages signed.
	WarnXfa WarningCode = "WARN_XFA"
	// WarnXrefRebuilt: the cross-reference of the document was missing or damaged: it was rebuilt from the objects found, and the update carries a complete one.
	WarnXrefRebuilt WarningCode = "WARN_XREF_REBUILT"
	// WarnXrefStream: the update has a cross-reference stream after a table: its offsets are too large for a table.
	WarnXrefStream WarningCode = "WARN_XREF_STREAM"
)

// errorGroups has the group of each code.
var errorGroups = map[ErrorCode]ErrorGroup{
	ErrFileEmpty:                   "file",
	ErrNotAPdf:                     "file",
	ErrFileTruncated:               "file",
	ErrXrefMissing:                 "file",
	ErrXrefBroken:                  "file",
	ErrObjectBroken:                "file",
	ErrStreamBroken:                "file",
	ErrEncryptionUnsupported:       "file",
	ErrEncryptionMac:               "file",
	ErrEncryptedPayload:            "file",
	ErrCatalog:                     "file",
	ErrPageTree:                    "file",
	ErrForm:                        "file",
	ErrCertified:                   "file",
	ErrFieldLocked:                 "file",
	ErrSeedValue:                   "file",
	ErrFileChanged:                 "file",
	ErrFileBusy:                    "file",
	ErrJournalDamaged:              "file",
	ErrJournalOwner:                "file",
	ErrJournalDocument:             "file",
	ErrOptionUnknown:               "options",
	ErrOptionValue:                 "options",
	ErrSigningTime:                 "options",
	ErrEntropy:                     "options",
	ErrAlgorithmUnknown:            "options",
	ErrAlgorithmMismatch:           "options",
	ErrPolicyDigest:                "options",
	ErrReasonWithPolicy:            "options",
	ErrFieldName:                   "options",
	ErrFieldSigned:                 "options",
	ErrFieldNotSignature:           "options",
	ErrAlreadyCertified:            "options",
	ErrCertifyNotFirst:             "options",
	ErrPageNumber:                  "options",
	ErrPasswordMissing:             "options",
	ErrPasswordWrong:               "options",
	ErrContainerSize:               "options",
	ErrCertificateFormat:           "certificate",
	ErrCertificateKey:              "certificate",
	ErrCertificateExpired:          "certificate",
	ErrCertificateNotYetValid:      "certificate",
	ErrCertificateKeyUsage:         "certificate",
	ErrChainFormat:                 "certificate",
	ErrChainUnrelated:              "certificate",
	ErrCallbackResult:              "answer",
	ErrSignatureEmpty:              "answer",
	ErrSignatureText:               "answer",
	ErrSignatureLength:             "answer",
	ErrSignatureFormat:             "answer",
	ErrSignatureMismatch:           "answer",
	ErrSignatureOtherData:          "answer",
	ErrSignatureDoubleDigest:       "answer",
	ErrSignatureNoDigestInfo:       "answer",
	ErrSignatureScheme:             "answer",
	ErrSignatureSaltLength:         "answer",
	ErrContainerFormat:             "answer",
	ErrContainerTooLarge:           "answer",
	ErrContainerContent:            "answer",
	ErrContainerSigners:            "answer",
	ErrContainerSignerCertificate:  "answer",
	ErrContainerDigestAlgorithm:    "answer",
	ErrContainerMessageDigest:      "answer",
	ErrContainerSigningTime:        "answer",
	ErrContainerSigningCertificate: "answer",
	ErrContainerSignedAttributes:   "answer",
	ErrContainerSignature:          "answer",
	ErrSessionFormat:               "session",
	ErrSessionVersion:              "session",
	ErrSessionDamaged:              "session",
	ErrSessionDocument:             "session",
	ErrSessionNoCertificate:        "session",
	ErrLimit:                       "limit",
	ErrAnswerKind:                  "misuse",
	ErrAnswerLength:                "misuse",
	ErrMachineDone:                 "misuse",
	ErrFrame:                       "misuse",
	ErrArgument:                    "misuse",
	ErrPkcs11Missing:               "misuse",
	ErrInternal:                    "internal",
}
