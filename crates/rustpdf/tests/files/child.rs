//! This test program again, as a process that can be killed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rustpdf::{Control, Error, Output, SigningOptions, SigningRequest};

use crate::common::{Folder, begin_file_at, moment_of, rsa, sign, sign_file_at};

/// What the other process is to do: sign a file, with a signature that was made here.
pub struct SigningProcess {
    /// Where what it needs and what it says is; the document is elsewhere.
    folder: Folder,
    document: PathBuf,
    output: Option<PathBuf>,
    entropy: u8,
}

impl SigningProcess {
    /// To sign the document in place.
    pub fn in_place(document: &Path) -> Self {
        SigningProcess::with_entropy(document, None, 7)
    }

    /// To sign it into a new file.
    pub fn new_file(document: &Path, output: PathBuf) -> Self {
        SigningProcess::with_entropy(document, Some(output), 7)
    }

    pub fn with_entropy(document: &Path, output: Option<PathBuf>, entropy: u8) -> Self {
        let options = SigningOptions::default();
        let session = begin_file_at(document, moment_of(entropy), Some(rsa()), &options).unwrap();
        let folder = Folder::new();
        folder.with("signature", &sign(&session.request().unwrap()).unwrap());
        SigningProcess { folder, document: document.to_owned(), output, entropy }
    }

    /// What does it, behind what is to run it.
    pub fn command(&self, runner: &[&str]) -> Command {
        let mut command = program("child::signs", runner);
        command
            .env("CHILD_FOLDER", self.folder.path(""))
            .env("CHILD_DOCUMENT", &self.document)
            .env("CHILD_ENTROPY", self.entropy.to_string());
        command.envs(self.output.as_ref().map(|path| ("CHILD_OUTPUT", path)));
        command
    }

    /// Starts it; its signer waits for [`SigningProcess::go`].
    pub fn start_slowly(&self) -> Child {
        self.folder.with("slow", b"");
        self.command(&[]).spawn().unwrap()
    }

    /// The folder of what it needs and says.
    pub fn folder(&self) -> PathBuf {
        self.folder.path("")
    }

    /// Whether its signer was asked.
    pub fn asked(&self) -> bool {
        self.folder.path("asked").exists()
    }

    /// Waits until its signer is asked.
    pub fn wait(&self) {
        while !self.asked() {
            sleep(Duration::from_millis(2));
        }
    }

    /// Lets its signer answer.
    pub fn go(&self) {
        self.folder.with("go", b"");
    }

    /// What it said in the end: `signed`, the code of a refusal, or the kind of an error; nothing where it was killed.
    pub fn outcome(&self) -> Option<String> {
        fs::read_to_string(self.folder.path("outcome")).ok()
    }
}

/// One ignored test of this program, behind what is to run it.
pub fn program(test: &str, runner: &[&str]) -> Command {
    let program = std::env::current_exe().unwrap();
    let mut command = match runner {
        [] => Command::new(program),
        [first, others @ ..] => {
            let mut command = Command::new(first);
            command.args(others).arg(program);
            command
        }
    };
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// How often [`idle`] opens and writes.
pub const IDLE: usize = 64;

/// Lets this thread open and write something else first. Calls are counted by thread, and those of the one that runs the tests would be
/// hit before.
pub fn idle() {
    (0..IDLE).for_each(|_| fs::write("/dev/null", "x").unwrap());
}

#[test]
#[ignore = "what another process does for other tests"]
fn signs() {
    let Some(folder) = std::env::var_os("CHILD_FOLDER").map(PathBuf::from) else { return };
    idle();
    let document = PathBuf::from(std::env::var_os("CHILD_DOCUMENT").unwrap());
    let entropy = std::env::var("CHILD_ENTROPY").unwrap().parse().unwrap();
    let output = match std::env::var_os("CHILD_OUTPUT") {
        Some(path) => Output::NewFile { path: path.into(), replace: false },
        None => Output::InPlace,
    };
    let mut options = SigningOptions::default();
    options.check_signature = false; // slow in a debug build
    let signer = |_: &SigningRequest| {
        fs::write(folder.join("asked"), "")?;
        if folder.join("slow").exists() {
            while !folder.join("go").exists() {
                sleep(Duration::from_millis(1));
            }
        }
        fs::read(folder.join("signature"))
    };
    let outcome = match sign_file_at(&document, &output, moment_of(entropy), rsa(), signer, &options, &mut Control::default()) {
        Ok(_) => "signed".into(),
        Err(error) => match error.cause() {
            Error::Core(error) => error.code().as_str().into(),
            Error::Io(error) => error.kind().to_string(),
            other => other.to_string(),
        },
    };
    fs::write(folder.join("outcome"), outcome).unwrap();
}
