//! Every way in which a signing can fail, in one table.

use std::borrow::Cow;
use std::{error, fmt};

/// What every fallible call of this crate returns.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure: a stable [`Code`], what was found, and where.
///
/// The message has two halves, what was found and what to do. It holds no text of the document except names of form fields
/// (`ERR_FIELD_MISSING`, `ERR_FIELD_NAME`), no password and no key material, so that it may be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    code: Code,
    found: Option<String>,
    remedy: Option<Cow<'static, str>>,
    offset: Option<u64>,
    object: Option<(u32, u16)>,
    failure: Option<u32>,
}

impl Error {
    /// The stable code: what a program compares.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Whose turn it is; see [`Group`].
    pub fn group(&self) -> Group {
        self.code.group()
    }

    /// Where in the document it was found, in bytes from its first.
    pub fn offset(&self) -> Option<u64> {
        self.offset
    }

    /// The number and generation of the object in which it was found.
    pub fn object(&self) -> Option<(u32, u16)> {
        self.object
    }

    /// The message, with the names of options in camel case.
    pub(crate) fn message(&self) -> String {
        format!("{}; {}", self.found(), self.remedy.as_deref().unwrap_or(self.code.remedy()))
    }

    /// The first half of the message: what was found.
    pub(crate) fn found(&self) -> &str {
        self.found.as_deref().unwrap_or(self.code.sentence())
    }

    /// The same error with a remedy of its own, where that of its code does not help.
    pub fn with_remedy(mut self, remedy: impl Into<Cow<'static, str>>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The same error, found in `place`.
    pub(crate) fn of(mut self, place: &str) -> Self {
        self.found = Some(format!("{place}: {}", self.found()));
        self
    }

    /// Number, from 0, of the failed answer that ended the machine: the host raises its own error of that failure.
    pub fn failure(&self) -> Option<u32> {
        self.failure
    }

    /// The same error, caused by a failed answer.
    pub(crate) fn failed(mut self, number: u32) -> Self {
        self.failure = Some(number);
        self
    }

    /// Whether it tells of a damaged document, whose cross-reference may be rebuilt.
    pub(crate) fn is_damage(&self) -> bool {
        use Code::{Catalog, FileTruncated, ObjectBroken, PageTree, StreamBroken, XrefBroken, XrefMissing};
        matches!(self.code, XrefMissing | XrefBroken | FileTruncated | ObjectBroken | StreamBroken | Catalog | PageTree)
    }

    /// Of this error, and that of the same document with its cross-reference rebuilt, the more useful one: the second where it names a
    /// missing part and the first only the damage that led to it.
    pub(crate) fn or_what_is_missing(self, rebuilt: Error) -> Error {
        use Code::{Catalog, FileTruncated, PageTree, XrefBroken, XrefMissing};
        let is_missing = matches!((self.code, rebuilt.code), (XrefMissing | XrefBroken | FileTruncated, Catalog | PageTree));
        if is_missing || !rebuilt.is_damage() { rebuilt } else { self }
    }

    /// The same error with the place in the document.
    pub(crate) fn at(mut self, offset: u64) -> Self {
        self.offset.get_or_insert(offset);
        self
    }

    /// The same error with the object in which it was found.
    pub(crate) fn within(mut self, object: impl Into<(u32, u16)>) -> Self {
        self.object.get_or_insert(object.into());
        self
    }

    /// There is no algorithm of this name (`ERR_ALGORITHM_UNKNOWN`); `names` are those that there are.
    pub(crate) fn unknown_name(kind: &str, name: &str, names: &str) -> Error {
        let name: String = name.chars().take(40).collect();
        Code::AlgorithmUnknown.because(format!("there is no {kind} algorithm `{name}` (there are {names})"))
    }
}

impl fmt::Display for Error {
    /// The message, with names as Rust spells them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message();
        // Every second part is between backticks.
        for (index, part) in message.split('`').enumerate() {
            if index > 0 {
                f.write_str("`")?;
            }
            if !(index % 2 == 1 && NAMES.contains(&part)) {
                f.write_str(part)?;
                continue;
            }
            for character in part.chars() {
                match character.is_ascii_uppercase() {
                    true => write!(f, "_{}", character.to_ascii_lowercase())?,
                    false => write!(f, "{character}")?,
                }
            }
        }
        Ok(())
    }
}

