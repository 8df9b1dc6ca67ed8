"""Accounts of the product, made through the operator route as the product's own back end would."""

import json
import urllib.error
import urllib.request

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from settings import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, Problem


def open_account(api_url: str, name: str, credits: int) -> dict:
    """Makes an account and answers `{id, apiKey}`; the request is signed with SigV4, as AWS_IAM asks."""
    body = json.dumps({"name": name, "credits": credits})
    request = AWSRequest("POST", f"{api_url}/operator/accounts", {"Content-Type": "application/json"}, body)
    SigV4Auth(Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY), "execute-api", REGION).add_auth(request)
    sent = urllib.request.Request(request.url, body.encode(), dict(request.headers.items()), method="POST")
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sent, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Problem(
            f"POST /operator/accounts answered {error.code}: {error.read().decode(errors='replace')}"
        ) from error


def portal_link(api_url: str, api_key: str) -> str:
    """A link that opens the portal signed in, good for five minutes and one use."""
    request = urllib.request.Request(
        f"{api_url}/v1/portal-links", b"{}", {"Authorization": f"Bearer {api_key}"}, method="POST"
    )
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)["url"]
    except urllib.error.HTTPError as error:
        raise Problem(
            f"POST /v1/portal-links answered {error.code}: {error.read().decode(errors='replace')}"
        ) from error
