"""Conversations at work: what comes in is stored, answered in order, and told to who listens."""
