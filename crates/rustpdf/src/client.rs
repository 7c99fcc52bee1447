//! The client for HTTP: `ureq`, with a resolver that checks addresses.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustpdf_core::{HttpBody, HttpFailure};
use ureq::config::Config;
use ureq::http::header::{AUTHORIZATION, HeaderName, LOCATION, RETRY_AFTER};
use ureq::http::uri::Scheme;
use ureq::http::{HeaderValue, Request, Response, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Connector, DefaultConnector, NextTimeout};
use ureq::{Agent, Body, Error};

use crate::address::{is_permitted, literal};
use crate::online::{Http, HttpError, Online, OutgoingRequest};
use crate::proxy::{Route, route};

/// Redirections of a `GET` that are followed.
const REDIRECTS: usize = 3;

/// Client of this crate, to wrap it in another one. It checks the address of a request without `service`.
///
/// ```
/// use rustpdf::{Http, HttpBody, HttpClient, HttpError, HttpPurpose, Online, OutgoingRequest};
///
/// let ours = HttpClient::new(&Online::new().allowed_hosts(["ca.example.org"]));
/// let online = Online::new().http(move |request: &OutgoingRequest| -> Result<HttpBody, HttpError> {
///     if request.purpose == HttpPurpose::Crl { Ok(HttpBody { status: 404, ..HttpBody::default() }) } else { ours.send(request) }
/// });
/// # let _ = online;
/// ```
#[derive(Debug)]
pub struct HttpClient {
    rules: Arc<Rules>,
    connect_timeout: Duration,
}

/// Rules for addresses out of certificates.
#[derive(Debug)]
struct Rules {
    allow_private_networks: bool,
    allowed_hosts: Vec<String>,
}

impl HttpClient {
    /// Client with the rules and the time for connections of `online`.
    pub fn new(online: &Online) -> Self {
        let allowed_hosts = online.allowed_hosts.iter().map(|host| bare(host)).collect();
        let rules = Arc::new(Rules { allow_private_networks: online.allow_private_networks, allowed_hosts });
        HttpClient { rules, connect_timeout: online.connect_timeout }
    }

    fn run(&self, request: &OutgoingRequest) -> Result<HttpBody, HttpFailure> {
        let end = Instant::now() + request.timeout;
        let mut url = request.url.clone();
        for _ in 0..=REDIRECTS {
            let place = Place::of(&url)?;
            if request.service.is_none() {
                self.rules.check(&place)?;
            }
            let left = end.saturating_duration_since(Instant::now());
            let route = route(&place, |name| std::env::var(name).ok())?;
            let mut response = self.exchange(request, &place, route, left).map_err(|error| failure(&error))?;
            let location = response.headers().get(LOCATION).filter(|_| matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308));
            let Some(location) = location else { return read(&mut response, request.limit) };
            if request.method != "GET" {
                break;
            }
            url = place.join(location.to_str().map_err(|_| HttpFailure::Blocked)?.trim());
        }
        Err(HttpFailure::Redirect)
    }

    fn exchange(&self, request: &OutgoingRequest, place: &Place, route: Route, left: Duration) -> Result<Response<Body>, Error> {
        let (tunnel, forward) = match route {
            Route::Direct => (None, None),
            Route::Tunnel(proxy) => (Some(proxy), None),
            Route::Forward(forward) => (None, Some(forward)),
        };
        let config = Agent::config_builder()
            .proxy(tunnel)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(0)
            .user_agent("rustpdf")
            .timeout_global(Some(left.max(Duration::from_millis(1))))
            .timeout_resolve(Some(self.connect_timeout))
            .timeout_connect(Some(self.connect_timeout))
            .build();
        let rules = request.service.is_none().then(|| self.rules.clone());
        let resolver = CheckedResolver { rules, target: place.host.clone(), inner: DefaultResolver::default() };
        let agent = match forward {
            Some(forward) => {
                let resolver = forward.resolver();
                Agent::with_parts(config, DefaultConnector::default().chain(forward), resolver)
            }
            None => Agent::with_parts(config, DefaultConnector::default(), resolver),
        };
        let mut built = Request::builder().method(request.method).uri(place.uri.clone());
        if let Some(credentials) = &place.credentials
            && !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        {
            built = built.header(AUTHORIZATION, format!("Basic {credentials}"));
        }
        for (name, value) in &request.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| Error::Http(error.into()))?;
            let mut value = HeaderValue::from_str(value).map_err(|error| Error::Http(error.into()))?;
            value.set_sensitive(true);
            built = built.header(name, value);
        }
        match request.method {
            "GET" => agent.run(built.body(())?),
            _ => agent.run(built.body(request.body.as_slice())?),
        }
    }
}

impl Http for HttpClient {
    fn send(&self, request: &OutgoingRequest) -> Result<HttpBody, HttpError> {
        self.run(request).map_err(HttpError::Failed)
    }
}

