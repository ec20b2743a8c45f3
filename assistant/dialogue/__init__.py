"""The conversation, turn by turn: state in, messages and state out."""
