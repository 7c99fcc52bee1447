//! Proxies of the environment.
//!
//! `ureq` asks every proxy for a tunnel, and many proxies refuse one to port 80, where timestamp services, OCSP responders and lists mostly
//! are. So a request by `http` is forwarded: its line has the whole address (RFC 9112, 3.2.2).

use rustpdf_core::HttpFailure;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};
use ureq::{Error, Proxy};

use crate::client::Place;

/// Way of a request to its server.
pub(crate) enum Route {
    /// To its address.
    Direct,
    /// To a proxy that forwards it.
    Forward(Forward),
    /// Through a tunnel that a proxy makes.
    Tunnel(Proxy),
}

/// The way to a place. `variable` reads a variable of the environment. Errors: `Unsupported` for another kind of proxy, such as SOCKS.
pub(crate) fn route(place: &Place, variable: impl Fn(&str) -> Option<String>) -> Result<Route, HttpFailure> {
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    let scheme = place.uri.scheme_str().unwrap_or_default();
    // A server that runs a program by CGI puts a header field of its client into `HTTP_PROXY`.
    let upper = Some(format!("{scheme}_proxy").to_ascii_uppercase()).filter(|_| scheme != "http" || given("REQUEST_METHOD").is_none());
    let own = given(&format!("{scheme}_proxy")).or_else(|| given(&upper?));
    let Some(url) = own.or_else(|| given("all_proxy")).or_else(|| given("ALL_PROXY")) else { return Ok(Route::Direct) };
    let without = given("no_proxy").or_else(|| given("NO_PROXY")).unwrap_or_default();
    if without.split(',').any(|entry| is_listed(entry.trim(), place)) {
        return Ok(Route::Direct);
    }
    let url = if url.contains("://") { url } else { format!("http://{url}") };
    let proxy = Place::of(&url).map_err(|_| HttpFailure::Unsupported)?;
    if scheme == "http" && proxy.uri.scheme_str() == Some("http") {
        let prefix = format!("http://{}", place.uri.authority().map_or("", |authority| authority.as_str()));
        return Ok(Route::Forward(Forward { proxy: proxy.uri, credentials: proxy.credentials, prefix }));
    }
    Proxy::new(&url).map(Route::Tunnel).map_err(|_| HttpFailure::Unsupported)
}

/// Whether an entry of `NO_PROXY` means a place: `*`, a name or a domain, with a port or without.
fn is_listed(entry: &str, place: &Place) -> bool {
    let entry = entry.to_ascii_lowercase();
    let entry = entry.strip_suffix(&format!(":{}", place.port)).unwrap_or(&entry);
    let name = entry.trim_start_matches("*.").trim_start_matches('.').trim_matches(['[', ']']);
    entry == "*" || (!name.is_empty() && (place.host == name || place.host.ends_with(&format!(".{name}"))))
}

/// A proxy that forwards a request.
#[derive(Clone, Debug)]
pub(crate) struct Forward {
    proxy: Uri,
    credentials: Option<String>,
    /// Scheme and authority of the server.
    prefix: String,
}

impl Forward {
    /// Resolver of the proxy, whose address is not that of a certificate.
    pub(crate) fn resolver(&self) -> impl Resolver + use<> {
        ProxyResolver { proxy: self.proxy.clone(), inner: DefaultResolver::default() }
    }
}

#[derive(Debug)]
struct ProxyResolver {
    proxy: Uri,
    inner: DefaultResolver,
}

impl Resolver for ProxyResolver {
    fn resolve(&self, _: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        self.inner.resolve(&self.proxy, config, timeout)
    }
}

impl<In: Transport> Connector<In> for Forward {
    type Out = Forwarding<In>;

    fn connect(&self, _: &ConnectionDetails, chained: Option<In>) -> Result<Option<Forwarding<In>>, Error> {
        Ok(chained.map(|inner| Forwarding { inner, begun: false, forward: self.clone() }))
    }
}

/// Connection to a proxy.
#[derive(Debug)]
pub(crate) struct Forwarding<In> {
    inner: In,
    begun: bool,
    forward: Forward,
}

