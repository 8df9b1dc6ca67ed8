use std::collections::BTreeSet;

use super::*;

const COMMIT: Call<'_> = Call {
    function: "inbound",
    operation: "TransactWriteItems",
    site: "inbound dynamodb:TransactWriteItems Calls",
    is_after_harm: false,
};

/// A world in which nothing goes wrong, but for what a test adds.
fn calm() -> Harm {
    let harm = Harm {
        rates: Rates::default(),
        throttles: 0,
        outages: Vec::new(),
        unlucky: None,
        after_harm: 0,
        echoes: 0,
        ..Harm::new(Random::new(1))
    };
    harm.begin();
    harm
}

/// What becomes of the same call a hundred times.
fn fates(harm: &Harm, call: Call<'_>) -> Vec<Fate> {
    (0..100).map(|age| harm.fate(&call, age)).collect()
}

#[test]
fn what_aws_does_to_a_call_is_what_it_does_to_its_operation() {
    let drawn = |operation| {
        let random = Random::new(1);
        let names: BTreeSet<_> = (0..1_000).map(|_| Fate::draw(&random, operation, 200).name()).collect();
        ["partly", "conflict", "in progress", "death before", "lost after"].map(|name| names.contains(name))
    };
    assert_eq!(drawn("GetItem"), [false, false, false, true, true]);
    assert_eq!(drawn("UpdateItem"), [false, true, false, true, true]);
    assert_eq!(drawn("SendMessageBatch"), [true, false, false, true, true]);
    assert_eq!(drawn("TransactWriteItems"), [false, true, true, true, true]);
}

#[test]
fn some_worlds_are_calm_and_harm_nothing() {
    let calm = (1..200).map(|seed| Harm::new(Random::new(seed))).filter(Harm::is_none);
    let mut worlds = 0;
    for harm in calm {
        harm.begin();
        assert_eq!(fates(&harm, COMMIT), [Fate::Answered; 100]);
        assert_eq!((harm.waits_until_death("inbound"), harm.is_throttled()), (None, false));
        worlds += 1;
    }
    assert!(worlds > 0);
}

#[test]
fn a_sore_call_site_meets_one_harm_once_or_again_and_again() {
    let harm = Harm { rates: Rates { sites: 1_000, ..Rates::default() }, ..calm() };
    let sites: Vec<String> =
        (0..20).map(|number| format!("inbound dynamodb:PutItem Table{number}")).collect();
    let (mut met, mut once) = (BTreeSet::new(), 0);
    for site in &sites {
        let call = Call { operation: "PutItem", site, ..COMMIT };
        // Each in a world that may be harmed yet.
        harm.begin();
        let harmed: Vec<_> =
            fates(&harm, call).into_iter().filter(|fate| *fate != Fate::Answered).map(Fate::name).collect();
        let names: BTreeSet<_> = harmed.iter().copied().collect();
        assert_eq!(names.len(), 1, "{site} met {names:?}");
        met.extend(names);
        once += usize::from(harmed.len() == 1);
    }
    assert!(met.len() > 1, "all of them met {met:?}");
    assert!(0 < once && once < sites.len(), "{once} met it once");
}

#[test]
fn the_call_that_follows_a_harmed_one_fares_worse_than_others() {
    let harm = Harm { after_harm: 1_000, ..calm() };
    assert!(!fates(&harm, Call { is_after_harm: true, ..COMMIT }).contains(&Fate::Answered));
    assert_eq!(fates(&harm, COMMIT), [Fate::Answered; 100]);
}

#[test]
fn an_echo_is_of_what_sends_messages() {
    let harm = Harm { echoes: 1_000, ..calm() };
    let send = Call { operation: "SendMessageBatch", ..COMMIT };
    assert_eq!(fates(&harm, send), [Fate::LostAfter; 100]);
    assert_eq!(fates(&harm, COMMIT), [Fate::Answered; 100]);
    assert!(!harm.is_none());
}

#[test]
fn a_world_is_harmed_only_so_often() {
    let harm = Harm { rates: Rates { calls: 1_000, ..Rates::default() }, ..calm() };
    let harmed = (0..2 * MOST_HARMED).filter(|age| harm.fate(&COMMIT, *age) != Fate::Answered);
    assert_eq!(harmed.count(), usize::try_from(MOST_HARMED).expect("a number"));
    assert!(!harm.is_on());
}
