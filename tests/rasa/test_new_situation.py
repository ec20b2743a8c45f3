"""A situation that is in no file: stubs, filled in, checked, trained by Rasa, and recognised."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.settings import ROOT
from trainer.advise import Adviser
from trainer.check import FAIL
from trainer.check.examine import examine
from trainer.situation import create, remove
from trainer.workbench import Workbench

NEW = "email_signature"
KEPT = 5
THINNED = ("data/situations/*.yml", "data/ambiguous/*.yml", "data/guide_replies.yml",
           "data/out_of_scope.yml")  # fmt: skip
THINGS = (
    "a assinatura",
    "a assinatura do rodapé",
    "o rodapé com o meu nome",
    "o logotipo do rodapé",
)
FAULTS = (
    "sumiu dos e-mails que eu respondo",
    "não sai embaixo da mensagem",
    "aparece cortada para quem lê",
    "continua com o cargo antigo",
    "está com o telefone errado",
    "saiu duplicada na resposta",
    "ficou toda desalinhada",
    "veio sem a imagem da empresa",
)
OPENINGS = ("", "bom dia, ", "desde ontem ", "aqui no setor ")
CHECK = {
    "title": "Cadastro da assinatura",
    "menu": ["Administrador", "E-mail", "Assinaturas"],
    "text": 'Abra a assinatura do seu grupo e veja se ela está em "Ativa".',
    "why": "Só a assinatura ativa é posta no fim das respostas.",
    "names": ["Ativa"],
    "question": "Depois disso, a assinatura apareceu?",
    "ask_admin": "Você poderia conferir, por favor, se a assinatura do nosso grupo está ativa?",
    "tried": ["conferi assinatura"],
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what `make train` reads, with a part of the phrases and without a model."""
    copy = tmp_path_factory.mktemp("root")
    for name in ("assistant", "actions", "rasa_components", "trainer", "knowledge", "data",
                 "tests/nlu"):  # fmt: skip
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for name in ("domain.yml", "config.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, copy / name)
    for path in (path for pattern in THINNED for path in copy.glob(pattern)):
        thin(path)
    (copy / "models").mkdir()
    (copy / "models/spacy").symlink_to(ROOT / "models/spacy")
    return copy


def thin(path: Path) -> None:
    """Leave one example of KEPT in a file of training data: enough to train on, in a fraction."""
    lines, among, kept, examples = list[str](), False, True, 0
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if not line.startswith("      "):
            among, kept = line.startswith("    examples:"), True
        elif among and line.startswith("      - "):
            kept, examples = examples % KEPT == 0, examples + 1
        lines += [line] * kept
    path.write_text("".join(lines), encoding="utf-8")


@pytest.fixture(scope="module")
def before(root: Path) -> dict[Path, bytes]:
    """The files of the copy as they are before the situation comes."""
    return files(root)


def files(root: Path) -> dict[Path, bytes]:
    found = (
        path for name in ("data", "knowledge", "tests/nlu") for path in (root / name).rglob("*.yml")
    )
    return {path: path.read_bytes() for path in (*found, root / "domain.yml")}


def failed(root: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for result in examine(root).of(FAIL):
        found.setdefault(result.rule, set()).add(result.file)
    return found


def fill_in(bench: Workbench) -> None:
    texts = {
        "title": "Assinatura de e-mail some ou sai errada",
        "module": "E-mail",
        "clarify": "A assinatura no fim dos e-mails some ou sai errada",
        "summary": "Vamos conferir se a assinatura está cadastrada e ativa.",
    }
    bench.set_situation(NEW, texts)
    bench.set_check(NEW, "primeira", CHECK)
    questions = [f"por que {thing} {fault}?" for thing in THINGS[:2] for fault in FAULTS[:4]]
    fields = {"title": "E-mail - Assinaturas", "questions": questions}
    bench.set_article(f"{NEW}_artigo", fields)
    bench.add_examples(NEW, [f"{o}{t} {f}" for o in OPENINGS[:3] for t in THINGS for f in FAULTS])


def set_apart(root: Path) -> None:
    """Someone else's phrases go into the files of their own."""
    for folder, most in (("heldout", 24), ("tuning", 3)):
        texts = [f"{folder}: {OPENINGS[3]}{t} agora {f}, e a gente precisa dela"
                 for t in THINGS for f in FAULTS][:most]  # fmt: skip
        path = root / "tests/nlu" / folder / f"{NEW}.yml"
        lines = "".join(f"      - {text.replace(': ', ' ')}\n" for text in texts)
        text = path.read_text(encoding="utf-8").replace('examples: ""\n', f"examples: |\n{lines}")
        path.write_text(text, encoding="utf-8")


def test_a_new_situation_is_filled_in_trained_and_recognised(root: Path, before: dict[Path, bytes]):
    assert before
    bench = Workbench(root, "Ana")
    create(bench, NEW)
    missing = failed(root)
    assert {"unfilled", "enough"} <= set(missing)
    assert f"knowledge/situations/{NEW}.yml" in missing["unfilled"]
    fill_in(bench)
    set_apart(root)
    assert failed(root) == {}
    train(root)
    adviser = Adviser.load(root)
    ranking = adviser.ranking("o rodapé com o meu telefone não aparece na resposta")
    assert ranking[0][0] == NEW
    assert ranking[0][1] > 0.65


def train(root: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "trainer.train", "models/omni.tar.gz"]
    done = subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)},
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


def test_it_is_taken_back_without_a_trace(root: Path, before: dict[Path, bytes]):
    remove(Workbench(root, "Ana"), NEW, force=True)
    assert files(root) == before
    lines = (root / "var/audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-1])["what"] == "situation.remove"
