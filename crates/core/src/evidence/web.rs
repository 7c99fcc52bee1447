//! Requests to servers: their limits, one retry of each, and a report of each.

use crate::error::{Code, Result};
use crate::io::{HttpBody, HttpFailure, HttpPurpose, HttpRequest, Io};
use crate::limits;
use crate::report::RequestReport;

/// Requests of a run.
pub(crate) struct Web {
    io: Io,
    /// Seconds since 1970, UTC: the beginning of the run, then the time of the last answer.
    pub(crate) now: i64,
    rounds: usize,
    requests: usize,
    bytes: u64,
    pub(crate) reports: Vec<RequestReport>,
}

/// Response of a server, or the reason why there is none.
pub(crate) type Outcome = std::result::Result<HttpBody, String>;

impl Web {
    pub(crate) fn new(io: &Io, now: i64) -> Web {
        Web { io: io.clone(), now, rounds: 0, requests: 0, bytes: 0, reports: Vec::new() }
    }

    /// Sends requests at once, and those that failed for a moment once more. Their identifiers are given here.
    ///
    /// Errors: `ERR_HTTP_LIMIT`, and a failure of the whole step.
    pub(crate) async fn send(&mut self, requests: Vec<HttpRequest>) -> Result<Vec<Outcome>> {
        let mut outcomes: Vec<Option<Outcome>> = requests.iter().map(|_| None).collect();
        let mut open: Vec<(usize, HttpRequest)> = requests.into_iter().enumerate().collect();
        for attempt in 0..2 {
            if open.is_empty() {
                break;
            }
            let responses = self.round(open.iter().map(|(_, request)| request.clone()).collect()).await?;
            let mut again = Vec::new();
            for ((place, request), response) in open.into_iter().zip(responses) {
                match retry_after(&response).filter(|_| attempt == 0) {
                    Some(delay) => again.push((place, HttpRequest { delay: Some(delay).filter(|delay| *delay > 0), ..request })),
                    None => {
                        if let Some(outcome) = outcomes.get_mut(place) {
                            *outcome = Some(judged(response));
                        }
                    }
                }
            }
            open = again;
        }
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|| Err("no response".into()))).collect())
    }

    async fn round(&mut self, mut requests: Vec<HttpRequest>) -> Result<Vec<std::result::Result<HttpBody, HttpFailure>>> {
        self.rounds += 1;
        self.requests += requests.len();
        if self.rounds > limits::HTTP_ROUNDS || self.requests > limits::HTTP_REQUESTS {
            return Err(Code::HttpLimit.because(format!(
                "more than {} requests in {} rounds would be sent to servers",
                limits::HTTP_REQUESTS,
                limits::HTTP_ROUNDS
            )));
        }
        for (id, request) in (1..).zip(&mut requests) {
            request.id = id;
        }
        let answer = self.io.http(requests.clone()).await?;
        self.now = answer.now;
        let mut bytes = 0;
        for (request, response) in requests.iter().zip(&answer.responses) {
            let mut report = RequestReport {
                purpose: request.purpose.as_str().to_owned(),
                host: request.url.as_deref().map(host),
                service: request.service,
                ..RequestReport::default()
            };
            match &response.outcome {
                Ok(body) => {
                    report.status = Some(body.status);
                    report.bytes = body.body.len() as u64;
                    report.cached = body.cached;
                    // A list within the limit that the caller gave is no surprise.
                    bytes += if request.purpose == HttpPurpose::Crl { 0 } else { report.bytes };
                }
                Err(failure) => report.failed = Some(failure.as_str().to_owned()),
            }
            self.reports.push(report);
        }
        self.bytes += bytes;
        match self.bytes > limits::HTTP_BYTES {
            true => Err(Code::HttpLimit.because(format!("the responses of servers have more than {} bytes", limits::HTTP_BYTES))),
            false => Ok(answer.responses.into_iter().map(|response| response.outcome).collect()),
        }
    }
}

/// Seconds after which a request is sent again; none where that would not help.
fn retry_after(response: &std::result::Result<HttpBody, HttpFailure>) -> Option<u32> {
    match response {
        Err(HttpFailure::Connect) | Ok(HttpBody { status: 502..=504, .. }) => Some(0),
        Ok(HttpBody { status: 429, retry_after, .. }) => retry_after.filter(|seconds| *seconds <= limits::RETRY_AFTER),
        _ => None,
    }
}

fn judged(response: std::result::Result<HttpBody, HttpFailure>) -> Outcome {
    match response {
        Ok(body) if body.status == 200 => Ok(body),
        Ok(body) => Err(format!("status {}", body.status)),
        Err(failure) => Err(failure.reason().to_owned()),
    }
}

/// Name of the server in an address.
pub(crate) fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().chars().take(253).collect()
}
