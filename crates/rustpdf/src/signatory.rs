//! Signers of a document in turn.

use rustpdf_core::{Code, Credentials, SigningOptions, SigningRequest};

use crate::error::{Cause, Error, Result};
use crate::online::Online;
use crate::signer::Signer;

/// One signer of a document that several sign: signer and options.
///
/// ```
/// use rustpdf::{Signatory, Signer, SigningOptions};
/// # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
/// # let certificate = Vec::new();
///
/// let author = Signer::new(certificate, |request| my_hsm(&request.data));
/// let signatory = Signatory::new(&author, SigningOptions::new().field_name("Author"));
/// # let _ = signatory;
/// ```
pub struct Signatory<'a> {
    input: rustpdf_core::Signatory,
    sign: Sign<'a>,
}

type Sign<'a> = Box<dyn FnMut(&SigningRequest) -> Result<Vec<u8>> + 'a>;

impl<'a> Signatory<'a> {
    /// Binds a signer to the options of its signature.
    pub fn new<F, E>(signer: &'a Signer<F>, options: SigningOptions) -> Self
    where
        F: Fn(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
        E: Into<Cause>,
    {
        Signatory::with(signer.credentials(), options, &signer.sign)
    }

    /// Binds a function to a certificate and options.
    pub(crate) fn with<E: Into<Cause>>(
        credentials: Credentials,
        options: SigningOptions,
        mut sign: impl FnMut(&SigningRequest) -> std::result::Result<Vec<u8>, E> + 'a,
    ) -> Self {
        let sign = move |request: &SigningRequest| sign(request).map_err(|error| Error::Signer(error.into()));
        Signatory { input: rustpdf_core::Signatory { credentials, options }, sign: Box::new(sign) }
    }

    /// Input of the machine, and the functions that answer it.
    pub(crate) fn split(signatories: Vec<Signatory<'a>>, online: &Online) -> (Vec<rustpdf_core::Signatory>, Signers<'a>) {
        let numbered = |input: rustpdf_core::Signatory| rustpdf_core::Signatory { options: online.numbered(input.options), ..input };
        let (inputs, signers) = signatories.into_iter().map(|one| (numbered(one.input), one.sign)).unzip();
        (inputs, Signers(signers))
    }
}

/// Functions that have the keys, in the order of their signers.
#[derive(Default)]
pub(crate) struct Signers<'a>(Vec<Sign<'a>>);

impl Signers<'_> {
    /// Number of signatures of the call. A signer that is awaited is not here, and is one.
    pub(crate) fn count(&self) -> u64 {
        self.0.len().max(1) as u64
    }

    pub(crate) fn sign(&mut self, signer: usize, request: &SigningRequest) -> Result<Vec<u8>> {
        let sign = self.0.get_mut(signer).ok_or(Error::from(Code::Internal))?;
        sign(request)
    }
}
