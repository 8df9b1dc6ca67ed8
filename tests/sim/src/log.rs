//! What the functions log in a world. A thread has one world, and so one log.

use std::cell::RefCell;
use std::io;

use tracing_subscriber::fmt::MakeWriter;

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

#[derive(Debug, Clone, Copy)]
struct Lines;

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        *self
    }
}

/// Begins to take in what is logged, for the whole process.
///
/// # Panics
///
/// When it has begun before.
pub fn begin() {
    let lines = tracing_subscriber::fmt().json().flatten_event(true).without_time().with_writer(Lines);
    tracing::subscriber::set_global_default(lines.finish()).expect("the only log");
}

/// Everything that this thread has logged since it was asked last.
#[must_use]
pub fn take() -> String {
    let lines = LINES.with_borrow_mut(std::mem::take);
    String::from_utf8(lines).unwrap_or_default()
}
