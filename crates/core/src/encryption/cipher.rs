//! Keys of single objects, and what is done with them. ISO 32000-2, 7.6.3.

use aes::{Aes128, Aes256};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit};
use cbc::{Decryptor, Encryptor};
use md5::{Digest, Md5};
use rc4::{Rc4, StreamCipher};

use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::syntax::ObjectId;

/// The block of AES, which is also the length of an initialisation vector.
const BLOCK: usize = 16;

/// How strings or streams are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// Not at all.
    Identity,
    Rc4,
    /// `AESV2`.
    Aes128,
    /// `AESV3`.
    Aes256,
}

impl Method {
    /// What encrypts strings or streams of object `id`: by a key of its own (algorithm 1), or by the file's (algorithm 1.A).
    /// None where nothing does.
    pub(super) fn of_object(self, key: &[u8], id: ObjectId) -> Result<Option<Cipher>> {
        let cipher = match self {
            Method::Identity => return Ok(None),
            Method::Rc4 => Rc4::new_from_slice(&object_key(key, id, b"")).map(|rc4| Cipher::Rc4 { rc4, keystream: Vec::new() }),
            Method::Aes128 => Aes128::new_from_slice(&object_key(key, id, b"sAlT")).map(Cipher::Aes128),
            Method::Aes256 => Aes256::new_from_slice(key).map(Cipher::Aes256),
        };
        // The key was made for this method.
        cipher.map(Some).map_err(|_| Code::Internal.into())
    }
}

/// Algorithm 1, steps a to d.
fn object_key(key: &[u8], id: ObjectId, salt: &[u8]) -> Vec<u8> {
    let [a, b, c, _] = id.number.to_le_bytes();
    md5(&[key, &[a, b, c], &id.generation.to_le_bytes(), salt]).into_iter().take(key.len() + 5).collect()
}

/// A method with the key of one object, made once for all its strings.
pub(super) enum Cipher {
    /// Every string begins the key stream anew, of which as much is made as the longest needs.
    Rc4 {
        rc4: Rc4,
        keystream: Vec<u8>,
    },
    Aes128(Aes128),
    Aes256(Aes256),
}

impl Cipher {
    /// The plain bytes; none where `data` cannot be the output of this method.
    ///
    /// A padding that is wrong is left in place, as by most readers.
    pub(super) fn decrypt(&mut self, data: &[u8]) -> Option<Vec<u8>> {
        if let Cipher::Rc4 { rc4, keystream } = self {
            return Some(streamed(rc4, keystream, data));
        }
        // Some writers leave an empty string as it is.
        let (vector, data) = data.split_first_chunk::<BLOCK>()?;
        let mut plain = match self {
            Cipher::Aes128(aes) => cbc_decrypted(aes, vector, data.to_vec()),
            Cipher::Aes256(aes) => cbc_decrypted(aes, vector, data.to_vec()),
            Cipher::Rc4 { .. } => None,
        }?;
        if let Some(&padding) = plain.last()
            && (1..=BLOCK).contains(&usize::from(padding))
        {
            plain.truncate(plain.len().saturating_sub(usize::from(padding)));
        }
        Some(plain)
    }

    /// The encrypted bytes: of AES a vector, the data and their padding (7.6.3.1).
    pub(super) fn encrypt(&mut self, data: &[u8], vectors: &mut Vectors) -> Vec<u8> {
        if let Cipher::Rc4 { rc4, keystream } = self {
            return streamed(rc4, keystream, data);
        }
        let vector = vectors.next();
        let padding = BLOCK - data.len() % BLOCK;
        let data = [data, &vec![padding as u8; padding]].concat();
        let encrypted = match self {
            Cipher::Aes128(aes) => cbc_encrypted(aes, &vector, data),
            Cipher::Aes256(aes) => cbc_encrypted(aes, &vector, data),
            Cipher::Rc4 { .. } => None,
        };
        // Data of whole blocks are encrypted whatever they are.
        [vector.as_slice(), &encrypted.unwrap_or_default()].concat()
    }
}

/// `data` encrypted, or decrypted, by the key stream of `rc4`, of which `keystream` is there already.
fn streamed(rc4: &mut Rc4, keystream: &mut Vec<u8>, data: &[u8]) -> Vec<u8> {
    if let Some(missing) = data.len().checked_sub(keystream.len()) {
        let mut more = vec![0; missing];
        rc4.apply_keystream(&mut more);
        keystream.append(&mut more);
    }
    data.iter().zip(keystream.iter()).map(|(byte, key)| byte ^ key).collect()
}

