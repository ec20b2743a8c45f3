"""One text alone has the features, and gets the probabilities, that it has among others."""

from __future__ import annotations

import pytest
import yaml

from assistant.settings import ROOT
from benchmarks.serving.phrases import problems, training
from rasa_components.nlu.features import FEW
from rasa_components.nlu.linear import StagedTextModel

ODD = ["", " ", "xqzw", "😀", "Привет", "sim", "não", "não não não não", "e-mail " * 300]


@pytest.fixture(scope="module")
def fitted() -> StagedTextModel:
    lexicon = yaml.safe_load((ROOT / "rasa_components/nlu/concepts.yml").read_text("utf-8"))
    model = StagedTextModel(20.0, 1.0, lexicon)
    texts, labels = zip(*training(8), strict=True)
    model.fit(texts, labels, {"affirm": "reply", "deny": "reply"})
    return model


@pytest.fixture(scope="module", params=["fitted", "loaded"])
def model(request, fitted, tmp_path_factory) -> StagedTextModel:
    if request.param == "fitted":
        return fitted
    folder = tmp_path_factory.mktemp("model")
    fitted.save(folder)
    return StagedTextModel(1.0, 1.0, {}).load(folder)


@pytest.mark.parametrize("texts", [problems()[:300], [text for text, _ in training(3)], ODD])
def test_a_text_alone_is_the_same_to_the_last_bit(model, texts):
    among = model._features.of([*texts, *problems()[:FEW]])
    for place, text in enumerate(texts):
        row, alone = among[place], model._features.of([text])
        assert alone.shape == row.shape
        assert alone.indices.tolist() == row.indices.tolist(), text
        assert alone.data.tobytes() == row.data.tobytes(), text


def test_so_are_its_probabilities(model):
    for text in [*problems()[:300], *ODD]:
        alone, among = model.probabilities([text]), model.probabilities([text] * (FEW + 1))
        few = model.probabilities([text] * FEW)
        assert alone[0].tobytes() == few[-1].tobytes() == among[0].tobytes(), text
