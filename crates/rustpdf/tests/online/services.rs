//! The services of these tests, their certificates and keys.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rustpdf::{Control, Level, Online, Signer, SigningOptions, SigningRequest, TimestampService, ValidationOptions};
use serde_json::Value;

/// Services, which end with this process.
pub struct Services {
    facts: Value,
}

pub fn services() -> &'static Services {
    static SERVICES: OnceLock<Services> = OnceLock::new();
    SERVICES.get_or_init(Services::start)
}

/// Others, for one test at a time that reads the log.
pub fn logged_services() -> (&'static Services, MutexGuard<'static, ()>) {
    static SERVICES: OnceLock<Services> = OnceLock::new();
    static ONE: Mutex<()> = Mutex::new(());
    let guard = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    (SERVICES.get_or_init(Services::start), guard)
}

impl Services {
    fn start() -> Services {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/services/start.sh");
        let folder = tempfile::Builder::new().prefix("rustpdf-services-").tempdir().unwrap().keep();
        let mut command = Command::new(script);
        command.arg(folder).args(["--parent", &std::process::id().to_string()]).stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = command.output().expect("tests/services is set up");
        assert!(output.status.success());
        Services { facts: serde_json::from_slice(&output.stdout).unwrap() }
    }

    pub fn base(&self) -> &str {
        self.facts["faults"].as_str().unwrap()
    }

    fn path(&self, folder: &str, name: &str) -> PathBuf {
        Path::new(self.facts[folder].as_str().unwrap()).join(name)
    }

    pub fn certificate(&self, name: &str) -> Vec<u8> {
        fs::read(self.path("certs", &format!("{name}.cert.der"))).unwrap()
    }

    /// An address whose answers a fault breaks.
    pub fn broken(&self, fault: &str, path: &str) -> String {
        let fault = if fault.is_empty() { String::new() } else { format!("/+{fault}") };
        format!("{}{fault}{path}", self.base())
    }

    /// A timestamp service whose answers a fault breaks.
    pub fn tsa(&self, fault: &str) -> TimestampService {
        TimestampService::new(self.broken(fault, "/ltv/tsa/tsa"))
    }

    /// Servers: this machine is permitted.
    pub fn online(&self, faults: &[&str]) -> Online {
        Online::new().services(faults.iter().map(|fault| self.tsa(fault))).allow_private_networks(true)
    }

    pub fn control(&self, faults: &[&str]) -> Control<'static> {
        Control::new().online(self.online(faults))
    }

    pub fn validation(&self) -> ValidationOptions {
        ValidationOptions::new().trust([self.certificate("root"), self.certificate("tsaroot")])
    }

    pub fn options(&self, level: Level) -> SigningOptions {
        SigningOptions::new().level(level).validation(self.validation())
    }

    /// Sets rules for addresses in certificates, and begins a new log.
    pub fn rule(&self, rules: &str) {
        self.ask("PUT", "/_faults", rules);
        self.ask("DELETE", "/_log", "");
    }

    /// Paths of the requests since the last rules.
    pub fn log(&self) -> Vec<String> {
        let log: Value = serde_json::from_str(&self.ask("GET", "/_log", "")).unwrap();
        log.as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap().to_owned()).collect()
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let address = self.base().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let length = body.len();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").map_or_else(String::new, |(_, body)| body.to_owned())
    }

    /// Revocation list of the authority of the signers, without an issuing distribution point.
    pub fn list(&self) -> Vec<u8> {
        fs::read(self.path("static", "crls/whole/issuing.crl")).unwrap()
    }

    /// Signer with an RSA key, or that of `ec`, which counts how often it is asked.
    pub fn signer<'a>(
        &self,
        name: &str,
        count: &'a AtomicUsize,
    ) -> Signer<impl Fn(&SigningRequest) -> std::io::Result<Vec<u8>> + Clone + use<'a>> {
        let key = self.path("keys", if name == "ec" { "ec.pem" } else { "rsa.pem" });
        let sign = move |request: &SigningRequest| {
            count.fetch_add(1, Ordering::SeqCst);
            let input = tempfile::NamedTempFile::new()?;
            fs::write(input.path(), &request.data)?;
            Ok(Command::new("openssl").args(["dgst", "-sha256", "-sign"]).arg(&key).arg(input.path()).output()?.stdout)
        };
        Signer::new(self.certificate(name), sign).chain([self.certificate("issuing"), self.certificate("root")])
    }
}