/// Names of more than one word that messages contain: options, members of a request and arguments. Each language spells them in its own way.
pub const NAMES: [&str; 33] = [
    "appearance.dateFormat",
    "appearance.fontSize",
    "appearance.labels.signedBy",
    "checkSignature",
    "clearNeedAppearances",
    "commitmentType",
    "completeChain",
    "contactInfo",
    "containerSize",
    "dateFormat",
    "digestAlgorithm",
    "digestInfo",
    "emptyFields",
    "existingField",
    "fieldName",
    "fontSize",
    "inFlight",
    "maxCrl",
    "minimumLevel",
    "ocspNonce",
    "policy.digestAlgorithm",
    "revocationAge",
    "saltLength",
    "signatureAlgorithm",
    "signedBy",
    "signerRoles",
    "signingTime",
    "signingTimeAttribute",
    "skipDocumentCheck",
    "timestamp.digestAlgorithm",
    "utcOffsetMinutes",
    "validation.maxCrl",
    "validation.revocationAge",
];

impl error::Error for Error {}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Error { code, found: None, remedy: None, offset: None, object: None, failure: None }
    }
}

/// Whose turn it is when an error comes, and whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ErrorGroup", rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Group {
    /// The document cannot be signed as it is. The same call fails again.
    File,
    /// An option is wrong, or does not fit the document or another option.
    Options,
    /// The certificate or its chain cannot be used.
    Certificate,
    /// The answer of the key holder was refused; nothing was changed, and another answer may be given.
    Answer,
    /// A saved session cannot be resumed.
    Session,
    /// The key's store cannot be used as it is: its module, token, key, certificate or PIN.
    Key,
    /// A timestamp or revocation data cannot be had. The same call can succeed later.
    Service,
    /// The document, or something in it, is larger or deeper than the limits of reading.
    Limit,
    /// Calls in the wrong order or of the wrong type: fixable by reading the calling code.
    Misuse,
    /// A bug of rustpdf. Please report it.
    Internal,
}

impl Group {
    /// The group's name, as it crosses language boundaries.
    pub fn as_str(self) -> &'static str {
        match self {
            Group::File => "file",
            Group::Options => "options",
            Group::Certificate => "certificate",
            Group::Answer => "answer",
            Group::Session => "session",
            Group::Key => "key",
            Group::Service => "service",
            Group::Limit => "limit",
            Group::Misuse => "misuse",
            Group::Internal => "internal",
        }
    }
}

macro_rules! codes {
    ($($group:ident { $($name:ident $text:literal $sentence:literal, $remedy:literal;)* })*) => {
        /// The stable code of an error. The same in every language; never an ordinal.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(rename = "ErrorCode"))]
        #[non_exhaustive]
        pub enum Code {
            $($(
                #[doc = concat!($sentence, "; ", $remedy, ".")]
                #[cfg_attr(feature = "schema", schemars(rename = $text))]
                $name,
            )*)*
        }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Code] = &[$($(Code::$name,)*)*];

            /// The code as it crosses language boundaries, such as `ERR_SIGNATURE_MISMATCH`.
            pub fn as_str(self) -> &'static str {
                match self { $($(Code::$name => $text,)*)* }
            }

            /// Whose turn it is.
            pub fn group(self) -> Group {
                match self { $($(Code::$name => Group::$group,)*)* }
            }

            /// What was found, in general words.
            pub fn sentence(self) -> &'static str {
                match self { $($(Code::$name => $sentence,)*)* }
            }

            /// What to do.
            pub fn remedy(self) -> &'static str {
                match self { $($(Code::$name => $remedy,)*)* }
            }
        }
    };
}

impl Code {
    /// An error of this code that says what was found, with its numbers: for the core and for hosts.
    pub fn because(self, found: impl Into<String>) -> Error {
        Error { found: Some(printable(found.into())), ..self.into() }
    }
}

/// Text for a message. Messages reach terminals, and can contain names of files, certificates and handlers: controls, and characters that
/// are invisible or change the order of text (UAX #9), are escaped.
pub(crate) fn printable(text: String) -> String {
    let is_unprintable = |character: char| {
        let is_format = matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
        is_format || character.is_control()
    };
    if !text.contains(is_unprintable) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match is_unprintable(character) {
            true => escaped.extend(character.escape_default()),
            false => escaped.push(character),
        }
    }
    escaped
}

