//! Raising signatures to a level, renewing their evidence, and timestamps of documents.

use rustpdf_core::{Copied, DocumentLocation, ExtendedDocument, ExtensionOptions, ExtensionReport, Machine, OutputLocation};

use crate::control::Control;
use crate::error::Result;
use crate::file::{Input, Output};
use crate::run::{Host, run, run_over};
use crate::signatory::Signers;
use crate::source::Source;

/// Extended document and the report.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extended {
    /// Bytes of the extended document; those of the document itself if nothing was to be done.
    pub pdf: Vec<u8>,
    /// Report of the call.
    pub report: ExtensionReport,
}

/// Extended file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExtendedFile {
    /// Bytes that follow the document in the extended one. Empty if nothing was to be done.
    pub update: Vec<u8>,
    /// Report of the call.
    pub report: ExtensionReport,
    /// How the document got into the output.
    pub copied: Copied,
}

impl From<ExtendedDocument> for ExtendedFile {
    fn from(document: ExtendedDocument) -> Self {
        ExtendedFile { update: document.update, report: document.report, copied: document.copied }
    }
}

/// Raises the signatures of a document to a level. It needs no key.
///
/// Signatures of other programs are raised too; their containers stay as they are. Of a signature that has the level, the evidence is
/// renewed. Each signature that is raised is verified first. Changes after it are not judged. The timestamp services are those of
/// [`Control::online`].
///
/// Errors: `ERR_SIGNATURE_BROKEN`, `ERR_SIGNATURE_MISSING`, those of the groups *service*, *certificate* and *file*.
///
/// ```no_run
/// use rustpdf::{Control, ExtensionOptions, Online, TimestampService, ValidationOptions, extend};
///
/// let trust = ValidationOptions::new().trust([std::fs::read("root.pem")?, std::fs::read("tsa-root.pem")?]);
/// let mut control = Control::new().online(Online::new().services([TimestampService::new("https://tsa.example/")]));
/// let extended = extend(&std::fs::read("signed.pdf")?[..], &ExtensionOptions::new().validation(trust), &mut control)?;
/// println!("renew before {:?}", extended.report.renew_before);
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn extend<S: Source + ?Sized>(document: &S, options: &ExtensionOptions, control: &mut Control) -> Result<Extended> {
    in_memory(document, options, control, |location, ambient, options, output| {
        Machine::extend(location, ambient, options, output, None, None)
    })
}

/// Raises the signatures of a file as [`extend`] does. The file is read in one pass.
///
/// ```no_run
/// use rustpdf::{Control, ExtensionOptions, Level, Online, Output, TimestampService, extend_file};
///
/// let mut control = Control::new().online(Online::new().services([TimestampService::new("https://tsa.example/")]));
/// extend_file("signed.pdf", &Output::InPlace, &ExtensionOptions::new().level(Level::BT), &mut control)?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn extend_file(input: impl Into<Input>, output: &Output, options: &ExtensionOptions, control: &mut Control) -> Result<ExtendedFile> {
    in_file(&input.into(), output, options, control, |location, ambient, options, output| {
        Machine::extend(location, ambient, options, output, None, None)
    })
}

/// Gives a document a timestamp of its own (ISO 32000-2, 12.8.5). It needs neither a key nor a signature.
///
/// Of the options `level`, `minimum_level` and `fields` have no meaning here. Errors: `ERR_TIMESTAMP_…`, those of the group *file*.
///
/// ```no_run
/// use rustpdf::{Control, ExtensionOptions, Online, TimestampService, timestamp};
///
/// let mut control = Control::new().online(Online::new().services([TimestampService::new("https://tsa.example/")]));
/// let stamped = timestamp(&std::fs::read("contract.pdf")?[..], &ExtensionOptions::new(), &mut control)?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn timestamp<S: Source + ?Sized>(document: &S, options: &ExtensionOptions, control: &mut Control) -> Result<Extended> {
    in_memory(document, options, control, Machine::timestamp)
}

/// Gives a file a timestamp as [`timestamp`] does.
///
/// ```no_run
/// use rustpdf::{Control, ExtensionOptions, Online, Output, TimestampService, timestamp_file};
///
/// let mut control = Control::new().online(Online::new().services([TimestampService::new("https://tsa.example/")]));
/// timestamp_file("contract.pdf", &Output::InPlace, &ExtensionOptions::new(), &mut control)?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn timestamp_file(input: impl Into<Input>, output: &Output, options: &ExtensionOptions, control: &mut Control) -> Result<ExtendedFile> {
    in_file(&input.into(), output, options, control, Machine::timestamp)
}

type Make = fn(DocumentLocation, rustpdf_core::Ambient, ExtensionOptions, OutputLocation) -> Machine<ExtendedDocument>;

fn in_memory<S: Source + ?Sized>(document: &S, options: &ExtensionOptions, control: &mut Control, make: Make) -> Result<Extended> {
    let (ambient, options) = (control.moment()?, control.online.numbered_extension(options.clone()));
    let extended = run_over(document, Signers::default(), |location| make(location, ambient, options, OutputLocation::Update), control)?;
    let mut pdf = vec![0; extended.report.document_length as usize];
    document.read_at(0, &mut pdf)?;
    pdf.extend_from_slice(&extended.update);
    Ok(Extended { pdf, report: extended.report })
}

fn in_file(input: &Input, output: &Output, options: &ExtensionOptions, control: &mut Control, make: Make) -> Result<ExtendedFile> {
    let (ambient, options) = (control.moment()?, control.online.numbered_extension(options.clone()));
    let mut host = Host::new(Signers::default(), control);
    let (document, output) = (input.location(&mut host)?, output.location(&mut host)?);
    let mut machine = make(document, ambient, options, output);
    run(&mut machine, &mut host).map(ExtendedFile::from)
}
