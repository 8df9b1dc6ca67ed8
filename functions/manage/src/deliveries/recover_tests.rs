use std::cell::RefCell;
use std::time::Duration;

use domain::Randomness;
use store::lists;

use super::*;

/// When the newest of the attempts was made, in milliseconds. Each other one is a millisecond older than the one before it.
const NEWEST: u64 = 1_730_179_200_999;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn position(millis: u64) -> Position {
    lists::DELIVERIES.position(&format!("{millis}#msg_1#01")).expect("a position")
}

/// So many attempts from this moment back, each of a delivery of its own, and where to go on.
fn page(newest: u64, attempts: u64, next: Option<Position>) -> Page<DeliveryId> {
    let (millis, randomness) = ((newest - attempts + 1..=newest).rev(), Randomness::system());
    let item = |millis| (position(millis), DeliveryId::new(at(millis), &randomness));
    Page { items: millis.map(item).collect(), next }
}

/// A recovery that sends all of what it looks at, and takes `seconds` for each 16 of them, and for each page.
async fn recovery_of(pages: Vec<Page<DeliveryId>>, seconds: u64) -> Recovered {
    let (pages, pause) = (RefCell::new(pages.into_iter()), Duration::from_secs(seconds));
    let pages = &pages;
    let read = |_| async move {
        tokio::time::sleep(pause).await;
        Ok(pages.borrow_mut().next().expect("another page"))
    };
    let send = |some: Vec<DeliveryId>| async move {
        tokio::time::sleep(pause).await;
        Ok(some.len())
    };
    walk(read, send).await.expect("a recovery")
}

#[tokio::test(start_paused = true)]
async fn a_recovery_that_came_to_the_end_is_complete() {
    let pages = vec![page(NEWEST, 20, Some(position(NEWEST - 20))), page(NEWEST - 20, 3, None)];
    assert_eq!(recovery_of(pages, 1).await, Recovered { count: 23, until: None });
}

#[tokio::test(start_paused = true)]
async fn a_recovery_whose_time_is_up_says_where_it_has_stopped() {
    // Two times 16 of them are looked at. What was made within the millisecond of the last one may not be.
    let pages = vec![page(NEWEST, 100, None)];
    assert_eq!(recovery_of(pages, 4).await, Recovered { count: 32, until: Some(at(NEWEST - 30)) });
}

#[tokio::test(start_paused = true)]
async fn a_recovery_that_finds_nothing_before_its_time_is_up_is_not_complete() {
    let oldest = NEWEST - 4_000;
    let pages =
        vec![page(NEWEST, 0, Some(position(NEWEST - 2_000))), page(NEWEST, 0, Some(position(oldest)))];
    assert_eq!(recovery_of(pages, 6).await, Recovered { count: 0, until: Some(at(oldest + 1)) });
}

#[tokio::test(start_paused = true)]
async fn a_delivery_with_several_failed_attempts_is_looked_at_once() {
    let mut again = page(NEWEST, 20, None);
    let delivery = again.items[0].1.clone();
    again.items.iter_mut().for_each(|item| item.1 = delivery.clone());
    assert_eq!(recovery_of(vec![again], 1).await, Recovered { count: 1, until: None });
}
