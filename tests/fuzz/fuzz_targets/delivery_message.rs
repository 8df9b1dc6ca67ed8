//! A message of `deliveries`: one attempt of one delivery.
//!
//! The file is compiled from shared/queues as it is: the crate as a whole would bring the AWS SDK.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../shared/queues/src/body.rs"]
mod body;
#[allow(dead_code, reason = "it only reads here")]
#[path = "../../../shared/queues/src/delivery_message.rs"]
mod delivery_message;

use delivery_message::DeliveryMessage;

fuzz_target!(|body: &str| {
    let Ok(message) = DeliveryMessage::parse(body) else { return };
    assert!((1..=10).contains(&message.attempt), "attempt {}", message.attempt);
    assert!(is_schedule_name(&message.attempt_name()), "{:?}", message.attempt_name());
    assert!(message.attempt_name().ends_with(&message.attempt_key()));

    let written = message.to_json().expect("JSON");
    assert_eq!(
        DeliveryMessage::parse(&written).expect("a message"),
        message,
        "what was read reads otherwise"
    );
    let mut next = message.next();
    assert_ne!(next.attempt_name(), message.attempt_name(), "two attempts of one name");
    next.attempt -= 1;
    assert_eq!(next, message);
});

/// EventBridge Scheduler, `CreateSchedule`: the pattern of `Name`.
fn is_schedule_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}
