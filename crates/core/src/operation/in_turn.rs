//! Several signatures on one document, each over those before it, from one reading of it.

use super::prepare::{Moment, Task, prepare};
use super::session::Signed;
use super::signer::Signatory;
use crate::cms::DigestAlgorithm;
use crate::error::{Code, Error, Result};
use crate::io::Io;
use crate::limits;

/// Has the document signed by each of `signatories`; the updates belong behind it in this order.
pub(crate) async fn in_turn(mut io: Io, moment: &Moment, mut signatories: Vec<Signatory>) -> Result<Vec<Signed>> {
    if !(1..=limits::SIGNATORIES).contains(&signatories.len()) {
        return Err(Code::OptionValue.because(format!(
            "there are {} signers where 1 to {} may be",
            signatories.len(),
            limits::SIGNATORIES
        )));
    }
    // A password that one gave opens the document for all after him.
    let mut password = None;
    for options in signatories.iter_mut().map(|signatory| &mut signatory.options) {
        match &options.password {
            Some(given) => password = Some(given.clone()),
            None => options.password = password.clone(),
        }
    }
    // A wrong certificate or option of the last is found before the first has signed.
    let tasks = signatories.into_iter().map(|signatory| Task::make(moment, Some(&signatory.credentials), signatory.options));
    let tasks: Vec<Task> = tasks.collect::<Result<_>>()?;
    let mut algorithms: Vec<DigestAlgorithm> = Vec::new();
    for task in &tasks {
        if !algorithms.contains(&task.digest_algorithm) {
            algorithms.push(task.digest_algorithm);
        }
    }
    let mut signed: Vec<Signed> = Vec::with_capacity(tasks.len());
    for (index, task) in tasks.into_iter().enumerate() {
        let later: Vec<_> = algorithms.iter().copied().filter(|algorithm| *algorithm != task.digest_algorithm).collect();
        let session = prepare(&io, moment, task, &later).await?;
        let request = session.request().ok_or(Error::from(Code::Internal))?;
        let signature = io.sign(index, request).await?;
        let one = session.complete_with_signature(&signature)?;
        io = io.with_appended(&one.update);
        signed.push(one);
    }
    Ok(signed)
}
