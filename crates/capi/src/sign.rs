//! One call that signs a document in memory, for C.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{fmt, ptr};

use rustpdf::{Code, Control, Error, Signed, Signer, SigningOptions, SigningRequest};

use crate::{RustpdfFrame, bytes, give, rustpdf_free};

/// Bytes of the caller.
#[repr(C)]
pub struct RustpdfBytes {
    /// First byte.
    pub data: *const u8,
    /// Number of bytes.
    pub length: usize,
}

/// Request for a raw signature, in every form that key stores accept. It is valid until the callback returns.
#[repr(C)]
pub struct RustpdfRequest {
    /// Message, for a key store that hashes it.
    pub data: RustpdfBytes,
    /// Digest of `data`, for a key store that signs digests. Ed25519 signs `data` itself.
    pub digest: RustpdfBytes,
    /// DER of DigestInfo around `digest` (RFC 8017, 9.2), for raw RSA such as `CKM_RSA_PKCS` of PKCS #11. Empty unless `rsa-pkcs1`.
    pub digest_info: RustpdfBytes,
    /// Digest algorithm: `sha256`, `sha384` or `sha512`.
    pub digest_algorithm: *const c_char,
    /// Signature algorithm: `rsa-pkcs1`, `rsa-pss`, `ecdsa` or `ed25519`.
    pub signature_algorithm: *const c_char,
    /// Curve of the key. Null unless `ecdsa`.
    pub curve: *const c_char,
    /// Length of the salt, in bytes. 0 unless `rsa-pss`.
    pub salt_length: usize,
    /// Digest of the document over `/ByteRange`, by `digest_algorithm`.
    pub document_digest: RustpdfBytes,
    /// Name of the document's file, without its folder. Null where the document is no file.
    pub document_name: *const c_char,
    /// Name of the signature field.
    pub field_name: *const c_char,
    /// SHA-256 of the certificate of the key.
    pub certificate_digest: RustpdfBytes,
}

/// Makes a raw signature.
///
/// On entry `*length` is the size of `signature`, 8,192 bytes. The callback writes the signature and its length, and returns 0. Any other
/// number ends the call, which returns the same number. Do not return -1: it stands for a refusal of rustpdf.
pub type RustpdfSigner =
    Option<unsafe extern "C" fn(context: *mut c_void, request: *const RustpdfRequest, signature: *mut u8, length: *mut usize) -> c_int>;

/// Receives the warnings of a signature, before the signer is called.
///
/// `warnings` is a JSON list of objects with `code` and `message`. The callback returns 0 to go on. Any other number ends the call, which
/// returns the same number.
pub type RustpdfOnWarnings = Option<unsafe extern "C" fn(context: *mut c_void, warnings: *const c_char) -> c_int>;

/// Document, certificate and key of a call. Members that are not named in an initializer are empty, as in C.
#[repr(C)]
pub struct RustpdfSigning {
    /// Document.
    pub pdf: RustpdfBytes,
    /// Certificate of the key, DER or PEM.
    pub certificate: RustpdfBytes,
    /// Certificates of the issuers, in any order: a PEM bundle, PKCS #7, or one as DER. May be empty.
    pub chain: RustpdfBytes,
    /// Options as a JSON object (docs/options.md). Null for the default ones.
    pub options: *const c_char,
    /// Callback that signs.
    pub sign: RustpdfSigner,
    /// Callback that receives warnings. May be null: they are in the report, too.
    pub on_warnings: RustpdfOnWarnings,
    /// First argument of the callbacks.
    pub context: *mut c_void,
}

/// Result of a call. Free it with `rustpdf_signed_free`, after a failure, too.
#[repr(C)]
pub struct RustpdfSigned {
    /// Signed document. Empty after a failure.
    pub pdf: RustpdfFrame,
    /// Report of the signature, a JSON object. Null after a failure.
    pub report: *mut c_char,
    /// Code of a refusal, such as `ERR_NOT_A_PDF` (docs/errors.md). Null if the document is signed, or a callback failed.
    pub code: *mut c_char,
    /// Message of a failure, with a remedy. Null if the document is signed.
    pub message: *mut c_char,
}

/// Bytes that a callback may write.
const SIGNATURE: usize = 8192;

/// Returned where rustpdf refuses.
const REFUSED: c_int = -1;

/// Signs a document in memory, with a key behind a callback. The time is now. Entropy comes from the system.
///
/// Returns 0, and the signed document in `signed`. Returns -1 if rustpdf refuses: `code` and `message` say why. Returns the number of a
/// callback that failed. A callback must not throw an exception or jump out.
///
/// # Safety
/// `signing` is null or valid, with addresses that are null or valid. `signed` may be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rustpdf_sign(signing: *const RustpdfSigning, signed: *mut RustpdfSigned) -> c_int {
    // A panic must not reach C.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: as promised by the caller.
        unsafe { signing.as_ref() }.ok_or(Error::from(Code::Argument)).and_then(|signing| unsafe { sign(signing) })
    }));
    let outcome = outcome.unwrap_or_else(|_| Err(Code::Internal.into()));
    let (status, mut result) = match outcome {
        Ok(Signed { pdf, report, .. }) => {
            let report = text(serde_json::to_string(&report).unwrap_or_default());
            (0, RustpdfSigned { pdf: give(pdf), report, code: ptr::null_mut(), message: ptr::null_mut() })
        }
        Err(error) => {
            let code = error.code().map_or(ptr::null_mut(), |code| text(code.as_str().to_owned()));
            let message = text(error.to_string());
            (status(&error), RustpdfSigned { pdf: give(Vec::new()), report: ptr::null_mut(), code, message })
        }
    };
    match signed.is_null() {
        // SAFETY: it is of this function.
        true => unsafe { rustpdf_signed_free(&mut result) },
        // SAFETY: as promised by the caller.
        false => unsafe { signed.write(result) },
    }
    status
}

