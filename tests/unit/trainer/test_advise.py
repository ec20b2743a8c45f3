"""Advice by a small model: what is near, what is known already, and what a phrase would turn."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest
import yaml
from sklearn.linear_model import LogisticRegression

from assistant.dialogue.turn import REPLIES
from assistant.settings import ROOT
from rasa_components.nlu.linear import StagedTextModel
from trainer.advise import Advice, Adviser, corpus, refit
from trainer.advise import __main__ as command
from trainer.advise.model import load_model
from trainer.phrases import read_phrases
from trainer.workbench.draft import Draft
from trainer.workbench.examples import examples_of

INTENTS = ("licenses", "slowness", "email_rules", "queue_hours", "out_of_scope", "resolved", "deny")
SOME = 60
C = 20.0
GROUPS = dict.fromkeys(REPLIES, "_reply")


def nlu(intent: str, examples: list[str]) -> str:
    lines = "".join(f"      - {text}\n" for text in examples)
    return f"nlu:\n  - intent: {intent}\n    examples: |\n{lines}"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven intents with sixty examples each, their model, and some tuning phrases."""
    made = tmp_path_factory.mktemp("advice")
    for folder in ("data/situations", "tests/nlu/tuning", "tests/nlu/heldout", "models"):
        (made / folder).mkdir(parents=True)
    real = Draft(ROOT)
    for intent in INTENTS:
        found = examples_of(real, intent)[1]
        text = nlu(intent, found[:SOME])
        (made / f"data/situations/{intent}.yml").write_text(text, encoding="utf-8")
        text = nlu(intent, found[SOME : SOME + 30])
        (made / f"tests/nlu/tuning/{intent}.yml").write_text(text, encoding="utf-8")
    held_out = nlu("licenses", ["estourou o teto de acessos contratados pela firma"])
    (made / "tests/nlu/heldout/licenses.yml").write_text(held_out, encoding="utf-8")
    config = (ROOT / "config.yml").read_text(encoding="utf-8")
    (made / "config.yml").write_text(config, encoding="utf-8")
    save(trained(read_phrases(made / "data")), made)
    return made


def trained(phrases: list[tuple[str, str]]) -> StagedTextModel:
    lexicon = yaml.safe_load((ROOT / "rasa_components/nlu/concepts.yml").read_text("utf-8"))
    model = StagedTextModel(C, 1.0, lexicon)
    intents, texts = zip(*phrases, strict=True)
    weights = {"out_of_scope": 3.0, "_reply": 0.25}
    model.fit(texts, intents, GROUPS, weights)
    return model


def save(model: StagedTextModel, root: Path) -> None:
    folder = root / "components/train_x.TfidfIntentClassifier3"
    folder.mkdir(parents=True)
    model.save(folder)
    with tarfile.open(root / "models/omni.tar.gz", "w:gz") as archive:
        archive.add(root / "components", "components")


@pytest.fixture(scope="module")
def adviser(root: Path) -> Adviser:
    return Adviser.load(root)


def test_the_model_is_read_without_rasa(root: Path):
    code = (
        "import sys; from pathlib import Path; from trainer.advise import Adviser;"
        f"Adviser.load(Path({str(root)!r})).advise('acabou a licença', 'licenses');"
        "assert not [m for m in sys.modules if m == 'rasa' or m.startswith('rasa.')]"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, check=True)


def test_the_probabilities_are_those_of_the_model(root: Path, adviser: Adviser):
    model = load_model(root / "models/omni.tar.gz")
    expected = model.probabilities(adviser.corpus.texts)
    assert np.allclose(adviser.before, expected, atol=1e-5)


def test_features_are_kept_and_only_new_phrases_counted(root: Path, monkeypatch):
    Adviser.load(root)
    counted: list[str] = []
    real = corpus.Parts.features
    count = lambda self, texts: (counted.extend(texts), real(self, texts))[1]  # noqa: E731
    monkeypatch.setattr(corpus.Parts, "features", count)
    again = Adviser.load(root)
    assert counted == []
    assert again.before.shape[0] == len(again.corpus.texts)


@pytest.mark.parametrize("spoilt", [b"", b"x" * 100])
def test_a_broken_cache_is_made_anew(root: Path, adviser: Adviser, spoilt: bytes):
    (root / "var/advice.npz").write_bytes(spoilt)
    assert np.allclose(Adviser.load(root).before, adviser.before, atol=1e-6)


def test_an_example_that_is_there_is_a_copy(adviser: Adviser):
    text = next(t for t, i in zip(adviser.corpus.texts, adviser.corpus.intents) if i == "licenses")
    advice = adviser.advise(text.upper() + "!", "licenses")
    assert advice.verdict == "copy"
    assert advice.copies[0].closeness == pytest.approx(1)
    assert advice.rivals[0].intent == "licenses"


def test_nearest_phrases_stand_with_their_intents(adviser: Adviser):
    advice = adviser.advise("o sistema está lento e a regra de e-mail não roda", "slowness")
    assert {rival.intent for rival in advice.rivals} >= {"slowness", "email_rules"}
    for rival in advice.rivals:
        assert all(near.intent == rival.intent for near in rival.nearest)
    closeness = [near.closeness for near in advice.rivals[0].nearest]
    assert closeness == sorted(closeness, reverse=True)


