//! Reads a completion's parts in the sensible way, or leaves them out: a result is worth more than a tidy message. What was
//! read otherwise than it was written, or left out, is noted by name; no note quotes a value.

use std::time::Duration;

use crate::calls::{Analysis, Call, LeadWarmth, Recipient, Sentiment, Turn, carried_object, plain_text};
use crate::values::{
    Fields, JsonObject, Lenient, PhoneNumber, Timestamp, normalise_international, number_text, phone_digits,
};

/// Most credits that one call can cost; a larger number is a fault of the sender, not a price.
const MAX_TOKENS: f64 = 1e6;

/// The longest call, in seconds; far beyond any.
const MAX_SECONDS: f64 = 1e9;

/// The first moment that is one: 1973. Earlier ones are other units, or what a missing time looks like.
const FIRST_MILLIS: u64 = 100_000_000_000;

/// How far the dialer's clock may be ahead. No call ends after its completion has come.
const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

const LEFT_OUT: &str = "could not be used and is left out";

/// What the parts of a completion are read with.
#[derive(Default)]
pub(super) struct Notes(Vec<String>);

impl Notes {
    pub(super) fn into_list(self) -> Vec<String> {
        self.0
    }

    fn add(&mut self, path: &str, what: &str) {
        let note = format!("{path}: {what}");
        if !self.0.contains(&note) {
            self.0.push(note);
        }
    }

    fn left_out<T>(&mut self, path: &str) -> Option<T> {
        self.add(path, LEFT_OUT);
        None
    }

    /// Half a surrogate pair is U+FFFD by now, and `\u0000` is gone.
    fn note_repair(&mut self, path: &str, repaired: bool) {
        if repaired {
            self.add(path, "half a character or \\u0000 is replaced or left out");
        }
    }

    /// 1, which may be written as a text: no other version can be meant by it.
    pub(super) fn is_version_1(&mut self, value: &Lenient<'_>) -> bool {
        match value {
            Lenient::Number(number) => number_text(number) == "1",
            Lenient::Text(text, _) if text.trim() == "1" => {
                self.add("version", "read as a number");
                true
            }
            _ => false,
        }
    }

    pub(super) fn text(&mut self, path: &str, value: Lenient<'_>) -> Option<String> {
        let text = match value {
            Lenient::Null => return None,
            Lenient::Text(text, repaired) => {
                self.note_repair(path, repaired);
                return Some(text);
            }
            Lenient::Number(number) => number_text(number),
            Lenient::Flag(flag) => flag.to_string(),
            Lenient::List(_) | Lenient::Object(_) => return self.left_out(path),
        };
        self.add(path, "read as a text");
        Some(text)
    }

