//! AWS's Lambda Runtime Interface Emulator, which `sam` brings along: another judge of cold starts than our own Runtime API.
//! It starts the function's process when the first event comes, sets up a sandbox around it, and takes its time for both.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Outcome;
use crate::function::{Program, terminate};

/// Where it takes events.
const INVOCATIONS: &str = "/2015-03-31/functions/function/invocations";

/// It listens within milliseconds, and no function takes seconds to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the Makefile's `sam` has it; `None` when there is no `sam`.
#[must_use]
pub fn find(checkout: &Path) -> Option<PathBuf> {
    let processor = if env::consts::ARCH == "aarch64" { "arm64" } else { "x86_64" };
    let pythons = fs::read_dir(checkout.join(".venv-sam/lib")).ok()?.flatten();
    let path = |python: PathBuf| python.join("site-packages/samcli/local/rapid");
    pythons
        .map(|python| path(python.path()).join(format!("aws-lambda-rie-{processor}")))
        .find(|found| found.exists())
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Killed, it would leave the function's process behind, to end while the next start is measured.
        let _ = terminate(&mut self.0);
    }
}

/// From starting the emulator to the answer of the first event, which starts the function's process.
///
/// # Errors
///
/// When the emulator does not start, or the answer does not have `expected` in it.
pub async fn first_answer(
    emulator: &Path,
    program: &Program,
    event: &Bytes,
    expected: &str,
) -> Outcome<Duration> {
    let (address, runtime_api) = (free_address()?, free_address()?);
    let started = Instant::now();
    let child = Command::new(emulator)
        .args(["--log-level", "error", "--runtime-interface-emulator-address", &address.to_string()])
        .args(["--runtime-api-address", &runtime_api.to_string()])
        .arg(&program.path)
        .args(&program.arguments)
        .env_clear()
        .envs(&program.environment)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let _running = Running(child);
    let stream = tokio::time::timeout(PATIENCE, connected(address)).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request =
        Request::post(INVOCATIONS).header("host", address.to_string()).body(Full::new(event.clone()))?;
    let answer =
        async { Outcome::Ok(sender.send_request(request).await?.into_body().collect().await?.to_bytes()) };
    let answer = tokio::time::timeout(PATIENCE, answer).await??;
    let took = started.elapsed();
    let text = String::from_utf8_lossy(&answer);
    if text.contains(expected) {
        Ok(took)
    } else {
        Err(format!("{}: not {expected}: {text}", program.path.display()).into())
    }
}

/// A port that nobody has right now.
fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

async fn connected(address: SocketAddr) -> TcpStream {
    loop {
        match TcpStream::connect(address).await {
            Ok(stream) => return stream,
            Err(_) => tokio::time::sleep(Duration::from_micros(200)).await,
        }
    }
}
