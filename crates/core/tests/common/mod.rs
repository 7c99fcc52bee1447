//! Small documents, and a host in memory.
#![allow(dead_code)] // each test program uses a part of it

use rustpdf_core::{
    Ambient, Answer, DigestAnswer, DigestPart, DigestRequest, DocumentLocation, Machine, Matches, Result, Session, SigningOptions, Step,
};

/// Objects 1 to n, a table and a trailer.
pub struct Document {
    pub objects: Vec<String>,
    pub trailer: String,
}

impl Document {
    /// A page without content.
    pub fn new() -> Self {
        Document {
            objects: vec![
                "<</Type/Catalog/Pages 2 0 R>>".into(),
                "<</Type/Pages/Kids[3 0 R]/Count 1>>".into(),
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>".into(),
            ],
            trailer: String::new(),
        }
    }

    pub fn with(mut self, number: usize, body: &str) -> Self {
        if number > self.objects.len() {
            self.objects.resize(number, "null".into());
        }
        self.objects[number - 1] = body.into();
        self
    }

    pub fn trailer(mut self, entries: &str) -> Self {
        self.trailer = entries.into();
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut out = b"%PDF-1.7\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", self.objects.len() + 1);
        for (index, body) in self.objects.iter().enumerate() {
            table += &format!("{:010} 00000 n \n", out.len());
            out.extend(format!("{} 0 obj\n{body}\nendobj\n", index + 1).into_bytes());
        }
        let at = out.len();
        out.extend(table.into_bytes());
        let size = self.objects.len() + 1;
        out.extend(format!("trailer\n<</Size {size}/Root 1 0 R{}>>\nstartxref\n{at}\n%%EOF\n", self.trailer).into_bytes());
        out
    }
}

/// 2026-01-01, and entropy that is not random.
pub fn moment() -> Ambient {
    Ambient { now: 1_767_225_600, entropy: [7; 32] }
}

/// Options from their JSON.
pub fn options(json: &str) -> SigningOptions {
    SigningOptions::from_json(json).expect("options")
}

/// A session without a certificate.
pub fn prepared(document: &[u8], options: SigningOptions) -> Result<Session> {
    run(Machine::prepare(memory(document), moment(), None, options), document, |_| Vec::new())
}

/// The place of a document in memory.
pub fn memory(document: &[u8]) -> DocumentLocation {
    DocumentLocation::Memory { length: document.len() as u64 }
}

/// The digests of a document in memory.
pub fn digests(request: &DigestRequest, document: &[u8]) -> DigestAnswer {
    let digest = |part: &DigestPart| {
        let ranges = part.ranges.iter().map(|range| &document[range.start as usize..range.end as usize]);
        part.algorithm.digest(&ranges.chain([&part.suffix[..]]).collect::<Vec<_>>())
    };
    let found = request.find.iter().map(|pattern| {
        let is_match = |at: &usize| document[*at..].starts_with(pattern);
        Matches { offsets: (0..document.len()).filter(is_match).take(1000).map(|at| at as u64).collect(), more: false }
    });
    DigestAnswer { digests: request.parts.iter().map(digest).collect(), found: found.collect(), ..DigestAnswer::default() }
}

/// Answers every step as it should be.
pub fn run<T>(mut machine: Machine<T>, document: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) -> Result<T> {
    let mut answer = Answer::Start;
    loop {
        let step = machine.next(answer)?;
        answer = match right_answer(&step, document, &sign) {
            Some(answer) => answer,
            None => match step {
                Step::Done(outcome) => return Ok(outcome),
                _ => unreachable!(),
            },
        };
    }
}

/// The right answer to a step; none to the last.
pub fn right_answer<T>(step: &Step<T>, document: &[u8], sign: &impl Fn(&[u8]) -> Vec<u8>) -> Option<Answer> {
    match step {
        Step::Read { ranges, .. } => Some(Answer::Read(
            ranges.iter().map(|range| (range.start, document[range.start as usize..range.end as usize].to_vec())).collect(),
        )),
        Step::Digest(request) => Some(Answer::Digest(digests(request, document))),
        Step::Sign { request, .. } => Some(Answer::Sign(sign(&request.data))),
        _ => None,
    }
}
