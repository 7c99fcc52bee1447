//! From a password to the file encryption key. ISO 32000-2, 7.6.4.

use aes::cipher::KeyInit;
use aes::{Aes128, Aes256};

use super::cipher::{cbc_decrypted, cbc_encrypted, md5, rc4};
use super::password;
use crate::digest::DigestAlgorithm;
use crate::limits;
use crate::syntax::{Dictionary, Value};

/// What a password shorter than 32 bytes is filled up with (algorithm 2, step a).
const PADDING: [u8; 32] =
    *b"\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A";
/// The bytes of a password that count in revisions 5 and 6, of its prepared UTF-8 (algorithm 2.A, step a). The cut may lie within a character.
const PASSWORD: usize = 127;

/// What the encryption dictionary says of passwords and keys (tables 20 and 21).
pub(super) struct Handler<'a> {
    revision: i64,
    /// Bytes of the key, the likeliest first. What fits is what the password check confirms.
    key_lengths: Vec<usize>,
    owner: Vec<u8>,
    user: Vec<u8>,
    owner_key: Vec<u8>,
    user_key: Vec<u8>,
    permissions: u32,
    /// `/Perms`: the permissions, encrypted by the key of revision 6.
    encrypted_permissions: Vec<u8>,
    encrypt_metadata: bool,
    identifier: &'a [u8],
}

/// What a password opens.
pub(super) struct Opened {
    pub(super) key: Vec<u8>,
    /// Whether it is the owner's.
    pub(super) owner: bool,
}

