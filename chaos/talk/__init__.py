"""People who talk through the public API, and the oracle over what they saw and what is stored."""
