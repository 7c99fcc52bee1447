//! Keys of single objects, and what is done with them. ISO 32000-2, 7.6.3.

use aes::{Aes128, Aes256};
use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit};
use cbc::{Decryptor, Encryptor};
use md5::{Digest, Md5};
use rc4::{Rc4, StreamCipher};

use crate::cms::DigestAlgorithm;
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
    /// The key of object `id`: by algorithm 1, or the file's own by algorithm 1.A. None where nothing is encrypted.
    pub(super) fn object_key(self, key: &[u8], id: ObjectId) -> Option<Vec<u8>> {
        let salt: &[u8] = match self {
            Method::Identity => return None,
            Method::Rc4 => b"",
            Method::Aes128 => b"sAlT",
            Method::Aes256 => return Some(key.to_vec()),
        };
        let [a, b, c, _] = id.number.to_le_bytes();
        let digest = md5(&[key, &[a, b, c], &id.generation.to_le_bytes(), salt]);
        Some(digest.into_iter().take(key.len() + 5).collect())
    }

    /// The plain bytes; none where `data` cannot be the output of this method.
    ///
    /// A padding that is wrong is left in place, as by most readers.
    pub(super) fn decrypt(self, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        if self == Method::Identity {
            return Some(data.to_vec());
        }
        if self == Method::Rc4 {
            return rc4(key, data);
        }
        // Some writers leave an empty string as it is.
        let (vector, encrypted) = data.split_first_chunk::<BLOCK>()?;
        let mut plain = match self {
            Method::Aes128 => aes_cbc_decrypted::<Aes128>(key, vector, encrypted),
            _ => aes_cbc_decrypted::<Aes256>(key, vector, encrypted),
        }?;
        if let Some(&padding) = plain.last()
            && (1..=BLOCK).contains(&usize::from(padding))
        {
            plain.truncate(plain.len().saturating_sub(usize::from(padding)));
        }
        Some(plain)
    }

    /// The encrypted bytes: of AES a vector, the data and their padding (7.6.3.1).
    pub(super) fn encrypt(self, key: &[u8], data: &[u8], vectors: &mut Vectors) -> Vec<u8> {
        match self {
            Method::Identity => Some(data.to_vec()),
            Method::Rc4 => rc4(key, data),
            Method::Aes128 => padded::<Aes128>(key, data, vectors),
            Method::Aes256 => padded::<Aes256>(key, data, vectors),
        }
        // The keys have the length of their method.
        .unwrap_or_default()
    }
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

fn padded<C: BlockCipherEncrypt + KeyInit>(key: &[u8], data: &[u8], vectors: &mut Vectors) -> Option<Vec<u8>> {
    let vector = vectors.next();
    let mut out = [&vector, data].concat();
    out.resize(BLOCK + (data.len() / BLOCK + 1) * BLOCK, 0);
    let cipher = Encryptor::<C>::new_from_slices(key, &vector).ok()?;
    cipher.encrypt_padded::<Pkcs7>(out.get_mut(BLOCK..)?, data.len()).ok()?;
    Some(out)
}

/// `data`, whole blocks, encrypted without padding.
pub(super) fn aes_cbc_encrypted<C: BlockCipherEncrypt + KeyInit>(key: &[u8], vector: &[u8], mut data: Vec<u8>) -> Option<Vec<u8>> {
    let length = data.len();
    Encryptor::<C>::new_from_slices(key, vector).ok()?.encrypt_padded::<NoPadding>(&mut data, length).ok()?;
    Some(data)
}

/// `data` decrypted, their padding left in place; none where they are not whole blocks.
pub(super) fn aes_cbc_decrypted<C: BlockCipherDecrypt + KeyInit>(key: &[u8], vector: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut out = data.to_vec();
    Decryptor::<C>::new_from_slices(key, vector).ok()?.decrypt_padded::<NoPadding>(&mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: ObjectId = ObjectId { number: 0x01_02_03, generation: 4 };

    #[test]
    fn what_is_encrypted_is_read_again() {
        for (method, length) in [(Method::Rc4, 5), (Method::Rc4, 16), (Method::Aes128, 16), (Method::Aes256, 32)] {
            let key = method.object_key(&vec![9; length], ID).unwrap();
            let mut vectors = Vectors::new([1; 32]);
            for data in [&b""[..], b"a", &[16; 16], &[1; 100]] {
                let encrypted = method.encrypt(&key, data, &mut vectors);
                assert_eq!(method.decrypt(&key, &encrypted).unwrap(), data, "{method:?}");
                // 7.6.3.1: a vector, and 1 to 16 bytes of padding.
                let expected = if method == Method::Rc4 { data.len() } else { 16 + (data.len() / 16 + 1) * 16 };
                assert_eq!(encrypted.len(), expected, "{method:?}");
            }
        }
        assert_eq!(Method::Identity.object_key(b"key", ID), None);
    }

    #[test]
    fn keys_of_objects_have_the_length_of_algorithm_1() {
        let length = |method: Method, length: usize| method.object_key(&vec![9; length], ID).unwrap().len();
        assert_eq!([length(Method::Rc4, 5), length(Method::Rc4, 11), length(Method::Rc4, 16)], [10, 16, 16]);
        assert_eq!([length(Method::Aes128, 16), length(Method::Aes256, 32)], [16, 32]);
        assert_ne!(Method::Rc4.object_key(&[9; 16], ID), Method::Aes128.object_key(&[9; 16], ID));
    }

    #[test]
    fn spoiled_data_are_no_reason_to_give_up() {
        let key = [3; 16];
        assert_eq!(Method::Aes128.decrypt(&key, b""), None);
        assert_eq!(Method::Aes128.decrypt(&key, &[0; 15]), None);
        assert_eq!(Method::Aes128.decrypt(&key, &[0; 20]), None);
        assert_eq!(Method::Aes128.decrypt(&key, &[0; 16]).unwrap(), b"", "a vector alone");
        let whole = aes_cbc_encrypted::<Aes128>(&key, &[0; 16], vec![200; 16]).unwrap();
        assert_eq!(Method::Aes128.decrypt(&key, &[&[0; 16], whole.as_slice()].concat()).unwrap(), [200; 16], "without padding");
    }
}
