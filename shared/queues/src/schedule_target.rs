use serde::Serialize;

use crate::{DeliveryMessage, QueueError};

/// What a schedule calls when its time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScheduleTarget {
    /// The scheduler's universal target for SQS's `SendMessage`. It can say the message's group, by which the queue is fair.
    SendMessage { arn: String },
    /// The queue itself, whose message can have no group. For an emulator that knows no universal targets.
    Queue { arn: String },
}

/// The input of the universal target: the parameters of `SendMessage`, as SQS's API reference writes them.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessageInput<'a> {
    queue_url: &'a str,
    message_body: String,
    message_group_id: &'a str,
}

impl ScheduleTarget {
    /// `arn:aws:scheduler:::aws-sdk:sqs:sendMessage`, or the ARN of a queue.
    pub(crate) fn parse(arn: &str) -> Result<Self, &'static str> {
        let parts: Vec<&str> = arn.split(':').collect();
        match parts.as_slice() {
            ["arn", _, "scheduler", "", "", "aws-sdk", "sqs", "sendMessage"] => {
                Ok(Self::SendMessage { arn: arn.to_owned() })
            }
            ["arn", _, "sqs", _, _, _] => Ok(Self::Queue { arn: arn.to_owned() }),
            _ => Err("neither the scheduler's sqs:sendMessage nor the ARN of a queue"),
        }
    }

    pub(crate) fn arn(&self) -> &str {
        match self {
            Self::SendMessage { arn } | Self::Queue { arn } => arn,
        }
    }

    /// What the schedule hands to the target, so that `message` comes to the queue at `queue_url`.
    pub(crate) fn input(&self, message: &DeliveryMessage, queue_url: &str) -> Result<String, QueueError> {
        let message_body = message.to_json()?;
        match self {
            Self::Queue { .. } => Ok(message_body),
            Self::SendMessage { .. } => Ok(serde_json::to_string(&SendMessageInput {
                queue_url,
                message_body,
                message_group_id: message.account_id.as_str(),
            })?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_the_universal_one_of_any_partition_or_a_queue() {
        for arn in
            ["arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "arn:aws-cn:scheduler:::aws-sdk:sqs:sendMessage"]
        {
            assert_eq!(ScheduleTarget::parse(arn), Ok(ScheduleTarget::SendMessage { arn: arn.to_owned() }));
        }
        let queue = "arn:aws:sqs:us-east-1:000000000000:slow";
        assert_eq!(ScheduleTarget::parse(queue), Ok(ScheduleTarget::Queue { arn: queue.to_owned() }));
        for wrong in
            ["", "arn:aws:scheduler:::aws-sdk:sqs:deleteQueue", "arn:aws:sns:us-east-1:000000000000:topic"]
        {
            assert!(ScheduleTarget::parse(wrong).is_err(), "{wrong}");
        }
    }
}
