"""Custom actions of the helpdesk peer, all of which rasa-sdk imports."""
