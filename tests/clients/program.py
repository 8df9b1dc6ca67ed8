"""What an integrator writes on top of the client that openapi-python-client makes from infra/openapi.yaml.

mypy reads it, and then it runs. It prints what it saw.
"""

import json
import os
from typing import TYPE_CHECKING

from webhooks_client import AuthenticatedClient
from webhooks_client.api.campaigns import create_campaign, list_campaigns
from webhooks_client.api.webhooks import create_webhook, get_webhook
from webhooks_client.models import (
    ApiError,
    CreatedInboundWebhook,
    InboundWebhook,
    ListCampaignsResponse200,
    NewCampaign,
    NewInboundWebhook,
)


def main() -> None:
    with AuthenticatedClient(base_url=os.environ["API_URL"], token=os.environ["API_KEY"]) as client:
        campaigns = list_campaigns.sync(client=client, limit=100)
        assert isinstance(campaigns, ListCampaignsResponse200)
        created = create_webhook.sync(client=client, body=NewInboundWebhook(direction="inbound", name="CRM leads"))
        assert isinstance(created, CreatedInboundWebhook)
        read = get_webhook.sync(created.id, client=client)
        assert isinstance(read, InboundWebhook)
        refused = create_campaign.sync_detailed(client=client, body=NewCampaign(name=""))
        assert isinstance(refused.parsed, ApiError)
        problem = refused.parsed.error
    if TYPE_CHECKING:
        _ = read.signing_secret  # type: ignore[attr-defined] # told once: a webhook that was read has none
    said = {
        "campaigns": [campaign.name for campaign in campaigns.items],
        "id": created.id,
        "signingSecret": created.signing_secret,
        "slug": read.slug,
        "createdAt": read.created_at.isoformat(),
        "refused": [refused.status_code, problem.code, problem.field],
    }
    print(json.dumps(said))


main()
