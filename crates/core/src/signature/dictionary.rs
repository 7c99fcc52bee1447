//! The signature dictionary. ISO 32000-2, 12.8.1, table 255.

use super::byte_range::ByteRange;
use crate::options::SigningOptions;
use crate::syntax::write;

/// The body of a signature dictionary, with the places that are filled in later.
pub(crate) struct SignatureDictionary {
    pub(crate) body: Vec<u8>,
    /// Where the value of `/ByteRange` starts in `body`.
    pub(crate) byte_range_at: usize,
    /// Where the hexadecimal string of `/Contents` starts in `body`, at its `<`.
    pub(crate) contents_at: usize,
    /// The length of that string with both delimiters.
    pub(crate) contents_length: usize,
}

/// `/SubFilter` of a signature with these options.
pub(crate) fn sub_filter(options: &SigningOptions) -> &'static str {
    if options.pades { "ETSI.CAdES.detached" } else { "adbe.pkcs7.detached" }
}

impl SignatureDictionary {
    /// `/Type` name, `/Filter` name and `/SubFilter` name (1.3), `/ByteRange` array, `/Contents` byte string, `/M` date, `/Name`,
    /// `/Reason`, `/Location` and `/ContactInfo` text strings, `/Reference` array (1.5).
    ///
    /// `container_size`: the bytes reserved for the container. `date`: `D:YYYYMMDDHHmmSSZ`.
    pub(crate) fn write(options: &SigningOptions, container_size: usize, date: &str, references: Option<&[u8]>) -> Self {
        let mut body = b"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /".to_vec();
        body.extend_from_slice(sub_filter(options).as_bytes());
        body.extend_from_slice(b"\n/ByteRange ");
        let byte_range_at = body.len();
        body.extend(ByteRange::placeholder());
        body.extend_from_slice(b"\n/Contents ");
        let contents_at = body.len();
        let contents_length = 2 * container_size + 2;
        body.push(b'<');
        body.resize(contents_at + contents_length - 1, b'0');
        body.push(b'>');
        body.extend_from_slice(b"\n/M ");
        body.extend(write::string(date.as_bytes()));
        let texts = [
            ("/Name", &options.name),
            ("/Reason", &options.reason),
            ("/Location", &options.location),
            ("/ContactInfo", &options.contact_info),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                body.push(b'\n');
                body.extend_from_slice(key.as_bytes());
                body.push(b' ');
                body.extend(write::text_string(text));
            }
        }
        if let Some(references) = references {
            body.extend_from_slice(b"\n/Reference ");
            body.extend_from_slice(references);
        }
        body.extend_from_slice(b">>");
        SignatureDictionary { body, byte_range_at, contents_at, contents_length }
    }
}
