"""What the metrics of the alarms come to on the stack under test, of what has happened since a moment."""

import re
from datetime import UTC, datetime, timedelta

from alarm_states import is_in_alarm
from filter_patterns import matches
from infra.local.cloudformation import read_template
from log_lines import lines_of
from nested_stacks import ALARMS, ALARMS_TEMPLATE, FILTERS, parameters, resolved

CRMS_ROUTE = "ANY /{slug}"
ACCESS_LOG = read_template()["Resources"]["DefaultStage"]["Properties"]["AccessLogSettings"]["Format"]


def access_line(**values: str) -> str:
    """A line as API Gateway writes it, by the format of the template. The emulator writes none."""
    return re.sub(r"\$context\.(\w+)", lambda found: values.get(found[1], "-"), ACCESS_LOG)


class Measuring:
    def __init__(self, stack):
        self._since = datetime.now(UTC)
        self.parameters = parameters(stack, ALARMS_TEMPLATE)
        # The status of each answer to a CRM, which the emulator does not count.
        self.answers: list[int] = []
        self._stack, self._cloudwatch, self._sqs = stack, stack.client("cloudwatch"), stack.client("sqs")

    def is_in_alarm(self, name: str) -> bool:
        return is_in_alarm(self.resolved(ALARMS[name]), self._value)

    def resolved(self, value):
        return resolved(value, {**self.parameters, **{name: f"webhooks-{name}" for name in ALARMS}})

    def _value(self, metric: dict) -> float | None:
        dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions", [])}
        match metric:
            case {"Namespace": "AWS/Lambda"}:
                return self._of_a_function(metric)
            case {"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible"}:
                url = self._sqs.get_queue_url(QueueName=dimensions["QueueName"])["QueueUrl"]
                asked = {"QueueUrl": url, "AttributeNames": ["ApproximateNumberOfMessages"]}
                return float(self._sqs.get_queue_attributes(**asked)["Attributes"]["ApproximateNumberOfMessages"])
            case {"Namespace": "AWS/ApiGateway", "MetricName": "Count"}:
                return float(len(self.answers))
            case {"Namespace": "AWS/ApiGateway", "MetricName": "5xx"}:
                return float(sum(status >= 500 for status in self.answers))
            case {"Namespace": "Webhooks/webhooks"}:
                return float(self._lines_for(metric["MetricName"]))
        raise NotImplementedError(metric)

    def _of_a_function(self, metric: dict) -> float | None:
        answer = self._cloudwatch.get_metric_statistics(
            Namespace=metric["Namespace"],
            MetricName=metric["MetricName"],
            Dimensions=metric["Dimensions"],
            StartTime=self._since,
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=3_600,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in answer["Datapoints"]) if answer["Datapoints"] else None

    def _lines_for(self, metric: str) -> int:
        """How often the filter of this metric finds something in its log."""
        filtered = FILTERS[metric]
        group = filtered["LogGroupName"]["Ref"]
        if group == "ApiAccessLogs":
            lines = [access_line(status=str(status), routeKey=CRMS_ROUTE) for status in self.answers]
        else:
            lines = lines_of(self._stack, group.removesuffix("Logs"), self._since)
        return sum(matches(filtered["FilterPattern"], line) for line in lines)
