"""Delivers conversations and cases to where the team is: Slack, Teams, e-mail, a ticket system."""
