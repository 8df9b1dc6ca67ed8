//! `fanout` as an account's endpoints grow in number, and as its history does.

use super::{Lab, count, millis};
use crate::Outcome;
use crate::aws_stub::AwsStub;
use crate::events::completions;
use crate::figures::Figure;
use crate::function::Function;
use crate::sample_account::SampleAccount;
use crate::scenarios::endpoint_urls;

/// Times that the sizes take turns.
const ROUNDS: usize = 5;

/// What is measured: completions that come so many to an event, of calls of such an account.
struct Kind {
    id: &'static str,
    what: &'static str,
    endpoints: usize,
    /// Calls that the account has made before.
    history: usize,
    batch: usize,
    /// Events of a round.
    events: usize,
}

#[rustfmt::skip]
const KINDS: [Kind; 6] = [
    Kind { id: "1", what: "1 endpoint", endpoints: 1, history: 0, batch: 1, events: 500 },
    Kind { id: "history", what: "1 endpoint, 100,000 calls before", endpoints: 1, history: 100_000, batch: 1, events: 500 },
    Kind { id: "batch", what: "1 endpoint, batches of ten", endpoints: 1, history: 0, batch: 10, events: 50 },
    Kind { id: "10", what: "10 endpoints", endpoints: 10, history: 0, batch: 1, events: 400 },
    Kind { id: "100", what: "100 endpoints", endpoints: 100, history: 0, batch: 1, events: 100 },
    Kind { id: "1000", what: "1,000 endpoints", endpoints: 1_000, history: 0, batch: 1, events: 20 },
];

struct Case {
    kind: Kind,
    sample: SampleAccount,
    // Kept: the function talks to it.
    _aws: AwsStub,
    function: Function,
    /// ms a completion, by round.
    cpu: Vec<f64>,
    /// ms an event, by round.
    wall: Vec<f64>,
}

/// CPU of a completion, and time of an event, of each of [`KINDS`].
///
/// # Errors
///
/// When the function does not do its work.
pub async fn measure(lab: &Lab) -> Outcome<Vec<Figure>> {
    let mut cases = Vec::new();
    for kind in KINDS {
        cases.push(Case::new(lab, kind).await?);
    }
    for _ in 0..ROUNDS {
        for case in &mut cases {
            case.round().await?;
        }
    }
    Ok(cases.iter().flat_map(Case::figures).collect())
}

impl Case {
    async fn new(lab: &Lab, kind: Kind) -> Outcome<Self> {
        let sample = SampleAccount::new(endpoint_urls(kind.endpoints))?;
        let aws = AwsStub::start(sample.with_history(kind.history)).await?;
        let function = lab.function("fanout", &aws).start().await?;
        let (cpu, wall) = Default::default();
        let mut case = Self { kind, sample, _aws: aws, function, cpu, wall };
        case.round().await?;
        (case.cpu, case.wall) = Default::default();
        Ok(case)
    }

    async fn round(&mut self) -> Outcome<()> {
        let Kind { batch, events, .. } = self.kind;
        let event = completions(&self.sample, batch)?;
        let before = self.function.cpu()?;
        let mut wall = 0.0;
        for _ in 0..events {
            let invoked = self.function.invoke(&event).await?;
            wall += millis(invoked.answered - invoked.handed_over);
        }
        self.cpu.push(millis(self.function.cpu()? - before) / count(events * batch));
        self.wall.push(wall / count(events));
        Ok(())
    }

    fn figures(&self) -> [Figure; 2] {
        let Kind { id, what, batch, .. } = self.kind;
        let what = |of: &str| format!("fanout, {what}: {of}");
        let time_of = if batch == 1 { "time of a completion" } else { "time of a batch" };
        [
            Figure::median(format!("fanout.{id}.cpu"), what("CPU of a completion"), &self.cpu, "ms"),
            Figure::median(format!("fanout.{id}.wall"), what(time_of), &self.wall, "ms"),
        ]
    }
}
