//! The answer to the step `http`: the requests of a step are sent at once, by threads or by futures of the caller.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustpdf_core::{HttpAnswer, HttpBody, HttpFailure, HttpRequest, HttpResponse};

use crate::error::{Error, Result};
use crate::online::{Http, HttpError, Online, OutgoingRequest};

/// Requests that are sent at once.
const AT_ONCE: usize = 8;
/// Time between two looks at whether the caller cancelled.
const POLL: Duration = Duration::from_millis(50);
/// Time for which a response is kept.
const LIFE: u64 = 3600;

type Outcome = std::result::Result<HttpBody, HttpError>;
/// Place of a request, and its outcome or the panic of the client.
type Received = (usize, thread::Result<Outcome>);

/// Requests of a step, and their outcomes as far as they are known.
pub(crate) struct Exchange {
    requests: Vec<Pending>,
    begun: Instant,
    end: Instant,
}

struct Pending {
    request: HttpRequest,
    /// None for a request that cannot be sent.
    outgoing: Option<OutgoingRequest>,
    outcome: Option<std::result::Result<HttpBody, HttpFailure>>,
}

impl Exchange {
    /// Begins a step. `used` is the time that requests of earlier steps took.
    pub(crate) fn new(online: &Online, requests: Vec<HttpRequest>, used: Duration) -> Self {
        let begun = Instant::now();
        let end = begun + online.total_timeout.saturating_sub(used);
        let requests = requests.into_iter().map(|request| {
            let kept = || online.cache.as_ref()?.get(request.cache.as_deref()?).and_then(|value| unpack(value, request.limit));
            let outgoing = outgoing(online, &request);
            let outcome = match (&outgoing, kept()) {
                (None, _) => Some(Err(HttpFailure::Unsupported)),
                (Some(_), Some(body)) => Some(Ok(HttpBody { status: 200, body, retry_after: None, cached: true })),
                (Some(_), None) => None,
            };
            Pending { request, outgoing, outcome }
        });
        Exchange { requests: requests.collect(), begun, end }
    }

