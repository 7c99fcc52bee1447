//! The parameters of RSASSA-PSS (RFC 4055, 3.1). Those of the crate `pkcs1` hold no salt above 255 bytes, which OpenSSL makes
//! for keys of 4096 bits.

use const_oid::db::rfc5912::ID_MGF_1;
use der::Sequence;
use spki::{AlgorithmIdentifier, AlgorithmIdentifierOwned};

use crate::digest::DigestAlgorithm;

/// ```asn1
/// RSASSA-PSS-params ::= SEQUENCE {
///     hashAlgorithm    [0] HashAlgorithm      DEFAULT sha1Identifier,
///     maskGenAlgorithm [1] MaskGenAlgorithm   DEFAULT mgf1SHA1Identifier,
///     saltLength       [2] INTEGER            DEFAULT 20,
///     trailerField     [3] INTEGER            DEFAULT 1 }
/// ```
/// RFC 4055, 3.1.
#[derive(Sequence)]
pub(crate) struct PssParameters {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash_algorithm: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask_gen_algorithm: Option<AlgorithmIdentifier<AlgorithmIdentifierOwned>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    salt_length: Option<u16>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    trailer_field: Option<u8>,
}

impl PssParameters {
    /// The message and the mask digested alike (RFC 4055, 3.1), with a salt of this length, in bytes.
    pub(crate) fn make(digest: DigestAlgorithm, salt_length: u16) -> Self {
        let hash = digest.identifier_with_null();
        PssParameters {
            hash_algorithm: Some(hash.clone()),
            mask_gen_algorithm: Some(AlgorithmIdentifier { oid: ID_MGF_1, parameters: Some(hash) }),
            salt_length: (salt_length != 20).then_some(salt_length),
            trailer_field: None,
        }
    }

    /// Digest and salt length. `None` for another mask or trailer, and for the defaults, which are SHA-1.
    pub(crate) fn read(&self) -> Option<(DigestAlgorithm, u16)> {
        let digest = DigestAlgorithm::from_identifier(self.hash_algorithm.as_ref()?)?;
        let mask = self.mask_gen_algorithm.as_ref()?;
        let fits = mask.oid == ID_MGF_1 && DigestAlgorithm::from_identifier(mask.parameters.as_ref()?) == Some(digest);
        (fits && self.trailer_field.is_none_or(|trailer| trailer == 1)).then_some((digest, self.salt_length.unwrap_or(20)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::{Decode, Encode};

    #[test]
    fn read_as_written() {
        for digest in DigestAlgorithm::ALL {
            for salt_length in [0, 20, 32, 478] {
                let bytes = PssParameters::make(digest, salt_length).to_der().unwrap();
                assert_eq!(PssParameters::from_der(&bytes).unwrap().read(), Some((digest, salt_length)));
            }
        }
        // All defaults, which are SHA-1.
        assert_eq!(PssParameters::from_der(&[0x30, 0]).unwrap().read(), None);
    }
}
