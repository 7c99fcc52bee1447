//! `/AuthCode` of the trailer: where the integrity code of an encrypted document is. ISO/TS 32004.

use std::ops::Range;

use crate::error::{Code, Error, Result};
use crate::file::File;
use crate::syntax::write::{DictionaryWriter, Name};
use crate::syntax::{Dictionary, Lexer, ObjectId, Token, Value};

/// The integrity code of a document, as its newest revision contains it.
pub(crate) struct AuthCode {
    /// The token, or the container of the signature that it is attached to.
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_attached: bool,
    /// The two ranges that it covers: everything except the hexadecimal string with `bytes`.
    pub(crate) covered: [Range<u64>; 2],
}

/// Whether an update of the document needs an integrity code.
pub(crate) fn is_protected(file: &File) -> bool {
    let Some(encryption) = &file.encryption else { return false };
    encryption.wrapping_key().is_some() || encryption.requires_mac() || file.xref.trailer.get("AuthCode").is_some()
}

impl AuthCode {
    /// Reads the integrity code, which must be over all of the document.
    ///
    /// Errors: `ERR_MAC_INVALID`, and what loading an object gives.
    pub(crate) async fn read(file: &File) -> Result<AuthCode> {
        let missing = || Code::MacInvalid.because("the document has no integrity code (ISO/TS 32004), and must have one");
        let code = file.xref.trailer.get("AuthCode").ok_or_else(missing)?;
        let code = code.as_dictionary().ok_or_else(|| invalid("/AuthCode is not a dictionary in the trailer"))?;
        match code.name("MACLocation") {
            Some(b"Standalone") => AuthCode::over(file, code, "MAC", false).await,
            Some(b"AttachedToSig") => {
                let id = code.get("SigObjRef").and_then(Value::as_reference);
                let id = id.ok_or_else(|| invalid("/SigObjRef of /AuthCode is not a reference"))?;
                let loaded = file.load(id).await?;
                let signature = loaded.as_ref().and_then(|loaded| loaded.dictionary());
                let signature = signature.ok_or_else(|| invalid("/AuthCode refers to no signature").within(id))?;
                AuthCode::over(file, signature, "Contents", true).await.map_err(|error| error.within(id))
            }
            _ => Err(invalid("/MACLocation of /AuthCode is neither /Standalone nor /AttachedToSig")),
        }
    }

    /// Reads the string `key` of `entries`, and checks that `/ByteRange` leaves out exactly that string.
    async fn over(file: &File, entries: &Dictionary, key: &str, is_attached: bool) -> Result<AuthCode> {
        let bytes = entries.get(key).and_then(Value::as_string).ok_or_else(|| invalid(format!("there is no string /{key}")))?;
        let range: Vec<u64> = entries
            .get("ByteRange")
            .and_then(Value::as_array)
            .unwrap_or_default()
            .iter()
            .filter_map(|item| u64::try_from(item.value.as_integer()?).ok())
            .collect();
        let length = file.io.length();
        let [0, before, resume, after] = range[..] else { return Err(invalid("/ByteRange is not an array of two ranges")) };
        let hexadecimal = 2 * bytes.len() as u64 + 2;
        if before.checked_add(hexadecimal) != Some(resume) || resume.checked_add(after) != Some(length) {
            return Err(Code::MacInvalid.because("the integrity code (ISO/TS 32004) does not cover the whole document"));
        }
        let gap = file.io.read(before..resume).await?;
        let mut lexer = Lexer::new(&gap, 0, true);
        let is_string = lexer.token().is_ok_and(|token| matches!(token, Token::String(string) if string == bytes));
        if !is_string || !gap.starts_with(b"<") || lexer.offset() != gap.len() {
            return Err(invalid("/ByteRange leaves out something else than the integrity code"));
        }
        Ok(AuthCode { bytes: bytes.to_vec(), is_attached, covered: [0..before, resume..length] })
    }
}

fn invalid(found: impl Into<String>) -> Error {
    Code::MacInvalid.because(found)
}

/// The dictionary of an integrity code in the container of `signature`.
///
/// `/MACLocation` name, `/SigObjRef` reference (ISO/TS 32004).
pub(super) fn attached_to(signature: ObjectId) -> Vec<u8> {
    let mut dictionary = DictionaryWriter::new();
    dictionary.pair(Name("MACLocation"), Name("AttachedToSig")).pair(Name("SigObjRef"), signature);
    dictionary.finish()
}
