use serde::{Deserialize, Serialize};

use crate::calls::CompletionStatus;
use crate::values::{AccountId, CallId, LedgerEntryId, Timestamp};

/// What a completion does to an account's balance. The balance never goes below zero: what is missing is written off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// Credits that the call is recorded to have cost: its `tokensConsumed`, or 0 when it failed.
    pub tokens_consumed: Option<u64>,
    /// Added to the balance: positive when a part of the reservation comes back, negative when the call cost more than it.
    pub balance_change: i64,
    /// Credits that the account did not have.
    pub written_off: u64,
    /// The line in the ledger; `None` when there is nothing to explain.
    pub ledger: Option<LedgerKind>,
}

/// Settles a call: what it consumed is charged, the rest of its reservation is given back, and a failed call costs nothing.
///
/// `reserved` are the credits taken at acceptance (0 for bulk and test calls), `balance` what the account has left now.
#[must_use]
pub fn settle_credits(
    status: CompletionStatus,
    consumed: Option<u64>,
    reserved: u64,
    balance: u64,
) -> Settlement {
    let tokens_consumed = match status {
        CompletionStatus::Failed => consumed.map(|_| 0),
        CompletionStatus::Finished | CompletionStatus::Missed => consumed,
    };
    let cost = tokens_consumed.unwrap_or(0);
    let charged = cost.min(reserved.saturating_add(balance));
    // A cost that is written off whole moves no credit, and is to be found in the ledger all the same.
    let ledger = match (cost, reserved) {
        (0, 0) => None,
        (0, _) => Some(LedgerKind::Refunded),
        _ => Some(LedgerKind::Settled),
    };
    Settlement {
        tokens_consumed,
        balance_change: signed(reserved) - signed(charged),
        written_off: cost - charged,
        ledger,
    }
}

fn signed(credits: u64) -> i64 {
    i64::try_from(credits).unwrap_or(i64::MAX)
}

/// One line of an account's ledger. The balance is the sum of all amounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerEntry {
    /// Whose balance.
    pub account_id: AccountId,
    /// `led_…`, sortable by time.
    pub id: LedgerEntryId,
    /// Why the balance changed.
    pub kind: LedgerKind,
    /// By how much; 0 when a call cost just what was reserved for it.
    pub amount: i64,
    /// The call that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub call_id: Option<CallId>,
    /// Credits that the call cost and the account did not have.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub written_off: u64,
    /// When.
    pub timestamp: Timestamp,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Why a balance changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerKind {
    /// A call was accepted.
    Reserved,
    /// A call was over and had used credits.
    Settled,
    /// A reservation came back whole.
    Refunded,
    /// The operator added credits.
    ToppedUp,
}

#[cfg(test)]
mod tests {
    use CompletionStatus::{Failed, Finished, Missed};
    use proptest::prelude::*;

    use super::*;

    fn change(status: CompletionStatus, consumed: Option<u64>, reserved: u64, balance: u64) -> (i64, u64) {
        let settlement = settle_credits(status, consumed, reserved, balance);
        (settlement.balance_change, settlement.written_off)
    }

    #[test]
    fn what_was_consumed_is_charged_and_the_rest_of_the_reservation_comes_back() {
        assert_eq!(change(Finished, Some(1), 1, 9), (0, 0));
        assert_eq!(change(Finished, Some(3), 1, 9), (-2, 0));
        assert_eq!(change(Missed, Some(0), 1, 9), (1, 0));
        assert_eq!(change(Finished, None, 1, 9), (1, 0));
    }

    #[test]
    fn a_failed_call_costs_nothing() {
        assert_eq!(change(Failed, Some(5), 1, 9), (1, 0));
        assert_eq!(settle_credits(Failed, Some(5), 1, 9).tokens_consumed, Some(0));
        assert_eq!(settle_credits(Failed, None, 1, 9).tokens_consumed, None);
    }

    #[test]
    fn a_bulk_call_has_no_reservation_and_pays_from_the_balance() {
        assert_eq!(change(Finished, Some(2), 0, 9), (-2, 0));
        assert_eq!(settle_credits(Finished, Some(0), 0, 9).ledger, None);
    }

    #[test]
    fn what_the_account_does_not_have_is_written_off() {
        assert_eq!(change(Finished, Some(5), 1, 2), (-2, 2));
        assert_eq!(settle_credits(Finished, Some(5), 1, 2).tokens_consumed, Some(5));
    }

    #[test]
    fn a_cost_that_is_written_off_whole_has_its_line() {
        let settlement = settle_credits(Finished, Some(5), 0, 0);
        assert_eq!((settlement.balance_change, settlement.written_off), (0, 5));
        assert_eq!(settlement.ledger, Some(LedgerKind::Settled));
    }

    #[test]
    fn a_call_that_costs_nothing_gives_its_reservation_back_and_says_so() {
        for (status, consumed) in [(Finished, Some(0)), (Missed, None), (Failed, Some(7))] {
            let settlement = settle_credits(status, consumed, 1, 0);
            assert_eq!((settlement.balance_change, settlement.written_off), (1, 0));
            assert_eq!(settlement.ledger, Some(LedgerKind::Refunded), "{status:?}");
        }
        assert_eq!(settle_credits(Finished, Some(1), 1, 0).ledger, Some(LedgerKind::Settled));
        assert_eq!(settle_credits(Missed, None, 0, 5).ledger, None);
    }

    #[test]
    fn a_line_of_the_ledger_has_what_is_written_off_only_where_something_is() {
        let line = |written_off| LedgerEntry {
            account_id: AccountId::parse("acc_1").expect("an id"),
            id: LedgerEntryId::parse("led_1").expect("an id"),
            kind: LedgerKind::Settled,
            amount: -2,
            call_id: None,
            written_off,
            timestamp: Timestamp::from_millis(1),
        };
        let written = |written_off| serde_json::to_value(line(written_off)).expect("JSON");
        assert_eq!((written(0).get("writtenOff"), written(3)["writtenOff"].as_u64()), (None, Some(3)));
        assert_eq!(serde_json::from_value::<LedgerEntry>(written(0)).expect("a line"), line(0));
    }

    proptest! {
        #[test]
        fn no_settlement_takes_a_balance_below_zero(
            consumed in proptest::option::of(0..1_000_001_u64), reserved in 0..3_u64, balance in 0..10_000_u64
        ) {
            for status in [Finished, Missed, Failed] {
                let settlement = settle_credits(status, consumed, reserved, balance);
                let after = i64::try_from(balance).expect("small") + settlement.balance_change;
                prop_assert!(after >= 0);
                let cost = settlement.tokens_consumed.unwrap_or(0);
                prop_assert_eq!(balance + reserved + settlement.written_off - cost, u64::try_from(after).expect("not below 0"));
            }
        }
    }
}
