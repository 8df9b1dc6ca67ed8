//! A carrier in the place of connections, as a simulation has one.

use std::sync::Arc;

use addresses::TrustedNetworks;
use egress::{Answering, Carrier, ErrorCode, Sender, Setup};
use http::Response;

use crate::resolvers::Failing;
use crate::{SECRET, answered, errored, post};

fn carried() -> Sender {
    let carrier = Carrier::new(|request| {
        let is_ours = matches!(request.uri().host(), Some("ours.example" | "169.254.169.254"));
        let said = format!("{}, {SECRET}", request.method());
        is_ours.then(|| Box::pin(async { Response::new(said.into()) }) as Answering)
    });
    let setup = Setup { resolver: Arc::new(Failing), carrier: Some(carrier), ..Setup::default() };
    Sender::new(TrustedNetworks::default(), setup).unwrap()
}

#[tokio::test]
async fn a_carrier_answers_what_is_its_own_and_the_rest_goes_out() {
    let sender = carried();
    assert_eq!(answered(&sender.send(post("https://ours.example/")).await), (200, "POST, s3cret"));
    assert_eq!(errored(&sender.send(post("https://other.example/")).await).0, ErrorCode::Dns);
}

#[tokio::test]
async fn nothing_is_carried_that_may_not_be_sent() {
    let refused = carried().send(post("https://169.254.169.254/")).await;
    assert_eq!(errored(&refused).0, ErrorCode::BlockedAddress);
}