def test_a_phrase_that_is_understood_anyway_is_redundant(adviser: Adviser):
    advice = adviser.advise("a licença acabou e ninguém novo entra, faltou licença", "licenses")
    assert (advice.verdict, advice.sure) == ("redundant", True)


@pytest.mark.parametrize("text", ["...", "meu cpf é 529.982.247-25", "a\nb"])
def test_what_cannot_be_an_example_is_refused(adviser: Adviser, text: str):
    advice = adviser.advise(text, "licenses")
    assert advice.verdict == "refused"
    assert advice.faults and not advice.turns


def test_a_held_out_phrase_is_refused_without_showing_it(adviser: Adviser):
    advice = adviser.advise("estourou o teto de acessos contratados pela nossa firma", "licenses")
    assert advice.verdict == "refused"
    assert [file for file, _ in advice.apart] == ["tests/nlu/heldout/licenses.yml"]
    assert "pela firma" not in "\n".join(command.told(advice))


def test_an_intent_that_the_model_does_not_know_is_new(adviser: Adviser):
    advice = adviser.advise("o ramal do setor novo fica mudo quando toca", "ramal_mudo")
    assert (advice.verdict, advice.turns) == ("new", ())


def test_the_phrase_itself_would_be_understood_afterwards(adviser: Adviser):
    text = next(t for t, i in zip(adviser.corpus.texts, adviser.corpus.intents) if i == "slowness")
    row = adviser.features([text])
    after = adviser.probabilities_after([(row, "licenses")])
    at = adviser.corpus.texts.index(text)
    column = sorted(INTENTS).index("licenses")
    assert after[at, column] > adviser.before[at, column] + 0.2


def test_a_poisoned_example_turns_its_neighbours(adviser: Adviser):
    tuning = [
        (t, i)
        for t, i, s in zip(adviser.corpus.texts, adviser.corpus.intents, adviser.corpus.sources)
        if s == "tuning" and i == "slowness"
    ]
    turned = [turn for text, _ in tuning for turn in adviser.turns(text, "email_rules")]
    assert {turn.change for turn in turned} >= {"lost"}
    assert all(
        turn.before[0] == turn.intent != turn.after[0] for turn in turned if turn.change == "lost"
    )


def test_with_every_row_near_the_local_refit_is_the_true_one(monkeypatch):
    """Against a regression fitted anew to the last digit, on features of random words."""
    rng = np.random.default_rng(1)
    features = refit.sparse.random(120, 60, 0.2, "csr", random_state=rng, dtype=np.float64)
    labels = np.asarray(["a", "b", "c"])[rng.integers(0, 3, 120)]
    new = refit.sparse.random(1, 60, 0.3, "csr", random_state=rng, dtype=np.float64)
    before, after = (fit(x, y) for x, y in (
        (features, labels),
        (refit.sparse.vstack([features, new], "csr"), np.append(labels, "b")),
    ))  # fmt: skip
    known = refit.Known(features, labels, np.ones(120), refit.scores_of(before, features))
    weights, bias = refit.changed(before, known, new, "b", C, {"b": 2.0})
    assert np.abs(after.weights - before.weights).max() > 0.1
    assert np.allclose(before.weights + weights, after.weights, atol=0.02)
    assert np.allclose(before.bias + bias, after.bias, atol=0.02)


def fit(features, labels) -> refit.Head:
    model = LogisticRegression(
        C=C, solver="liblinear", multi_class="ovr", tol=1e-10, max_iter=10_000,
        class_weight={"b": 2.0},
    ).fit(features, labels)  # fmt: skip
    head = refit.Head(C)
    head.classes, head.weights, head.bias = list(model.classes_), model.coef_.T, model.intercept_
    return head


def test_the_command_tells_it_in_words(root: Path, monkeypatch, capsys):
    monkeypatch.setattr(command, "ROOT", root)
    monkeypatch.setattr(
        "sys.argv", ["advise", "a licença acabou de novo hoje", "--intent", "licenses"]
    )
    assert command.main() == 0
    assert "licenses: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Uso"),
        (["uma frase", "--intent", "nada"], "'nada' não existe"),
    ],
)
def test_the_command_says_what_is_wrong(root: Path, monkeypatch, capsys, arguments, says: str):
    monkeypatch.setattr(command, "ROOT", root)
    monkeypatch.setattr("sys.argv", ["advise", *arguments])
    assert command.main() == 1
    assert says in capsys.readouterr().err


def test_without_a_model_it_says_what_to_do(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["advise", "uma frase", "--intent", "licenses"])
    assert command.main() == 1
    assert "make train" in capsys.readouterr().err


def test_advice_can_be_json(adviser: Adviser):
    advice = adviser.advise("a licença acabou de novo hoje", "licenses")
    assert isinstance(advice, Advice)
    assert advice.as_dict()["intent"] == "licenses"
