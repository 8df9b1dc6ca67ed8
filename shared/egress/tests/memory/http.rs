//! What is said to a request, good and bad.

use std::io::{Result, Write};
use std::thread::sleep;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::receivers::Stream;

const GIGABYTE: usize = 1_000_000_000;
const FOREVER: Duration = Duration::from_mins(1);

pub(crate) fn ordinary(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
}

pub(crate) fn gigabyte(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")?;
    again(stream, &[b'x'; 16 << 10])
}

pub(crate) fn unannounced_gigabyte(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 200 OK\r\n\r\n")?;
    again(stream, &[b'x'; 256 << 10])
}

/// 32 MiB in some 150 KiB.
pub(crate) fn gzip_bomb(stream: &mut dyn Stream) -> Result<()> {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..32 {
        bomb.write_all(&[0; 1 << 20])?;
    }
    let bomb = bomb.finish()?;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", bomb.len());
    answer(stream, head.as_bytes())?;
    stream.write_all(&bomb)
}

pub(crate) fn small_chunks(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 500 Oops\r\ntransfer-encoding: chunked\r\n\r\n")?;
    again(stream, &b"1\r\na\r\n".repeat(1_000))
}

pub(crate) fn endless_chunk(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffff\r\n")?;
    again(stream, &[b'x'; 16 << 10])
}

pub(crate) fn chunk_extension(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;")?;
    again(stream, &[b'x'; 16 << 10])
}

pub(crate) fn trailers(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n")?;
    again(stream, &b"x-trailer: and another one\r\n".repeat(1_000))
}

pub(crate) fn ten_thousand_headers(stream: &mut dyn Stream) -> Result<()> {
    let headers: String = (0..10_000).map(|n| format!("x-{n}: y\r\n")).collect();
    answer(stream, format!("HTTP/1.1 200 OK\r\n{headers}\r\n").as_bytes())
}

/// As much as hyper takes.
pub(crate) fn large_headers(stream: &mut dyn Stream) -> Result<()> {
    let value = "v".repeat(4_000);
    let headers: String = (0..99).map(|n| format!("x-{n}: {value}\r\n")).collect();
    answer(stream, format!("HTTP/1.1 200 OK\r\n{headers}content-length: 0\r\n\r\n").as_bytes())
}

pub(crate) fn header_of_megabytes(stream: &mut dyn Stream) -> Result<()> {
    let value = "v".repeat(4_000_000);
    answer(stream, format!("HTTP/1.1 200 OK\r\nx-y: {value}\r\ncontent-length: 0\r\n\r\n").as_bytes())
}

pub(crate) fn endless_header(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 200 OK\r\nx-y: ")?;
    again(stream, &[b'z'; 16 << 10])
}

pub(crate) fn endless_reason(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 200 ")?;
    again(stream, &[b'z'; 16 << 10])
}

pub(crate) fn empty_lines(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"")?;
    again(stream, &b"\r\n".repeat(8_000))
}

pub(crate) fn continues(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"")?;
    again(stream, &b"HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000))
}

pub(crate) fn early_hints(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"")?;
    let hint = format!("HTTP/1.1 103 Early Hints\r\nlink: {}\r\n\r\n", "l".repeat(100_000));
    again(stream, hint.as_bytes())
}

pub(crate) fn upgrade(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n")?;
    again(stream, &[b'x'; 16 << 10])
}

pub(crate) fn large_redirect(stream: &mut dyn Stream) -> Result<()> {
    let path = "p".repeat(300_000);
    let head =
        format!("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/{path}\r\ncontent-length: 0\r\n\r\n");
    answer(stream, head.as_bytes())
}

pub(crate) fn dribbled_head(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 200 OK\r\nx-y: ")?;
    dribble(stream)
}

pub(crate) fn dribbled_body(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")?;
    dribble(stream)
}

pub(crate) fn silence(_stream: &mut dyn Stream) -> Result<()> {
    sleep(FOREVER);
    Ok(())
}

pub(crate) fn silence_within_head(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 200 OK\r\ncontent-le")?;
    silence(stream)
}

pub(crate) fn silence_after_head(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")?;
    silence(stream)
}

pub(crate) fn half(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
}

pub(crate) fn close(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"")
}

pub(crate) fn not_http(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"SSH-2.0-OpenSSH_9.6\r\n")
}

pub(crate) fn gigabyte_of_nothing(stream: &mut dyn Stream) -> Result<()> {
    answer(stream, b"")?;
    again(stream, &[0; 16 << 10])
}

/// Reads the request, which fits into one read, and says this.
fn answer(stream: &mut dyn Stream, said: &[u8]) -> Result<()> {
    let mut request = [0; 4096];
    let _ = stream.read(&mut request)?;
    stream.write_all(said)
}

/// Says this until the sender is gone or a gigabyte is said.
pub(crate) fn again(stream: &mut dyn Stream, said: &[u8]) -> Result<()> {
    for _ in 0..=GIGABYTE / said.len() {
        stream.write_all(said)?;
    }
    Ok(())
}

fn dribble(stream: &mut dyn Stream) -> Result<()> {
    loop {
        stream.write_all(b"z")?;
        stream.flush()?;
        sleep(Duration::from_millis(5));
    }
}
