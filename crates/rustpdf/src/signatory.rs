//! Signers of a document in turn.

use rustpdf_core::{Code, Credentials, SigningOptions, SigningRequest};

use crate::error::{Error, Result};

/// One signer of a document: certificate, options, and the function that has the key.
pub struct Signatory<'a> {
    input: rustpdf_core::Signatory,
    signer: Signer<'a>,
}

type Signer<'a> = Box<dyn FnMut(&SigningRequest) -> Result<Vec<u8>> + 'a>;

impl<'a> Signatory<'a> {
    /// Binds a signer to its certificate and options. Its own error is returned as [`Error::Signer`], unchanged.
    pub fn new<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        credentials: Credentials,
        options: SigningOptions,
        mut signer: impl FnMut(&SigningRequest) -> std::result::Result<Vec<u8>, E> + 'a,
    ) -> Self {
        let signer = move |request: &SigningRequest| signer(request).map_err(|error| Error::Signer(error.into()));
        Signatory { input: rustpdf_core::Signatory { credentials, options }, signer: Box::new(signer) }
    }

    /// Input of the machine, and the functions that answer it.
    pub(crate) fn split(signatories: Vec<Signatory<'a>>) -> (Vec<rustpdf_core::Signatory>, Signers<'a>) {
        let (inputs, signers) = signatories.into_iter().map(|one| (one.input, one.signer)).unzip();
        (inputs, Signers(signers))
    }
}

/// Functions that have the keys, in the order of their signers.
#[derive(Default)]
pub(crate) struct Signers<'a>(Vec<Signer<'a>>);

impl Signers<'_> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn sign(&mut self, signer: usize, request: &SigningRequest) -> Result<Vec<u8>> {
        let signer = self.0.get_mut(signer).ok_or(Error::from(Code::Internal))?;
        signer(request)
    }
}
