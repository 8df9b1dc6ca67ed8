use std::ops::RangeInclusive;
use std::sync::Arc;

use aws_sdk_kms::Client;
use aws_sdk_kms::error::SdkError;
use aws_sdk_kms::operation::decrypt::DecryptError;
use aws_sdk_kms::primitives::Blob;
use domain::Clock;
use environment::describe_aws_error;

use crate::cache::{Cache, Sealed};
use crate::{Opened, SealContext};

/// Bytes that KMS Encrypt takes under a symmetric key (API reference, `Plaintext`). Not every emulator refuses more, so it
/// is refused here.
const PLAINTEXT_BYTES: RangeInclusive<usize> = 1..=4_096;

/// Bytes that KMS Decrypt takes (API reference, `CiphertextBlob`).
const CIPHERTEXT_BYTES: RangeInclusive<usize> = 1..=6_144;

/// Seals values under one KMS key, and opens them. Cheap to clone; clones share the cache.
#[derive(Debug, Clone)]
pub struct Vault {
    kms: Client,
    key_id: String,
    clock: Clock,
    cache: Arc<Cache>,
}

/// Why a value was not sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The value is empty or too long to be sealed. Permanent.
    #[error("a value of {bytes} bytes cannot be sealed, only one of 1 to 4,096")]
    Size {
        /// Length of the value.
        bytes: usize,
    },
    /// The ciphertext is not one that was sealed with this key under this context. Permanent.
    #[error("the sealed value does not open under this context")]
    Unopenable,
    /// KMS was not reached, is throttling, or refuses the key or the caller. A later try may succeed.
    #[error("KMS did not answer as expected: {0}")]
    Unavailable(String),
}

impl Vault {
    /// A vault over this key, given by its ARN or id.
    #[must_use]
    pub fn new(kms: Client, key_id: impl Into<String>, clock: Clock) -> Self {
        Self { kms, key_id: key_id.into(), clock, cache: Arc::default() }
    }

    /// Encrypts a value of 1 to 4,096 bytes; the ciphertext is some 150 bytes longer.
    ///
    /// # Errors
    ///
    /// [`VaultError::Size`] before KMS is called, [`VaultError::Unavailable`] after.
    pub async fn seal(&self, context: &SealContext, plaintext: &[u8]) -> Result<Vec<u8>, VaultError> {
        if !PLAINTEXT_BYTES.contains(&plaintext.len()) {
            return Err(VaultError::Size { bytes: plaintext.len() });
        }
        let sealed = self
            .kms
            .encrypt()
            .key_id(&self.key_id)
            .set_encryption_context(Some(context.for_kms()))
            .plaintext(Blob::new(plaintext))
            .send()
            .await
            .map_err(|error| VaultError::Unavailable(describe_aws_error(&error)))?;
        let ciphertext = sealed.ciphertext_blob.ok_or_else(empty_answer)?;
        Ok(ciphertext.into_inner())
    }

    /// Decrypts what was sealed under this very context. The value may be one that was opened in the last five minutes.
    ///
    /// # Errors
    ///
    /// [`VaultError::Unopenable`] or [`VaultError::Unavailable`]. An error is not remembered.
    pub async fn open(&self, context: &SealContext, ciphertext: &[u8]) -> Result<Arc<Opened>, VaultError> {
        if !CIPHERTEXT_BYTES.contains(&ciphertext.len()) {
            return Err(VaultError::Unopenable);
        }
        let sealed = Sealed { context: context.clone(), ciphertext: ciphertext.to_vec() };
        self.cache.get_or_open(&sealed, self.clock.now(), async || self.decrypt(&sealed).await).await
    }

    async fn decrypt(&self, sealed: &Sealed) -> Result<Opened, VaultError> {
        let answer = self
            .kms
            .decrypt()
            .key_id(&self.key_id)
            .set_encryption_context(Some(sealed.context.for_kms()))
            .ciphertext_blob(Blob::new(sealed.ciphertext.as_slice()))
            .send()
            .await
            .map_err(|error| decrypt_error(&error))?;
        let plaintext = answer.plaintext.ok_or_else(empty_answer)?;
        Ok(Opened::new(plaintext.into_inner()))
    }
}

