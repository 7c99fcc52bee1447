//! The client for HTTP, as an extension with a document timestamp uses it: every way in which a server can fail.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustpdf::{Cancellation, Code, Control, Error, ExtensionOptions, Level, Online, TimestampService, sign_controlled, timestamp};

use super::services::{logged_services, services};

const DOCUMENT: &[u8] = include_bytes!("../../../../tests/vectors/documents/classic.pdf");

/// Asks one service for a timestamp; returns the kind of its failure, as the message tells it.
fn failure(service: TimestampService, online: Online) -> String {
    let mut control = Control::new().online(online.services([service]));
    let error = timestamp(DOCUMENT, &ExtensionOptions::new(), &mut control).unwrap_err();
    assert_eq!(error.code(), Some(Code::TimestampUnavailable), "{error}");
    error.to_string()
}

/// Server that answers each request with the same bytes, and what it got.
fn server(answer: impl Into<Vec<u8>>) -> (String, Arc<Mutex<Vec<String>>>) {
    let (answer, seen): (Vec<u8>, _) = (answer.into(), Arc::new(Mutex::new(Vec::new())));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, log) = (listener.local_addr().unwrap(), seen.clone());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let (mut request, mut piece) = (Vec::new(), [0; 4096]);
            // A client that speaks TLS waits for an answer to its first message, which is of the type 22.
            while !String::from_utf8_lossy(&request).contains("\r\n\r\n") && request.first() != Some(&22) {
                match stream.read(&mut piece) {
                    Ok(count) if count > 0 => request.extend_from_slice(&piece[..count]),
                    _ => break,
                }
            }
            log.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
            let _ = stream.write_all(&answer);
        }
    });
    (format!("http://{address}/"), seen)
}

#[test]
fn a_body_comes_in_every_form() {
    for fault in ["", "chunked", "gzip", "close", "type=text%2Fhtml", "delay=0.2", "drip=500", "pem", "base64"] {
        let stamped = timestamp(DOCUMENT, &ExtensionOptions::new(), &mut services().control(&[fault]));
        assert_eq!(stamped.unwrap_or_else(|error| panic!("{fault}: {error}")).report.timestamps.len(), 1);
    }
}

#[test]
fn a_broken_answer_has_its_kind() {
    let quick = || Online::new().request_timeout(Duration::from_millis(700));
    for (fault, kind) in [
        ("cut=10", "the request failed"),
        ("reset", "the request failed"),
        ("endless", "larger than the limit"),
        ("delay=9", "in time"),
        ("drip=1", "in time"),
        ("status=500", "500"),
        ("redirect-loop", "redirect"),
    ] {
        let begun = Instant::now();
        let message = failure(services().tsa(fault), quick());
        assert!(message.contains(kind), "{fault}: {message}");
        assert!(begun.elapsed() < Duration::from_secs(9), "{fault}");
    }
}

#[test]
fn a_server_that_is_not_there_has_its_kind() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(failure(TimestampService::new(format!("http://{closed}/")), Online::new()).contains("no connection"));
    assert!(failure(TimestampService::new("http://name.invalid/"), Online::new()).contains("no address"));
    let (plain, _) = server("HTTP/1.1 200 OK\r\n\r\n");
    let message = failure(TimestampService::new(plain.replace("http:", "https:")), Online::new());
    assert!(message.contains("TLS"), "{message}");
}

#[test]
fn a_service_gets_its_fields_and_keeps_its_secrets() {
    let (url, seen) = server("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    let url = url.replace("http://", "http://us:secret@");
    let message = failure(TimestampService::new(format!("{url}secret?secret")).header("X-Key", "secret"), Online::new());
    assert!(!message.contains("secret") && message.contains("redirect"), "{message}");
    let seen = seen.lock().unwrap();
    let request = seen.first().unwrap().to_ascii_lowercase();
    for field in [
        "post /secret?secret http/1.1",
        "authorization: basic dxm6c2vjcmv0",
        "x-key: secret",
        "content-type: application/timestamp-query",
        "user-agent: rustpdf",
    ] {
        assert!(request.contains(field), "{request}");
    }
    assert!(!request.contains("cookie"));
}

#[test]
fn a_caller_stops_it() {
    let cancellation = Cancellation::new();
    let other = cancellation.clone();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        other.cancel();
    });
    let mut control = services().control(&["delay=9"]).cancellation(cancellation);
    let begun = Instant::now();
    let error = timestamp(DOCUMENT, &ExtensionOptions::new(), &mut control).unwrap_err();
    assert!(matches!(error, Error::Cancelled), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(3));
}

/// The test `a_proxy_of_the_environment_is_asked` runs this one in a process of its own, since the environment belongs to the process.
#[test]
fn through_a_proxy() {
    let Ok(expected) = std::env::var("EXPECTED_BY_TEST") else { return };
    let message = failure(TimestampService::new("http://tsa.invalid/x"), Online::new());
    assert!(message.contains(&expected), "{message}");
}

#[test]
fn a_proxy_of_the_environment_is_asked() {
    let (proxy, seen) = server("HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n");
    let proxy = proxy.replace("http://", "http://us:pw@");
    let child = |expected: &str, without: &str| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "client::through_a_proxy"]).env("EXPECTED_BY_TEST", expected);
        command.env("http_proxy", &proxy).env("no_proxy", without).env("NO_PROXY", without);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    };
    child("418", "");
    let requests = std::mem::take(&mut *seen.lock().unwrap());
    let request = requests.first().unwrap().to_ascii_lowercase();
    assert!(request.starts_with("post http://tsa.invalid/x http/1.1"), "{request}");
    assert!(request.contains("proxy-authorization: basic dxm6chc="), "{request}");
    child("no address", "tsa.invalid");
    assert!(seen.lock().unwrap().is_empty());
}

#[test]
fn a_redirection_is_checked_like_an_address() {
    let ((services, _guard), count) = (logged_services(), AtomicUsize::new(0));
    let signer = services.signer("crl-only", &count);
    let sign = || sign_controlled(DOCUMENT, &signer, &services.options(Level::BLt), &mut services.control(&[""]));
    let rule = |address: &str| format!(r#"[{{"path": "/ltv/crls/", "fault": "redirect={address}"}}]"#);
    services.rule("[]");
    assert_eq!(sign().unwrap().report.level, Some(Level::BLt));
    for (address, found) in [
        ("http://169.254.169.254/latest", "its address is not a public one"),
        ("http://us:pw@127.0.0.1/", "its address is not a public one"),
        ("http://[fe80::1]/", "its address is not a public one"),
        ("file:///etc/passwd", "its address is not a public one"),
        ("/ltv/crls/root/latest.crl", "redirect"),
    ] {
        services.rule(&rule(address));
        let error = sign().unwrap_err();
        assert_eq!(error.code(), Some(Code::RevocationUnavailable), "{error}");
        assert!(error.to_string().contains(found), "{address}: {error}");
        services.rule("[]");
    }
}
