"""What an endpoint makes of the masking of its answer costs its neighbours in the batch nothing."""

import completions
from accounts import Account
from receiver import Http

# Each place in such an answer begins like the value, and differs from it only after thousands of characters.
COMPARED_FOR_LONG = '"' + "+" * 3_385 + 'b";x'
AS_FOUR_PARTS = " ".join(f'={"+" * 850}{end}"' for end in "XYZW")
ANSWER = Http(200, body=b"+" * 16_384)


def test_a_neighbours_delivery_is_sent_once_and_logged_beside_twenty_answers_that_are_made_to_be_compared_for_long(
    api, account, dialer, receivers
):
    made, well = receivers.receiver(ANSWER), receivers.receiver()
    values = [COMPARED_FOR_LONG, AS_FOUR_PARTS] * 10
    hostile = [account.outbound(made.url, headers=[{"name": "X-Key", "value": value}]) for value in values]
    neighbour = Account.open(api)
    webhook = neighbour.outbound(well.url)

    for _ in range(3):
        dialer.send(completions.of_elsewhere(account))
        dialer.send(completions.of_elsewhere(neighbour))

    rows = neighbour.attempts_of(webhook, 3)
    assert [(row["attempt"], row["outcome"]) for row in rows] == [(1, "succeeded")] * 3
    for slow in hostile:
        rows = account.attempts_of(slow, 3)
        assert [(row["attempt"], row["outcome"]) for row in rows] == [(1, "succeeded")] * 3
        assert all(row["responseBody"].endswith("***") and len(row["responseBody"]) < 2_048 for row in rows)
    assert (len(well.requests), len(made.requests)) == (3, 3 * len(hostile))