/// The parts of an address.
pub(crate) struct Place {
    /// The address without user information.
    pub(crate) uri: Uri,
    /// Name or literal address in lower case, without brackets and without a final dot.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// User information, as basic authentication has it.
    pub(crate) credentials: Option<String>,
}

impl Place {
    /// Errors: `Blocked` for an address that is neither `http` nor `https`.
    pub(crate) fn of(url: &str) -> Result<Place, HttpFailure> {
        let uri: Uri = url.parse().map_err(|_| HttpFailure::Blocked)?;
        let (Some(scheme), Some(authority)) = (uri.scheme().cloned(), uri.authority()) else { return Err(HttpFailure::Blocked) };
        let default = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            _ => return Err(HttpFailure::Blocked),
        };
        let (user, rest) = authority.as_str().rsplit_once('@').map_or((None, authority.as_str()), |(user, rest)| (Some(user), rest));
        let port = uri.port_u16().unwrap_or(default);
        let host = bare(authority.host());
        if host.is_empty() || port == 0 || (uri.port_u16().is_none() && rest.ends_with(':')) {
            return Err(HttpFailure::Blocked);
        }
        let credentials = user.map(|user| base64(&unescaped(user)));
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let uri = Uri::builder().scheme(scheme).authority(rest).path_and_query(path).build().map_err(|_| HttpFailure::Blocked)?;
        Ok(Place { uri, host, port, credentials })
    }

    /// The address of a redirection.
    fn join(&self, location: &str) -> String {
        let scheme = self.uri.scheme().map_or("http", Scheme::as_str);
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        let path = self.uri.path();
        let location = location.split('#').next().unwrap_or_default();
        let has_scheme = location.split_once(':').is_some_and(|(before, _)| !before.contains(['/', '?']));
        match location {
            _ if has_scheme => location.to_owned(),
            _ if location.starts_with("//") => format!("{scheme}:{location}"),
            _ if location.starts_with('/') => format!("{scheme}://{authority}{location}"),
            _ if location.starts_with('?') => format!("{scheme}://{authority}{path}{location}"),
            _ => format!("{scheme}://{authority}{}{location}", path.rfind('/').map_or("/", |end| &path[..=end])),
        }
    }
}

impl Rules {
    fn are_lifted_for(&self, host: &str) -> bool {
        self.allow_private_networks || self.allowed_hosts.iter().any(|allowed| allowed == host)
    }

    /// Checks everything except the addresses of a name. Through a proxy this is all that can be checked. Errors: `Blocked`.
    fn check(&self, place: &Place) -> Result<(), HttpFailure> {
        let lifted = self.are_lifted_for(&place.host);
        let is_local = place.host == "localhost" || place.host.ends_with(".localhost");
        let is_refused = place.credentials.is_some()
            || (!lifted && (!matches!(place.port, 80 | 443) || is_local))
            || literal(&place.host).is_some_and(|address| !is_permitted(address, lifted));
        if is_refused { Err(HttpFailure::Blocked) } else { Ok(()) }
    }
}

/// Resolver that keeps the permitted addresses. The connection is made to one of them: the name is not resolved again.
#[derive(Debug)]
struct CheckedResolver {
    /// None for a service of the caller.
    rules: Option<Arc<Rules>>,
    /// The host of the request. Any other is a proxy of the environment.
    target: String,
    inner: DefaultResolver,
}

impl Resolver for CheckedResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let Some(rules) = self.rules.as_ref().filter(|_| uri.host().map(bare).as_deref() == Some(self.target.as_str())) else {
            return Ok(found);
        };
        let lifted = rules.are_lifted_for(&self.target);
        let mut permitted = self.empty();
        for address in found.iter().filter(|address| is_permitted(address.ip(), lifted)) {
            permitted.push(*address);
        }
        if permitted.is_empty() { Err(Error::Other(Box::new(Blocked))) } else { Ok(permitted) }
    }
}

/// No address of the host is one that a certificate may name.
#[derive(Debug)]
struct Blocked;

impl std::fmt::Display for Blocked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the address is not a public one")
    }
}

impl std::error::Error for Blocked {}

fn read(response: &mut Response<Body>, limit: u64) -> Result<HttpBody, HttpFailure> {
    let status = response.status().as_u16();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| seconds(value.to_str().ok()?.trim()));
    let body = response.body_mut().with_config().limit(limit).read_to_vec().map_err(|error| failure(&error))?;
    Ok(HttpBody { status, body, retry_after, cached: false })
}

