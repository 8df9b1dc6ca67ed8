//! Calls to AWS, and what they are charged as. None of it depends on the machine.

use super::{Lab, whole};
use crate::Outcome;
use crate::aws_stub::{Cost, Seen};
use crate::figures::Figure;
use crate::scenarios::{
    Scenario, accepted_requests, attempts, attempts_in_own_payload, completions, failures_in_a_row,
    relayed_calls,
};

/// The calls of an accepted request, of a completion, of a delivery.
///
/// # Errors
///
/// When a function does not do its work.
pub async fn measure(lab: &Lab) -> Outcome<Vec<Figure>> {
    let mut scenarios = accepted_requests(|aws| lab.function("inbound", aws)).await?;
    scenarios.extend(completions(|aws| lab.function("fanout", aws)).await?);
    scenarios.extend(attempts(|aws| lab.function("deliver", aws)).await?);
    scenarios.extend(attempts_in_own_payload(|aws| lab.function("deliver", aws)).await?);
    scenarios.extend(failures_in_a_row(|aws| lab.function("deliver", aws)).await?);
    scenarios.extend(relayed_calls(|aws| lab.function("relay", aws)).await?);
    Ok(scenarios.iter().flat_map(figures).collect())
}

fn figures(scenario: &Scenario) -> Vec<Figure> {
    let Scenario { id, what, seen: Seen { costs, .. } } = scenario;
    let total = costs.values().map(|cost| cost.count).sum();
    let units = |of: fn(&Cost) -> f64| costs.values().map(of).sum();
    let mut figures = vec![
        Figure::one(format!("calls.{id}"), format!("{what}: calls to AWS"), whole(total), ""),
        Figure::one(
            format!("calls.{id}.reads"),
            format!("{what}: read units"),
            units(|cost| cost.reads),
            "RCU",
        ),
        Figure::one(
            format!("calls.{id}.writes"),
            format!("{what}: write units"),
            units(|cost| cost.writes),
            "WCU",
        ),
    ];
    for (operation, cost) in costs {
        let said = format!("  {operation}{}", in_units(cost));
        figures.push(Figure::one(
            format!("calls.{id}.{}", operation.replace(' ', ".")),
            said,
            whole(cost.count),
            "",
        ));
    }
    figures
}

fn in_units(cost: &Cost) -> String {
    let unit = |amount: f64, name: &str| (amount > 0.0).then(|| format!("{amount} {name}"));
    let all = [unit(cost.reads, "RCU"), unit(cost.writes, "WCU"), unit(cost.requests, "requests")];
    let all: Vec<String> = all.into_iter().flatten().collect();
    if all.is_empty() { String::new() } else { format!(" ({})", all.join(", ")) }
}