fn decrypt_error(error: &SdkError<DecryptError>) -> VaultError {
    match error.as_service_error() {
        Some(DecryptError::InvalidCiphertextException(_) | DecryptError::IncorrectKeyException(_)) => {
            VaultError::Unopenable
        }
        _ => VaultError::Unavailable(describe_aws_error(error)),
    }
}

fn empty_answer() -> VaultError {
    VaultError::Unavailable("the answer holds no data".into())
}

#[cfg(test)]
mod tests {
    use environment::aws_client;
    use scripted_aws::{Answer, scripted};

    use super::*;
    use crate::Purpose;

    /// A vault whose KMS answers this.
    fn vault(answer: Answer) -> Vault {
        let config = scripted(move |_| answer.clone());
        Vault::new(aws_client!(aws_sdk_kms, &config), "a-key", Clock::system())
    }

    fn context() -> SealContext {
        SealContext { account: "acc_1".to_owned(), webhook: "wh_1".to_owned(), purpose: Purpose::Headers }
    }

    async fn refused_with(code: &str) -> VaultError {
        vault(Answer::refused(code, "")).open(&context(), b"ciphertext").await.expect_err("refused")
    }

    #[tokio::test]
    async fn a_value_that_kms_would_not_take_is_refused_before_kms_is_called() {
        for bytes in [0, 4_097, 100_000] {
            let refused = vault(Answer::Lost).seal(&context(), &vec![b'x'; bytes]).await;
            assert!(matches!(refused, Err(VaultError::Size { bytes: said }) if said == bytes), "{refused:?}");
        }
        for bytes in [0, 6_145] {
            let refused = vault(Answer::Lost).open(&context(), &vec![b'x'; bytes]).await;
            assert!(matches!(refused, Err(VaultError::Unopenable)), "{refused:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_kms_that_cannot_be_reached_is_unavailable() {
        let sealed = vault(Answer::Lost).seal(&context(), &[b'x'; 4_096]).await;
        assert!(matches!(sealed, Err(VaultError::Unavailable(_))), "{sealed:?}");
        let opened = vault(Answer::Lost).open(&context(), b"ciphertext").await;
        assert!(matches!(opened, Err(VaultError::Unavailable(_))), "{opened:?}");
    }

    #[tokio::test]
    async fn a_ciphertext_of_another_context_or_key_can_never_be_opened() {
        for code in ["InvalidCiphertextException", "IncorrectKeyException"] {
            assert!(matches!(refused_with(code).await, VaultError::Unopenable), "{code}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_fault_of_kms_or_of_the_key_may_pass() {
        for code in ["KMSInternalException", "DisabledException", "ThrottlingException"] {
            assert!(matches!(refused_with(code).await, VaultError::Unavailable(_)), "{code}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_cannot_be_read_is_not_repeated_in_the_error() {
        let cut = r#"{"KeyId":"a-key","Plaintext":"c2VjcmV0IGhlYWRlcg"#;
        for status in [200, 400, 500] {
            let vault = vault(Answer::Status(status, cut.into()));
            let sealing = vault.seal(&context(), b"secret header").await.expect_err("unreadable");
            let opening = vault.open(&context(), b"ciphertext").await.expect_err("unreadable");
            for error in [sealing, opening] {
                let said = format!("{error:?} {error}");
                assert!(!said.contains("c2VjcmV0"), "{said}");
                assert!(said.contains(scripted_aws::REQUEST_ID), "{said}");
            }
        }
    }

    #[test]
    fn the_encryption_context_has_the_keys_that_the_policies_allow() {
        let expected = [("account", "acc_1"), ("webhook", "wh_1"), ("purpose", "headers")];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(context().for_kms(), expected.into());
    }
}
