//! Signers of a document in turn.

use rustpdf_core::{Code, Credentials, SigningOptions, SigningRequest};

use crate::error::{Cause, Error, Result};
use crate::online::{Online, TimestampService, numbered};
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
    services: Option<Vec<TimestampService>>,
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
        Signatory { input: rustpdf_core::Signatory { credentials, options }, sign: Box::new(sign), services: None }
    }

    /// Sets the timestamp services of this signer. Default: those of [`Control::online`](crate::Control#structfield.online).
    ///
    /// ```
    /// use rustpdf::{Level, Signatory, Signer, SigningOptions, TimestampService};
    /// # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
    /// # let certificate = Vec::new();
    ///
    /// let author = Signer::new(certificate, |request| my_hsm(&request.data));
    /// let signatory = Signatory::new(&author, SigningOptions::new().level(Level::BT));
    /// let signatory = signatory.services([TimestampService::new("https://tsa.example/")]);
    /// # let _ = signatory;
    /// ```
    #[must_use]
    pub fn services(mut self, services: impl IntoIterator<Item = TimestampService>) -> Self {
        self.services = Some(services.into_iter().collect());
        self
    }

    /// Input of the machine, and the functions that answer it.
    pub(crate) fn split(signatories: Vec<Signatory<'a>>, online: &Online) -> (Vec<rustpdf_core::Signatory>, Signers<'a>) {
        let split = |Signatory { input, sign, services }: Signatory<'a>| {
            let options = numbered(input.options, services.as_ref().unwrap_or(&online.services));
            (rustpdf_core::Signatory { options, ..input }, OneOf { sign, services })
        };
        let (inputs, signers) = signatories.into_iter().map(split).unzip();
        (inputs, Signers(signers))
    }
}

/// Functions that have the keys, in the order of their signers.
#[derive(Default)]
pub(crate) struct Signers<'a>(Vec<OneOf<'a>>);

struct OneOf<'a> {
    sign: Sign<'a>,
    services: Option<Vec<TimestampService>>,
}

impl Signers<'_> {
    /// Number of signatures of the call. A signer that is awaited is not here, and is one.
    pub(crate) fn count(&self) -> u64 {
        self.0.len().max(1) as u64
    }

    pub(crate) fn sign(&mut self, signer: usize, request: &SigningRequest) -> Result<Vec<u8>> {
        let one = self.0.get_mut(signer).ok_or(Error::from(Code::Internal))?;
        (one.sign)(request)
    }

    /// Timestamp services of a signer, if it has some of its own.
    pub(crate) fn services(&self, signer: usize) -> Option<&Vec<TimestampService>> {
        self.0.get(signer)?.services.as_ref()
    }
}