/// The kind of a failure. Its text is dropped, because it may contain an address.
fn failure(error: &Error) -> HttpFailure {
    match error {
        Error::HostNotFound => HttpFailure::Dns,
        Error::Timeout(_) => HttpFailure::Timeout,
        Error::ConnectionFailed => HttpFailure::Connect,
        Error::BodyExceedsLimit(_) => HttpFailure::TooLarge,
        Error::Tls(_) | Error::Rustls(_) | Error::TlsRequired => HttpFailure::Tls,
        Error::InvalidProxyUrl => HttpFailure::Unsupported,
        Error::Other(other) if other.is::<Blocked>() => HttpFailure::Blocked,
        Error::Io(error) => of_io(error),
        _ => HttpFailure::Other,
    }
}

fn of_io(error: &io::Error) -> HttpFailure {
    if let Some(inner) = error.get_ref() {
        if let Some(inner) = inner.downcast_ref::<Error>() {
            return failure(inner);
        }
        if inner.to_string().contains("lookup address") {
            return HttpFailure::Dns; // the only sign that the standard library gives
        }
    }
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => HttpFailure::Timeout,
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => HttpFailure::Connect,
        // The handshake and its alerts.
        io::ErrorKind::InvalidData => HttpFailure::Tls,
        _ => HttpFailure::Other,
    }
}

/// Host as it is compared.
fn bare(host: &str) -> String {
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// Seconds of `Retry-After`: a number, or a date (RFC 9110, 5.6.7) of the preferred form.
fn seconds(text: &str) -> Option<u32> {
    if !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit()) {
        return Some(text.parse().unwrap_or(u32::MAX).min(i32::MAX as u32));
    }
    let date = date(text)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs() as i64;
    Some((date - now).clamp(0, i64::from(i32::MAX)) as u32)
}

/// Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
fn date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let fields: Vec<&str> = text.split([' ', ':']).collect();
    let [_, day, month, year, hour, minute, second, "GMT"] = fields[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
    let number = |text: &str, range: std::ops::RangeInclusive<i64>| text.parse::<i64>().ok().filter(|number| range.contains(number));
    let (day, year) = (number(day, 1..=31)?, number(year, 1970..=9999)?);
    let (hour, minute, second) = (number(hour, 0..=23)?, number(minute, 0..=59)?, number(second, 0..=60)?);
    // Days of the proleptic Gregorian calendar, in years that begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

/// User information without its escapes.
fn unescaped(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, tail @ ..] = rest {
        let escaped = tail.get(..2).filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    bytes
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().enumerate().fold(0u32, |bits, (index, byte)| bits | (u32::from(*byte) << (16 - 8 * index)));
        for index in 0..4 {
            text.push(if index <= three.len() { DIGITS[((bits >> (18 - 6 * index)) & 63) as usize] as char } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_out_of_a_certificate_is_checked() {
        let rules = Rules { allow_private_networks: false, allowed_hosts: vec!["internal.example".into()] };
        let checked = |url: &str| Place::of(url).and_then(|place| rules.check(&place)).is_ok();
        for url in
            ["http://a.example/x", "https://a.example", "HTTPS://A.example:443/?q", "http://internal.example:8080/", "http://8.8.8.8/"]
        {
            assert!(checked(url), "{url}");
        }
        for url in [
            "ldap://a.example/",
            "file:///etc/passwd",
            "http://a.example:8080/",
            "http://a.example:0/",
            "http://user@a.example/",
            "http://user:pass@internal.example/",
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://localhost/",
            "http://a.localhost./",
            "http://a b/",
            "//a.example/",
            "http:///x",
            "",
        ] {
            assert!(!checked(url), "{url}");
        }
    }

    #[test]
    fn a_redirection_is_joined() {
        let place = Place::of("https://a.example:444/b/c?d").unwrap();
        for (location, joined) in [
            ("http://x/", "http://x/"),
            ("//x/y", "https://x/y"),
            ("/y#z", "https://a.example:444/y"),
            ("y:z/", "y:z/"),
            ("y/z", "https://a.example:444/b/y/z"),
            ("?y", "https://a.example:444/b/c?y"),
        ] {
            assert_eq!(place.join(location), joined);
        }
    }

    #[test]
    fn the_time_to_wait_is_a_number_or_a_date() {
        assert_eq!((seconds("7"), seconds("99999999999"), seconds("-1"), seconds("soon")), (Some(7), Some(i32::MAX as u32), None, None));
        assert_eq!(date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(date("Thu, 29 Feb 2024 00:00:00 GMT"), Some(1_709_164_800));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(0));
        assert_eq!(date("Sun, 06 Nob 1994 08:49:37 GMT"), None);
    }

    #[test]
    fn credentials_of_an_address_become_a_field() {
        let place = Place::of("https://us%20er:p%40ss@tsa.example/x").unwrap();
        assert_eq!((place.uri.to_string().as_str(), place.credentials.as_deref()), ("https://tsa.example/x", Some("dXMgZXI6cEBzcw==")));
        assert_eq!((base64(b""), base64(b"a"), base64(b"ab"), base64(b"abc")), ("".into(), "YQ==".into(), "YWI=".into(), "YWJj".into()));
    }
}
