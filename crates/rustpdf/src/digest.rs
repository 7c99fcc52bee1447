//! The states of the digests behind the document, kept so that it is read once, however many sign it.

use rustpdf_core::{DigestAlgorithm, Hasher};

/// One digest in the making for each algorithm of a pass over the document.
pub(crate) struct Digests(Vec<(DigestAlgorithm, Hasher)>);

impl Digests {
    /// Digests of nothing so far. An algorithm that is named twice is counted once.
    pub(crate) fn new(algorithms: impl IntoIterator<Item = DigestAlgorithm>) -> Self {
        let mut digests: Vec<(DigestAlgorithm, Hasher)> = Vec::new();
        for algorithm in algorithms {
            if !digests.iter().any(|(known, _)| *known == algorithm) {
                digests.push((algorithm, Hasher::new(algorithm)));
            }
        }
        Digests(digests)
    }

    /// Whether there is nothing to digest.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes in the next bytes of the document.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.iter_mut().for_each(|(_, hasher)| hasher.update(bytes));
    }

    /// The digest of the document and `suffix`; none where the pass was not by this algorithm.
    pub(crate) fn digest(&self, algorithm: DigestAlgorithm, suffix: &[u8]) -> Option<Vec<u8>> {
        let (_, hasher) = self.0.iter().find(|(known, _)| *known == algorithm)?;
        let mut hasher = hasher.clone();
        hasher.update(suffix);
        Some(hasher.digest())
    }
}
