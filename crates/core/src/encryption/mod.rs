//! ISO 32000-2, 7.6: documents that are encrypted by the standard security handler.
//!
//! The rest of the core works on plain text: strings and streams are decrypted when they are loaded, and encrypted when an update
//! with them is written.

mod cipher;
mod integrity;
mod password;
mod standard;
mod strings;

use crate::error::{Code, Error, Result};
use crate::syntax::{Dictionary, Lexer, Object, ObjectId, Value, parse_object, write};
use cipher::Method;
pub(crate) use cipher::Vectors;
use standard::{Handler, Opened};

/// A document that was opened: its key, and what it is used for.
pub(crate) struct Encryption {
    /// The file encryption key; empty where nothing of what is read or written needs one.
    key: Vec<u8>,
    /// What `/StmF` and `/StrF` name (7.6.6), or the one method of older versions.
    streams: Method,
    strings: Method,
    /// Whether the permissions stand against a signature.
    restricted: bool,
    /// The key that wraps the keys of integrity codes; none without `/KDFSalt`.
    wrapping_key: Option<[u8; 32]>,
    /// Whether the permissions require an integrity code.
    requires_mac: bool,
}

impl Encryption {
    /// Opens a document by its `/Encrypt` dictionary, whose values must be direct, and the first string of its `/ID`.
    ///
    /// Without a password that of a user who needs none is tried: the empty one (7.6.4.1).
    /// Errors: `ERR_ENCRYPTION_UNSUPPORTED`, `ERR_PASSWORD_MISSING`, `ERR_PASSWORD_WRONG`.
    pub(crate) fn open(encrypt: &Value, identifier: &[u8], password: Option<&str>) -> Result<Encryption> {
        let Some(entries) = encrypt.as_dictionary() else { return Err(unsupported("the document is encrypted, and does not say how")) };
        if entries.name("Filter") != Some(b"Standard") {
            return Err(unsupported(foreign_handler(entries)));
        }
        let (version, revision) = (entries.integer("V").unwrap_or(0), entries.integer("R").unwrap_or(0));
        let (streams, strings) = match (version, revision) {
            (1 | 2, 2..=4) => (Method::Rc4, Method::Rc4),
            (4, 2..=4) | (5, 5 | 6) => (crypt_filter(entries, "StmF", version)?, crypt_filter(entries, "StrF", version)?),
            _ => return Err(unsupported(format!("the document is encrypted by /V {version} and /R {revision} of the standard handler"))),
        };
        let handler = Handler::read(entries, version, revision, identifier, [streams, strings].contains(&Method::Aes128));
        let handler = handler.ok_or_else(|| unsupported("the document is encrypted, and its encryption dictionary is damaged"))?;
        let salt = entries.get("KDFSalt").and_then(Value::as_string);
        match (handler.open(password.unwrap_or_default()), password) {
            (Some(Opened { key, owner }), _) => Ok(Encryption {
                streams,
                strings,
                restricted: !owner && !handler.permits_signature(),
                wrapping_key: salt.and_then(|salt| integrity::wrapping_key(&key, salt)),
                requires_mac: handler.requires_mac(&key),
                key,
            }),
            (None, Some(_)) => Err(Code::PasswordWrong.into()),
            // Only embedded files are encrypted (7.6.6, `/EFF`), and none of them is read or written.
            (None, None) if (streams, strings) == (Method::Identity, Method::Identity) && salt.is_none() => Ok(Encryption {
                key: Vec::new(),
                streams,
                strings,
                restricted: !handler.permits_signature(),
                wrapping_key: None,
                requires_mac: false,
            }),
            (None, None) => Err(Code::PasswordMissing.into()),
        }
    }

    /// Whether the document was opened as a user whose permissions (table 22) allow nothing that a signature is.
    pub(crate) fn restricted(&self) -> bool {
        self.restricted
    }

    /// The key that wraps the keys of integrity codes (ISO/TS 32004). None without `/KDFSalt`.
    pub(crate) fn wrapping_key(&self) -> Option<[u8; 32]> {
        self.wrapping_key
    }

    /// Whether the permissions say that the document has an integrity code (ISO/TS 32004).
    pub(crate) fn requires_mac(&self) -> bool {
        self.requires_mac
    }

