//! The answer to the step `http`: the requests of a step are sent at once, by threads or by futures of the caller.

use std::collections::{BTreeMap, HashMap};
use std::future::{Future, poll_fn};
use std::mem::take;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustpdf_core::{Code, HttpAnswer, HttpBody, HttpFailure, HttpRequest, HttpResponse};

use crate::control::Cancellation;
use crate::error::{Error, Result};
use crate::online::{Http, HttpCache, HttpError, Online, OutgoingRequest, TimestampService};

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
    cache: Option<Arc<dyn HttpCache>>,
    begun: Instant,
    end: Instant,
}

struct Pending {
    request: HttpRequest,
    outgoing: OutgoingRequest,
    outcome: Option<std::result::Result<HttpBody, HttpFailure>>,
    /// Flight of this request, for others that want its response.
    lead: Option<Lead>,
    /// Flight of another request with the same key, for whose response this one waits.
    awaited: Option<Arc<Flight>>,
}

impl Exchange {
    /// Begins a step. `services` are those of the signer that was asked last, and `used` is the time that requests of earlier steps took.
    ///
    /// Errors: `ERR_TIMESTAMP_SERVICE` for a service that the caller did not give.
    pub(crate) fn new(online: &Online, services: &[TimestampService], requests: Vec<HttpRequest>, used: Duration) -> Result<Self> {
        let begun = Instant::now();
        let end = begun + online.total_timeout.saturating_sub(used);
        let pending = |request: HttpRequest| {
            let outgoing = outgoing(online, services, &request)?;
            Ok(Pending { request, outgoing, outcome: None, lead: None, awaited: None })
        };
        let requests = requests.into_iter().map(pending).collect::<Result<_>>()?;
        Ok(Exchange { requests, cache: online.cache.clone(), begun, end })
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
    /// Errors: those of `report`; [`Error::Http`] with that of the caller's client.
    pub(crate) fn run(&mut self, http: &Arc<dyn Http>, mut report: impl FnMut(&Self) -> Result<()>) -> Result<()> {
        let (sender, outcomes) = channel();
        let mut running: HashMap<usize, Instant> = HashMap::new();
        while !self.is_complete() {
            report(self)?;
            self.start(http, &sender, &mut running)?;
            self.expire(&mut running);
            if self.is_complete() {
                break;
            }
            self.receive(&outcomes, &mut running)?;
        }
        report(self)
    }

    fn is_complete(&self) -> bool {
        self.requests.iter().all(|one| one.outcome.is_some())
    }

    /// Starts as many requests as may run.
    fn start(&mut self, http: &Arc<dyn Http>, sender: &Sender<Received>, running: &mut HashMap<usize, Instant>) -> Result<()> {
        let now = Instant::now();
        for index in 0..self.requests.len() {
            let Some(one) = self.requests.get(index) else { break };
            let is_due = now >= self.begun + one.delay();
            if one.outcome.is_some() || !is_due || running.len() >= AT_ONCE || running.contains_key(&index) {
                continue;
            }
            let wake = sender.clone();
            // The place is that of no request: the receiver only looks again.
            if !self.is_to_send(index, move || drop(wake.send((usize::MAX, Ok(Err(HttpFailure::Other.into())))))) {
                continue;
            }
            let Some(one) = self.requests.get(index) else { break };
            let timeout = one.outgoing.timeout.min(self.end.saturating_duration_since(now));
            let (http, sender, request) = (http.clone(), sender.clone(), OutgoingRequest { timeout, ..one.outgoing.clone() });
            let send = move || {
                let outcome = catch_unwind(AssertUnwindSafe(|| http.send(&request)));
                drop(sender.send((index, outcome))); // if the caller does not wait any more, nobody receives
            };
            thread::Builder::new().spawn(send)?;
            running.insert(index, now + timeout);
        }
        Ok(())
    }

    /// Whether a request has to be sent. Else it is settled by the cache, or waits for another one, at whose end `wake` is called.
    ///
    /// Of requests with the same key one is sent at a time, and the others have its response.
    fn is_to_send(&mut self, index: usize, wake: impl FnOnce() + Send + 'static) -> bool {
        let Some(one) = self.requests.get_mut(index) else { return false };
        let (Some(cache), Some(key)) = (&self.cache, &one.request.cache) else { return true };
        let limit = one.request.limit;
        if let Some(awaited) = &one.awaited {
            let Some(response) = awaited.response() else { return false };
            one.awaited = None;
            if let Some(body) = response.filter(|body| body.body.len() as u64 <= limit) {
                one.outcome = Some(Ok(HttpBody { cached: true, ..body }));
                return false;
            }
        }
        match Lead::take(cache, key) {
            Ok(lead) => one.lead = Some(lead),
            Err(flight) => {
                flight.at_end(wake);
                one.awaited = Some(flight);
                return false;
            }
        }
        let Some(body) = cache.get(key).and_then(|value| unpack(value, limit)) else { return true };
        let body = HttpBody { status: 200, body, retry_after: None, cached: true };
        if let Some(lead) = one.lead.take() {
            lead.land(&body);
        }
        one.outcome = Some(Ok(body));
        false
    }

    /// Gives up requests that take too long. Their threads end by themselves.
    fn expire(&mut self, running: &mut HashMap<usize, Instant>) {
        let now = Instant::now();
        for (index, one) in self.requests.iter_mut().enumerate().filter(|(_, one)| one.outcome.is_none()) {
            if now >= self.end || running.get(&index).is_some_and(|end| now >= *end + POLL) {
                running.remove(&index);
                one.lead = None;
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
            Err(HttpError::Other(cause)) => return Err(Error::Http(cause)),
        };
        let Some(one) = self.requests.get_mut(index) else { return Ok(()) };
        let limit = one.request.limit;
        let outcome = outcome.and_then(|body| if body.body.len() as u64 > limit { Err(HttpFailure::TooLarge) } else { Ok(body) });
        if let (Ok(body), Some(key), Some(cache)) = (&outcome, &one.request.cache, &self.cache)
            && body.status == 200
        {
            cache.set(key, pack(&body.body));
            if let Some(lead) = one.lead.take() {
                lead.land(body);
            }
        }
        one.lead = None;
        one.outcome = Some(outcome);
        Ok(())
    }

    /// Sends the requests by futures of the caller, which limit their time themselves.
    ///
    /// Errors: [`Error::Http`] with that of the caller; [`Error::Cancelled`].
    pub(crate) async fn run_async<R: Future<Output = Outcome>>(
        &mut self,
        send: impl Fn(OutgoingRequest) -> R,
        cancellation: &Cancellation,
    ) -> Result<()> {
        let longest = self.requests.iter().map(Pending::delay).max().unwrap_or_default();
        if !longest.is_zero() {
            self.timer(longest, cancellation)?.1.await;
        }
        let mut running: Vec<(usize, Pin<Box<R>>)> = Vec::new();
        let (_stop, timer) = self.timer(Duration::MAX, cancellation)?;
        let mut timer = Box::pin(timer);
        loop {
            let settled = poll_fn(|context| {
                let left = self.end.saturating_duration_since(Instant::now());
                for index in 0..self.requests.len() {
                    let is_open = self.requests.get(index).is_some_and(|one| one.outcome.is_none());
                    if !is_open || running.len() >= AT_ONCE || running.iter().any(|(other, _)| *other == index) {
                        continue;
                    }
                    let waker = context.waker().clone();
                    if self.is_to_send(index, move || waker.wake())
                        && let Some(one) = self.requests.get(index)
                    {
                        let timeout = one.outgoing.timeout.min(left);
                        running.push((index, Box::pin(send(OutgoingRequest { timeout, ..one.outgoing.clone() }))));
                    }
                }
                if self.is_complete() {
                    return Poll::Ready(None);
                }
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
        if cancellation.is_cancelled() {
            return Err(Error::Cancelled);
        }
        for one in self.requests.iter_mut().filter(|one| one.outcome.is_none()) {
            one.lead = None;
            one.outcome = Some(Err(HttpFailure::Timeout));
        }
        Ok(())
    }

    /// A future of the end of a time, of that of all requests, or of a cancellation. Dropping the sender lets its thread end.
    fn timer(&self, time: Duration, cancellation: &Cancellation) -> Result<(Sender<()>, impl Future<Output = ()> + use<>)> {
        let (stop, stopped) = channel();
        let (end, cancellation) = (Instant::now().checked_add(time).map_or(self.end, |end| end.min(self.end)), cancellation.clone());
        let timer = in_thread(move || {
            while !cancellation.is_cancelled() {
                let left = end.saturating_duration_since(Instant::now());
                if left.is_zero() || !matches!(stopped.recv_timeout(left.min(POLL)), Err(RecvTimeoutError::Timeout)) {
                    return;
                }
            }
        })?;
        Ok((stop, timer))
    }

    /// The answer.
    pub(crate) fn answer(self) -> HttpAnswer {
        let response = |one: Pending| HttpResponse::new(one.request.id, one.outcome.unwrap_or(Err(HttpFailure::Other)));
        HttpAnswer { responses: self.requests.into_iter().map(response).collect(), now: now() as i64 }
    }
}

/// Requests under way for a cache, by its address and the key. They end before the cache does.
static FLIGHTS: Mutex<BTreeMap<(usize, String), Arc<Flight>>> = Mutex::new(BTreeMap::new());

/// A request under way, for whose response others wait.
#[derive(Default)]
struct Flight(Mutex<Landing>);

#[derive(Default)]
struct Landing {
    /// The end of the flight, with the response if it is one to be shared.
    response: Option<Option<HttpBody>>,
    waiting: Vec<Box<dyn FnOnce() + Send>>,
}

impl Flight {
    /// The response, or none if the flight has none to share; none before its end.
    fn response(&self) -> Option<Option<HttpBody>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).response.clone()
    }

    /// Has a function called at the end, now if that was before.
    fn at_end(&self, wake: impl FnOnce() + Send + 'static) {
        let mut landing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match landing.response {
            None => landing.waiting.push(Box::new(wake)),
            Some(_) => {
                drop(landing);
                wake();
            }
        }
    }
}

/// The request of a flight. Dropping it ends the flight without a response.
struct Lead {
    key: (usize, String),
    flight: Arc<Flight>,
}

impl Lead {
    /// Begins a flight. Errors: the one that is under way for this key.
    fn take(cache: &Arc<dyn HttpCache>, key: &str) -> std::result::Result<Lead, Arc<Flight>> {
        let key = (Arc::as_ptr(cache).cast::<()>() as usize, key.to_owned());
        let mut flights = FLIGHTS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&key) {
            return Err(flight.clone());
        }
        let flight = Arc::new(Flight::default());
        flights.insert(key.clone(), flight.clone());
        Ok(Lead { key, flight })
    }

    /// Ends the flight with a response.
    fn land(self, body: &HttpBody) {
        self.flight.0.lock().unwrap_or_else(PoisonError::into_inner).response = Some(Some(body.clone()));
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        FLIGHTS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
        let mut landing = self.flight.0.lock().unwrap_or_else(PoisonError::into_inner);
        landing.response.get_or_insert_default();
        let waiting = take(&mut landing.waiting);
        drop(landing);
        waiting.into_iter().for_each(|wake| wake());
    }
}

impl Pending {
    fn delay(&self) -> Duration {
        Duration::from_secs(self.request.delay.unwrap_or_default().into())
    }
}

/// The request with address and header fields. Errors: `ERR_TIMESTAMP_SERVICE` for a service that the caller did not give.
fn outgoing(online: &Online, services: &[TimestampService], request: &HttpRequest) -> Result<OutgoingRequest> {
    let (url, mut headers) = match request.service {
        Some(number) => {
            let service = services.get(number as usize).ok_or_else(|| {
                let found = format!("timestamp service {number} is needed, and {} are given, counted from 0", services.len());
                Code::TimestampService.because(found).with_remedy("give the services of the beginning again (`Online::services`)")
            })?;
            (service.url.clone(), service.headers.clone())
        }
        None => (request.url.clone().unwrap_or_default(), Vec::new()),
    };
    let own = [("Accept", Some(request.accept)), ("Content-Type", request.content_type)];
    for (name, value) in own.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        if !headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name)) {
            headers.push((name.into(), value.into()));
        }
    }
    Ok(OutgoingRequest {
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
        let mut exchange = Exchange::new(online, &online.services, requests, Duration::ZERO)?;
        exchange.run(&http, |_| Ok(()))?;
        Ok(exchange.answer())
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
        assert!(matches!(error, Error::Http(cause) if cause.to_string() == "mine"));
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
    fn one_of_several_at_the_same_time_asks() {
        for status in [200, 404] {
            let online = Online::new().cache(Arc::new(MemoryCache::default()));
            let count = Arc::new(AtomicUsize::new(0));
            let ask = || {
                let count = count.clone();
                let http = move |_: &OutgoingRequest| {
                    count.fetch_add(1, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(30));
                    body(3).map(|body| HttpBody { status, ..body })
                };
                outcomes(&run(&online, http, vec![request(1, Some("k")), request(2, Some("k"))]).unwrap())
            };
            let all: Vec<_> = thread::scope(|scope| {
                let threads: Vec<_> = (0..6).map(|_| scope.spawn(ask)).collect();
                threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
            });
            let (asked, cached) = if status == 200 { (1, 11) } else { (12, 0) };
            assert_eq!((all.len(), count.load(Ordering::SeqCst)), (12, asked));
            assert_eq!(all.iter().filter(|one| **one == Ok((3, true))).count(), cached);
        }
    }

    #[test]
    fn one_that_is_stopped_leaves_the_others_alone() {
        let online = Online::new().cache(Arc::new(MemoryCache::default()));
        let (begun, waits) = (Instant::now(), AtomicUsize::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                let http: Arc<dyn Http> = Arc::new(|_: &OutgoingRequest| {
                    thread::sleep(Duration::from_secs(5));
                    body(1)
                });
                let mut exchange = Exchange::new(&online, &[], vec![request(1, Some("k"))], Duration::ZERO).unwrap();
                let stopped = exchange.run(&http, |_| match waits.fetch_add(1, Ordering::SeqCst) {
                    0..4 => Ok(()),
                    _ => Err(Error::Cancelled),
                });
                assert!(matches!(stopped, Err(Error::Cancelled)));
            });
            while waits.load(Ordering::SeqCst) < 2 {
                thread::yield_now();
            }
            assert_eq!(outcomes(&run(&online, |_: &OutgoingRequest| body(2), vec![request(1, Some("k"))]).unwrap()), [Ok((2, false))]);
        });
        assert!(begun.elapsed() < Duration::from_secs(3));
    }

    #[test]
    fn futures_share_a_response_too() {
        let online = Online::new().cache(Arc::new(MemoryCache::default()));
        let count = AtomicUsize::new(0);
        let ask = || {
            let requests = (0..3).map(|id| request(id, Some("k"))).collect();
            let mut exchange = Exchange::new(&online, &[], requests, Duration::ZERO).unwrap();
            let send = |_: OutgoingRequest| {
                count.fetch_add(1, Ordering::SeqCst);
                let later = in_thread(|| thread::sleep(Duration::from_millis(50))).unwrap();
                async move {
                    later.await;
                    body(3)
                }
            };
            wait(exchange.run_async(send, &Cancellation::new())).unwrap();
            outcomes(&exchange.answer())
        };
        let all: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!((count.load(Ordering::SeqCst), all.iter().filter(|one| **one == Ok((3, true))).count()), (1, 11));
    }

    /// Polls a future in this thread until it is ready.
    fn wait<T>(future: impl Future<Output = T>) -> T {
        struct Unpark(thread::Thread);
        impl std::task::Wake for Unpark {
            fn wake(self: Arc<Self>) {
                self.0.unpark();
            }
        }
        let (mut future, waker) = (std::pin::pin!(future), Waker::from(Arc::new(Unpark(thread::current()))));
        loop {
            if let Poll::Ready(result) = future.as_mut().poll(&mut std::task::Context::from_waker(&waker)) {
                return result;
            }
            thread::park();
        }
    }

    #[test]
    fn services_are_numbers() {
        let online = Online::new().services([TimestampService::new("http://tsa.example/").header("ACCEPT", "mine").header("X-Key", "k")]);
        let mut asked = request(1, None);
        (asked.service, asked.url, asked.method, asked.content_type) = (Some(0), None, "POST", Some("application/timestamp-query"));
        let sent = outgoing(&online, &online.services, &asked).unwrap();
        assert_eq!(sent.url, "http://tsa.example/");
        let names: Vec<_> = sent.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(names, ["ACCEPT: mine", "X-Key: k", "Content-Type: application/timestamp-query"]);
        asked.service = Some(1);
        let error = run(&online, |_: &OutgoingRequest| body(1), vec![asked]).unwrap_err();
        assert_eq!(error.code(), Some(Code::TimestampService));
    }
}
