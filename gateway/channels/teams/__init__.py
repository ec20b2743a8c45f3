"""Adaptive Cards: messages and cases as activities for the Bot Connector."""
