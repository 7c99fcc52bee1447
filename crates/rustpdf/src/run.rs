//! The loop over the steps, and what it needs around it.

use rustpdf_core::{Answer, Code, DigestAlgorithm, Machine, SigningRequest, Step};

use crate::digest::Digests;
use crate::failure::Failure;
use crate::source::Source;

/// What answers the steps.
pub(crate) trait Host {
    /// Fills `buffer` with the document's bytes from `offset` on.
    fn read(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), Failure>;

    /// Digests the whole document in one sequential pass.
    fn digest(&mut self, digests: &mut Digests) -> Result<(), Failure>;

    /// Has the request signed by who signs at this place.
    fn sign(&mut self, signer: usize, request: &SigningRequest) -> Result<Vec<u8>, Failure>;
}

/// Runs the machine to its end. The document is digested once by each algorithm, as they are announced.
pub(crate) fn run<T>(mut machine: Machine<T>, host: &mut impl Host) -> Result<T, Failure> {
    let mut digests = Digests::new([]);
    let mut answer = Answer::Start;
    loop {
        answer = match machine.next(answer)? {
            Step::Read { ranges } => {
                let pieces = ranges.into_iter().map(|range| {
                    let mut bytes = vec![0; (range.end - range.start) as usize];
                    host.read(range.start, &mut bytes)?;
                    Ok((range.start, bytes))
                });
                Answer::Read(pieces.collect::<Result<_, Failure>>()?)
            }
            Step::Digest { algorithm, suffix, later } => {
                if digests.digest(algorithm, &[]).is_none() {
                    digests = pass(host, algorithm, later)?;
                }
                Answer::Digest(digests.digest(algorithm, &suffix).ok_or(Failure::from(Code::Internal))?)
            }
            Step::Sign { signer, request } => Answer::Sign(host.sign(signer, &request)?),
            Step::Done(outcome) => return Ok(outcome),
            _ => return Err(Failure::from(Code::Internal)),
        };
    }
}

fn pass(host: &mut impl Host, algorithm: DigestAlgorithm, later: Vec<DigestAlgorithm>) -> Result<Digests, Failure> {
    let mut digests = Digests::new([algorithm].into_iter().chain(later));
    host.digest(&mut digests)?;
    Ok(digests)
}

/// Runs a machine over any [`Source`]; `sign` is asked with the place of who signs.
pub(crate) fn run_over<T, S: Source + ?Sized>(
    machine: impl FnOnce(u64) -> Machine<T>,
    document: &S,
    sign: impl FnMut(usize, &SigningRequest) -> Result<Vec<u8>, Failure>,
) -> Result<T, Failure> {
    let length = document.length()?;
    run(machine(length), &mut Plain { document, length, sign })
}

/// The answer of a machine that has nobody sign.
pub(crate) fn never_signs(_: usize, _: &SigningRequest) -> Result<Vec<u8>, Failure> {
    Err(Failure::from(Code::Internal))
}

/// A host without anything around it.
struct Plain<'a, S: ?Sized, F> {
    document: &'a S,
    length: u64,
    sign: F,
}

impl<S, F> Host for Plain<'_, S, F>
where
    S: Source + ?Sized,
    F: FnMut(usize, &SigningRequest) -> Result<Vec<u8>, Failure>,
{
    fn read(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), Failure> {
        Ok(self.document.read_at(offset, buffer)?)
    }

    /// A document that has another length in the end is refused: what was digested is not what is there.
    fn digest(&mut self, digests: &mut Digests) -> Result<(), Failure> {
        const BUFFER: u64 = 64 << 10; // stays in the second-level cache between reading and hashing
        if let Some(bytes) = self.document.as_slice() {
            digests.update(bytes);
            return Ok(());
        }
        let mut buffer = vec![0; BUFFER.min(self.length) as usize];
        let mut offset = 0;
        while offset < self.length {
            let part = &mut buffer[..BUFFER.min(self.length - offset) as usize];
            self.document.read_at(offset, part)?;
            digests.update(part);
            offset += part.len() as u64;
        }
        match self.document.length()? == self.length {
            true => Ok(()),
            false => Err(Code::FileChanged.into()),
        }
    }

    fn sign(&mut self, signer: usize, request: &SigningRequest) -> Result<Vec<u8>, Failure> {
        (self.sign)(signer, request)
    }
}
