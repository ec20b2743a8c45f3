"""What a trainer sees of a measurement by name: before publishing, and where it stops."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from console_person import Person

from gateway.console import jobs
from gateway.console.jobs import Job
from gateway.console.live import live
from gateway.console.parts import Console
from gateway.console.steps import forecast, lasting, note_steps
from gateway.store.tables import now

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "COMMAND", (sys.executable, str(HERE / "fake_work.py")))


def measured(root: Path, **values: str) -> None:
    """Write a report in which situations have these values, 1 for a phrase that is understood."""
    rows = []
    for name, bits in values.items():
        missed = [{"text": f"{name} <{n}>", "way": "wrong", "taken": "licenses"}
                  for n, bit in enumerate(bits) if bit == "0"]  # fmt: skip
        rows.append({"key": f"intent/{name}", "n": len(bits), "values": bits, "missed": missed})
    table = [{"intent": name, "kind": "situation"} for name in values]
    found = {"date": "2026-11-30T12:00+00:00", "intents": rows, "table": table}
    (root / "results").mkdir(exist_ok=True)
    (root / "results/evaluation.json").write_text(json.dumps(found))
    (root / "results/evaluation.html").write_text("<p>x</p>")


async def change(trainer: Person) -> None:
    form = {"frases": "minha frase bem nova", "acao": "acrescentar"}
    assert (await trainer.post("/frases/slowness/acrescentar", form)).status_code == 303


async def asked(console: Console) -> Job:
    async with asyncio.timeout(10):
        while not (job := console.jobs.last("release")) or not (job.ask or job.ended):
            await asyncio.sleep(0.02)
    return job


async def test_ones_own_situation_is_told_by_name_with_its_phrases(
    trainer: Person, root: Path
) -> None:
    measured(root, slowness="1" * 15 + "0", licenses="1" * 10, email_rules="1" * 9 + "0" * 7)
    page = (await trainer.get("/medicao")).text
    assert "Lentidão" not in page and "15 de 16" not in page  # nobody changed it
    assert "9 de 16 frases de medição entendidas" in page and "pouco entendida" in page
    await change(trainer)
    page = (await trainer.get("/medicao")).text
    assert "15 de 16 frases de medição entendidas" in page
    assert "“slowness &lt;15&gt;”" in page and "tomada por “" in page
    assert "10 de 10" not in page and "Os arquivos mudaram depois desta medição" in page
    assert (
        "15 de 16 frases de medição entendidas" in (await trainer.get("/situacoes/slowness")).text
    )


async def test_what_fell_is_named_where_it_stops(trainer: Person, root: Path) -> None:
    measured(root, slowness="1111")
    sides = {"old": {"n": 40, "value": 1.0}, "new": {"n": 40, "value": 0.75}}
    fell = {"key": "intent/wait", "label": "wait", "group": "Intenção", "unit": "share",
            "lost": ["um <minuto>"], **sides}  # fmt: skip
    (root / "results/gate.json").write_text(json.dumps([fell]))
    page = (await trainer.get("/medicao")).text
    assert "um momento, ainda estou fazendo: <strong>de 40 para 30 de 40" in page
    assert "“um &lt;minuto&gt;”" in page and "wait" not in page


async def test_a_weak_situation_is_published_only_knowingly(
    trainer: Person, console: Console, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_WEAK", "slowness")
    measured(root, slowness="1" * 8 + "0" * 8)
    await trainer.post("/versoes/preparar")
    job = await asked(console)
    page = (await trainer.get("/versoes")).text
    assert 'name="ciente" value="slowness" required' in page
    assert "tem só 8 de 16 frases de medição entendidas" in page
    assert page.index("Atenção.") < page.index('value="publicar"')
    form = {"versao": job.ask, "resposta": "publicar"}
    refused = await trainer.post("/versoes/responder", form)
    assert refused.status_code == 422 and "Nada foi publicado." in refused.text and job.ask
    answer = await trainer.post("/versoes/responder", {**form, "ciente": "slowness"})
    assert answer.status_code == 303


async def test_not_publishing_asks_for_nothing(
    trainer: Person, console: Console, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_WEAK", "slowness")
    await trainer.post("/versoes/preparar")
    job = await asked(console)
    form = {"versao": job.ask, "resposta": "nao"}
    assert (await trainer.post("/versoes/responder", form)).status_code == 303


async def test_a_first_version_is_compared_with_nothing(
    trainer: Person, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_FIRST", "1")
    page = (await trainer.get("/versoes")).text
    assert "é a primeira versão" in page and "com as da versão no ar" not in page
    await trainer.post("/versoes/preparar")
    await asked(console)
    page = (await trainer.get("/versoes")).text
    assert "É a primeira versão: ainda não há outra com que comparar" in page


def serving(console: Console, **said: Any) -> None:
    found = {"pid": os.getpid(), "failed": {}, **said}
    console.release.run.mkdir(parents=True, exist_ok=True)
    (console.release.run / "serving.json").write_text(json.dumps(found))


async def test_a_page_says_one_truth_while_a_version_takes_over(
    trainer: Person, console: Console
) -> None:
    console.release.bundles.mkdir(parents=True, exist_ok=True)
    state = {"stack": ["2026-11-29.1"], "seen": {"2026-11-29.1": "", "2026-11-29.2": ""}, "log": []}
    (console.release.bundles / "active.json").write_text(json.dumps(state))
    serving(console, version="2026-11-29.2", wanted="2026-11-29.2")
    assert live(console).coming == "2026-11-29.1"
    page = (await trainer.get("/versoes")).text
    assert "A versão 2026-11-29.1 está entrando no ar" in page
    assert "é atendido pela versão 2026-11-29.2" in page
    assert 'content="5; url=/treinador/versoes"' in page and "data-runs" in page
    piece = await trainer.get("/versoes/no-ar")
    assert "data-runs" in piece.text and "<html" not in piece.text
    serving(console, version="2026-11-29.1", wanted="2026-11-29.1")
    page = (await trainer.get("/versoes")).text
    assert "entrando" not in page and "refresh" not in page and "data-runs" not in page
    assert "data-runs" not in (await trainer.get("/versoes/no-ar")).text


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59.6, "1 min"), (70, "1 min 10 s"), (725, "12 min")]
)
def test_times_in_words(seconds: float, words: str) -> None:
    assert lasting(seconds) == words


def test_how_long_it_takes_is_what_it_took(root: Path) -> None:
    assert "treinar 2 min" in forecast(root, ["check", "train"])
    job = Job("measure", "Ana", now())
    for name in ("check", "train"):
        job.take({"step": name})
    job.steps[0].began = job.steps[0].began.replace(year=2020)
    job.end(False, "parou")
    note_steps(root, job.steps)
    assert "treinar 2 min" in forecast(root, ["train"])  # it did not come to its end
    assert "treinar" not in forecast(root, ["check"])
    assert job.stopped_at == "train"
    again = Job("release", "Ana", now())
    for event in ({"step": "evaluate"}, {"unusual": True}, {"step": "replay"}):
        again.take(event)
    note_steps(root, again.steps)  # a measurement that was reused says nothing of a real one
    assert "medir 2 min 30 s" in forecast(root, ["evaluate"])
