"""The processes of one installation: a gateway, and pairs of Rasa and action server behind it."""
