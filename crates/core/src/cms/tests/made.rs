//! Containers that we make, verified by OpenSSL, parsed by the crate `cms`, and checked by ourselves.

use ::cms::content_info::ContentInfo;
use ::cms::signed_data::SignedData;
use der::{Decode, Encode};

use super::*;

pub(super) const DOCUMENT: &[u8] = b"a document";

/// A container over [`DOCUMENT`], and the size that was foretold.
pub(super) fn make(
    name: &str,
    signature: Option<SignatureAlgorithm>,
    digest: Option<DigestAlgorithm>,
    options: &AttributeOptions<'_>,
) -> (Vec<u8>, usize) {
    let leaf = certificate(name);
    let (scheme, chain) = (Scheme::choose(&leaf, signature, digest).unwrap(), chain(&leaf));
    let size = container_size(&leaf, &chain, &scheme, options, false).unwrap();
    let attributes = SignedAttributes::make(&scheme, Some(&leaf), &scheme.digest.digest(&[DOCUMENT]), options).unwrap();
    assert_eq!(SignedAttributes::from_bytes(attributes.as_bytes()).as_ref(), Some(&attributes));
    let raw = sign_by(&scheme, name, attributes.as_bytes());
    let signature = verify::checked(&leaf, &scheme, attributes.as_bytes(), &raw).unwrap();
    (signed_data(&leaf, &chain, &scheme, &attributes, &signature, None).unwrap(), size)
}

pub(super) fn verify(container: &[u8], content: &[u8]) -> Result<Vec<u8>, String> {
    let (signature, content) = (Scratch::new(container), Scratch::new(content));
    openssl(
        &[
            "cms",
            "-verify",
            "-binary",
            "-inform",
            "DER",
            "-in",
            signature.as_str(),
            "-content",
            content.as_str(),
            "-CAfile",
            "root.pem",
            "-purpose",
            "any",
            "-cades",
            "-attime",
            &NOW.to_string(),
        ],
        &[],
    )
}

#[test]
fn openssl_verifies_every_scheme() {
    for name in ["rsa", "p256", "p384", "p521", "ed25519", "pss", "pss384"] {
        for digest in DigestAlgorithm::ALL {
            for signature in [None, Some(SignatureAlgorithm::RsaPss)] {
                if Scheme::choose(&certificate(name), signature, Some(digest)).is_err() {
                    continue;
                }
                let (container, size) = make(name, signature, Some(digest), &AttributeOptions::default());
                let slack = if name.starts_with('p') && !name.starts_with("pss") { 0..=8 } else { 0..=0 };
                assert!(slack.contains(&(size - container.len())), "{name} {size} {}", container.len());
                if name == "ed25519" {
                    verify_ed25519(&container);
                } else {
                    assert_eq!(verify(&container, DOCUMENT), Ok(DOCUMENT.to_vec()), "{name} {digest:?}");
                    assert!(verify(&container, b"another").is_err());
                }
                judge(&container);
                let expected = Expected {
                    digest_algorithm: digest,
                    message_digest: &digest.digest(&[DOCUMENT]),
                    pades: true,
                    certificate: Some(&certificate(name)),
                };
                let checked = check_container(&container, &expected).unwrap();
                assert_eq!(checked.der, container);
            }
        }
    }
}

/// OpenSSL 3.0 verifies no Ed25519 in CMS, so it is handed the signature and the attributes that the crate `cms` finds.
fn verify_ed25519(container: &[u8]) {
    let data: SignedData = ContentInfo::from_der(container).unwrap().content.decode_as().unwrap();
    let info = data.signer_infos.0.get(0).unwrap();
    let (attributes, signature) =
        (Scratch::new(&info.signed_attrs.as_ref().unwrap().to_der().unwrap()), Scratch::new(info.signature.as_bytes()));
    let arguments =
        ["pkeyutl", "-verify", "-certin", "-inkey", "ed25519.pem", "-rawin", "-in", attributes.as_str(), "-sigfile", signature.as_str()];
    openssl(&arguments, &[]).unwrap();
}

/// The crate `cms` reads it, and its strict DER encoding is the same.
pub(super) fn judge(container: &[u8]) {
    let info = ContentInfo::from_der(container).unwrap();
    let data: SignedData = info.content.decode_as().unwrap();
    assert_eq!(info.to_der().unwrap(), container);
    assert_eq!(data.to_der().unwrap(), info.content.to_der().unwrap());
    assert_eq!((data.certificates.unwrap().0.len(), data.signer_infos.0.len(), data.encap_content_info.econtent), (3, 1, None));
}

#[test]
fn all_attributes() {
    let policy = SignaturePolicy::new("1.2.3.4", DigestAlgorithm::Sha256, &[7; 32], Some("https://example.org/policy")).unwrap();
    let commitment = CommitmentType::parse("proof-of-approval").unwrap();
    let roles = ["Managing director".to_owned(), "Prüferin".to_owned()];
    let options =
        AttributeOptions { policy: Some(&policy), commitment_type: Some(&commitment), signer_roles: &roles, signing_time: Some(NOW) };
    let (container, size) = make("rsa", None, None, &options);
    assert_eq!(container.len(), size);
    judge(&container);
    assert_eq!(verify(&container, DOCUMENT), Ok(DOCUMENT.to_vec()));
    let file = Scratch::new(&container);
    let text = openssl(&["cms", "-cmsout", "-print", "-inform", "DER", "-in", file.as_str()], &[]).unwrap();
    let text = String::from_utf8_lossy(&text);
    for part in [
        "id-smime-aa-ets-sigPolicyId",
        "https://example.org/policy",
        "id-smime-cti-ets-proofOfApproval",
        "Managing director",
        "Jan 15 08:00:00 2027",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn options_that_cannot_be() {
    let leaf = certificate("rsa");
    let scheme = Scheme::choose(&leaf, None, None).unwrap();
    let make = |options: &AttributeOptions<'_>| SignedAttributes::make(&scheme, Some(&leaf), &[0; 32], options);
    assert_eq!(code(make(&AttributeOptions { signing_time: Some(i64::MAX), ..Default::default() })), Code::SigningTime);
    assert_eq!(code(SignedAttributes::make(&scheme, Some(&leaf), &[0; 20], &AttributeOptions::default())), Code::Internal);
}
