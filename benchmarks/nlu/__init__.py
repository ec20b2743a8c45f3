"""The NLU and the retrieval on public data sets: `python -m benchmarks.nlu`."""
