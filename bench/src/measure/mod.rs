//! The measurements. Each starts the processes that it needs and stops them.

pub mod calls;
pub mod cold;
pub mod deliver;
pub mod fanout;
pub mod inbound;
pub mod instructions;
pub mod payloads;
pub mod sizes;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use crate::Outcome;
use crate::aws_stub::AwsStub;
use crate::function::Program;
use crate::interface_emulator;
use crate::receiver::Certificate;
use crate::sample_account::environment;

/// Where everything is that is measured.
pub struct Lab {
    /// The folder of the release binaries.
    pub binaries: PathBuf,
    /// Python with boto3.
    pub python: PathBuf,
    /// The certificate of the receivers that speak TLS.
    pub certificate: Certificate,
    /// AWS's own judge of cold starts, where `sam` is installed.
    pub interface_emulator: Option<PathBuf>,
    /// The root certificates of the internet.
    roots: PathBuf,
    /// The receivers' certificate in a file.
    own_root: PathBuf,
}

impl Lab {
    /// Looks for the binaries beside this one, and for Python where the Makefile puts it.
    ///
    /// # Errors
    ///
    /// When Python or its botocore is not there.
    pub fn new() -> Outcome<Self> {
        let exe = env::current_exe()?;
        let binaries = exe.parent().ok_or("a binary is in a folder")?.to_owned();
        let checkout = env::current_dir()?;
        let python = checkout.join(".venv/bin/python");
        let where_is = "import botocore, os; print(os.path.dirname(botocore.__file__))";
        let botocore = Command::new(&python).args(["-c", where_is]).output()?;
        // The authorities that botocore brings: the same everywhere, and about as many as Lambda's.
        let roots = Path::new(String::from_utf8(botocore.stdout)?.trim()).join("cacert.pem");
        let certificate = Certificate::new()?;
        let own_root = binaries.join("bench-receiver.pem");
        fs::write(&own_root, &certificate.pem)?;
        let interface_emulator = interface_emulator::find(&checkout);
        Ok(Self { binaries, python, certificate, interface_emulator, roots, own_root })
    }

    /// One of the Rust functions.
    #[must_use]
    pub fn function(&self, name: &str, aws: &AwsStub) -> Program {
        let mut program = Program::new(&self.binaries.join(name), environment(&aws.url()));
        program.environment.insert("SSL_CERT_FILE".into(), self.roots.display().to_string());
        program
    }

    /// The same, with the receivers' certificate as the only one that is trusted.
    #[must_use]
    pub fn function_for_receivers(&self, name: &str, aws: &AwsStub) -> Program {
        let mut program = self.function(name, aws);
        program.environment.insert("SSL_CERT_FILE".into(), self.own_root.display().to_string());
        program
    }

    /// `inbound` in Python.
    #[must_use]
    pub fn python(&self, aws: &AwsStub) -> Program {
        let mut program = Program::new(&self.python, environment(&aws.url()));
        program.arguments = vec!["bench/inbound.py".into()];
        program
    }
}

/// In milliseconds.
#[must_use]
pub fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// In microseconds.
#[must_use]
pub fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// As a float.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no count here has more than 53 bits")]
pub fn whole(number: u64) -> f64 {
    number as f64
}

/// As a float.
#[must_use]
pub fn count(number: usize) -> f64 {
    whole(number as u64)
}
