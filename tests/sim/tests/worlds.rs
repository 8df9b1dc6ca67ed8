//! The simulation as `make sim` runs it: in a process of its own, since the functions read the template's variables there.

use std::process::{Command, Output};

fn sim(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sim")).args(arguments).output().expect("the simulation")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_seed_is_one_world_however_often_it_is_run() {
    let twice = sim(&["twice", "1", "100"]);
    assert!(twice.status.success(), "{}", said(&twice));
    // In another process, whose hash maps have another order.
    let again = sim(&["twice", "1", "5"]);
    let first_of = |output: &Output| said(output).lines().take(5).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(first_of(&twice), first_of(&again));
    let mut hashes: Vec<_> =
        said(&twice).lines().filter_map(|line| line.split(": ").nth(1)).map(str::to_owned).collect();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 100, "two seeds have one world");
}

/// Seeds whose worlds have found something, in the product or in what was demanded of it. A seed's world changes with what people do
/// here; what was found is kept as a patch of `sabotage/`, or as a test of the function that it was found in.
const FOUND_SOMETHING: [&str; 11] =
    ["15", "682", "2966", "3605", "4289", "7044", "7463", "8749", "18298", "21555", "41312"];

#[test]
fn the_worlds_that_have_found_something_are_sound() {
    for seed in FOUND_SOMETHING {
        let shown = sim(&["show", seed]);
        let said = said(&shown);
        let wrong: Vec<_> = said.lines().filter(|line| line.starts_with(&format!("seed {seed}: "))).collect();
        assert!(matches!(wrong[..], [trace] if trace.contains(": trace ")), "{wrong:?}");
    }
}

#[test]
fn nothing_is_lost_doubled_or_stuck_in_twenty_seconds_of_worlds() {
    let searched = sim(&["20", "1"]);
    assert!(searched.status.success(), "{}", said(&searched));
    let said = said(&searched);
    let last = said.lines().last().unwrap_or_default();
    let numbers: Vec<u64> = last.split(' ').filter_map(|word| word.parse().ok()).collect();
    let [worlds, calls, faults, ..] = numbers[..] else { panic!("{last}") };
    assert!(worlds > 0 && calls > worlds && faults > 0, "{last}");
}
