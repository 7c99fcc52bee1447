//! The object identifiers that are known here.

use der::asn1::ObjectIdentifier;

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident $dotted:literal;)*) => {
        $($(#[$doc])* pub(super) const $name: &[u8] = {
            const OID: ObjectIdentifier = ObjectIdentifier::new_unwrap($dotted);
            OID.as_bytes()
        };)*
    };
}

identifiers! {
    // RFC 5652
    ID_DATA "1.2.840.113549.1.7.1";
    ID_SIGNED_DATA "1.2.840.113549.1.7.2";
    CONTENT_TYPE "1.2.840.113549.1.9.3";
    MESSAGE_DIGEST "1.2.840.113549.1.9.4";
    SIGNING_TIME "1.2.840.113549.1.9.5";
    // RFC 5035, EN 319 122-1
    SIGNING_CERTIFICATE "1.2.840.113549.1.9.16.2.12";
    SIGNING_CERTIFICATE_V2 "1.2.840.113549.1.9.16.2.47";
    SIGNATURE_POLICY_IDENTIFIER "1.2.840.113549.1.9.16.2.15";
    COMMITMENT_TYPE_INDICATION "1.2.840.113549.1.9.16.2.16";
    SIGNER_ATTRIBUTES_V2 "0.4.0.19122.1.1";
    SP_URI "1.2.840.113549.1.9.16.5.1";
    AT_ROLE "2.5.4.72";
    // RFC 5754, RFC 4055, RFC 8017
    SHA1 "1.3.14.3.2.26";
    SHA256 "2.16.840.1.101.3.4.2.1";
    SHA384 "2.16.840.1.101.3.4.2.2";
    SHA512 "2.16.840.1.101.3.4.2.3";
    RSA_ENCRYPTION "1.2.840.113549.1.1.1";
    MGF1 "1.2.840.113549.1.1.8";
    RSASSA_PSS "1.2.840.113549.1.1.10";
    SHA256_WITH_RSA "1.2.840.113549.1.1.11";
    SHA384_WITH_RSA "1.2.840.113549.1.1.12";
    SHA512_WITH_RSA "1.2.840.113549.1.1.13";
    // RFC 5480, RFC 5758
    EC_PUBLIC_KEY "1.2.840.10045.2.1";
    P256 "1.2.840.10045.3.1.7";
    P384 "1.3.132.0.34";
    P521 "1.3.132.0.35";
    ECDSA_WITH_SHA256 "1.2.840.10045.4.3.2";
    ECDSA_WITH_SHA384 "1.2.840.10045.4.3.3";
    ECDSA_WITH_SHA512 "1.2.840.10045.4.3.4";
    // RFC 8410
    ED25519 "1.3.101.112";
}

/// An object identifier in numbers and dots, from its contents octets.
pub(super) fn dotted(value: &[u8]) -> String {
    ObjectIdentifier::from_bytes(value).map(|oid| oid.to_string()).unwrap_or_else(|_| super::der::hex(value))
}
