//! Signer: a certificate and the function that signs with its key.

use std::future::Future;

use rustpdf_core::{Credentials, SigningRequest};

/// Certificate, its issuers, and the function that signs with the key.
///
/// `sign` receives a [`SigningRequest`] and returns the raw signature, as the key store gave it. Its own error ends the call, unchanged,
/// as [`Error::Signer`](crate::Error::Signer).
///
/// ```
/// use rustpdf::{Signer, SigningRequest};
/// # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
/// # let (certificate, issuers) = (Vec::new(), Vec::new());
///
/// let signer = Signer::new(certificate, |request: &SigningRequest| my_hsm(&request.data)).chain([issuers]);
/// assert_eq!(signer.chain.len(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct Signer<F> {
    /// Certificate of the key, DER or PEM.
    pub certificate: Vec<u8>,
    /// Certificates of the issuers, in any order: each part DER, PEM or PKCS #7.
    pub chain: Vec<Vec<u8>>,
    /// Function that returns the raw signature.
    pub sign: F,
}

impl<F> Signer<F> {
    /// Signer whose function returns the signature.
    pub fn new<E>(certificate: impl Into<Vec<u8>>, sign: F) -> Self
    where
        F: Fn(&SigningRequest) -> Result<Vec<u8>, E>,
    {
        Signer { certificate: certificate.into(), chain: Vec::new(), sign }
    }

    /// Signer whose function returns a future of the signature, for [`sign_async`](crate::sign_async).
    ///
    /// ```
    /// use rustpdf::{Signer, SigningRequest};
    /// # async fn my_kms(_: Vec<u8>) -> std::io::Result<Vec<u8>> { unimplemented!() }
    /// # let certificate = Vec::new();
    ///
    /// let signer = Signer::new_async(certificate, |request: SigningRequest| my_kms(request.digest));
    /// # let _ = signer;
    /// ```
    pub fn new_async<R, E>(certificate: impl Into<Vec<u8>>, sign: F) -> Self
    where
        F: Fn(SigningRequest) -> R,
        R: Future<Output = Result<Vec<u8>, E>>,
    {
        Signer { certificate: certificate.into(), chain: Vec::new(), sign }
    }

    /// Sets the certificates of the issuers.
    #[must_use]
    pub fn chain(mut self, chain: impl IntoIterator<Item: Into<Vec<u8>>>) -> Self {
        self.chain = chain.into_iter().map(Into::into).collect();
        self
    }

    /// Certificate and issuers, for [`begin_signing`](crate::begin_signing).
    pub fn credentials(&self) -> Credentials {
        Credentials { certificate: self.certificate.clone(), chain: self.chain.clone() }
    }
}