impl<'a> Handler<'a> {
    /// Reads the dictionary; none where it lacks what it must have. `aes_128`: a key has 16 bytes and no fewer.
    pub(super) fn read(entries: &Dictionary, version: i64, revision: i64, identifier: &'a [u8], aes_128: bool) -> Option<Handler<'a>> {
        // Some writers make the strings longer or shorter than they are: what is too much is passed over, and zeros are added.
        let string = |key: &str, length: usize| {
            let mut string = entries.get(key)?.as_string()?.to_vec();
            string.resize(length, 0);
            Some(string)
        };
        let modern = revision >= 5;
        let length = if modern { 48 } else { 32 };
        Some(Handler {
            revision,
            key_lengths: key_lengths(entries, version, revision, aes_128),
            owner: string("O", length)?,
            user: string("U", length)?,
            owner_key: if modern { string("OE", 32)? } else { Vec::new() },
            user_key: if modern { string("UE", 32)? } else { Vec::new() },
            // Written as a signed number, or as an unsigned one.
            permissions: entries.integer("P").unwrap_or(-1) as u32,
            encrypted_permissions: string("Perms", 16).unwrap_or_default(),
            encrypt_metadata: entries.get("EncryptMetadata") != Some(&Value::Boolean(false)),
            identifier,
        })
    }

    /// Whether the user may modify the document (bit 4), annotate it and fill in forms (bit 6), or fill in forms and sign (bit 9 of
    /// revision 3 and later): table 22.
    pub(super) fn permits_signature(&self) -> bool {
        let sign = if self.revision >= 3 { 1 << 8 } else { 0 };
        self.permissions & (1 << 3 | 1 << 5 | sign) != 0
    }

    /// Whether the document must have an integrity code: bit 13, which is 0 then (ISO/TS 32004).
    ///
    /// `/Perms` says it where it can be read by `key` (algorithm 13): `/P` can be changed without the password.
    pub(super) fn requires_mac(&self, key: &[u8]) -> bool {
        if self.revision < 6 {
            return false;
        }
        let plain = Aes256::new_from_slice(key).ok().and_then(|aes| cbc_decrypted(&aes, &[0; 16], self.encrypted_permissions.clone()));
        let permissions = match plain.as_deref() {
            Some([a, b, c, d, _, _, _, _, _, b'a', b'd', b'b', ..]) => u32::from_le_bytes([*a, *b, *c, *d]),
            _ => self.permissions,
        };
        permissions & 1 << 12 == 0
    }

    /// Tries the password as the owner's, then as the user's.
    pub(super) fn open(&self, password: &str) -> Option<Opened> {
        password::spellings(password, self.revision).iter().find_map(|password| match self.revision >= 5 {
            true => self.open_by_aes(password),
            false => self.open_by_rc4(password),
        })
    }

    /// Algorithms 6 and 7.
    fn open_by_rc4(&self, password: &[u8]) -> Option<Opened> {
        self.key_lengths.iter().find_map(|&length| {
            // Algorithm 3 digests whole digests, and writers that follow Acrobat as many bytes as the key has.
            let owner = [length, 16].into_iter().find_map(|digested| {
                let user = self.user_password(password, length, digested)?;
                self.user_password_key(&user, length)
            });
            match owner {
                Some(key) => Some(Opened { key, owner: true }),
                None => Some(Opened { key: self.user_password_key(password, length)?, owner: false }),
            }
        })
    }

    /// The user's password, filled up to 32 bytes, from the owner's (algorithm 7).
    fn user_password(&self, owner_password: &[u8], length: usize, digested: usize) -> Option<Vec<u8>> {
        let mut digest = md5(&[&filled(owner_password)]);
        if self.revision >= 3 {
            for _ in 0..50 {
                digest = md5(&[digest.get(..digested)?]);
            }
        }
        let key = digest.get(..length)?;
        let rounds = if self.revision >= 3 { 20 } else { 1 };
        (0..rounds).rev().try_fold(self.owner.clone(), |data, round| rc4(&flipped(key, round), &data))
    }

    /// The key (algorithm 2), if `/U` confirms it (algorithms 4 to 6).
    fn user_password_key(&self, password: &[u8], length: usize) -> Option<Vec<u8>> {
        let metadata: &[u8] = if self.revision >= 4 && !self.encrypt_metadata { &[0xff; 4] } else { &[] };
        let mut digest = md5(&[&filled(password), &self.owner, &self.permissions.to_le_bytes(), self.identifier, metadata]);
        if self.revision >= 3 {
            for _ in 0..50 {
                digest = md5(&[digest.get(..length)?]);
            }
        }
        let key = digest.get(..length)?;
        let confirmed = if self.revision >= 3 {
            let check = md5(&[&PADDING, self.identifier]).to_vec();
            let check = (0..20).try_fold(check, |data, round| rc4(&flipped(key, round), &data))?;
            self.user.starts_with(&check)
        } else {
            self.user == rc4(key, &PADDING)?
        };
        confirmed.then(|| key.to_vec())
    }

    /// Algorithm 2.A. `/O` and `/U` are a hash, a salt for its validation and one for the key, of 32, 8 and 8 bytes.
    fn open_by_aes(&self, password: &[u8]) -> Option<Opened> {
        let password = password.get(..PASSWORD).unwrap_or(password);
        let key = |entry: &[u8], user: &[u8], encrypted: &[u8]| {
            let (hash, salts) = entry.split_at_checked(32)?;
            let (validation, salt) = salts.split_at_checked(8)?;
            if self.hash(password, validation, user)? != hash {
                return None;
            }
            let cipher = Aes256::new_from_slice(&self.hash(password, salt, user)?).ok()?;
            cbc_decrypted(&cipher, &[0; 16], encrypted.to_vec())
        };
        match key(&self.owner, &self.user, &self.owner_key) {
            Some(key) => Some(Opened { key, owner: true }),
            None => Some(Opened { key: key(&self.user, b"", &self.user_key)?, owner: false }),
        }
    }

    /// SHA-256 in revision 5; algorithm 2.B in revision 6. `user` is `/U` where the password is the owner's.
    fn hash(&self, password: &[u8], salt: &[u8], user: &[u8]) -> Option<Vec<u8>> {
        let mut hash = DigestAlgorithm::Sha256.digest(&[password, salt, user]);
        if self.revision == 5 {
            return Some(hash);
        }
        for round in 0..limits::HASH_ROUNDS {
            let cipher = Aes128::new_from_slice(hash.get(..16)?).ok()?;
            let encrypted = cbc_encrypted(&cipher, hash.get(16..32)?, [password, &hash, user].concat().repeat(64))?;
            // The first 16 bytes as a number modulo 3: 256 is 1, so that of their sum is the same.
            let modulus = encrypted.iter().take(16).map(|&byte| u32::from(byte)).sum::<u32>() % 3;
            let algorithm = match modulus {
                0 => DigestAlgorithm::Sha256,
                1 => DigestAlgorithm::Sha384,
                _ => DigestAlgorithm::Sha512,
            };
            hash = algorithm.digest(&[&encrypted]);
            // Rounds count from 0, and at least 64 are done.
            if round >= 63 && u32::from(*encrypted.last()?) <= round - 31 {
                break;
            }
        }
        hash.truncate(32);
        Some(hash)
    }
}

/// How many bytes the key may have. `/Length` counts bits, from 40 to 128; some writers count bytes.
fn key_lengths(entries: &Dictionary, version: i64, revision: i64, aes_128: bool) -> Vec<usize> {
    if aes_128 {
        return vec![16];
    }
    if version == 1 || revision == 2 {
        return vec![5];
    }
    let declared = match entries.integer("Length") {
        Some(bits @ 40..=128) => usize::try_from(bits / 8).ok(),
        Some(bytes @ 5..=16) => usize::try_from(bytes).ok(),
        _ => None,
    };
    let likeliest = declared.unwrap_or(if version == 4 { 16 } else { 5 });
    [likeliest].into_iter().chain([16, 5].into_iter().filter(|length| *length != likeliest)).collect()
}

/// The first 32 bytes of the password, filled up.
fn filled(password: &[u8]) -> Vec<u8> {
    password.iter().chain(&PADDING).copied().take(32).collect()
}

/// The key with every byte XORed by the number of the round.
fn flipped(key: &[u8], round: u8) -> Vec<u8> {
    key.iter().map(|byte| byte ^ round).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_keys() {
        let lengths = |length: &str, version, revision| {
            let text = format!("<<{length}>>");
            let object = crate::syntax::parse_object(&mut crate::syntax::Lexer::new(text.as_bytes(), 0, true)).unwrap();
            key_lengths(object.value.as_dictionary().unwrap(), version, revision, false)
        };
        assert_eq!(lengths("/Length 128", 1, 2), [5]);
        assert_eq!(lengths("/Length 128", 2, 3), [16, 5]);
        assert_eq!(lengths("/Length 16", 2, 3), [16, 5], "in bytes");
        assert_eq!(lengths("/Length 80", 2, 3), [10, 16, 5]);
        assert_eq!(lengths("", 2, 3), [5, 16]);
        assert_eq!(lengths("/Length 1000000", 4, 4), [16, 5]);
    }
}
