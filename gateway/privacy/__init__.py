"""What is kept about a person: shown, exported, erased, and erased unasked after its time."""
