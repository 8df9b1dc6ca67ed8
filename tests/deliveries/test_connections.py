"""Connections to receivers: kept for a moment, and never shared by two accounts."""

import completions
from accounts import Account

ROUNDS = 20


def test_one_connection_never_carries_the_requests_of_two_accounts(api, dialer, receivers):
    accounts = {Account.open(api): receivers.receiver() for _ in range(2)}
    for account, receiver in accounts.items():
        account.outbound(receiver.url)

    def connections() -> list[list[int]]:
        return [[request.connection for request in receiver.requests] for receiver in accounts.values()]

    for number in range(1, ROUNDS + 1):
        for account, receiver in accounts.items():
            dialer.send(completions.of_elsewhere(account))
            receiver.await_requests(number)
        if number > 2 and all(len(set(used)) < len(used) for used in connections()):
            break
    one, another = connections()
    assert len(set(one)) < len(one) and len(set(another)) < len(another), "connections are kept"
    assert not set(one) & set(another)
