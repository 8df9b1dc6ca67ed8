"""An account as it looks after a busy day, for the portal's pages to show: campaigns, calls of every kind, endpoints
that work, fail and are gone."""

import completions
from accounts import Account, eventually, unused_phone
from api import Api
from receiver import Http

PROMPT = """You are Alex, calling for Quillhaven Realty.

1. Ask whether this is a good moment. If not, offer to call back and say when.
2. Find out whether they still look for a house, where, and until when.
3. If they are interested, offer a viewing on Thursday or Saturday.

Be brief and friendly. Never quote a price."""

# first name, last name, company, warmth, sentiment, summary, what was said
RESULTS = [
    (
        "Maria",
        "Okafor",
        "Okafor & Daughters",
        "hot",
        "positive",
        "Maria wants to view the house on Mill Lane on Saturday and has her mortgage approved.",
        ["Is Saturday at ten fine?", "Ten is perfect. My mortgage is approved, so we can move fast."],
    ),
    (
        "Tomás",
        "Ferreira",
        "",
        "warm",
        "neutral",
        "Tomás is still looking, but not before the summer. He would like a list of houses near the school.",
        ["Are you still looking for a house?", "Yes, though not before June. Near the school would be best."],
    ),
    (
        "Ingrid",
        "Solheim",
        "Fjord Bakery",
        "cold",
        "neutral",
        "Ingrid has found a house and asks not to be called again.",
        ["Are you still looking for a house?", "No, we moved in March. Please take me off your list."],
    ),
    (
        "Wei",
        "Zhang",
        "Zhang Logistics",
        "hot",
        "positive",
        "Wei asks for a viewing of both houses on Harbour View this week.",
        ["Which of the two would you like to see?", "Both, if that can be done in one evening."],
    ),
    (
        "Aisha",
        "Rahman",
        "",
        "dead",
        "negative",
        "Aisha never asked for information and was annoyed by the call.",
        ["Hi, is this Aisha?", "I never signed up for this. Who gave you my number?"],
    ),
    (
        "Lukas",
        "Brandt",
        "Brandt Elektrotechnik",
        "warm",
        "positive",
        "Lukas is interested, and wants to talk to his wife first. Call back on Friday.",
        ["Would Thursday suit you for a viewing?", "Let me ask my wife first. Call me on Friday?"],
    ),
]


class Scene:
    def __init__(self, api: Api, jobs, dialer, receivers):
        self._jobs, self._dialer = jobs, dialer
        self.account = account = Account.open(api, credits=500)
        works = receivers.receiver()
        fails = receivers.receiver(Http(500, body=b'{"error":"the database is down"}'))
        gone = receivers.receiver(Http(410, body=b"this integration was removed"))
        self.inbound = account.webhook(
            direction="inbound", name="Website enquiries", responseWebhook={"url": fails.url + "/crm/calls"}
        )
        self.unused = account.webhook(direction="inbound", name="Open house sign-up")
        self.warehouse = account.webhook(
            direction="outbound",
            name="Data warehouse",
            url=works.url,
            headers=[{"name": "Authorization", "value": "Bearer t0ken-of-the-warehouse"}],
        )
        self.crm = account.webhook(
            direction="outbound",
            name="HubSpot",
            url=works.url,
            payload=account.preset("hubspot-call"),
            filter={"statuses": ["finished"], "warmth": ["hot", "warm"], "campaignIds": ["cmp_bulk_winter"]},
        )
        self.sales = account.webhook(direction="outbound", name="Sales channel", url=fails.url)
        self.old = account.webhook(direction="outbound", name="Old CRM", url=gone.url)
        self.campaign = account.campaign(
            self.inbound, name="Spring viewings", prompt=PROMPT, voice="alex", language="en-GB"
        )
        account.campaign(name="Win back", status="paused", language="en-US", voice="sam")
        account.campaign(name="Tenants' survey", status="draft", prompt=None)
        self.results = f"/campaigns/{self.campaign['id']}/results"
        self.calls = [self._conversation(*result) for result in RESULTS]
        self.missed = self._finished(self._ring("Nikos", "Papadakis"), status="missed")
        self.failed = self._finished(self._ring("Grace", "Mwangi"), status="failed")
        self.erased = self._finished(self._ring("Hendrika", "Vos"), summary="This will be gone.")
        assert account.delete(f"/calls/{self.erased}").status == 204
        self.queued = self._ring("Olivia", "Hart")["callId"]
        self.delivered = account.attempts_of(self.warehouse, n=len(RESULTS))

    def delivery_of(self, webhook, call_id: str) -> str:
        """The page of what this webhook was told of a call."""
        rows = self.account.read(f"{webhook.path}/deliveries", callId=call_id)["items"]
        return f"/{webhook.body['direction']}/{webhook.id}/deliveries/{rows[0]['deliveryId']}"

    def _ring(self, first: str, last: str, company: str = "") -> dict:
        """The job of a new call."""
        phone = unused_phone()
        recipient = {
            "phoneNumber": phone,
            "firstName": first,
            "lastName": last,
            "email": f"{first}.{last}@quillhaven.example".lower(),
            "companyName": company,
            "city": "Utrecht",
            "note": "Came in by the form on the website.",
        }
        assert self.account.trigger(self.inbound, recipient).status == 201
        return self._jobs.to(self.inbound, "phoneNumber", phone)

    def _finished(self, job: dict, **completion) -> str:
        self._dialer.send(completions.of_job(job, **completion))
        self.account.settled(job["callId"])
        return job["callId"]

    def _conversation(self, first, last, company, warmth, sentiment, summary, said) -> str:
        lines = [
            f"Hi {first}, this is Alex from Quillhaven Realty. Is this a good moment?",
            "Sure, go ahead.",
            *said,
            "Thank you, I will pass that on. Have a nice day!",
        ]
        return self._finished(
            self._ring(first, last, company),
            summary=summary,
            transcript=[
                {
                    "who": "user" if turn % 2 else "assistant",
                    "what": line,
                    "when": f"2024-10-29T14:{turn // 10:02}:{turn * 7 % 60:02}.000Z",
                }
                for turn, line in enumerate(lines)
            ],
            recording=f"https://recordings.example/{first.lower()}.mp3",
            duration=48 + len(summary),
            analysis={"sentiment": sentiment, "lead_warmth": warmth, "justification": f"{first} said so in the call."},
            actionItems=["Send the list of houses", "Put it into the CRM"] if warmth in ("hot", "warm") else [],
            tokensConsumed=1,
        )


def many_results(account: Account, dialer, n: int, **completion) -> str:
    """The id of a bulk campaign with that many calls."""
    for _ in range(n):
        dialer.send(completions.of_elsewhere(account, **completion))
    campaign = {"id": "cmp_bulk_winter"}
    eventually(lambda: _all_calls(account, campaign["id"]) >= n, f"{n} calls are recorded")
    return campaign["id"]


def _all_calls(account: Account, campaign_id: str) -> int:
    answer = account.get(f"/campaigns/{campaign_id}/calls", limit=100)
    if answer.status == 404:
        return 0
    page, n = answer.json(), 0
    while True:
        n += len(page["items"])
        if page["nextCursor"] is None:
            return n
        page = account.read(f"/campaigns/{campaign_id}/calls", limit=100, cursor=page["nextCursor"])
