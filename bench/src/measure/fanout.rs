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

/// Calls that an account has made before.
const HISTORY: usize = 100_000;

struct Case {
    id: String,
    what: String,
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
        Case::with_endpoints(lab, 1, 500).await?,
        Case::with_history(lab, 500).await?,
        Case::with_endpoints(lab, 10, 400).await?,
        Case::with_endpoints(lab, 100, 100).await?,
        Case::with_endpoints(lab, 1_000, 20).await?,
    ];
    for _ in 0..ROUNDS {
        for case in &mut cases {
            case.round().await?;
        }
    }
    Ok(cases.iter().flat_map(Case::figures).collect())
}

impl Case {
    async fn with_endpoints(lab: &Lab, endpoints: usize, completions: usize) -> Outcome<Self> {
        let world = World::new(endpoint_urls(endpoints))?;
        let aws = AwsStub::start(world.with_queued_calls()).await?;
        let what = format!("fanout, {endpoints} endpoints");
        Self::new(lab, (endpoints.to_string(), what), completions, world, aws).await
    }

    async fn with_history(lab: &Lab, completions: usize) -> Outcome<Self> {
        let world = World::new(endpoint_urls(1))?;
        let aws = AwsStub::start(world.with_history(HISTORY)).await?;
        let what = format!("fanout, 1 endpoints, {HISTORY} calls before");
        Self::new(lab, ("history".into(), what), completions, world, aws).await
    }

    async fn new(
        lab: &Lab,
        (id, what): (String, String),
        completions: usize,
        world: World,
        aws: AwsStub,
    ) -> Outcome<Self> {
        let function = lab.function("fanout", &aws).start().await?;
        let (cpu, wall) = Default::default();
        let mut case = Self { id, what, completions, world, _aws: aws, function, cpu, wall };
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
        let Self { id, what, .. } = self;
        vec![
            Figure::median(
                format!("fanout.{id}.cpu"),
                format!("{what}: CPU of a completion"),
                &self.cpu,
                "ms",
            ),
            Figure::median(
                format!("fanout.{id}.wall"),
                format!("{what}: time of a completion"),
                &self.wall,
                "ms",
            ),
        ]
    }
}