    /// Number of outcomes that are known, and of all.
    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.requests.iter().filter(|one| one.outcome.is_some()).count() as u64, self.requests.len() as u64)
    }

    /// Time since its beginning.
    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Sends the requests by threads, and waits. `report` may end the wait.
    ///
    /// Errors: those of `report`; [`Error::Signer`] with that of the caller's client.
    pub(crate) fn run(&mut self, http: &Arc<dyn Http>, mut report: impl FnMut(&Self) -> Result<()>) -> Result<()> {
        let (sender, outcomes) = channel();
        let mut running: HashMap<usize, Instant> = HashMap::new();
        while !self.is_complete() {
            report(self)?;
            self.start(http, &sender, &mut running)?;
            self.expire(&mut running);
            self.receive(&outcomes, &mut running)?;
        }
        report(self)
    }

    fn is_complete(&self) -> bool {
        self.requests.iter().all(|one| one.outcome.is_some())
    }

    /// Starts as many requests as may run.
    fn start(&self, http: &Arc<dyn Http>, sender: &Sender<Received>, running: &mut HashMap<usize, Instant>) -> Result<()> {
        let now = Instant::now();
        for (index, one) in self.requests.iter().enumerate() {
            let is_due = now >= self.begun + one.delay();
            if let (None, Some(outgoing), true) = (&one.outcome, &one.outgoing, is_due)
                && running.len() < AT_ONCE
                && !running.contains_key(&index)
            {
                let timeout = outgoing.timeout.min(self.end.saturating_duration_since(now));
                let (http, sender, request) = (http.clone(), sender.clone(), OutgoingRequest { timeout, ..outgoing.clone() });
                let send = move || {
                    let outcome = catch_unwind(AssertUnwindSafe(|| http.send(&request)));
                    drop(sender.send((index, outcome))); // if the caller does not wait any more, nobody receives
                };
                thread::Builder::new().spawn(send)?;
                running.insert(index, now + timeout);
            }
        }
        Ok(())
    }

    /// Gives up requests that take too long. Their threads end by themselves.
    fn expire(&mut self, running: &mut HashMap<usize, Instant>) {
        let now = Instant::now();
        for (index, one) in self.requests.iter_mut().enumerate().filter(|(_, one)| one.outcome.is_none()) {
            if now >= self.end || running.get(&index).is_some_and(|end| now >= *end + POLL) {
                running.remove(&index);
                one.outcome = Some(Err(HttpFailure::Timeout));
            }
        }
    }

    fn receive(&mut self, outcomes: &Receiver<Received>, running: &mut HashMap<usize, Instant>) -> Result<()> {
        match outcomes.recv_timeout(POLL) {
            Ok((index, outcome)) if running.remove(&index).is_some() => {
                self.settle(index, outcome.unwrap_or_else(|panic| resume_unwind(panic)))
            }
            Ok(_) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Ok(()),
        }
    }

    fn settle(&mut self, index: usize, outcome: Outcome) -> Result<()> {
        let outcome = match outcome {
            Ok(body) => Ok(body),
            Err(HttpError::Failed(failure)) => Err(failure),
            Err(HttpError::Other(cause)) => return Err(Error::Signer(cause)),
        };
        if let Some(one) = self.requests.get_mut(index) {
            let limit = one.request.limit;
            one.outcome = Some(outcome.and_then(|body| if body.body.len() as u64 > limit { Err(HttpFailure::TooLarge) } else { Ok(body) }));
        }
        Ok(())
    }

    /// Sends the requests by futures of the caller, which limit their time themselves.
    ///
    /// Errors: [`Error::Signer`] with that of the caller.
    pub(crate) async fn run_async<R: Future<Output = Outcome>>(&mut self, send: impl Fn(OutgoingRequest) -> R) -> Result<()> {
        let delays: Vec<Duration> = self.requests.iter().filter(|one| one.outcome.is_none()).map(Pending::delay).collect();
        if let Some(longest) = delays.into_iter().max().filter(|longest| !longest.is_zero()) {
            self.timer(longest)?.1.await;
        }
        let waiting = self.requests.iter().enumerate().filter(|(_, one)| one.outcome.is_none());
        let mut waiting: Vec<_> = waiting.filter_map(|(index, one)| Some((index, one.outgoing.clone()?))).rev().collect();
        let mut running: Vec<(usize, Pin<Box<R>>)> = Vec::new();
        let (_stop, timer) = self.timer(Duration::MAX)?;
        let mut timer = Box::pin(timer);
        while !waiting.is_empty() || !running.is_empty() {
            let left = self.end.saturating_duration_since(Instant::now());
            while running.len() < AT_ONCE
                && let Some((index, outgoing)) = waiting.pop()
            {
                let timeout = outgoing.timeout.min(left);
                running.push((index, Box::pin(send(OutgoingRequest { timeout, ..outgoing }))));
            }
            let settled = poll_fn(|context| {
                for place in 0..running.len() {
                    let (index, future) = &mut running[place];
                    if let Poll::Ready(outcome) = future.as_mut().poll(context) {
                        let index = *index;
                        drop(running.swap_remove(place));
                        return Poll::Ready(Some((index, outcome)));
                    }
                }
                timer.as_mut().poll(context).map(|()| None)
            })
            .await;
            let Some((index, outcome)) = settled else { break };
            self.settle(index, outcome)?;
        }
        for one in self.requests.iter_mut().filter(|one| one.outcome.is_none()) {
            one.outcome = Some(Err(HttpFailure::Timeout));
        }
        Ok(())
    }

    /// A future of the end of a time, or of that of all requests. Dropping the sender lets its thread end.
    fn timer(&self, time: Duration) -> Result<(Sender<()>, impl Future<Output = ()> + use<>)> {
        let (stop, stopped) = channel();
        let left = time.min(self.end.saturating_duration_since(Instant::now()));
        let timer = in_thread(move || {
            let _ = stopped.recv_timeout(left);
        })?;
        Ok((stop, timer))
    }

    /// The answer. Responses are kept in the cache.
    pub(crate) fn answer(self, online: &Online) -> HttpAnswer {
        let responses = self.requests.into_iter().map(|one| {
            let outcome = one.outcome.unwrap_or(Err(HttpFailure::Other));
            if let (Ok(body), Some(key), Some(cache)) = (&outcome, &one.request.cache, &online.cache)
                && body.status == 200
                && !body.cached
            {
                cache.set(key, pack(&body.body));
            }
            HttpResponse::new(one.request.id, outcome)
        });
        HttpAnswer { responses: responses.collect(), now: now() as i64 }
    }
}

