"""Cases handed over to the team: who has the conversation, what an agent can do, and when."""
