"""`make bench`: the assistant beside Rasa's own pipelines, what a turn costs, and how it grows."""
