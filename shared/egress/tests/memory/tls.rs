//! What is said in a TLS session, and in its place.

use std::io::{Read, Result, Write};
use std::net::TcpStream;

use rustls::{ServerConnection, StreamOwned};

use crate::http;
use crate::receivers::Stream;

pub(crate) type Session = StreamOwned<ServerConnection, TcpStream>;

/// A TLS record's header: a handshake message of TLS 1.2, 16 KiB long.
const HANDSHAKE_RECORD: [u8; 5] = [22, 3, 3, 0x40, 0];
/// The message that the records make up: a ServerHello of 16 MiB.
const ENDLESS_HELLO: [u8; 4] = [2, 0xff, 0xff, 0xff];

pub(crate) fn ordinary(session: &mut Session) -> Result<()> {
    http::ordinary(session)
}

pub(crate) fn gigabyte(session: &mut Session) -> Result<()> {
    http::gigabyte(session)
}

pub(crate) fn endless_header(session: &mut Session) -> Result<()> {
    http::endless_header(session)
}

/// Each of them asks for an answer, which is not read.
pub(crate) fn new_keys(session: &mut Session) -> Result<()> {
    let mut request = [0; 4096];
    let _ = session.read(&mut request)?;
    loop {
        session.conn.refresh_traffic_keys().map_err(std::io::Error::other)?;
        session.conn.write_tls(&mut session.sock)?;
    }
}

pub(crate) fn small_records(session: &mut Session) -> Result<()> {
    session.conn.set_buffer_limit(None);
    let mut request = [0; 4096];
    let _ = session.read(&mut request)?;
    session.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")?;
    loop {
        session.write_all(b"x")?;
        session.flush()?;
    }
}

pub(crate) fn not_tls(stream: &mut dyn Stream) -> Result<()> {
    http::again(stream, &[0; 16 << 10])
}

pub(crate) fn endless_handshake(stream: &mut dyn Stream) -> Result<()> {
    let mut record = HANDSHAKE_RECORD.to_vec();
    record.extend(ENDLESS_HELLO);
    record.resize(HANDSHAKE_RECORD.len() + (16 << 10), 0);
    stream.write_all(&record)?;
    record[HANDSHAKE_RECORD.len()..].fill(0);
    http::again(stream, &record)
}
