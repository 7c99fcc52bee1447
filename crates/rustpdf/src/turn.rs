//! One of those who sign a document in turn, together with the key.

use std::error::Error;

use rustpdf_core::{Code, Credentials, Signatory, SigningOptions, SigningRequest};

use crate::failure::Failure;

/// Who signs, how, and the function that has the key.
pub struct Turn<'a> {
    signatory: Signatory,
    signer: Signer<'a>,
}

type Signer<'a> = Box<dyn FnMut(&SigningRequest) -> Result<Vec<u8>, Failure> + 'a>;

impl<'a> Turn<'a> {
    /// Binds a signer to its certificate and options. Its own error comes back as [`Failure::Signer`], unchanged.
    pub fn new<E: Into<Box<dyn Error + Send + Sync>>>(
        credentials: Credentials,
        options: SigningOptions,
        mut signer: impl FnMut(&SigningRequest) -> Result<Vec<u8>, E> + 'a,
    ) -> Self {
        let signer = move |request: &SigningRequest| signer(request).map_err(|error| Failure::Signer(error.into()));
        Turn { signatory: Signatory { credentials, options }, signer: Box::new(signer) }
    }

    /// What the machine takes, and what answers it.
    pub(crate) fn split(turns: Vec<Turn<'a>>) -> (Vec<Signatory>, Signers<'a>) {
        let (signatories, signers) = turns.into_iter().map(|turn| (turn.signatory, turn.signer)).unzip();
        (signatories, Signers(signers))
    }
}

/// Those who sign, in their order.
#[derive(Default)]
pub(crate) struct Signers<'a>(Vec<Signer<'a>>);

impl Signers<'_> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn sign(&mut self, signer: usize, request: &SigningRequest) -> Result<Vec<u8>, Failure> {
        let signer = self.0.get_mut(signer).ok_or(Failure::from(Code::Internal))?;
        signer(request)
    }
}
