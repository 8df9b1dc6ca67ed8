"""What the Test button sends: the documentation's own example, key by key."""

SAMPLE = {
    "type": "call.completed",
    "timestamp": 1730179200000,
    "webhook": {"id": "webhook_test_outbound_456", "type": "outbound"},
    "call": {
        "id": "call_test_abc123def456",
        "status": "finished",
        "recipient": {
            "phoneNumber": "+15555551234",
            "firstName": "Jessica",
            "lastName": "Smith",
            "email": "jessica.smith@example.com",
        },
        "summary": "Example call summary from the test button.",
        "transcript": [
            {"who": "assistant", "what": "Hi Jessica, this is Alex.", "when": "2024-04-30T14:00:03.000Z"},
            {"who": "user", "what": "I'm doing well, thanks for calling!", "when": "2024-04-30T14:00:05.000Z"},
        ],
        "recording": "https://storage.googleapis.com/atllas-call-recordings/test-recording-example.mp3",
        "duration": 123,
        "analysis": {"sentiment": "positive", "lead_warmth": "hot", "justification": "Example justification."},
        "tokensConsumed": 42,
    },
    "campaign": {"id": "campaign_test_xyz789", "name": "Example Campaign"},
}