impl<In: Transport> Transport for Forwarding<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if std::mem::replace(&mut self.begun, true) {
            return self.inner.transmit_output(amount, timeout);
        }
        let head = self.inner.buffers().output().get(..amount).map(|head| self.forward.rewritten(head)).unwrap_or_default();
        let mut rest = head.as_slice();
        while !rest.is_empty() {
            let output = self.inner.buffers().output();
            let (piece, later) = rest.split_at(rest.len().min(output.len()));
            output.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
            self.inner.transmit_output(piece.len(), timeout)?;
            rest = later;
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }
}

impl Forward {
    /// The start of a request, with the whole address in its line, and the credentials of the proxy.
    fn rewritten(&self, head: &[u8]) -> Vec<u8> {
        let target = head.iter().position(|byte| *byte == b' ').map_or(0, |space| space + 1);
        let line = head.windows(2).position(|two| two == b"\r\n").map_or(head.len(), |end| end + 2);
        let credentials = self.credentials.as_ref().filter(|_| line < head.len());
        let field = credentials.map(|credentials| format!("Proxy-Authorization: Basic {credentials}\r\n")).unwrap_or_default();
        let (method, rest) = head.split_at(target.min(line));
        let (rest, fields) = rest.split_at(line - method.len());
        [method, self.prefix.as_bytes(), rest, field.as_bytes(), fields].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(url: &str, variables: &[(&str, &str)]) -> &'static str {
        let variable = |name: &str| variables.iter().find(|(given, _)| *given == name).map(|(_, value)| (*value).to_owned());
        match route(&Place::of(url).unwrap(), variable) {
            Ok(Route::Direct) => "direct",
            Ok(Route::Forward(_)) => "forward",
            Ok(Route::Tunnel(_)) => "tunnel",
            Err(_) => "unsupported",
        }
    }

    #[test]
    fn the_environment_names_a_proxy_for_each_scheme() {
        let proxy = "http://proxy.example:3128";
        for (url, variables, expected) in [
            ("http://a.example/", vec![], "direct"),
            ("http://a.example/", vec![("http_proxy", proxy)], "forward"),
            ("http://a.example/", vec![("http_proxy", "proxy.example:3128")], "forward"),
            ("https://a.example/", vec![("http_proxy", proxy)], "direct"),
            ("https://a.example/", vec![("HTTPS_PROXY", proxy)], "tunnel"),
            ("http://a.example/", vec![("ALL_PROXY", proxy)], "forward"),
            ("http://a.example/", vec![("HTTP_PROXY", proxy), ("REQUEST_METHOD", "GET")], "direct"),
            ("http://a.example/", vec![("http_proxy", "https://proxy.example")], "tunnel"),
            ("http://a.example/", vec![("all_proxy", "socks5://proxy.example")], "unsupported"),
            ("http://a.example/", vec![("http_proxy", proxy), ("no_proxy", "b.example, a.example")], "direct"),
            ("http://a.example/", vec![("http_proxy", proxy), ("NO_PROXY", ".example")], "direct"),
            ("http://a.example/", vec![("http_proxy", proxy), ("NO_PROXY", "*.example:80")], "direct"),
            ("http://a.example/", vec![("http_proxy", proxy), ("no_proxy", "a.example:8080,example.org,ample")], "forward"),
            ("http://a.example/", vec![("http_proxy", proxy), ("no_proxy", "*")], "direct"),
        ] {
            assert_eq!(way(url, &variables), expected, "{url} {variables:?}");
        }
    }

    #[test]
    fn a_forwarded_request_has_the_whole_address() {
        let mut forward = Forward { proxy: Uri::default(), credentials: Some("dXM6cHc=".into()), prefix: "http://a.example:81".into() };
        let head = b"GET /x?y HTTP/1.1\r\nhost: a.example\r\n\r\n";
        let expected = "GET http://a.example:81/x?y HTTP/1.1\r\nProxy-Authorization: Basic dXM6cHc=\r\nhost: a.example\r\n\r\n";
        assert_eq!(String::from_utf8_lossy(&forward.rewritten(head)), expected);
        forward.credentials = None;
        assert_eq!(forward.rewritten(b"GET /x HTTP/1.1"), b"GET http://a.example:81/x HTTP/1.1");
    }
}
