//! Reads phone numbers as `inbound` does, for the test that holds them against Google's own library (`tests/requests`). Each line
//! is a JSON list, the country code and the text; each answer a line, the number in E.164 or a `!` and the reason.

use std::io::{self, BufRead, Write};

use domain::{CountryCode, normalise_phone};

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let (code, text): (String, String) = serde_json::from_str(&line?)?;
        let code = CountryCode::parse(&code).map_err(io::Error::other)?;
        match normalise_phone(&text, code) {
            Ok(number) => writeln!(out, "{}", number.as_str())?,
            Err(refused) => writeln!(out, "!{refused:?}")?,
        }
    }
    out.flush()
}
