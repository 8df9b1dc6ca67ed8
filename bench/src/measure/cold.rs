//! Cold starts: from a process that does not exist to its first answer.

use std::path::Path;

use bytes::Bytes;

use super::{Lab, millis};
use crate::Outcome;
use crate::aws_stub::AwsStub;
use crate::events::{
    call_ids, committed, completions, create_account, deliveries, list_webhooks, portal_page, request,
    test_unsaved,
};
use crate::figures::{Figure, median};
use crate::function::Program;
use crate::interface_emulator;
use crate::receiver::Receivers;
use crate::sample_account::SampleAccount;

/// Cold starts of each function, in turn.
const STARTS: usize = 25;

/// What is started in AWS's emulator too, and what stands in its answer.
const EMULATED: [(&str, &str); 3] = [("empty", "200"), ("inbound", "201"), ("inbound_python", "201")];

/// One function's cold starts, in ms.
struct Case {
    id: &'static str,
    program: Program,
    event: Bytes,
    init: Vec<f64>,
    answer: Vec<f64>,
    /// The same under AWS's emulator.
    emulated: Vec<f64>,
}

/// Init and first answer of each function, beside an empty one and Python.
///
/// # Errors
///
/// When a function does not do its work.
pub async fn measure(lab: &Lab) -> Outcome<Vec<Figure>> {
    let receivers = Receivers::start(1, None).await?;
    let sample = SampleAccount::new(receivers.urls())?;
    let queued = AwsStub::start(sample.with_queued_calls()).await?;
    let finished = AwsStub::start(sample.with_finished_calls()?).await?;
    let delivery = deliveries(&sample, 1)?.0;
    let case = |id, program, event| Case {
        id,
        program,
        event,
        init: Vec::new(),
        answer: Vec::new(),
        emulated: Vec::new(),
    };
    let mut cases = [
        case("empty", lab.function("empty", &queued), request(&sample)),
        case("inbound", lab.function("inbound", &queued), request(&sample)),
        case("relay", lab.function("relay", &queued), committed(&call_ids(1))?),
        case("fanout", lab.function("fanout", &queued), completions(&sample, 1)?),
        case("deliver", lab.function("deliver", &finished), delivery),
        case("manage", lab.function("manage", &queued), list_webhooks(&sample)),
        case(
            "tester",
            lab.function("tester", &queued),
            test_unsaved(&sample, &receivers.urls().next().unwrap_or_default()),
        ),
        case("operator", lab.function("operator", &queued), create_account()),
        case("portal", lab.function("portal", &queued), portal_page()),
        case("inbound_python", lab.python(&queued), request(&sample)),
    ];
    for case in &mut cases {
        case.start().await?;
        // The first has the files to read from disk.
        (case.init, case.answer) = Default::default();
    }
    for _ in 0..STARTS {
        for case in &mut cases {
            case.start().await?;
        }
    }
    if let Some(emulator) = &lab.interface_emulator {
        for _ in 0..STARTS {
            for (id, expected) in EMULATED {
                for case in cases.iter_mut().filter(|case| case.id == id) {
                    case.start_in(emulator, expected).await?;
                }
            }
        }
    }
    let empty = (median(&cases[0].answer), median(&cases[0].emulated));
    Ok(cases.iter().flat_map(|case| case.figures(empty)).collect())
}

impl Case {
    async fn start(&mut self) -> Outcome<()> {
        let mut function = self.program.start().await?;
        self.init.push(millis(function.ready().await?));
        let invoked = function.invoke(&self.event).await?;
        self.answer.push(millis(function.since_start(invoked.answered)));
        Ok(())
    }

    /// Once more when it fails: the emulator sometimes answers an event with nothing.
    async fn start_in(&mut self, emulator: &Path, expected: &str) -> Outcome<()> {
        let start = || interface_emulator::first_answer(emulator, &self.program, &self.event, expected);
        let took = match start().await {
            Ok(took) => took,
            Err(_) => start().await?,
        };
        self.emulated.push(millis(took));
        Ok(())
    }

    fn figures(&self, (empty, emulated_empty): (f64, f64)) -> Vec<Figure> {
        let Self { id, .. } = self;
        let mut figures = self.figures_of_our_own(empty);
        if !self.emulated.is_empty() {
            let what = format!("cold {id}, in AWS's emulator: to the first answer");
            let ratio = median(&self.emulated) / emulated_empty;
            figures.push(Figure::median(format!("cold.{id}.emulated"), &what, &self.emulated, "ms"));
            let ratio =
                Figure::one(format!("cold.{id}.emulated_ratio"), format!("{what} / empty"), ratio, "×");
            figures.push(if *id == "inbound" { ratio.at_most(1.5) } else { ratio });
        }
        figures
    }

    fn figures_of_our_own(&self, empty: f64) -> Vec<Figure> {
        let Self { id, .. } = self;
        let init = Figure::median(format!("cold.{id}.init"), format!("cold {id}: init"), &self.init, "ms");
        let answer = Figure::median(
            format!("cold.{id}.answer"),
            format!("cold {id}: to the first answer"),
            &self.answer,
            "ms",
        );
        let ratio = median(&self.answer) / empty;
        let ratio = Figure::one(
            format!("cold.{id}.ratio"),
            format!("cold {id}: to the first answer / empty"),
            ratio,
            "×",
        );
        match *id {
            "empty" => vec![init, answer],
            "inbound" => vec![init.at_most(25.0), answer, ratio.at_most(1.5)],
            "portal" => vec![init.at_most(25.0), answer, ratio.at_most(1.2)],
            "inbound_python" => vec![init, answer, ratio],
            _ => vec![init.at_most(25.0), answer, ratio],
        }
    }
}