/// Frees the contents of a result, and empties it. Null is nothing.
///
/// # Safety
/// `signed` is null, or was written by `rustpdf_sign` and is not used by another thread meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rustpdf_signed_free(signed: *mut RustpdfSigned) {
    // SAFETY: as promised by the caller.
    let Some(signed) = (unsafe { signed.as_mut() }) else { return };
    // SAFETY: the library made it, and forgets it here.
    unsafe { rustpdf_free(signed.pdf.data, signed.pdf.length) };
    signed.pdf = RustpdfFrame { data: ptr::null_mut(), length: 0 };
    for text in [&mut signed.report, &mut signed.code, &mut signed.message] {
        if !text.is_null() {
            // SAFETY: it came from `CString::into_raw`.
            drop(unsafe { CString::from_raw(*text) });
            *text = ptr::null_mut();
        }
    }
}

/// # Safety
/// As `rustpdf_sign`.
unsafe fn sign(signing: &RustpdfSigning) -> Result<Signed, Error> {
    // SAFETY: as promised by the caller.
    let of = |given: &RustpdfBytes| unsafe { bytes(given.data, given.length) };
    let callback = signing.sign.ok_or(Code::Argument.because("sign is missing").with_remedy("give it to the call"))?;
    let options = match signing.options.is_null() {
        true => SigningOptions::new(),
        false => {
            // SAFETY: as promised by the caller.
            let json = unsafe { CStr::from_ptr(signing.options) }.to_str();
            let json =
                json.map_err(|_| Code::Argument.because("a text in the options is not UTF-8").with_remedy("convert it to UTF-8 first"))?;
            SigningOptions::from_json(json)?
        }
    };
    let context = signing.context;
    let signer = Signer::new(of(&signing.certificate), |request| {
        // SAFETY: as promised by the caller.
        ask(request, |request, signature, length| unsafe { callback(context, request, signature, length) })
    });
    let signer = signer.chain(Some(of(&signing.chain)).filter(|chain| !chain.is_empty()));
    let context = Context(context);
    let mut control = Control::new();
    if let Some(callback) = signing.on_warnings {
        control = control.on_warnings(move |warnings| {
            let (Context(context), json) = (&context, CString::new(serde_json::to_string(warnings)?)?);
            // SAFETY: as promised by the caller.
            succeeded(unsafe { callback(*context, json.as_ptr()) })
        });
    }
    rustpdf::sign_controlled(of(&signing.pdf), &signer, &options, &mut control)
}

/// Context of the callbacks. They are called by the thread of the call alone.
struct Context(*mut c_void);

// SAFETY: it is not used by another thread.
unsafe impl Send for Context {}

/// Number other than 0 that a callback returned.
#[derive(Debug)]
struct Failed(c_int);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the callback returned {}", self.0)
    }
}

impl std::error::Error for Failed {}

/// The number that `rustpdf_sign` returns.
fn status(error: &Error) -> c_int {
    match error.cause() {
        Error::Signer(cause) => cause.downcast_ref::<Failed>().map_or(REFUSED, |failed| failed.0),
        _ => REFUSED,
    }
}

/// Has the callback make a signature.
fn ask(
    request: &SigningRequest,
    callback: impl Fn(*const RustpdfRequest, *mut u8, *mut usize) -> c_int,
) -> Result<Vec<u8>, rustpdf::Cause> {
    let of = |bytes: &[u8]| RustpdfBytes { data: bytes.as_ptr(), length: bytes.len() };
    let name = |name: &str| CString::new(name).unwrap_or_default();
    let (digest_algorithm, signature_algorithm) = (name(request.digest_algorithm.as_str()), name(request.signature_algorithm.as_str()));
    let curve = request.curve.map(|curve| name(curve.as_str()));
    let maybe = |bytes: &Option<Vec<u8>>| bytes.as_deref().map_or(RustpdfBytes { data: ptr::null(), length: 0 }, of);
    let (document_name, field_name) = (request.document_name.as_deref().map(name), request.field_name.as_deref().map(name));
    let text = |text: &Option<CString>| text.as_ref().map_or(ptr::null(), |text| text.as_ptr());
    let asked = RustpdfRequest {
        data: of(&request.data),
        digest: of(&request.digest),
        digest_info: maybe(&request.digest_info),
        digest_algorithm: digest_algorithm.as_ptr(),
        signature_algorithm: signature_algorithm.as_ptr(),
        curve: text(&curve),
        salt_length: request.salt_length.unwrap_or(0).into(),
        document_digest: maybe(&request.document_digest),
        document_name: text(&document_name),
        field_name: text(&field_name),
        certificate_digest: maybe(&request.certificate_digest),
    };
    let (mut signature, mut length) = (vec![0; SIGNATURE], SIGNATURE);
    succeeded(callback(&asked, signature.as_mut_ptr(), &mut length))?;
    if length > SIGNATURE {
        return Err(format!("the callback says that it wrote {length} bytes, and may write {SIGNATURE}").into());
    }
    signature.truncate(length);
    Ok(signature)
}

/// What a callback returned. Errors: any number but 0.
fn succeeded(status: c_int) -> Result<(), rustpdf::Cause> {
    if status == 0 { Ok(()) } else { Err(Failed(status).into()) }
}

/// Text for C. Messages have no zero bytes: controls are escaped.
fn text(text: String) -> *mut c_char {
    CString::new(text).unwrap_or_default().into_raw()
}
