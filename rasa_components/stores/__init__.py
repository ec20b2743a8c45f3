"""Rasa's stores as this assistant needs them: they fail aloud, and nobody waits long for them."""
