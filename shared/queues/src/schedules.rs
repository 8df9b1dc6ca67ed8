use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, Target,
};
use domain::Timestamp;
use environment::{InvalidVariable, required_var};

use crate::{DeliveryMessage, QueueError};

/// One-off schedules of EventBridge Scheduler that put a delivery's next attempt on the queue: SQS delays a message by 15
/// minutes at most, and a retry may be a day away.
#[derive(Debug, Clone)]
pub struct Schedules {
    client: Client,
    group: String,
    role_arn: String,
    queue_arn: String,
    dead_letters_arn: String,
}

impl Schedules {
    /// The schedule group, role and queues that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(client: Client) -> Result<Self, InvalidVariable> {
        Ok(Self {
            client,
            group: required_var("SCHEDULE_GROUP")?,
            role_arn: required_var("SCHEDULER_ROLE_ARN")?,
            queue_arn: required_var("SLOW_DELIVERIES_QUEUE_ARN")?,
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
            .arn(&self.queue_arn)
            .role_arn(&self.role_arn)
            .input(message.to_json()?)
            .dead_letter_config(DeadLetterConfig::builder().arn(&self.dead_letters_arn).build())
            .build()?;
        let on_time = FlexibleTimeWindow::builder()
            .mode(FlexibleTimeWindowMode::Off)
            .build()?;
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
    use super::*;

    #[test]
    fn a_schedule_is_in_utc_to_the_second() {
        assert_eq!(at_expression(Timestamp::from_millis(1_730_179_200_900)), "at(2024-10-29T05:20:00)");
    }
}
