"""Block Kit: messages, cases, windows and the app's home, as JSON for Slack's Web API."""