    /// One of some words, however it is spelled with capitals.
    pub(super) fn word<T: Copy>(
        &mut self,
        path: &str,
        value: Lenient<'_>,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let (text, repaired) = match value {
            Lenient::Null => return None,
            Lenient::Text(text, repaired) => (text, repaired),
            _ => return self.left_out(path),
        };
        let given = text.trim();
        let Some((word, meant)) = words.iter().find(|(word, _)| given.eq_ignore_ascii_case(word)) else {
            return self.left_out(path);
        };
        if repaired || text != *word {
            self.add(path, &format!("read as \"{word}\""));
        }
        Some(*meant)
    }

    /// When the call ended; when that is not said, when this system was told.
    pub(super) fn finished_at(&mut self, value: Lenient<'_>, received: Timestamp) -> Timestamp {
        match moment(&value).filter(|(moment, _)| *moment <= received.plus(CLOCK_SKEW)) {
            Some((moment, None)) => moment,
            Some((moment, Some(unit))) => {
                self.add("finishedAt", &format!("read as {unit}"));
                moment
            }
            None => {
                self.add("finishedAt", "could not be used; it is the moment at which the completion came");
                received
            }
        }
    }

    pub(super) fn transcript(&mut self, value: Lenient<'_>) -> Option<Vec<Turn>> {
        match value {
            Lenient::Null => None,
            Lenient::List(turns) => {
                Some(turns.into_iter().filter_map(|turn| self.turn(Lenient::of(turn))).collect())
            }
            _ => self.left_out("transcript"),
        }
    }

    /// What was said counts; who said it and when may be missing.
    fn turn(&mut self, value: Lenient<'_>) -> Option<Turn> {
        let Lenient::Object(turn) = value else { return self.left_out("transcript[]") };
        let Some(what) = self.text("transcript[].what", turn.get("what")) else {
            return self.left_out("transcript[]");
        };
        let who = self.text("transcript[].who", turn.get("who"));
        let when = match turn.get("when") {
            Lenient::Text(text, repaired) => {
                self.note_repair("transcript[].when", repaired);
                Some(text)
            }
            Lenient::Null => None,
            other => match moment(&other) {
                Some((moment, _)) => {
                    self.add("transcript[].when", "read as a moment");
                    Some(moment.to_string())
                }
                None => self.left_out("transcript[].when"),
            },
        };
        for (path, part) in [("transcript[].who", &who), ("transcript[].when", &when)] {
            if part.is_none() {
                self.add(path, "is missing");
            }
        }
        Some(Turn { who: who.unwrap_or_default(), what, when: when.unwrap_or_default() })
    }

    /// The payload has whole seconds; a fraction is rounded.
    pub(super) fn duration(&mut self, value: Lenient<'_>) -> Option<u64> {
        if matches!(value, Lenient::Null) {
            return None;
        }
        let Some(seconds) = self.number("duration", &value, MAX_SECONDS) else {
            return self.left_out("duration");
        };
        Some(whole(seconds.round()))
    }

    /// What the call costs. A number that cannot be used keeps what a call reserves: a fault in a message makes no call free.
    pub(super) fn tokens_consumed(&mut self, value: Lenient<'_>) -> Option<u64> {
        if matches!(value, Lenient::Null) {
            return None;
        }
        let Some(tokens) = self.number("tokensConsumed", &value, MAX_TOKENS) else {
            self.add("tokensConsumed", "could not be used; it is the one credit that a call reserves");
            return Some(Call::RESERVED_CREDITS);
        };
        if tokens.fract() != 0.0 {
            self.add("tokensConsumed", "rounded up");
        }
        Some(whole(tokens.ceil()))
    }

    /// A number from 0 to `max`, which may be written as a text.
    fn number(&mut self, path: &str, value: &Lenient<'_>, max: f64) -> Option<f64> {
        let text = match value {
            Lenient::Number(number) => *number,
            Lenient::Text(text, _) => text.trim(),
            _ => return None,
        };
        let number = text.parse().ok().filter(|number| (0.0..=max).contains(number))?;
        if matches!(value, Lenient::Text(..)) {
            self.add(path, "read as a number");
        }
        Some(number)
    }

    pub(super) fn analysis(&mut self, value: Lenient<'_>) -> Option<Analysis> {
        const SENTIMENTS: [(&str, Sentiment); 3] = [
            ("positive", Sentiment::Positive),
            ("neutral", Sentiment::Neutral),
            ("negative", Sentiment::Negative),
        ];
        const WARMTHS: [(&str, LeadWarmth); 5] = [
            ("hot", LeadWarmth::Hot),
            ("warm", LeadWarmth::Warm),
            ("cold", LeadWarmth::Cold),
            ("dead", LeadWarmth::Dead),
            ("unknown", LeadWarmth::Unknown),
        ];
        let parts = match value {
            Lenient::Null => return None,
            Lenient::Object(parts) => parts,
            _ => return self.left_out("analysis"),
        };
        let sentiment = self.word("analysis.sentiment", parts.get("sentiment"), &SENTIMENTS);
        let lead_warmth = self.word("analysis.lead_warmth", parts.get("lead_warmth"), &WARMTHS);
        let justification = self.text("analysis.justification", parts.get("justification"));
        Some(Analysis {
            sentiment: sentiment.unwrap_or_default(),
            lead_warmth: lead_warmth.unwrap_or_default(),
            justification: justification.unwrap_or_default(),
        })
    }

    pub(super) fn action_items(&mut self, value: Lenient<'_>) -> Option<Vec<String>> {
        match value {
            Lenient::Null => None,
            Lenient::List(items) => Some(
                items.into_iter().filter_map(|item| self.text("actionItems[]", Lenient::of(item))).collect(),
            ),
            Lenient::Text(text, repaired) => {
                self.note_repair("actionItems", repaired);
                self.add("actionItems", "read as a list of one");
                Some(vec![text])
            }
            _ => self.left_out("actionItems"),
        }
    }

    /// An object that is handed on as it is.
    pub(super) fn object(&mut self, path: &str, value: Lenient<'_>, max_bytes: usize) -> Option<JsonObject> {
        carried_object(value, max_bytes).unwrap_or_else(|_| self.left_out(path))
    }

    /// Whom a bulk or test call was for; `None` without a number.
    pub(super) fn recipient(&mut self, fields: &Fields<'_>) -> Option<Recipient> {
        let mut recipient = Recipient::new(self.phone_number(fields.get("phoneNumber"))?);
        for (name, field) in recipient.optional_fields() {
            let value = fields.get(name);
            self.note_repair(&format!("recipient.{name}"), matches!(value, Lenient::Text(_, true)));
            match plain_text(value) {
                Ok(text) => *field = text,
                Err(_) => self.add(&format!("recipient.{name}"), LEFT_OUT),
            }
        }
        Some(recipient)
    }

    /// E.164, as the contract has it. What people write with a `+` is read as a request's is; which country is meant by
    /// another is not guessed.
    fn phone_number(&mut self, value: Lenient<'_>) -> Option<PhoneNumber> {
        let text = match value {
            Lenient::Text(text, _) => text,
            Lenient::Number(number) => format!("+{}", phone_digits(number)?),
            _ => return None,
        };
        let number = PhoneNumber::parse(&text).ok().or_else(|| normalise_international(&text).ok())?;
        if number.as_str() != text {
            self.add("recipient.phoneNumber", "read as E.164");
        }
        Some(number)
    }
}

/// A number that is whole, and between 0 and [`MAX_SECONDS`].
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "that is what it is called with")]
fn whole(number: f64) -> u64 {
    number as u64
}

/// The moment that a value names, and its unit when that is another than milliseconds since 1970. Units are told apart by the
/// size of the number: each is good for the years 2001 to 5000. A number below all of them is none.
fn moment(value: &Lenient<'_>) -> Option<(Timestamp, Option<&'static str>)> {
    let text = match value {
        Lenient::Number(number) => *number,
        Lenient::Text(text, _) => text.trim(),
        _ => return None,
    };
    if let Some(moment) = Timestamp::parse_rfc3339(text) {
        return (moment.as_millis() >= FIRST_MILLIS).then_some((moment, Some("a date")));
    }
    let number: f64 = text.parse().ok()?;
    let (millis, unit) = match number {
        1e9..1e11 => (number * 1e3, Some("seconds")),
        1e11..1e15 => (number, matches!(value, Lenient::Text(..)).then_some("milliseconds")),
        1e15..1e18 => (number / 1e3, Some("microseconds")),
        1e18..1e20 => (number / 1e6, Some("nanoseconds")),
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1e11 and 1e15")]
    let millis = millis.round() as u64;
    (millis <= Timestamp::MAX.as_millis()).then(|| (Timestamp::from_millis(millis), unit))
}
