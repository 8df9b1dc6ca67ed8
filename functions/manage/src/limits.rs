//! The numbers of the management API. Those of `docs/limits.md` and `openapi.yaml` are these.

use std::time::Duration;

/// Times that a change is worked out anew because another came in between.
pub(crate) const MAX_EDITS: usize = 10;

/// Longest script of a campaign, in characters: with everything else it stays far below DynamoDB's and SQS's limits.
pub(crate) const MAX_PROMPT_CHARS: usize = 50_000;
/// Longest message for a voicemail.
pub(crate) const MAX_MESSAGE_CHARS: usize = 4_096;
/// Longest voice, language, background ambience.
pub(crate) const MAX_LABEL_CHARS: usize = 100;
/// Largest JSON object that a campaign carries for the dialer.
pub(crate) const MAX_OBJECT_BYTES: usize = 16 * 1024;

/// How long deliveries are signed with a rotated secret too, in seconds: a day, at most a week.
pub(crate) const DEFAULT_OVERLAP_S: u64 = 24 * 60 * 60;
pub(crate) const MAX_OVERLAP_S: u64 = 7 * DEFAULT_OVERLAP_S;

/// Hours that statistics are of: a day, at most a week. `deliver`'s counters are kept a day longer.
pub(crate) const DEFAULT_STATS_HOURS: u64 = 24;
pub(crate) const MAX_STATS_HOURS: u64 = 7 * 24;

/// How long one recovery goes on, below the function's timeout of 20 s. What it did not come to, the next one does: the
/// answer says where to go on.
pub(crate) const RECOVERY_TIME: Duration = Duration::from_secs(12);
/// Deliveries that a recovery looks at side by side.
pub(crate) const LOOKED_AT: usize = 16;
