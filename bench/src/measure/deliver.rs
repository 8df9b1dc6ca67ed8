//! `deliver` to receivers on loopback that answer at once.

use super::{Lab, count, micros, millis, whole};
use crate::Outcome;
use crate::aws_stub::AwsStub;
use crate::events::deliveries;
use crate::figures::{Figure, percentile};
use crate::function::Function;
use crate::receiver::Receivers;
use crate::sample_account::SampleAccount;

/// Times that the cases take turns.
const ROUNDS: usize = 5;
/// Batches of a round, and deliveries of a batch: as many as the event source mapping hands over at once.
const BATCHES: usize = 150;
const BATCH: usize = 10;
const WARM_UP: usize = 20;

/// One kind of endpoints.
struct Case {
    id: &'static str,
    what: &'static str,
    sample: SampleAccount,
    receivers: Receivers,
    // Kept: the function talks to it.
    _aws: AwsStub,
    function: Function,
    resting: u64,
    /// ms of CPU a delivery, and deliveries a second, by round.
    cpu: Vec<f64>,
    per_second: Vec<f64>,
    /// µs from the batch's hand-over to each delivery's arrival.
    latency: Vec<f64>,
}

/// CPU, throughput, latency and memory of deliveries.
///
/// # Errors
///
/// When a delivery does not arrive.
pub async fn measure(lab: &Lab) -> Outcome<Vec<Figure>> {
    let mut cases = [
        Case::new(lab, "plain_1", "plain, one endpoint", 1, false).await?,
        Case::new(lab, "plain_10", "plain, ten endpoints", 10, false).await?,
        Case::new(lab, "tls_1", "TLS, one endpoint", 1, true).await?,
        Case::new(lab, "tls_10", "TLS, ten endpoints", 10, true).await?,
    ];
    for _ in 0..ROUNDS {
        for case in &mut cases {
            case.round(BATCHES).await?;
        }
    }
    let mut figures = Vec::new();
    let payload = cases[0].sample.payload_bytes()?;
    figures.push(Figure::one("deliver.payload", "deliver: bytes of the payload", count(payload), "B"));
    for case in &cases {
        figures.extend(case.figures()?);
    }
    Ok(figures)
}

impl Case {
    async fn new(
        lab: &Lab,
        id: &'static str,
        what: &'static str,
        endpoints: usize,
        tls: bool,
    ) -> Outcome<Self> {
        let receivers = Receivers::start(endpoints, tls.then_some(&lab.certificate)).await?;
        let sample = SampleAccount::new(receivers.urls())?;
        let aws = AwsStub::start(sample.with_finished_calls()?).await?;
        let mut function = lab.function_for_receivers("deliver", &aws).start().await?;
        function.ready().await?;
        let resting = function.memory()?.resident;
        let (cpu, per_second, latency) = (Vec::new(), Vec::new(), Vec::new());
        let mut case =
            Self { id, what, sample, receivers, _aws: aws, function, resting, cpu, per_second, latency };
        case.round(WARM_UP).await?;
        case.cpu.clear();
        case.per_second.clear();
        case.latency.clear();
        Ok(case)
    }

    async fn round(&mut self, batches: usize) -> Outcome<()> {
        let before = self.function.cpu()?;
        let mut wall = 0.0;
        for _ in 0..batches {
            let (event, ids) = deliveries(&self.sample, BATCH)?;
            let invoked = self.function.invoke(&event).await?;
            wall += (invoked.answered - invoked.handed_over).as_secs_f64();
            let arrivals = self.receivers.take_arrivals();
            for id in ids {
                let arrived = arrivals.get(id.as_str()).ok_or("a delivery did not arrive")?;
                self.latency.push(micros(*arrived - invoked.handed_over));
            }
        }
        let made = count(batches * BATCH);
        self.cpu.push(millis(self.function.cpu()? - before) / made);
        self.per_second.push(made / wall);
        Ok(())
    }

    fn figures(&self) -> Outcome<Vec<Figure>> {
        let Self { id, what, .. } = self;
        let per_cpu_second: Vec<f64> = self.cpu.iter().map(|cpu| 1e3 / cpu).collect();
        let latency = |percent: f64| {
            let value = percentile(&self.latency, percent);
            let what = format!("deliver, {what}: from batch to arrival, p{percent}");
            Figure::one(format!("deliver.{id}.latency_p{percent}"), what, value, "µs")
        };
        let memory = |name: &str, what_of: &str, bytes: u64| {
            let megabytes = whole(bytes) / 1e6;
            Figure::one(
                format!("deliver.{id}.{name}"),
                format!("deliver, {what}: {what_of}"),
                megabytes,
                "MB",
            )
        };
        let cpu = Figure::median(
            format!("deliver.{id}.cpu"),
            format!("deliver, {what}: CPU of a delivery"),
            &self.cpu,
            "ms",
        );
        Ok(vec![
            if id.starts_with("plain") { cpu.at_most(0.15) } else { cpu },
            Figure::median(
                format!("deliver.{id}.per_cpu_second"),
                format!("deliver, {what}: deliveries per CPU second"),
                &per_cpu_second,
                "/s",
            ),
            Figure::median(
                format!("deliver.{id}.per_second"),
                format!("deliver, {what}: deliveries per second"),
                &self.per_second,
                "/s",
            ),
            latency(50.0),
            latency(95.0),
            latency(99.0),
            memory("rss_resting", "resident memory before the first", self.resting),
            memory("rss_peak", "resident memory at most", self.function.memory()?.peak),
        ])
    }
}
