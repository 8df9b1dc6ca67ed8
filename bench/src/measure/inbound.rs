//! `inbound` when it is warm: one request after the other, as an environment of Lambda gets them.

use bytes::Bytes;

use super::{Lab, count, micros, whole};
use crate::Outcome;
use crate::aws_stub::AwsStub;
use crate::events::request;
use crate::figures::{Figure, median, percentile};
use crate::function::{Function, Program};
use crate::sample_account::SampleAccount;

/// Times that the sides take turns.
const ROUNDS: usize = 5;
/// Requests of a round; Python, which is so much slower, gets fewer.
const REQUESTS: usize = 5_000;
const REQUESTS_PYTHON: usize = 500;
const WARM_UP: usize = 300;

/// What a side used.
#[derive(Default)]
struct Used {
    /// µs of CPU a request, by round.
    cpu: Vec<f64>,
    /// µs from hand-over to answer, of every request.
    wall: Vec<f64>,
}

/// CPU and time of an accepted request, in Rust and in Python.
///
/// # Errors
///
/// When a function does not do its work.
pub async fn measure(lab: &Lab) -> Outcome<Vec<Figure>> {
    let sample = SampleAccount::new([])?;
    let aws = AwsStub::start(sample.with_queued_calls()).await?;
    let event = request(&sample);
    let mut rust = warm(&lab.function("inbound", &aws), &event).await?;
    let mut python = warm(&lab.python(&aws), &event).await?;
    let (mut of_rust, mut of_python) = (Used::default(), Used::default());
    for _ in 0..ROUNDS {
        of_rust.round(&mut rust, &event, REQUESTS).await?;
        of_python.round(&mut python, &event, REQUESTS_PYTHON).await?;
    }
    let mut figures = of_rust.figures("inbound", "inbound");
    if let Some(cpu) = figures.first_mut() {
        cpu.target = Some(250.0);
    }
    figures.extend(of_python.figures("inbound_python", "the same in Python"));
    let ratio = median(&of_python.cpu) / median(&of_rust.cpu);
    figures.push(Figure::one("inbound.python_ratio", "CPU of the same in Python / of inbound", ratio, "×"));
    let memory = rust.memory()?;
    let rss = whole(memory.resident) / 1e6;
    figures.push(Figure::one("inbound.rss", "inbound: resident memory, warm", rss, "MB"));
    Ok(figures)
}

async fn warm(program: &Program, event: &Bytes) -> Outcome<Function> {
    let mut function = program.start().await?;
    for _ in 0..WARM_UP {
        let invoked = function.invoke(event).await?;
        if !invoked.answer.windows(3).any(|text| text == b"201") {
            return Err(format!("not accepted: {}", String::from_utf8_lossy(&invoked.answer)).into());
        }
    }
    Ok(function)
}

impl Used {
    async fn round(&mut self, function: &mut Function, event: &Bytes, requests: usize) -> Outcome<()> {
        let before = function.cpu()?;
        for _ in 0..requests {
            let invoked = function.invoke(event).await?;
            self.wall.push(micros(invoked.answered - invoked.handed_over));
        }
        self.cpu.push(micros(function.cpu()? - before) / count(requests));
        Ok(())
    }

    fn figures(&self, id: &str, what: &str) -> Vec<Figure> {
        let per_second: Vec<f64> = self.cpu.iter().map(|cpu| 1e6 / cpu).collect();
        let wall = |percent: f64| {
            let value = percentile(&self.wall, percent);
            Figure::one(
                format!("{id}.wall_p{percent}"),
                format!("{what}: time of a request, p{percent}"),
                value,
                "µs",
            )
        };
        vec![
            Figure::median(
                format!("{id}.cpu"),
                format!("{what}: CPU of an accepted request"),
                &self.cpu,
                "µs",
            ),
            Figure::median(
                format!("{id}.per_cpu_second"),
                format!("{what}: requests per CPU second"),
                &per_second,
                "/s",
            ),
            wall(50.0),
            wall(95.0),
            wall(99.0),
        ]
    }
}