    /// `source`, from which object `id` was parsed, with plain strings; none where it has no strings that are encrypted.
    ///
    /// A string that cannot be decrypted stays as it is: some who update a file forget to encrypt.
    pub(crate) fn decrypt_strings(&self, id: ObjectId, source: &[u8], object: &Object) -> Result<Option<Vec<u8>>> {
        let Some(mut cipher) = self.strings.of_object(&self.key, id)? else { return Ok(None) };
        let decrypted = |string: &[u8]| cipher.decrypt(string).map(|plain| write::string(&plain));
        // It was parsed already.
        strings::replaced(source, object, decrypted).map_err(|_| Code::Internal.into())
    }

    /// The data of stream `id`, plain.
    pub(crate) fn decrypt_stream(&self, id: ObjectId, data: Vec<u8>) -> Result<Vec<u8>> {
        let cipher = self.streams.of_object(&self.key, id)?;
        Ok(cipher.and_then(|mut cipher| cipher.decrypt(&data)).unwrap_or(data))
    }

    /// `body` of object `id`, without its stream, with encrypted strings.
    pub(crate) fn encrypt_strings(&self, id: ObjectId, body: &[u8], vectors: &mut Vectors) -> Result<Vec<u8>> {
        let Some(mut cipher) = self.strings.of_object(&self.key, id)? else { return Ok(body.to_vec()) };
        let encrypted = |string: &[u8]| Some(write::hexadecimal(&cipher.encrypt(string, vectors)));
        let object = parse_object(&mut Lexer::new(body, 0, true));
        let replaced = object.and_then(|object| strings::replaced(body, &object, encrypted));
        // What was planned is an object.
        Ok(replaced.map_err(|_| Error::from(Code::Internal))?.unwrap_or_else(|| body.to_vec()))
    }

    /// The data of stream `id`, encrypted.
    pub(crate) fn encrypt_stream(&self, id: ObjectId, data: &[u8], vectors: &mut Vectors) -> Result<Vec<u8>> {
        let cipher = self.streams.of_object(&self.key, id)?;
        Ok(cipher.map_or_else(|| data.to_vec(), |mut cipher| cipher.encrypt(data, vectors)))
    }
}

/// The method of the crypt filter that `key` names (7.6.6, table 25); by default there is none.
fn crypt_filter(entries: &Dictionary, key: &str, version: i64) -> Result<Method> {
    let name = entries.name(key).unwrap_or(b"Identity");
    if name == b"Identity" {
        return Ok(Method::Identity);
    }
    let filters = entries.get("CF").and_then(Value::as_dictionary);
    let filter = filters.zip(std::str::from_utf8(name).ok()).and_then(|(filters, name)| filters.get(name)?.as_dictionary());
    let Some(filter) = filter else { return Err(unsupported("the document is encrypted by a crypt filter that it does not define")) };
    match (filter.name("CFM"), version) {
        (Some(b"V2"), 4) => Ok(Method::Rc4),
        (Some(b"AESV2"), 4) => Ok(Method::Aes128),
        (Some(b"AESV3"), 5) => Ok(Method::Aes256),
        (method, _) => {
            let method = method.map_or("no /CFM".into(), |method| format!("/CFM /{}", printable(method)));
            Err(unsupported(format!("the document is encrypted by a crypt filter with {method} under /V {version}")))
        }
    }
}

/// Says by whom a document is encrypted, where that is not the standard handler.
fn foreign_handler(entries: &Dictionary) -> String {
    let Some(filter) = entries.name("Filter") else { return "the document is encrypted by a handler without a name".into() };
    // 7.6.5: these are meant by whoever decrypts with a private key.
    let sub_filter = entries.name("SubFilter").unwrap_or_default();
    let public_key = [&b"Adobe.PubSec"[..], b"Adobe.PPKLite", b"Entrust.PPKEF"].contains(&filter) || sub_filter.starts_with(b"adbe.pkcs7.");
    match public_key {
        true => format!("the document is encrypted for certificates, by the public-key handler {}", printable(filter)),
        false => format!("the document is encrypted by the handler {}", printable(filter)),
    }
}

/// A name as a message may hold it.
fn printable(name: &[u8]) -> String {
    name.iter().take(40).map(|&byte| if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) { char::from(byte) } else { '?' }).collect()
}

fn unsupported(found: impl Into<String>) -> Error {
    Code::EncryptionUnsupported.because(found)
}
