use serde::Serialize;

/// A message's body, in JSON. SQS refuses two characters that JSON may hold as they are (`SendMessage`: "#xE000 to #xFFFD"); they are
/// escaped. A note of a CRM with one of them would be a call that is accepted and never dialled, and a webhook with one in its name
/// an endpoint that can never be told to fail.
///
/// # Errors
///
/// None that a message can cause; serde's signature has one.
pub(crate) fn to_body(message: &impl Serialize) -> serde_json::Result<String> {
    let json = serde_json::to_string(message)?;
    Ok(json.replace('\u{FFFE}', "\\ufffe").replace('\u{FFFF}', "\\uffff"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_no_character_that_sqs_refuses_and_reads_back_the_same() {
        let text = "a\u{FFFE}b\u{FFFF}c\u{1}d\u{FFFD}";
        let body = to_body(&[text]).expect("JSON");
        assert!(!body.contains(['\u{FFFE}', '\u{FFFF}', '\u{1}']), "{body}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&body).expect("JSON"), [text]);
    }
}
