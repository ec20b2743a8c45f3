import json
from collections import Counter

from benchmarks.baselines.phrases import sample
from benchmarks.baselines.record import keep, name_of, share, source_of
from trainer.evaluate.baselines import recorded

ROWS = [(f"{intent} {number}", intent) for intent in "ab" for number in range(30)] + [("c", "c")]


def test_a_sample_is_the_same_in_any_order_and_part_of_a_larger_one():
    few = sample(ROWS, 5)
    assert few == sample(ROWS[::-1], 5)
    assert set(few) < set(sample(ROWS, 6))
    assert Counter(intent for _, intent in few) == {"a": 5, "b": 5, "c": 1}
    assert [intent for _, intent in few] != sorted(intent for _, intent in few)
    assert sorted(sample(ROWS)) == sorted(ROWS)


def test_the_record_is_what_the_evaluation_reads(tmp_path):
    path = tmp_path / "reports/baselines.json"
    order = [name_of("nlpjs", None), name_of("ours", 40)]
    for name, first, day in ((order[1], 0.5, "2026-01-02"), (order[0], 0.25, "2026-01-03")):
        row = {"name": name, "first": first, "n": 4, "train_seconds": 1.0, "source": "x"}
        keep(path, row, day, order)
    keep(path, {**row, "first": 0.75}, "2026-01-04", order)
    found = recorded(path)
    assert [(one["name"], one["first"]) for one in found] == [(order[0], 0.75), (order[1], 0.5)]
    assert found[0]["measured"] == json.loads(path.read_text())["measured"] == "2026-01-02"
    assert "40" in order[1] and found[0]["source"] == "x"


def test_the_words_of_a_row():
    assert share(["a", "b"], ["a", "c"]) == 0.5
    assert "720" in source_of("ours", 720, "2026-01-02")