/// Initialisation vectors, each once, from a seed that nobody else knows: the same seed gives the same update.
pub(crate) struct Vectors {
    seed: [u8; 32],
    count: u64,
}

impl Vectors {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Vectors { seed, count: 0 }
    }

    fn next(&mut self) -> [u8; BLOCK] {
        self.count += 1;
        let digest = DigestAlgorithm::Sha256.digest(&[&self.seed, &self.count.to_be_bytes()]);
        std::array::from_fn(|index| digest.get(index).copied().unwrap_or(0))
    }
}

/// MD5 of the parts, one behind the other.
pub(super) fn md5(parts: &[&[u8]]) -> [u8; 16] {
    let mut hasher = Md5::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// Encrypts, or decrypts, by a key of 1 to 256 bytes.
pub(super) fn rc4(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut out = data.to_vec();
    Rc4::new_from_slice(key).ok()?.apply_keystream(&mut out);
    Some(out)
}

/// `data` encrypted without padding; none where they are not whole blocks.
pub(super) fn cbc_encrypted<C: BlockCipherEncrypt + Clone>(cipher: &C, vector: &[u8], mut data: Vec<u8>) -> Option<Vec<u8>> {
    let length = data.len();
    Encryptor::inner_iv_slice_init(cipher.clone(), vector).ok()?.encrypt_padded::<NoPadding>(&mut data, length).ok()?;
    Some(data)
}

/// `data` decrypted, their padding left in place; none where they are not whole blocks.
pub(super) fn cbc_decrypted<C: BlockCipherDecrypt + Clone>(cipher: &C, vector: &[u8], mut data: Vec<u8>) -> Option<Vec<u8>> {
    Decryptor::inner_iv_slice_init(cipher.clone(), vector).ok()?.decrypt_padded::<NoPadding>(&mut data).ok()?;
    Some(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: ObjectId = ObjectId { number: 0x01_02_03, generation: 4 };

    fn cipher(method: Method, length: usize) -> Cipher {
        method.of_object(&vec![9; length], ID).unwrap().unwrap()
    }

    #[test]
    fn what_is_encrypted_is_read_again() {
        for (method, length) in [(Method::Rc4, 5), (Method::Rc4, 16), (Method::Aes128, 16), (Method::Aes256, 32)] {
            let (mut writer, mut reader) = (cipher(method, length), cipher(method, length));
            let mut vectors = Vectors::new([1; 32]);
            for data in [&b""[..], b"a", &[1; 100], &[16; 16], &[1; 101]] {
                let encrypted = writer.encrypt(data, &mut vectors);
                assert_eq!(reader.decrypt(&encrypted).unwrap(), data, "{method:?}");
                // 7.6.3.1: a vector, and 1 to 16 bytes of padding.
                let expected = if method == Method::Rc4 { data.len() } else { 16 + (data.len() / 16 + 1) * 16 };
                assert_eq!(encrypted.len(), expected, "{method:?}");
            }
        }
        assert!(Method::Identity.of_object(b"key", ID).unwrap().is_none());
        assert!(Method::Aes256.of_object(&[0; 16], ID).is_err());
    }

    #[test]
    fn keys_of_objects_have_the_length_of_algorithm_1() {
        assert_eq!([5, 11, 16].map(|length| object_key(&vec![9; length], ID, b"").len()), [10, 16, 16]);
        assert_ne!(object_key(&[9; 16], ID, b""), object_key(&[9; 16], ID, b"sAlT"));
        // Three bytes of the number, two of the generation, the low ones first.
        assert_eq!(object_key(&[9; 16], ID, b"sAlT"), md5(&[&[9; 16], &[3, 2, 1, 4, 0], b"sAlT"]));
    }

    #[test]
    fn spoiled_data_are_no_reason_to_give_up() {
        let mut aes = cipher(Method::Aes256, 32);
        assert_eq!(aes.decrypt(b""), None);
        assert_eq!(aes.decrypt(&[0; 15]), None);
        assert_eq!(aes.decrypt(&[0; 20]), None);
        assert_eq!(aes.decrypt(&[0; 16]).unwrap(), b"", "a vector alone");
        let key = Aes256::new_from_slice(&[9; 32]).unwrap();
        let whole = cbc_encrypted(&key, &[0; 16], vec![200; 16]).unwrap();
        assert_eq!(aes.decrypt(&[&[0; 16], whole.as_slice()].concat()).unwrap(), [200; 16], "without padding");
    }
}