codes! {
    File {
        FileEmpty "ERR_FILE_EMPTY" "the document has no bytes", "give a PDF file";
        NotAPdf "ERR_NOT_A_PDF" "there is no %PDF- header in the first 1,024 bytes", "give the PDF file itself, as it was before it was packed or converted";
        FileTruncated "ERR_FILE_TRUNCATED" "the document ends early", "get a complete copy of the file";
        XrefMissing "ERR_XREF_MISSING" "there is no startxref near the end of the document", "get a complete copy, or let a PDF tool rewrite the file before it is signed";
        XrefBroken "ERR_XREF_BROKEN" "the cross-reference of the document is damaged", "let a PDF tool rewrite the file before it is signed";
        ObjectBroken "ERR_OBJECT_BROKEN" "an object of the document cannot be read", "let a PDF tool rewrite the file before it is signed";
        XrefAmbiguous "ERR_XREF_AMBIGUOUS" "readers can take different objects from the document", "let a PDF tool rewrite the file before it is signed, and look at the result";
        ObjectShadowed "ERR_OBJECT_SHADOWED" "the document contains a second definition of an object that the signature changes", "let a PDF tool rewrite the file before it is signed, and look at the result";
        StreamBroken "ERR_STREAM_BROKEN" "a stream of the document cannot be decoded", "let a PDF tool rewrite the file before it is signed";
        EncryptionUnsupported "ERR_ENCRYPTION_UNSUPPORTED" "the document is encrypted in a way that is not known", "sign a document that is encrypted by a password (RC4, AES-128 or AES-256) or not at all";
        EncryptionMac "ERR_ENCRYPTION_MAC" "the document has an integrity code (ISO/TS 32004), and a signature in two phases cannot renew it", "sign in one call, or sign a copy that was encrypted without an integrity code";
        MacAlgorithm "ERR_MAC_ALGORITHM" "the integrity code of the document (ISO/TS 32004) was made by an unknown algorithm", "sign a copy that was encrypted without an integrity code";
        MacInvalid "ERR_MAC_INVALID" "the integrity code of the document (ISO/TS 32004) is wrong: the document was changed without its password, or by a program that does not renew the code", "get an unchanged copy, or let its author encrypt it again";
        Catalog "ERR_CATALOG" "the document has no usable catalog", "get a complete copy, or let a PDF tool rewrite the file before it is signed";
        PageTree "ERR_PAGE_TREE" "the page tree cannot be read", "get a complete copy, or let a PDF tool rewrite the file before it is signed";
        Form "ERR_FORM" "the form of the document cannot be read", "let a PDF tool rewrite the file before it is signed";
        Certified "ERR_CERTIFIED" "the document is certified and allows no changes, and a signature is one", "ask its author for a copy that permits signing";
        FieldLocked "ERR_FIELD_LOCKED" "an earlier signature locks the field", "sign another field, or ask that signer for a copy with this field unlocked";
        SeedValue "ERR_SEED_VALUE" "the seed values (/SV) of the field ask for another signature", "sign as they ask, or sign another field";
        FileChanged "ERR_FILE_CHANGED" "the document changed while it was being signed", "sign it again, and let nothing else write to it meanwhile";
        FileBusy "ERR_FILE_BUSY" "another process signs the document in place, or was interrupted", "wait for it; if no process signs the document, recover it";
        JournalDamaged "ERR_JOURNAL_DAMAGED" "the journal beside the document is damaged", "check that the document opens, then remove the journal";
        JournalOwner "ERR_JOURNAL_OWNER" "the journal beside the document may come from another user", "recover the document by naming the journal's owner, if you trust that user and nobody else can write the journal; else remove the journal";
        LedgerBusy "ERR_LEDGER_BUSY" "another run uses the ledger", "wait for it; if no run uses the ledger, remove its lock file";
        LedgerFormat "ERR_LEDGER_FORMAT" "the file is not a ledger", "give the ledger of an earlier run, or the name of a new file";
        LedgerState "ERR_LEDGER_STATE" "an earlier run was interrupted, and the output is neither as it was nor signed", "look at the output, then remove the lines of the job from the ledger";
        Dss "ERR_DSS" "the document security store (/DSS) cannot be read", "let a PDF tool rewrite the file before it is signed";
        SignatureBroken "ERR_SIGNATURE_BROKEN" "a signature of the document is broken, and must not be extended", "leave it out by naming the other fields (`fields`), or get an unchanged copy";
        SignatureMissing "ERR_SIGNATURE_MISSING" "the document has no signature to extend", "sign it first, or give it a document timestamp alone";
        JournalDocument "ERR_JOURNAL_DOCUMENT" "the journal beside the document belongs to another document", "check that the document is the right one, then remove the journal";
    }
    Options {
        OptionUnknown "ERR_OPTION_UNKNOWN" "there is no such option", "correct its name; docs/options.md lists the options";
        OptionValue "ERR_OPTION_VALUE" "an option has a value that it cannot have", "give a value of the kind named";
        SigningTime "ERR_SIGNING_TIME" "the signing time is no date", "give a valid date between 1970 and 9999";
        Entropy "ERR_ENTROPY" "the entropy is not 32 bytes", "give 32 bytes from a secure random source, or leave it to the library";
        AlgorithmUnknown "ERR_ALGORITHM_UNKNOWN" "there is no such algorithm", "use one of these names: `sha256`, `sha384`, `sha512`; `rsa-pkcs1`, `rsa-pss`, `ecdsa`, `ed25519`";
        AlgorithmMismatch "ERR_ALGORITHM_MISMATCH" "the algorithm does not fit the key of the certificate", "leave the option out, or give one that fits the key";
        PolicyDigest "ERR_POLICY_DIGEST" "a signature policy needs the digest of its document", "give `policy.digest` and `policy.digestAlgorithm`";
        ReasonWithPolicy "ERR_REASON_WITH_POLICY" "`reason` cannot stand beside a policy or a commitment type in a PAdES signature (EN 319 142-1, 6.3)", "leave `reason` out and say it by `commitmentType`";
        FieldName "ERR_FIELD_NAME" "a new field cannot have this name", "give a name that is not empty and holds no dot, or the full name of an existing empty signature field";
        FieldMissing "ERR_FIELD_MISSING" "the document has no field of this name", "name an empty signature field, or leave `existingField` out to make a new field";
        FieldSigned "ERR_FIELD_SIGNED" "the field is signed already", "name another field";
        FieldNotSignature "ERR_FIELD_NOT_SIGNATURE" "the field is not a signature field", "name another field";
        AlreadyCertified "ERR_ALREADY_CERTIFIED" "the document is certified already, and can be only once", "leave `certify` out";
        CertifyNotFirst "ERR_CERTIFY_NOT_FIRST" "the document is signed already, and a certification must be the first signature", "leave `certify` out";
        PageNumber "ERR_PAGE_NUMBER" "the document has no such page", "give a page number from 1 to the number of pages, or from the end as -1 (the last)";
        PasswordMissing "ERR_PASSWORD_MISSING" "the document is encrypted and needs a password to be opened", "give `password`, that of a user or of the owner";
        PasswordWrong "ERR_PASSWORD_WRONG" "the password does not open the document, neither as a user's nor as the owner's", "give another `password`";
        Level "ERR_LEVEL" "the level does not fit the other options", "choose another `level`";
        TimestampService "ERR_TIMESTAMP_SERVICE" "the level requires a timestamp, and no timestamp service is given", "name one (`timestamp.services`)";
        AppearanceBox "ERR_APPEARANCE_BOX" "the box of the visible signature cannot be used", "give a box within the page, of 6 by 6 points at least (`appearance.rect` or `appearance.position`)";
        AppearanceFit "ERR_APPEARANCE_FIT" "the text does not fit into the box of the visible signature", "give a larger box (`appearance.rect` or `appearance.position`), or a shorter `appearance.text`";
        AppearanceText "ERR_APPEARANCE_TEXT" "the text of the visible signature contains a value that is not known", "correct `appearance.text`, or begin with `certificate` or `name`";
        AppearancePdf "ERR_APPEARANCE_PDF" "the PDF for the appearance cannot be used", "give a PDF of a plain page: complete, not encrypted, within the limits of docs/options.md";
        AppearanceModule "ERR_APPEARANCE_MODULE" "the module that draws visible signatures is missing", "install the package whole; a browser loads the module before it signs";
        Font "ERR_FONT" "a font of the visible signature cannot be used", "give a TrueType or OpenType font, or a collection of them with an `index`";
        FontGlyph "ERR_FONT_GLYPH" "no font has some of the characters of the visible signature", "give a font that has them (`appearance.font`)";
        FontLicense "ERR_FONT_LICENSE" "the licence of a font forbids to embed it (fsType)", "give a font that permits embedding";
        Image "ERR_IMAGE" "the image of the visible signature cannot be used", "give a PNG, or a JPEG in grey or RGB";
        Qr "ERR_QR" "the text of the QR code is too long", "give a shorter `appearance.qr`";
        ContainerSize "ERR_CONTAINER_SIZE" "the size for the container is out of bounds", "give a number of bytes within the bounds, or leave `containerSize` out";
    }
    Certificate {
        CertificateFormat "ERR_CERTIFICATE_FORMAT" "the certificate is neither DER nor PEM", "give the signer's X.509 certificate in DER or PEM";
        CertificateKey "ERR_CERTIFICATE_KEY" "the key of the certificate cannot be used", "use a certificate for RSA (2,048 to 8,192 bits), ECDSA on P-256, P-384 or P-521, or Ed25519";
        CertificateExpired "ERR_CERTIFICATE_EXPIRED" "the certificate has expired", "use a valid certificate, or leave `strict` out to sign with a warning";
        CertificateNotYetValid "ERR_CERTIFICATE_NOT_YET_VALID" "the certificate is not valid yet", "check the clock, use a valid certificate, or leave `strict` out to sign with a warning";
        CertificateKeyUsage "ERR_CERTIFICATE_KEY_USAGE" "the certificate is not meant for signing", "use one with digitalSignature or nonRepudiation, or leave `strict` out to sign with a warning";
        ChainFormat "ERR_CHAIN_FORMAT" "a certificate of the chain is neither DER nor PEM", "give X.509 certificates in DER, PEM, a PEM bundle or PKCS #7";
        CertificateRevoked "ERR_CERTIFICATE_REVOKED" "a certificate is revoked", "use another certificate";
        ChainIncomplete "ERR_CHAIN_INCOMPLETE" "the issuer of a certificate was not found", "give the missing issuers (`validation.certificates`)";
        ChainUntrusted "ERR_CHAIN_UNTRUSTED" "a chain does not end at a trusted certificate", "add its root to `validation.trust`, if you trust it";
        ChainUnrelated "ERR_CHAIN_UNRELATED" "a certificate of the chain is not an issuer of the signing certificate", "give only the issuers of the signing certificate";
    }
    Answer {
        CallbackResult "ERR_CALLBACK_RESULT" "the signer gave no bytes back", "return the raw signature as bytes";
        SignatureEmpty "ERR_SIGNATURE_EMPTY" "the signature has no bytes", "return the raw signature as bytes";
        SignatureText "ERR_SIGNATURE_TEXT" "the signature is text (PEM, base64, hexadecimal, JSON)", "decode it and return the bytes";
        SignatureLength "ERR_SIGNATURE_LENGTH" "the signature has a length that the key cannot give", "return the raw signature and nothing else, made by the key of the certificate";
        SignatureFormat "ERR_SIGNATURE_FORMAT" "the signature has not the form of its algorithm", "return the raw signature: for ECDSA the DER value or r and s, one after the other";
        SignatureMismatch "ERR_SIGNATURE_MISMATCH" "the signature is not one of the certificate's key over the data", "check that key and certificate belong together, and that exactly `data` was signed";
        SignatureOtherData "ERR_SIGNATURE_OTHER_DATA" "the signature is one of the certificate's key, but over other data", "sign exactly the bytes of `data` that this session asked for";
        SignatureDoubleDigest "ERR_SIGNATURE_DOUBLE_DIGEST" "the digest was digested again before it was signed", "hand `data` to a call that hashes, or `digest` to one that does not";
        SignatureNoDigestInfo "ERR_SIGNATURE_NO_DIGEST_INFO" "the signature was made over the bare digest, where RSA PKCS #1 v1.5 needs a DigestInfo", "hand `digestInfo` to the key store's raw RSA mechanism";
        SignatureScheme "ERR_SIGNATURE_SCHEME" "the signature was made by another RSA scheme than was asked for", "use the scheme that `signatureAlgorithm` names, or ask for the other by that option";
        SignatureSaltLength "ERR_SIGNATURE_SALT_LENGTH" "the PSS signature has another salt length than was asked for", "set the salt length of the key store to `saltLength` bytes, the length of the digest";
        ContainerFormat "ERR_CONTAINER_FORMAT" "the container is no CMS SignedData", "give the DER or BER bytes of a ContentInfo with SignedData";
        ContainerTooLarge "ERR_CONTAINER_TOO_LARGE" "the container does not fit into the bytes reserved for it", "begin again with a larger `containerSize`";
        ContainerContent "ERR_CONTAINER_CONTENT" "the container holds the signed content", "ask for a detached signature";
        ContainerSigners "ERR_CONTAINER_SIGNERS" "the container has not exactly one signer", "ask for a container with one signature";
        ContainerSignerCertificate "ERR_CONTAINER_SIGNER_CERTIFICATE" "the container does not hold the certificate of its signer, or it is not the one that the session was begun with", "let the container carry that certificate, and begin the session with the right one";
        ContainerDigestAlgorithm "ERR_CONTAINER_DIGEST_ALGORITHM" "the container uses another digest algorithm than the session", "begin the session with the `digestAlgorithm` of the signing service";
        ContainerMessageDigest "ERR_CONTAINER_MESSAGE_DIGEST" "the container was made for another document", "have `hash` of this session signed, as the digest of the content";
        ContainerSigningTime "ERR_CONTAINER_SIGNING_TIME" "the container has a signing-time attribute, which PAdES forbids (EN 319 142-1, 6.3)", "ask for a PAdES container, or begin without PAdES (`pades`)";
        ContainerSigningCertificate "ERR_CONTAINER_SIGNING_CERTIFICATE" "the container has no signing-certificate attribute for its signer, which PAdES requires (EN 319 142-1, 6.3)", "ask for a PAdES or CAdES container, or begin without PAdES (`pades`)";
        ContainerSignedAttributes "ERR_CONTAINER_SIGNED_ATTRIBUTES" "the signed attributes of the container are missing or wrong", "ask for a container with content-type and message-digest as signed attributes";
        ContainerSignature "ERR_CONTAINER_SIGNATURE" "the signature in the container does not belong to its certificate and signed attributes", "check that the signing service uses the key of the certificate that it sends";
    }
    Session {
        SessionFormat "ERR_SESSION_FORMAT" "these bytes are not a saved session", "give the bytes that `serialize` returned";
        SessionVersion "ERR_SESSION_VERSION" "the session was saved by another version", "complete it with the version that saved it, or begin again";
        SessionDamaged "ERR_SESSION_DAMAGED" "the saved session is damaged", "use an undamaged copy of it, or begin again";
        SessionSeal "ERR_SESSION_SEAL" "the key does not fit the session, or the session was changed", "give an unchanged copy to the call for its form, with the key that sealed it if there is one, or begin again";
        SessionArguments "ERR_SESSION_ARGUMENTS" "the certificate or the options are not those that the session was begun with", "give those of the beginning, or begin again";
        SessionDocument "ERR_SESSION_DOCUMENT" "the session belongs to another document", "resume it with exactly the document that it was begun with";
        SessionNoCertificate "ERR_SESSION_NO_CERTIFICATE" "the session was begun without a certificate, so it takes a container only", "begin with `certificate`, or with `signatureAlgorithm` and without PAdES (`pades`) if the certificate comes with the raw signature";
        SessionSigned "ERR_SESSION_SIGNED" "the session is signed already", "complete it without an answer, or begin again";
        SessionNotSigned "ERR_SESSION_NOT_SIGNED" "the session is not signed yet", "complete it with a raw signature or a container";
    }
    Key {
        Pkcs11Missing "ERR_PKCS11_MISSING" "the package pkcs11js is not installed", "install it: npm install pkcs11js";
        Pkcs11Module "ERR_PKCS11_MODULE" "the PKCS#11 module cannot be used", "give the path of a PKCS#11 module for this machine's architecture";
        Pkcs11Uri "ERR_PKCS11_URI" "the PKCS#11 URI cannot be used", "give one as in RFC 7512, such as pkcs11:token=NAME;object=KEY";
        Pkcs11Token "ERR_PKCS11_TOKEN" "no token fits, or several do", "name one token by its label, serial number or slot";
        Pkcs11Key "ERR_PKCS11_KEY" "no private key fits, or several do", "name one key of the token by its label or id";
        Pkcs11Certificate "ERR_PKCS11_CERTIFICATE" "the token has no certificate for the key", "give the certificate, or write it into the token with the id of the key";
        Pkcs11Mechanism "ERR_PKCS11_MECHANISM" "the token has no mechanism for the signature", "choose a signature algorithm that the token has";
        Pkcs11PinMissing "ERR_PKCS11_PIN_MISSING" "the token requires a PIN", "give the PIN";
        Pkcs11PinWrong "ERR_PKCS11_PIN_WRONG" "the token refused the PIN", "give the right PIN: wrong ones lock the token";
        Pkcs11PinLocked "ERR_PKCS11_PIN_LOCKED" "the PIN is locked or has expired", "unlock or change it with the tool of the token's vendor";
        Pkcs11PinCancelled "ERR_PKCS11_PIN_CANCELLED" "the entry of the PIN was cancelled or timed out", "sign again, and enter the PIN";
        Pkcs11Gone "ERR_PKCS11_GONE" "the token is not there any more", "connect the token, and sign again";
        Pkcs11Refused "ERR_PKCS11_REFUSED" "the token refused a call", "look up the CKR_ code in the documentation of the token";
    }
    Service {
        TimestampUnavailable "ERR_TIMESTAMP_UNAVAILABLE" "no timestamp service answered", "try again later, or name another service (`timestamp.services`)";
        TimestampRejected "ERR_TIMESTAMP_REJECTED" "the timestamp service refused the request", "do as its reason says, or name another service (`timestamp.services`)";
        TimestampMismatch "ERR_TIMESTAMP_MISMATCH" "the timestamp does not belong to the request", "name another service (`timestamp.services`)";
        TimestampInvalid "ERR_TIMESTAMP_INVALID" "the answer of the timestamp service is not a valid timestamp", "name another service (`timestamp.services`)";
        RevocationUnavailable "ERR_REVOCATION_UNAVAILABLE" "no proof was found that a certificate is not revoked", "try again later, or give the proof (`validation.ocsps`, `validation.crls`)";
        RevocationTooOld "ERR_REVOCATION_TOO_OLD" "the revocation data is older than `validation.revocationAge` permits", "go on with the session after the next update of the data";
    }
    Limit {
        HttpLimit "ERR_HTTP_LIMIT" "the requests to servers are more than one call may make", "give certificates and revocation data (`validation`), so that fewer are asked for";
        Limit "ERR_LIMIT" "something in the document is larger or deeper than the limits of reading", "let a PDF tool rewrite the file before it is signed";
    }
    Misuse {
        AnswerKind "ERR_ANSWER_KIND" "the answer is not of the kind that was asked for", "answer the open question";
        AnswerLength "ERR_ANSWER_LENGTH" "the answer has not the length that was asked for", "answer with all the bytes asked for";
        HttpAnswer "ERR_HTTP_ANSWER" "the responses are not one for each request, within its limit", "answer each request once, in order, with a body within its limit";
        MachineDone "ERR_MACHINE_DONE" "the operation has ended already", "start a new one";
        AnswerFailed "ERR_ANSWER_FAILED" "the host answered that a step failed", "look at the host's own error";
        Frame "ERR_FRAME" "a frame cannot be read", "use the package and its native or WebAssembly module of one version";
        Argument "ERR_ARGUMENT" "an argument of the call has the wrong type or value", "give a value of the type named";
    }
    Internal {
        Internal "ERR_INTERNAL" "an internal error occurred", "report it, with the document if you can";
    }
}

