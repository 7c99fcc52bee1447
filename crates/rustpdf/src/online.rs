//! Servers of a call: timestamp services, the client, the cache.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustpdf_core::{ExtensionOptions, HttpBody, HttpFailure, HttpPurpose, Level, SigningOptions, TimestampOptions};

use crate::error::Cause;

/// Servers of a call: timestamp services, a client for HTTP, and a cache. Only levels above B-B ask servers.
///
/// ```
/// use rustpdf::{Control, Level, Online, SigningOptions, TimestampService, ValidationOptions};
/// # let root = Vec::new();
///
/// let service = TimestampService::new("https://tsa.example/").header("Authorization", "Bearer …");
/// let mut control = Control::new().online(Online::new().services([service]));
/// let options = SigningOptions::new().level(Level::BLta).validation(ValidationOptions::new().trust([root]));
/// # let _ = (&mut control, options);
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Online {
    /// Timestamp services. The next one is asked if one fails. Options that name no number of services get that of this list.
    pub services: Vec<TimestampService>,
    /// Client in place of the one of this crate.
    pub http: Option<Arc<dyn Http>>,
    /// Cache of certificates and revocation data, shared by the calls that have it. Calls for many documents have one by default.
    pub cache: Option<Arc<dyn HttpCache>>,
    /// Whether addresses out of certificates may lead into private networks, this machine included, and to any port. Addresses of the own
    /// link stay refused. Default: false.
    pub allow_private_networks: bool,
    /// Names of hosts that are permitted as by `allow_private_networks`.
    pub allowed_hosts: Vec<String>,
    /// Time for a connection, its names and its handshake included. Default: 5 s.
    pub connect_timeout: Duration,
    /// Time for a request, redirections included. Default: 15 s.
    pub request_timeout: Duration,
    /// Time for all requests of a document together. Default: 60 s.
    pub total_timeout: Duration,
}

impl Default for Online {
    fn default() -> Self {
        Online {
            services: Vec::new(),
            http: None,
            cache: None,
            allow_private_networks: false,
            allowed_hosts: Vec::new(),
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_secs(60),
        }
    }
}

impl fmt::Debug for Online {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Online").field("services", &self.services.len()).finish_non_exhaustive()
    }
}

impl Online {
    /// Default settings.
    pub fn new() -> Self {
        Online::default()
    }

    /// Sets [`services`](#structfield.services).
    #[must_use]
    pub fn services(mut self, services: impl IntoIterator<Item = TimestampService>) -> Self {
        self.services = services.into_iter().collect();
        self
    }

    /// Sets [`http`](#structfield.http).
    #[must_use]
    pub fn http(mut self, http: impl Http + 'static) -> Self {
        self.http = Some(Arc::new(http));
        self
    }

    /// Sets [`cache`](#structfield.cache).
    #[must_use]
    pub fn cache(mut self, cache: Arc<dyn HttpCache>) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Sets [`allow_private_networks`](#structfield.allow_private_networks).
    #[must_use]
    pub fn allow_private_networks(mut self, allow: bool) -> Self {
        self.allow_private_networks = allow;
        self
    }

    /// Sets [`allowed_hosts`](#structfield.allowed_hosts).
    #[must_use]
    pub fn allowed_hosts(mut self, hosts: impl IntoIterator<Item: Into<String>>) -> Self {
        self.allowed_hosts = hosts.into_iter().map(Into::into).collect();
        self
    }

    /// Sets [`connect_timeout`](#structfield.connect_timeout).
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets [`request_timeout`](#structfield.request_timeout).
    #[must_use]
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// Sets [`total_timeout`](#structfield.total_timeout).
    #[must_use]
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// Options of an extension, with the number of services.
    pub(crate) fn numbered_extension(&self, mut options: ExtensionOptions) -> ExtensionOptions {
        number(&mut options.timestamp, &self.services);
        options
    }

    /// Options of a signature, with the number of services.
    pub(crate) fn numbered(&self, options: SigningOptions) -> SigningOptions {
        numbered(options, &self.services)
    }

    /// The same servers, with a cache.
    pub(crate) fn cached(&self) -> Online {
        Online { cache: Some(self.cache.clone().unwrap_or_else(|| Arc::new(MemoryCache::default()))), ..self.clone() }
    }
}

/// Options of a signature, with the number of its services.
pub(crate) fn numbered(mut options: SigningOptions, services: &[TimestampService]) -> SigningOptions {
    if options.level > Level::BB {
        number(&mut options.timestamp, services);
    }
    options
}

/// Tells options the number of services.
fn number(timestamp: &mut Option<TimestampOptions>, services: &[TimestampService]) {
    if !services.is_empty() {
        let options = timestamp.get_or_insert_default();
        if options.services == 0 {
            options.services = u32::try_from(services.len()).unwrap_or(u32::MAX);
        }
    }
}

/// Timestamp service of the caller (RFC 3161). Its address and header fields stay in the process: neither a session nor a report contains
/// them.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimestampService {
    /// Address, `http` or `https`.
    pub url: String,
    /// Header fields of each request: name and value.
    pub headers: Vec<(String, String)>,
}

impl TimestampService {
    /// Service at an address.
    pub fn new(url: impl Into<String>) -> Self {
        TimestampService { url: url.into(), headers: Vec::new() }
    }

