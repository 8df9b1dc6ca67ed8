//! One account as DynamoDB holds it, and the transactions of shared/store on it: each judges its conditions and writes all
//! or nothing. Their names are the store's.

use std::collections::BTreeMap;

use domain::{Call, CallId, CallStatus, LedgerKind, Settlement, Timestamp};

use crate::jobs::CompletedCall;

#[derive(Debug, Default)]
pub(crate) struct Account {
    /// DynamoDB's arithmetic knows no lowest number.
    pub(crate) credits: i64,
    pub(crate) ledger: Vec<Line>,
    pub(crate) calls: BTreeMap<CallId, Call>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) kind: LedgerKind,
    pub(crate) amount: i64,
    pub(crate) call: Option<CallId>,
    pub(crate) written_off: u64,
}

/// Whose condition did not hold.
#[derive(Debug, PartialEq)]
pub(crate) enum Refused {
    Call,
    Balance,
}

impl Account {
    /// accounts.rs, `add_credits`.
    pub(crate) fn top_up(&mut self, credits: u64) {
        let amount = i64::try_from(credits).expect("a small amount");
        self.credits += amount;
        self.ledger.push(Line { kind: LedgerKind::ToppedUp, amount, call: None, written_off: 0 });
    }

    /// intake.rs, `accept`.
    pub(crate) fn accept(&mut self, call: &Call) -> Result<(), Refused> {
        self.may_put(call)?;
        if self.credits < 1 {
            return Err(Refused::Balance);
        }
        self.credits -= 1;
        self.put(call.clone());
        self.write(call, LedgerKind::Reserved, -1, 0);
        Ok(())
    }

    /// intake.rs, `record_cancelled`.
    pub(crate) fn record_cancelled(&mut self, call: &Call) -> Result<(), Refused> {
        self.may_put(call)?;
        self.put(call.clone());
        Ok(())
    }

    /// settlements.rs, `settlement_items`.
    pub(crate) fn settle(
        &mut self,
        completed: &CompletedCall,
        settlement: &Settlement,
        balance: Option<u64>,
    ) -> Result<(), Refused> {
        let call = &completed.call;
        let recorded = self.calls.get(&call.id);
        let as_read = if completed.on_record {
            recorded.is_some_and(|it| it.settled_at.is_none() && it.reserved_credits == call.reserved_credits)
        } else {
            recorded.is_none()
        };
        if !as_read {
            return Err(Refused::Call);
        }
        let change = settlement.balance_change;
        if change != 0 {
            let holds = match balance {
                Some(balance) => u64::try_from(self.credits) == Ok(balance),
                None => change > 0 || self.credits >= -change,
            };
            if !holds {
                return Err(Refused::Balance);
            }
            self.credits += change;
        }
        self.put(Call {
            tokens_consumed: settlement.tokens_consumed,
            reserved_credits: 0,
            settled_at: Some(Timestamp::from_millis(1)),
            ..call.clone()
        });
        if let Some(kind) = settlement.ledger {
            self.write(call, kind, change, settlement.written_off);
        }
        Ok(())
    }

    pub(crate) fn lines_of(&self, call: &CallId) -> impl Iterator<Item = &Line> {
        self.ledger.iter().filter(move |line| line.call.as_ref() == Some(call))
    }

    /// What is true after every transaction.
    pub(crate) fn check(&self) {
        assert!(self.credits >= 0, "a balance of {}", self.credits);
        assert_eq!(
            self.credits,
            self.ledger.iter().map(|line| line.amount).sum::<i64>(),
            "balance and ledger"
        );
        for (id, call) in &self.calls {
            assert!(call.settled_at.is_none() || call.reserved_credits == 0, "settled and still reserved");
            // What the account paid for a call, and what it did not have, is what the call cost.
            let paid = -self.lines_of(id).map(|line| line.amount).sum::<i64>();
            let written_off: u64 = self.lines_of(id).map(|line| line.written_off).sum();
            let cost = call.settled_at.and(call.tokens_consumed).unwrap_or(0) + call.reserved_credits;
            assert_eq!(u64::try_from(paid).map(|paid| paid + written_off), Ok(cost), "{call:?}");
            assert!(call.status != CallStatus::Failed || cost == 0, "a failed call costs something");
        }
    }

    /// intake.rs, `IS_NEW`.
    fn may_put(&self, call: &Call) -> Result<(), Refused> {
        if self.calls.contains_key(&call.id) { Err(Refused::Call) } else { Ok(()) }
    }

    fn put(&mut self, call: Call) {
        self.calls.insert(call.id.clone(), call);
    }

    fn write(&mut self, call: &Call, kind: LedgerKind, amount: i64, written_off: u64) {
        self.ledger.push(Line { kind, amount, call: Some(call.id.clone()), written_off });
    }
}
