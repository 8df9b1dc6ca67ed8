"""What the demo expects of the product; it stops at the first thing that is otherwise."""

from standardwebhooks import Webhook, WebhookVerificationError

from integrator import PATIENCE_S
from receiver import Received, Receiver
from settings import Problem


def check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Problem(f"the demo expected something else. {otherwise}")


def next_request(receiver: Receiver, *paths: str) -> Received:
    received = receiver.next(PATIENCE_S)
    check(received is not None, f"Nothing came to {' or '.join(paths)} within {PATIENCE_S} s.")
    check(received.path in paths, f"A second delivery, or one to nobody, came to {received.path}.")
    return received


def verified(received: Received, secret: str) -> dict:
    try:
        return Webhook(secret).verify(received.body, received.headers)
    except WebhookVerificationError as error:
        raise Problem(f"the signature of the request to {received.path} is not valid: {error}") from error