/// An error that hosts raise, for what only they can see: its sentence with `{parameters}`, and its remedy.
#[cfg(feature = "schema")]
pub struct HostError {
    /// Name, which becomes a function in each language.
    pub name: &'static str,
    /// Code.
    pub code: Code,
    /// Sentence.
    pub sentence: &'static str,
    /// Remedy; that of the code where it is empty.
    pub remedy: &'static str,
}

#[cfg(feature = "schema")]
impl HostError {
    /// Sentence and remedy, as a message.
    pub fn message(&self) -> String {
        let remedy = if self.remedy.is_empty() { self.code.remedy() } else { self.remedy };
        format!("{}; {remedy}", self.sentence)
    }

    /// Names of the parameters, each once.
    pub fn parameters(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = Vec::new();
        for part in self.sentence.split('{').skip(1) {
            let name = part.split('}').next().unwrap_or_default();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// All errors of hosts.
#[cfg(feature = "schema")]
pub const HOST_ERRORS: &[HostError] = &[
    host("argumentType", Code::Argument, "{name} must be {expected}, and is {found}", "give a value of that type"),
    host("argumentTypes", Code::Argument, "{name} must be {expected}, and are {found}", "give values of that type"),
    host("argumentMissing", Code::Argument, "{name} is missing", "give it to the call"),
    host("argumentSize", Code::Argument, "{name} has more than 256 MiB", "give less"),
    host("keyType", Code::Argument, "the key must be bytes, and is {found}", "give 32 random bytes that stay secret"),
    host("countMismatch", Code::Argument, "there are {given} {name} for {needed}", "give one for each"),
    host("idTwice", Code::Argument, "two documents have the id {id}", "give each its own"),
    host("noFileSystem", Code::Argument, "{name} needs a file system", "run it where files are, or give bytes and null as the output"),
    host("sourceRead", Code::Argument, "the `read` of the document returned {found}", "return bytes"),
    host("sourceSize", Code::Argument, "the size of the document is not known", "give a document that can seek, or its size"),
    host(
        "sourceShort",
        Code::AnswerLength,
        "{found} bytes of the document were read where {expected} were asked for",
        "answer with all the bytes asked for, and give the right size",
    ),
    host("sourceChanged", Code::FileChanged, "{found}", ""),
    host("outputNotEmpty", Code::Argument, "the open output has bytes after its position", "open an empty file, or give the input itself"),
    host("outputWrite", Code::Argument, "the open output took none of the bytes", "give a file that takes all of its bytes"),
    host("optionUnknown", Code::OptionUnknown, "there is no option `{name}` for this call", ""),
    host("optionUseless", Code::Argument, "this call has no use for the option {name}", "leave it out"),
    host("optionConflict", Code::Argument, "the options ask for {one} and for {other}", "give one of the two"),
    host("optionText", Code::Argument, "a text in the options is not UTF-8", "convert it to UTF-8 first"),
    host(
        "optionType",
        Code::OptionValue,
        "an option has a value of a type that no option takes",
        "give text, a number, true or false, or a list or mapping of them; docs/options.md has the type of each",
    ),
    host("signerResult", Code::CallbackResult, "the signer returned {found}", ""),
    host("signerPromise", Code::Argument, "the signer is asynchronous, and the call is not", "use the asynchronous call"),
    host("timeZone", Code::SigningTime, "the signing time has no time zone", "give a time with a zone, such as UTC"),
    host("noSession", Code::SessionFormat, "the document has no session: it failed when the sessions were begun", "begin it again"),
    host("unknownStep", Code::Internal, "the core asks for {step}", "use the package and its native or WebAssembly module of one version"),
    host("machineBroke", Code::Internal, "an internal error occurred", ""),
    host(
        "moduleMissing",
        Code::Internal,
        "the WebAssembly module cannot be loaded ({cause})",
        "keep rustpdf.wasm beside the script that was bundled, and let the page's security policy permit WebAssembly",
    ),
    host(
        "drawingMissing",
        Code::AppearanceModule,
        "the module that draws visible signatures cannot be loaded ({cause})",
        "keep rustpdf-appearance.wasm beside the script that was bundled, and let the page's security policy permit WebAssembly",
    ),
];

#[cfg(feature = "schema")]
const fn host(name: &'static str, code: Code, sentence: &'static str, remedy: &'static str) -> HostError {
    HostError { name, code, sentence, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let texts: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        assert!(
            texts
                .iter()
                .all(|text| text.starts_with("ERR_") && text.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit()))
        );
    }

    #[test]
    fn a_message_reaches_no_terminal_raw() {
        // C0, DEL, C1, bidirectional controls, marks without width, tags; and what stays.
        let found = "a\u{1b}[31m\r\n\u{7f}\u{9b}2J\u{202e}\u{2066}\u{200b}\u{2028}\u{feff}\u{e0041}é\u{301}ж漢 \\ \"b\"";
        let escaped = r"a\u{1b}[31m\r\n\u{7f}\u{9b}2J\u{202e}\u{2066}\u{200b}\u{2028}\u{feff}\u{e0041}".to_owned() + "é\u{301}ж漢 \\ \"b\"";
        assert_eq!(Code::JournalDamaged.because(found).found(), escaped);
        assert_eq!(printable(escaped.clone()), escaped);
    }

    #[test]
    fn a_message_says_what_was_found_and_what_to_do() {
        let error = Code::ContainerTooLarge.because("the container needs 12,465 bytes and 12,288 are reserved").at(7).within((3, 0));
        assert_eq!(
            error.to_string(),
            "the container needs 12,465 bytes and 12,288 are reserved; begin again with a larger `container_size`"
        );
        assert!(error.message().ends_with("`containerSize`"));
        assert!(Code::FieldName.because("`sigField` and `containerSizes`").to_string().starts_with("`sigField` and `containerSizes`; "));
        assert_eq!((error.offset(), error.object(), error.group().as_str()), (Some(7), Some((3, 0)), "answer"));
    }
}
