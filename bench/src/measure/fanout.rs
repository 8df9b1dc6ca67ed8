//! `fanout` as an account's endpoints grow in number, and as its history does.

use super::{Lab, count, millis};
use crate::Outcome;
use crate::aws_stub::AwsStub;
use crate::events::completion;
use crate::figures::Figure;
use crate::function::Function;
use crate::scenarios::endpoint_urls;
use crate::world::World;

/// Times that the sizes take turns.
const ROUNDS: usize = 5;

/// Calls that an account with a history has made before.
const HISTORY: usize = 100_000;

struct Case {
    endpoints: usize,
    /// Calls that the account has made before.
    history: usize,
    /// Completions of a round.
    completions: usize,
    world: World,
    // Kept: the function talks to it.
    _aws: AwsStub,
    function: Function,
    /// ms a completion, by round.
    cpu: Vec<f64>,
    wall: Vec<f64>,
}

/// CPU and time of a completion with 1, 10, 100 and 1,000 endpoints, and with one of an account that has made 100,000 calls.
///
/// # Errors
///
/// When the function does not do its work.
pub async fn measure(lab: &Lab) -> Outcome<Vec<Figure>> {
    let mut cases = [
        Case::new(lab, 1, 0, 500).await?,
        Case::new(lab, 1, HISTORY, 500).await?,
        Case::new(lab, 10, 0, 400).await?,
        Case::new(lab, 100, 0, 100).await?,
        Case::new(lab, 1_000, 0, 20).await?,
    ];
    for _ in 0..ROUNDS {
        for case in &mut cases {
            case.round().await?;
        }
    }
    Ok(cases.iter().flat_map(Case::figures).collect())
}

impl Case {
    async fn new(lab: &Lab, endpoints: usize, history: usize, completions: usize) -> Outcome<Self> {
        let world = World::new(endpoint_urls(endpoints))?;
        let aws = AwsStub::start(world.with_history(history)).await?;
        let function = lab.function("fanout", &aws).start().await?;
        let (cpu, wall) = Default::default();
        let mut case = Self { endpoints, history, completions, world, _aws: aws, function, cpu, wall };
        case.round().await?;
        (case.cpu, case.wall) = Default::default();
        Ok(case)
    }

    async fn round(&mut self) -> Outcome<()> {
        let event = completion(&self.world);
        let before = self.function.cpu()?;
        let mut wall = 0.0;
        for _ in 0..self.completions {
            let invoked = self.function.invoke(&event).await?;
            wall += millis(invoked.answered - invoked.handed_over);
        }
        self.cpu.push(millis(self.function.cpu()? - before) / count(self.completions));
        self.wall.push(wall / count(self.completions));
        Ok(())
    }

    fn figures(&self) -> Vec<Figure> {
        let Self { endpoints, .. } = self;
        let (id, before) = match self.history {
            0 => (endpoints.to_string(), String::new()),
            calls => ("history".into(), format!(", {calls} calls before")),
        };
        let what = |of: &str| format!("fanout, {endpoints} endpoints{before}: {of} of a completion");
        vec![
            Figure::median(format!("fanout.{id}.cpu"), what("CPU"), &self.cpu, "ms"),
            Figure::median(format!("fanout.{id}.wall"), what("time"), &self.wall, "ms"),
        ]
    }
}
