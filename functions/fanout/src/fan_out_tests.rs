use std::future::{pending, ready};

use tokio::time::Instant;

use super::*;

fn message(id: &str) -> SqsMessage {
    let mut message = SqsMessage::default();
    message.message_id = Some(id.to_owned());
    message
}

#[tokio::test(start_paused = true)]
async fn what_an_account_has_not_done_after_20_s_comes_again_and_an_invocation_ends_in_time() {
    let (slow, neighbours) = ([message("slow-1"), message("slow-2")], message("neighbour"));
    let began = Instant::now();
    let (slow, done) = futures_util::future::join(
        in_time(slow.iter().collect(), pending()),
        in_time(vec![&neighbours], ready(vec![(&neighbours, Ok(None))])),
    )
    .await;
    assert_eq!(began.elapsed(), Duration::from_secs(20));
    let again = slow.into_iter().chain(done).filter_map(|(record, handled)| {
        must_come_again((record, handled.map(drop))).map(|failure| failure.item_identifier)
    });
    assert_eq!(again.collect::<Vec<_>>(), ["slow-1", "slow-2"]);
}
