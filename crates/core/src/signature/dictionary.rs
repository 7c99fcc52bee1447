//! The signature dictionary. ISO 32000-2, 12.8.1, table 255.

use std::ops::Range;

use super::byte_range::ByteRange;
use crate::options::SigningOptions;
use crate::syntax::write;
use crate::syntax::write::{DictionaryWriter, Name, Source, Text};

/// A signature dictionary, and the parts of it that are filled in later.
pub(crate) struct SignatureDictionary {
    pub(crate) body: Vec<u8>,
    /// Value of `/ByteRange` in `body`.
    pub(crate) byte_range: Range<usize>,
    /// Hexadecimal string of `/Contents` in `body`, with its delimiters.
    pub(crate) contents: Range<usize>,
}

/// `/SubFilter` of a signature with these options.
pub(crate) fn sub_filter(options: &SigningOptions) -> &'static str {
    if options.pades { "ETSI.CAdES.detached" } else { "adbe.pkcs7.detached" }
}

/// `/SubFilter` of a document timestamp.
pub(crate) const DOCUMENT_TIMESTAMP: &str = "ETSI.RFC3161";

impl SignatureDictionary {
    /// `/Type` name, `/Filter` name and `/SubFilter` name (1.3), `/ByteRange` array, `/Contents` byte string, `/M` date, `/Name`,
    /// `/Reason`, `/Location` and `/ContactInfo` text strings, `/Reference` array (1.5).
    ///
    /// `container_size`: bytes to reserve for the container. `date`: see [`super::pdf_date`].
    pub(crate) fn write(options: &SigningOptions, container_size: usize, date: &str, references: Option<&[u8]>) -> Self {
        let mut dictionary = DictionaryWriter::of_type(Name("Sig"));
        dictionary.pair(Name("Filter"), Name("Adobe.PPKLite")).pair(Name("SubFilter"), Name(sub_filter(options)));
        let (byte_range, contents) = reserve(&mut dictionary, container_size);
        dictionary.line(Name("M"), Source(&write::string(date.as_bytes())));
        let texts = [
            (Name("Name"), &options.name),
            (Name("Reason"), &options.reason),
            (Name("Location"), &options.location),
            (Name("ContactInfo"), &options.contact_info),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                dictionary.line(key, Text(text));
            }
        }
        if let Some(references) = references {
            dictionary.line(Name("Reference"), Source(references));
        }
        SignatureDictionary { body: dictionary.finish(), byte_range, contents }
    }

    /// That of a document timestamp (12.8.5): neither date nor texts.
    pub(crate) fn write_timestamp(container_size: usize) -> Self {
        let mut dictionary = DictionaryWriter::of_type(Name("DocTimeStamp"));
        dictionary.pair(Name("Filter"), Name("Adobe.PPKLite")).pair(Name("SubFilter"), Name(DOCUMENT_TIMESTAMP));
        let (byte_range, contents) = reserve(&mut dictionary, container_size);
        SignatureDictionary { body: dictionary.finish(), byte_range, contents }
    }
}

/// Places of `/ByteRange` and of `/Contents`.
fn reserve(dictionary: &mut DictionaryWriter, container_size: usize) -> (Range<usize>, Range<usize>) {
    let byte_range = dictionary.line(Name("ByteRange"), Source(&ByteRange::placeholder()));
    let mut reserved = vec![b'0'; 2 * container_size + 2];
    if let [first, .., last] = reserved.as_mut_slice() {
        (*first, *last) = (b'<', b'>');
    }
    (byte_range, dictionary.line(Name("Contents"), Source(&reserved)))
}
