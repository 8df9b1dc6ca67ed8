use std::io::{Read, Write};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::Turn;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde_json::value::RawValue;

use crate::InvalidItem;
use crate::dynamo::item::Item;

/// Name of the attribute.
pub(crate) const TRANSCRIPT: &str = "transcript";

/// A transcript as it is stored: JSON, compressed with DEFLATE. An item ends at 400 KB, and talk compresses well.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredTranscript(Vec<u8>);

domain::shows_only!(StoredTranscript {});

impl StoredTranscript {
    /// Compresses a transcript.
    ///
    /// # Errors
    ///
    /// None that strings can cause; serde's signature has one.
    pub fn compress(turns: &[Turn]) -> std::io::Result<Self> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&serde_json::to_vec(turns)?)?;
        Ok(Self(encoder.finish()?))
    }

    /// The attribute that holds it.
    pub(crate) fn into_attribute(self) -> AttributeValue {
        AttributeValue::B(Blob::new(self.0))
    }

    /// Takes the transcript out of a call's item: JSON, the same bytes that were compressed.
    pub(crate) fn take_from(item: &mut Item) -> Result<Option<Box<RawValue>>, InvalidItem> {
        let unreadable = |reason: String| InvalidItem { table: "Calls", reason };
        let Some(value) = item.remove(TRANSCRIPT) else { return Ok(None) };
        let AttributeValue::B(blob) = value else {
            return Err(unreadable("the transcript is not binary".into()));
        };
        let mut json = String::new();
        DeflateDecoder::new(blob.as_ref())
            .read_to_string(&mut json)
            .map_err(|error| unreadable(error.to_string()))?;
        RawValue::from_string(json).map(Some).map_err(|error| unreadable(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_reads_back_byte_for_byte_and_takes_less_room() {
        let turns: Vec<Turn> = (0..1_000)
            .map(|i| Turn {
                who: "user".into(),
                what: format!("Yes – {i}"),
                when: "2024-04-30T14:00:03Z".into(),
            })
            .collect();
        let json = serde_json::to_string(&turns).expect("JSON");
        let stored = StoredTranscript::compress(&turns).expect("compressed");
        assert!(stored.0.len() * 5 < json.len());
        let mut item = Item::from([(TRANSCRIPT.to_owned(), stored.into_attribute())]);
        let read = StoredTranscript::take_from(&mut item).expect("readable").expect("there");
        assert_eq!(read.get(), json);
        assert!(item.is_empty());
    }
}
