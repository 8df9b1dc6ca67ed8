//! What a call costs, and the ledger.

mod settlement;

pub use settlement::{LedgerEntry, LedgerKind, Settlement, settle_credits};
