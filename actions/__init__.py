"""Rasa's custom actions. rasa-sdk imports every submodule here, so nothing else lives here."""
