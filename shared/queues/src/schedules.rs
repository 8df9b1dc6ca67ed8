use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, Target,
};
use domain::Timestamp;
use environment::{InvalidVariable, parsed_var, required_var};

use crate::schedule_target::ScheduleTarget;
use crate::{DeliveryMessage, QueueError};

/// One-off schedules of EventBridge Scheduler that put a delivery's next attempt on the queue: SQS delays a message by 15
/// minutes at most, and a retry may be a day away.
#[derive(Debug, Clone)]
pub struct Schedules {
    client: Client,
    group: String,
    role_arn: String,
    target: ScheduleTarget,
    queue_url: String,
    dead_letters_arn: String,
}

impl Schedules {
    /// The schedule group, role, target and queues that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(client: Client) -> Result<Self, InvalidVariable> {
        Ok(Self {
            client,
            group: required_var("SCHEDULE_GROUP")?,
            role_arn: required_var("SCHEDULER_ROLE_ARN")?,
            target: parsed_var("SCHEDULE_TARGET_ARN", ScheduleTarget::parse)?,
            queue_url: required_var("SLOW_DELIVERIES_QUEUE_URL")?,
            dead_letters_arn: required_var("DELIVERIES_DLQ_ARN")?,
        })
    }

    /// Sends an attempt at a moment, to the minute. The schedule's name is the attempt's, so that scheduling it again does
    /// nothing; it is deleted after it fired.
    ///
    /// # Errors
    ///
    /// [`QueueError`] when the schedule was not made.
    pub async fn send_at(&self, message: &DeliveryMessage, at: Timestamp) -> Result<(), QueueError> {
        let target = Target::builder()
            .arn(self.target.arn())
            .role_arn(&self.role_arn)
            .input(self.target.input(message, &self.queue_url)?)
            .dead_letter_config(DeadLetterConfig::builder().arn(&self.dead_letters_arn).build())
            .build()?;
        let on_time = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build()?;
        let made = self
            .client
            .create_schedule()
            .group_name(&self.group)
            .name(message.attempt_name())
            .schedule_expression(at_expression(at))
            .flexible_time_window(on_time)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(target)
            .send()
            .await;
        match made {
            Err(error) if error.as_service_error().is_some_and(|error| error.is_conflict_exception()) => {
                Ok(())
            }
            made => made.map(|_| ()).map_err(QueueError::from),
        }
    }
}

/// `at(2024-10-29T05:20:00)`, UTC; the scheduler knows no fractions of a second.
fn at_expression(at: Timestamp) -> String {
    let moment = at.to_string();
    format!("at({})", moment.split('.').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use domain::{AccountId, CallId, DeliveryId, Event, Randomness, WebhookId};
    use environment::aws_client;
    use scripted_aws::{Answer, Asked, scripted};
    use serde_json::{Value, json};

    use super::*;

    const ROLE: &str = "arn:aws:iam::123456789012:role/scheduler";
    const QUEUE: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/webhooks-slow-deliveries";
    const DEAD_LETTERS: &str = "arn:aws:sqs:us-east-1:123456789012:webhooks-deliveries-dead-letters";

    fn at() -> Timestamp {
        Timestamp::from_millis(1_730_179_200_900)
    }

    fn message() -> DeliveryMessage {
        let random = Randomness::system();
        let (call, webhook) = (CallId::new(at(), &random), WebhookId::new(at(), &random));
        let delivery = DeliveryId::derived(&call, &webhook, at());
        DeliveryMessage::first(delivery, AccountId::new(at(), &random), webhook, call, Event::CallFinished)
            .next()
    }

    /// What the scheduler is asked for, and what comes of it when it answers this.
    async fn schedule(
        message: &DeliveryMessage,
        target: &str,
        answer: Answer,
    ) -> (Asked, Result<(), QueueError>) {
        let asked = Arc::<Mutex<Option<Asked>>>::default();
        let seen = Arc::clone(&asked);
        let config = scripted(move |request| {
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(request.clone());
            answer.clone()
        });
        let schedules = Schedules {
            client: aws_client!(aws_sdk_scheduler, &config),
            group: "webhooks-deliveries".into(),
            role_arn: ROLE.into(),
            target: ScheduleTarget::parse(target).expect("an ARN"),
            queue_url: QUEUE.into(),
            dead_letters_arn: DEAD_LETTERS.into(),
        };
        let made = schedules.send_at(message, at()).await;
        let asked = asked.lock().unwrap_or_else(PoisonError::into_inner).take().expect("a request");
        (asked, made)
    }

    fn made() -> Answer {
        Answer::ok(r#"{"ScheduleArn":"arn:aws:scheduler:us-east-1:123456789012:schedule/g/n"}"#)
    }

    /// `CreateSchedule` (API reference), and "Using universal targets" with the parameters of SQS's `SendMessage`.
    #[tokio::test]
    async fn a_schedule_sends_the_message_in_the_group_of_its_account() {
        let message = message();
        let (asked, done) = schedule(&message, "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", made()).await;
        done.expect("made");
        assert_eq!(asked.path, format!("/schedules/{}", message.attempt_name()));
        let mut body: Value = serde_json::from_str(&asked.body).expect("JSON");
        let input = body["Target"]["Input"].take();
        let input: Value = serde_json::from_str(input.as_str().expect("a text")).expect("JSON");
        assert!(body["ClientToken"].take().is_string());
        assert_eq!(
            body,
            json!({
                "GroupName": "webhooks-deliveries",
                "ScheduleExpression": "at(2024-10-29T05:20:00)",
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "ActionAfterCompletion": "DELETE",
                "ClientToken": null,
                "Target": {
                    "Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
                    "RoleArn": ROLE,
                    "DeadLetterConfig": {"Arn": DEAD_LETTERS},
                    "Input": null,
                },
            })
        );
        assert_eq!(
            input,
            json!({
                "QueueUrl": QUEUE,
                "MessageBody": message.to_json().expect("JSON"),
                "MessageGroupId": message.account_id.as_str(),
            })
        );
    }

    #[tokio::test]
    async fn a_queue_as_the_target_gets_the_message_itself() {
        let (message, queue) = (message(), "arn:aws:sqs:us-east-1:000000000000:local-slow-deliveries");
        let (asked, done) = schedule(&message, queue, made()).await;
        done.expect("made");
        let body: Value = serde_json::from_str(&asked.body).expect("JSON");
        assert_eq!(body["Target"]["Arn"], queue);
        assert_eq!(body["Target"]["Input"], message.to_json().expect("JSON"));
    }

    #[tokio::test]
    async fn a_schedule_that_is_there_is_no_error_and_any_other_refusal_is() {
        let refused = async |status, code: &str| {
            let answer = Answer::Status(status, format!(r#"{{"__type":"{code}","Message":"{code} said"}}"#));
            schedule(&message(), "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", answer).await.1
        };
        refused(409, "ConflictException").await.expect("there");
        let said = refused(400, "ValidationException").await.expect_err("refused").to_string();
        assert!(said.contains("ValidationException said"), "{said}");
    }

    #[test]
    fn a_schedule_is_in_utc_to_the_second() {
        assert_eq!(at_expression(at()), "at(2024-10-29T05:20:00)");
    }
}
