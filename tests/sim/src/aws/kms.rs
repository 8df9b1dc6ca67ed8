//! KMS: one symmetric key, of which only the functions' use is modelled. A ciphertext here is a text that bears its context;
//! what a stranger could read of it is no question that this world asks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::aws::answer::Answer;
use crate::random::Random;
use crate::trace::digest;

/// Answers Encrypt and Decrypt.
///
/// KMS, Encrypt: "If you specify an EncryptionContext when encrypting data, you must specify the same encryption context (a
/// case-sensitive exact match) when decrypting the data." Else it is `InvalidCiphertextException`.
#[must_use]
pub(super) fn answer(operation: &str, request: &Value, random: &Random) -> Answer {
    let context = digest(&request["EncryptionContext"].to_string());
    match operation {
        "Encrypt" => {
            let plaintext = request["Plaintext"].as_str().unwrap_or_default();
            let sealed = STANDARD.encode(format!("{context} {:016x} {plaintext}", random.next()));
            Answer::ok(&json!({"CiphertextBlob": sealed, "KeyId": request["KeyId"]}))
        }
        "Decrypt" => {
            let sealed = STANDARD.decode(request["CiphertextBlob"].as_str().unwrap_or_default());
            let sealed = String::from_utf8(sealed.unwrap_or_default()).unwrap_or_default();
            match sealed.split(' ').collect::<Vec<_>>()[..] {
                [under, _, plaintext] if under == context => {
                    Answer::ok(&json!({"Plaintext": plaintext, "KeyId": request["KeyId"]}))
                }
                _ => Answer::refused("InvalidCiphertextException", "not sealed under this context"),
            }
        }
        other => Answer::unknown(other),
    }
}
