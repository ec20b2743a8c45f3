"""The text model on a handful of phrases: it learns, ranks, saves and loads the same."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rasa_components.nlu.classifier import ranked, shared, statements
from rasa_components.nlu.linear import StagedTextModel

PHRASES = {
    "mail": ["email nao chega", "caixa sem email", "o email atrasou", "email preso na caixa"],
    "chat": ["chat parado", "fila de chat cheia", "o chat nao abre", "chat sem operador"],
    "affirm": ["sim", "isso mesmo", "claro", "pode ser"],
    "deny": ["nao", "de jeito nenhum", "negativo", "nunca"],
}
GROUPS = {"affirm": "reply", "deny": "reply"}
TEXTS = [text for texts in PHRASES.values() for text in texts]
LABELS = [label for label, texts in PHRASES.items() for _ in texts]


def fitted() -> StagedTextModel:
    model = StagedTextModel(20.0, 1.0, {"situations": {}, "talk": {}, "world": {}})
    model.fit(TEXTS, LABELS, GROUPS)
    return model


@pytest.fixture(scope="module")
def model() -> StagedTextModel:
    return fitted()


def best(model: StagedTextModel, text: str) -> str:
    return model.classes[int(model.probabilities([text])[0].argmax())]


@pytest.mark.parametrize(
    ("text", "label"),
    [("meu EMAIL não chegou", "mail"), ("chats na fila", "chat"), ("siim", "affirm")],
)
def test_an_unseen_phrase_is_recognised(model, text, label):
    assert best(model, text) == label


def test_probabilities_sum_to_one(model):
    assert np.allclose(model.probabilities(TEXTS).sum(axis=1), 1.0, atol=1e-4)


def test_a_saved_model_answers_the_same_without_a_pickle(model, tmp_path):
    model.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".npz", ".json"}
    loaded = StagedTextModel(1.0, 9.0, {}).load(tmp_path)
    assert np.array_equal(loaded.probabilities(TEXTS), model.probabilities(TEXTS))


def test_the_same_data_give_the_same_model(model):
    assert np.array_equal(fitted().probabilities(TEXTS), model.probabilities(TEXTS))


def test_a_broken_model_is_an_error(model, tmp_path):
    model.save(tmp_path)
    (tmp_path / "model.json").write_text(json.dumps({}))
    with pytest.raises(KeyError):
        StagedTextModel(1.0, 1.0, {}).load(tmp_path)


@pytest.mark.parametrize("text", ["", "   ", "🙂", "a" * 10_000, "çãé " * 900])
def test_any_text_is_ranked(model, text):
    assert model.probabilities([text]).shape == (1, 4)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("os emails não chegam. a pesquisa também expirou ontem", 2),
        ("os emails não chegam e também a pesquisa de satisfação expirou", 2),
        ("os emails não chegam", 0),
        ("bom dia. os emails não chegam na caixa", 0),
    ],
)
def test_statements_are_split_where_each_can_mean_something(text, count):
    assert len(statements(text)) == count


def test_an_ambiguous_text_is_torn_between_its_labels_and_counts_once():
    rows = shared("nao funciona", ["mail", "chat"])
    assert [share for _, _, share in rows] == [0.5, 0.5]
    texts, labels, shares = zip(*rows, strict=True)
    torn = StagedTextModel(20.0, 1.0, {})
    torn.fit([*TEXTS, *texts], [*LABELS, *labels], GROUPS, {}, [*[1.0] * len(TEXTS), *shares])
    odds = dict(zip(torn.classes, torn.probabilities(["nao funciona"])[0], strict=True))
    assert odds["mail"] > 0.3 and odds["chat"] > 0.3


def test_a_class_of_few_phrases_is_believed_as_one_of_many():
    things = [f"{a} {b}" for a in ("email", "caixa", "chat", "fila") for b in "abcdefgh"]
    often = [(f"{text} parou", "mail") for text in things]
    often += [(f"{text} lento hoje", "slow") for text in things]
    rows = [*often, ("ramal mudo", "phone"), ("ramal sem som", "phone")]
    texts, labels = zip(*rows, strict=True)
    model = StagedTextModel(20.0, 1.0, {"situations": {}, "talk": {}, "world": {}})
    model.fit(texts, labels, {})
    lifted = model.probabilities(["o ramal do chat parou"])[0][model.classes.index("phone")]
    model._first.bias[model._first.classes.index("phone")] -= np.log(16)
    plain = model.probabilities(["o ramal do chat parou"])[0][model.classes.index("phone")]
    assert lifted > 1.5 * plain


def test_a_word_is_known_by_its_training(model):
    assert model.knows("meu EMAIL sumiu")
    assert not model.knows("fjdksla ghqpwo") and not model.knows("")


def test_letters_without_a_known_word_are_not_out_of_scope(model, monkeypatch):
    monkeypatch.setattr(model, "classes", ["mail", "out_of_scope"])
    monkeypatch.setattr(model, "probabilities", lambda texts: np.array([[0.1, 0.9]] * len(texts)))
    known, unknown = ranked(model, ["o email do jogo", "fjdksla ghqpwo"])
    assert [guess["name"] for guess in known] == ["out_of_scope", "mail"]
    assert [guess["name"] for guess in unknown] == ["mail"]