impl Pending {
    fn delay(&self) -> Duration {
        Duration::from_secs(self.request.delay.unwrap_or_default().into())
    }
}

/// The request with address and header fields; none for an unknown service.
fn outgoing(online: &Online, request: &HttpRequest) -> Option<OutgoingRequest> {
    let (url, mut headers) = match request.service {
        Some(number) => {
            let service = online.services.get(number as usize)?;
            (service.url.clone(), service.headers.clone())
        }
        None => (request.url.clone()?, Vec::new()),
    };
    let own = [("Accept", Some(request.accept)), ("Content-Type", request.content_type)];
    for (name, value) in own.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        if !headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name)) {
            headers.push((name.into(), value.into()));
        }
    }
    Some(OutgoingRequest {
        purpose: request.purpose,
        service: request.service,
        url,
        method: request.method,
        headers,
        body: request.body.clone(),
        limit: request.limit,
        timeout: online.request_timeout,
    })
}

/// A future of the result of a thread, which has begun.
pub(crate) fn in_thread<T: Send + 'static, W: FnOnce() -> T + Send + 'static>(work: W) -> Result<impl Future<Output = T> + use<T, W>> {
    struct Slot<T> {
        result: Option<thread::Result<T>>,
        waker: Option<Waker>,
    }
    let slot = Arc::new(Mutex::new(Slot { result: None, waker: None }));
    let filled = slot.clone();
    thread::Builder::new().spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(work));
        let mut slot = filled.lock().unwrap_or_else(PoisonError::into_inner);
        slot.result = Some(result);
        if let Some(waker) = slot.waker.take() {
            waker.wake();
        }
    })?;
    Ok(poll_fn(move |context| {
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        match slot.result.take() {
            Some(result) => Poll::Ready(result.unwrap_or_else(|panic| resume_unwind(panic))),
            None => {
                slot.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}

/// The value of a response that arrives now: its time, and its body.
fn pack(body: &[u8]) -> Vec<u8> {
    [&now().to_be_bytes()[..], body].concat()
}

/// The body of a value that is not too old.
fn unpack(mut value: Vec<u8>, limit: u64) -> Option<Vec<u8>> {
    let time = u64::from_be_bytes(*value.first_chunk()?);
    let is_fresh = now().checked_sub(time).is_some_and(|age| age <= LIFE);
    (is_fresh && value.len() as u64 - 8 <= limit).then(|| {
        value.drain(..8);
        value
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::online::{MemoryCache, TimestampService};

    fn request(id: u32, cache: Option<&str>) -> HttpRequest {
        let mut request = HttpRequest::default();
        (request.id, request.method, request.accept, request.limit) = (id, "GET", "*/*", 10);
        request.url = Some(format!("http://a.example/{id}"));
        request.cache = cache.map(Into::into);
        request
    }

    fn run(online: &Online, http: impl Http + 'static, requests: Vec<HttpRequest>) -> Result<HttpAnswer> {
        let http: Arc<dyn Http> = Arc::new(http);
        let mut exchange = Exchange::new(online, requests, Duration::ZERO);
        exchange.run(&http, |_| Ok(()))?;
        Ok(exchange.answer(online))
    }

    fn outcomes(answer: &HttpAnswer) -> Vec<std::result::Result<(usize, bool), HttpFailure>> {
        let outcome = |one: &HttpResponse| one.outcome.as_ref().map(|body| (body.body.len(), body.cached)).map_err(|failure| *failure);
        answer.responses.iter().map(outcome).collect()
    }

    fn body(length: usize) -> Outcome {
        Ok(HttpBody { status: 200, body: vec![1; length], ..HttpBody::default() })
    }

    #[test]
    fn responses_are_in_the_order_of_the_requests_and_eight_at_once() {
        static RUNNING: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let http = |request: &OutgoingRequest| {
            MOST.fetch_max(RUNNING.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let id: usize = request.url.rsplit('/').next().unwrap().parse().unwrap();
            thread::sleep(Duration::from_millis(60 - 3 * id as u64));
            RUNNING.fetch_sub(1, Ordering::SeqCst);
            body(id % 12)
        };
        let answer = run(&Online::new(), http, (0..20).map(|id| request(id, None)).collect()).unwrap();
        let expected: Vec<_> = (0..20).map(|id| if id % 12 > 10 { Err(HttpFailure::TooLarge) } else { Ok((id % 12, false)) }).collect();
        assert_eq!(outcomes(&answer), expected);
        assert_eq!(MOST.load(Ordering::SeqCst), 8);
    }

    #[test]
    fn a_client_that_takes_too_long_is_left_to_itself() {
        let online = Online::new().request_timeout(Duration::from_millis(50));
        let slow = |_: &OutgoingRequest| {
            thread::sleep(Duration::from_secs(5));
            body(1)
        };
        let begun = Instant::now();
        assert_eq!(outcomes(&run(&online, slow, vec![request(1, None)]).unwrap()), [Err(HttpFailure::Timeout)]);
        assert!(begun.elapsed() < Duration::from_secs(2));
        let mut late = request(1, None);
        late.delay = Some(30);
        let online = Online::new().total_timeout(Duration::from_millis(100));
        assert_eq!(outcomes(&run(&online, slow, vec![late]).unwrap()), [Err(HttpFailure::Timeout)]);
    }

    #[test]
    fn an_error_that_is_not_of_the_network_ends_the_call() {
        let broken = |_: &OutgoingRequest| Err(HttpError::Other("mine".into()));
        let error = run(&Online::new(), broken, vec![request(1, None)]).unwrap_err();
        assert!(matches!(error, Error::Signer(cause) if cause.to_string() == "mine"));
        let failing = |_: &OutgoingRequest| Err(HttpFailure::Dns.into());
        assert_eq!(outcomes(&run(&Online::new(), failing, vec![request(1, None)]).unwrap()), [Err(HttpFailure::Dns)]);
    }

    #[test]
    fn a_response_with_a_key_is_kept() {
        let online = Online::new().cache(Arc::new(MemoryCache::default()));
        let ask = |key| outcomes(&run(&online, |_: &OutgoingRequest| body(3), vec![request(1, key)]).unwrap())[0];
        assert_eq!(
            [ask(Some("k")), ask(Some("k")), ask(None), ask(Some("l"))],
            [Ok((3, false)), Ok((3, true)), Ok((3, false)), Ok((3, false))]
        );
        let old = [(now() - LIFE - 1).to_be_bytes().as_slice(), b"old"].concat();
        online.cache.as_ref().unwrap().set("k", old);
        assert_eq!(ask(Some("k")), Ok((3, false)));
    }

    #[test]
    fn services_are_numbers() {
        let online = Online::new().services([TimestampService::new("http://tsa.example/").header("ACCEPT", "mine").header("X-Key", "k")]);
        let mut asked = request(1, None);
        (asked.service, asked.url, asked.method, asked.content_type) = (Some(0), None, "POST", Some("application/timestamp-query"));
        let sent = outgoing(&online, &asked).unwrap();
        assert_eq!(sent.url, "http://tsa.example/");
        let names: Vec<_> = sent.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(names, ["ACCEPT: mine", "X-Key: k", "Content-Type: application/timestamp-query"]);
        asked.service = Some(1);
        assert_eq!(outcomes(&run(&online, |_: &OutgoingRequest| body(1), vec![asked]).unwrap()), [Err(HttpFailure::Unsupported)]);
    }
}
