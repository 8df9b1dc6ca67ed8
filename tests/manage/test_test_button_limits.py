"""How many tests an account may make: three at once, and thirty in a minute of the clock."""

import time
from concurrent.futures import ThreadPoolExecutor

from accounts import eventually
from faults import reconfigured
from receiver import OK, Hang
from refusals import assert_refused
from tables import items_of


def press(account, url: str):
    return account.post("/webhooks/test", {"url": url})


def beginning_of_a_minute() -> None:
    eventually(lambda: time.time() % 60 < 30, "the minute is young", timeout=40)


def test_of_twenty_tests_at_once_three_are_made(account, receivers):
    hanging = receivers.receiver(Hang())
    webhook = account.outbound(hanging.url)
    started = time.monotonic()

    def one(n: int):
        answer = press(account, hanging.url) if n % 2 else account.post(f"{webhook.path}/test", {})
        return answer, time.monotonic() - started

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, range(20)))
    made = [answer for answer, _ in answers if answer.status == 200]
    refused = [(answer, took) for answer, took in answers if answer.status != 200]
    assert (len(made), len(refused), len(hanging.requests)) == (3, 17, 3)
    for answer, took in refused:
        assert_refused(answer, 429, "too_many_tests")
        assert 1 <= int(answer.headers["retry-after"]) <= 15
        assert took < 9
    # Those that were made have given their places back.
    well = receivers.receiver(OK)
    assert press(account, well.url).status == 200


def test_the_place_of_a_test_that_died_is_free_in_time(account, receivers, stack):
    well = receivers.receiver(OK)
    until = int(time.time() * 1000) + 3_000
    place = {"M": {"holder": {"S": "one that died"}, "until": {"N": str(until)}}}
    stack.client("dynamodb").put_item(
        TableName=stack.physical_ids["DeliveryLogs"],
        Item={
            "deliveryId": {"S": account.id},
            "attemptKey": {"S": "tests"},
            "version": {"N": "3"},
            "minute": {"N": "1"},
            "used": {"N": "3"},
            "places": {"L": [place] * 3},
        },
    )
    assert_refused(press(account, well.url), 429, "too_many_tests")
    eventually(lambda: press(account, well.url).status == 200, "a test is made", timeout=15)
    assert time.time() * 1000 >= until


def test_a_test_that_could_not_be_made_gives_its_place_back(account, receivers, stack):
    webhook = account.outbound(receivers.receiver(OK).url)
    no_key = f"arn:aws:kms:{stack.region}:000000000000:key/00000000-0000-0000-0000-000000000000"
    with reconfigured(stack, "Tester", SECRETS_KEY_ID=no_key):
        for _ in range(4):
            assert_refused(account.post(f"{webhook.path}/test", {}), 503, "temporarily_unavailable")
    assert account.post(f"{webhook.path}/test", {}).status == 200


def test_of_two_hundred_tests_in_a_minute_thirty_are_made(api, account, receivers):
    well = receivers.receiver(OK)
    beginning_of_a_minute()
    minute = int(time.time() // 60)
    answers = [press(account, well.url) for _ in range(31)]
    if int(time.time() // 60) == minute:
        assert [answer.status for answer in answers] == [200] * 30 + [429]
        assert_refused(answers[-1], 429, "too_many_tests")
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    with ThreadPoolExecutor(8) as pool:
        more = list(pool.map(lambda _: press(account, well.url).status, range(60)))
    assert set(more) <= {200, 429} and len(well.requests) <= 60


def test_ten_tests_of_a_webhook_in_a_row_are_made_and_each_pays_one_write_besides_its_row(account, receivers, stack):
    well = receivers.receiver(OK)
    webhook = account.outbound(well.url)
    assert [account.post(f"{webhook.path}/test", {}).status for _ in range(10)] == [200] * 10
    assert len(account.attempts_of(webhook, 10)) == 10
    (item,) = items_of(stack, "DeliveryLogs", deliveryId=account.id)
    assert item["version"] == {"N": "10"}  # each write makes another version


def test_what_is_counted_expires(account, receivers, stack):
    assert press(account, receivers.receiver(OK).url).status == 200
    (item,) = items_of(stack, "DeliveryLogs", deliveryId=account.id)
    assert 0 < int(item["expiresAt"]["N"]) - time.time() <= 24 * 60 * 60
    assert item["places"] == {"L": []}


def test_a_test_of_what_is_not_saved_is_in_the_operators_log_without_its_url(account, receivers, stack):
    receiver = receivers.receiver(OK, query="?token=very-secret-token")
    assert press(account, receiver.url).status == 200
    log = eventually(
        lambda: [line for line in log_lines(stack) if account.id in line and "not saved" in line],
        "the test is in the log",
    )
    assert len(log) == 1 and '"outcome":"succeeded"' in log[0].replace(" ", "")
    assert "very-secret-token" not in log[0] and receiver.url not in log[0]


def log_lines(stack) -> list[str]:
    logs = stack.client("logs")
    group = next(
        group["logGroupName"]
        for group in logs.describe_log_groups()["logGroups"]
        if group["logGroupName"].endswith("-tester")
    )
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    return [event["message"] for page in pages for event in page["events"]]
