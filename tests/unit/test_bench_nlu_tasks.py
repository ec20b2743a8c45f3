"""Reading the sets and drawing from them, on files of a few lines."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from assistant.dialogue.turn import OUT_OF_SCOPE
from benchmarks.nlu import data
from benchmarks.nlu.ours import COMPONENT, settings
from benchmarks.nlu.tasks import TASKS, few_shots


@pytest.fixture
def folder(tmp_path):
    files = {
        "banking77/train.csv": 'text,category\n"a, quoted",x\nb,y\nc,x\n',
        "banking77/test.csv": "text,category\nd,x\n",
        "banking77/fewshot_row_index.json": json.dumps({"train_5": [2, 1], "train_10": [0]}),
        "hwu64/train.tsv": "x\ta\n", "hwu64/train_10.tsv": "x\tb\n",
        "hwu64/valid.tsv": "x\tv\n", "hwu64/test.tsv": "y\tt\n",
        "clinc150/data_full.json": json.dumps({
            "train": [["a", "x"]], "val": [["b", "x"]], "test": [["c", "x"]],
            "oos_train": [["o", "oos"]], "oos_val": [["p", "oos"]], "oos_test": [["q", "oos"]],
        }),
        "braun_nlu_corpora/ChatbotCorpus.json": json.dumps({"sentences": [
            {"text": "a", "intent": "x", "training": True},
            {"text": "b", "intent": "None", "training": False},
        ]}),
        "tais_ptbr/tais_intents.jsonl": "".join(
            json.dumps({"intent": intent, "text": f"{intent} {n}"}) + "\n"
            for intent in ("oi", "out_of_scope") for n in range(25)
        ),
        "faquad/dataset.json": json.dumps({"data": [{"paragraphs": [
            {"context": "um", "qas": [{"question": "q1"}]},
            {"context": "dois", "qas": [{"question": "q2"}, {"question": "q3"}]},
        ]}]}),
    }  # fmt: skip
    for domain in ("banking", "credit_cards"):
        rows = [("train", "x", f"{domain} {n}") for n in range(40)]
        rows += [("test", "x", "t"), ("valid", "x", "v")]
        rows += [("id-oos/test", "oos", f"near {domain}"), ("id-oos/valid", "oos", "nv")]
        rows += [("ood-oos/test", "oos", "far")] if domain == "banking" else []
        files[f"clinc_single_domain_oos/{domain}.jsonl"] = "".join(
            json.dumps({"split": s, "label": label, "text": t}) + "\n" for s, label, t in rows
        )
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path


def test_banking_full_and_by_row_numbers(folder):
    assert data.banking77(folder, "full").train == [("a, quoted", "x"), ("b", "y"), ("c", "x")]
    assert data.banking77(folder, "5").train == [("c", "x"), ("b", "y")]


def test_hwu(folder):
    found = data.hwu64(folder, "10")
    assert (found.train, found.valid, found.test) == ([("b", "x")], [("v", "x")], [("t", "y")])


def test_sets_judged_on_intents_alone_have_no_out_of_scope(folder):
    (found,) = TASKS["banking77-full"](folder)
    assert not found.outside and not found.valid


def test_out_of_scope_of_clinc_is_learnt_under_our_name_only_where_it_should(folder):
    (plain,), (trained,) = TASKS["clinc150-full"](folder), TASKS["clinc150-oos-train"](folder)
    assert plain.train == [("a", "x")]
    assert trained.train == [("a", "x"), ("o", OUT_OF_SCOPE)]
    assert plain.outside == trained.outside == {"far": ["q"]}
    assert plain.outside_valid == ["p"]


def test_a_domain_has_its_own_near_and_the_common_far(folder):
    draws = TASKS["clinc-credit-cards-10"](folder)
    assert [len(draw.train) for draw in draws] == [10, 10, 10]
    assert draws[0].train != draws[1].train
    assert draws[0].outside == {"near": ["near credit_cards"], "far": ["far"]}
    assert len(TASKS["clinc-credit-cards-50"](folder)) == 1


def test_braun_keeps_the_official_split_and_none(folder):
    (found,) = TASKS["chatbot"](folder)
    assert (found.train, found.test) == ([("a", "x")], [("b", "None")])


def test_tais_is_cut_to_twenty_without_out_of_scope(folder):
    rows = data.tais(folder)
    assert Counter(label for _, label in rows) == {"oi": 20}
    folds = TASKS["tais"](folder)
    assert sorted(row for fold in folds for row in fold.test) == sorted(rows)
    assert not any(set(fold.train) & set(fold.test) for fold in folds)


def test_faquad_numbers_its_paragraphs(folder):
    assert data.faquad(folder) == (["um", "dois"], [("q1", 0), ("q2", 1), ("q3", 1)])


def test_few_shots_are_the_same_for_a_seed_and_never_twice_the_same_row():
    rows = [(f"{label}{n}", label) for label in "ab" for n in range(9)]
    found = few_shots(rows, 4, 1)
    assert found == few_shots(rows, 4, 1) != few_shots(rows, 4, 2)
    assert Counter(label for _, label in found) == {"a": 4, "b": 4}
    assert len(set(found)) == 8


def test_the_configuration_is_that_of_the_product():
    found = settings()
    assert found["name"] == COMPONENT
    assert {"c", "temperature", "weights"} <= set(found)