    /// Adds a header field, such as `Authorization`.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

impl fmt::Debug for TimestampService {
    /// Omits the address, too: it may contain a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimestampService").finish_non_exhaustive()
    }
}

/// Request to a server, for a client.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutgoingRequest {
    /// Purpose of the request.
    pub purpose: HttpPurpose,
    /// Number of the timestamp service, from 0; none for an address out of a certificate, which a stranger may have chosen.
    pub service: Option<u32>,
    /// Address.
    pub url: String,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Header fields, those of the timestamp service among them: name and value.
    pub headers: Vec<(String, String)>,
    /// Body; empty for `GET`.
    pub body: Vec<u8>,
    /// Largest body of a response in bytes, after decoding.
    pub limit: u64,
    /// Time that is left for the request.
    pub timeout: Duration,
}

impl fmt::Debug for OutgoingRequest {
    /// Omits the address and the header fields: they may contain credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (purpose, service) = (&self.purpose, &self.service);
        f.debug_struct("OutgoingRequest").field("purpose", purpose).field("service", service).finish_non_exhaustive()
    }
}

/// Client for requests to servers. A function with the same signature is one.
///
/// Requests are sent by threads of their own, eight at a time. One that takes longer than its time is left to itself: the call goes on
/// without it. Requests that have no `service` go to addresses out of certificates, and the client has to check them.
///
/// ```
/// use rustpdf::{HttpBody, HttpError, HttpFailure, Online, OutgoingRequest};
/// # fn my_client(_: &str, _: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
///
/// let online = Online::new().http(|request: &OutgoingRequest| -> Result<HttpBody, HttpError> {
///     let body = my_client(&request.url, &request.body).map_err(|_| HttpFailure::Connect)?;
///     Ok(HttpBody { status: 200, body, ..HttpBody::default() })
/// });
/// # let _ = online;
/// ```
pub trait Http: Send + Sync {
    /// Sends a request, and returns the response of any status.
    ///
    /// Errors: [`HttpError::Failed`] for a failure of the network, after which other servers are asked; [`HttpError::Other`] ends the call.
    fn send(&self, request: &OutgoingRequest) -> Result<HttpBody, HttpError>;
}

impl<F> Http for F
where
    F: Fn(&OutgoingRequest) -> Result<HttpBody, HttpError> + Send + Sync,
{
    fn send(&self, request: &OutgoingRequest) -> Result<HttpBody, HttpError> {
        self(request)
    }
}

/// Failure of a client.
#[derive(Debug)]
#[non_exhaustive]
pub enum HttpError {
    /// No response.
    Failed(HttpFailure),
    /// Any other failure. It ends the call, as [`Error::Http`](crate::Error::Http).
    Other(Cause),
}

impl From<HttpFailure> for HttpError {
    fn from(failure: HttpFailure) -> Self {
        HttpError::Failed(failure)
    }
}

/// Cache of responses about certificates. Values are bytes that only this crate reads.
pub trait HttpCache: Send + Sync {
    /// Value of a key.
    fn get(&self, key: &str) -> Option<Vec<u8>>;

    /// Stores the value of a key. It may drop values at any time.
    fn set(&self, key: &str, value: Vec<u8>);
}

/// Cache in the memory of this process. Responses are reused for an hour, unless they expire earlier.
///
/// ```
/// use std::sync::Arc;
/// use rustpdf::{MemoryCache, Online};
///
/// let cache = Arc::new(MemoryCache::new(16 << 20));
/// let (first, second) = (Online::new().cache(cache.clone()), Online::new().cache(cache));
/// # let _ = (first, second);
/// ```
pub struct MemoryCache {
    most: usize,
    state: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    values: HashMap<String, Vec<u8>>,
    /// Keys, the oldest first.
    order: VecDeque<String>,
    size: usize,
}

impl MemoryCache {
    /// Cache whose values have `most` bytes together.
    pub fn new(most: usize) -> Self {
        MemoryCache { most, state: Mutex::default() }
    }
}

impl Default for MemoryCache {
    /// Cache of 128 MiB at the most.
    fn default() -> Self {
        MemoryCache::new(128 << 20)
    }
}

impl fmt::Debug for MemoryCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCache").field("most", &self.most).finish_non_exhaustive()
    }
}

impl HttpCache for MemoryCache {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).values.get(key).cloned()
    }

    fn set(&self, key: &str, value: Vec<u8>) {
        let mut kept = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        kept.size += value.len();
        if let Some(old) = kept.values.insert(key.to_owned(), value) {
            kept.size -= old.len();
            kept.order.retain(|other| other != key);
        }
        kept.order.push_back(key.to_owned());
        while kept.size > self.most
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.size -= kept.values.remove(&oldest).map_or(0, |value| value.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_cache_drops_the_oldest() {
        let cache = MemoryCache::new(10);
        cache.set("a", vec![1; 4]);
        cache.set("b", vec![2; 4]);
        cache.set("a", vec![3; 4]);
        cache.set("c", vec![4; 4]);
        assert_eq!((cache.get("a"), cache.get("b"), cache.get("c")), (Some(vec![3; 4]), None, Some(vec![4; 4])));
        cache.set("d", vec![5; 11]);
        assert_eq!((cache.get("c"), cache.get("d")), (None, None));
    }

    #[test]
    fn no_representation_has_a_secret() {
        let service = TimestampService::new("https://user:secret@tsa.example/secret").header("X-Key", "secret");
        let request = OutgoingRequest {
            purpose: HttpPurpose::Timestamp,
            service: Some(0),
            url: service.url.clone(),
            method: "POST",
            headers: service.headers.clone(),
            body: b"secret".to_vec(),
            limit: 1,
            timeout: Duration::ZERO,
        };
        let online = Online::new().services([service.clone()]);
        assert!(!format!("{service:?} {request:?} {online:?}").contains("secret"));
    }
}
