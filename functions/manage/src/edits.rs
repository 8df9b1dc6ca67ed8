//! Changes are worked out from what is stored, and written only over just that.

use api::Problem;
use domain::Timestamp;

use crate::limits::MAX_EDITS;

/// Tries a change until it is written. `change` reads what is stored, works the change out and writes it; `None` says that
/// somebody else changed it meanwhile.
///
/// # Errors
///
/// The change's own; a 409 when others came in between again and again.
pub(crate) async fn until_written<T, F>(mut change: impl FnMut() -> F) -> Result<T, Problem>
where
    F: Future<Output = Result<Option<T>, Problem>>,
{
    for _ in 0..MAX_EDITS {
        if let Some(written) = change().await? {
            return Ok(written);
        }
    }
    Err(Problem::edit_conflict())
}

/// The time of a change, which differs from the time of the one before even within one millisecond.
pub(crate) fn next_change(last: Timestamp, now: Timestamp) -> Timestamp {
    now.max(last.after())
}
