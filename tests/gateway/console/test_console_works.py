"""Measuring, publishing and taking back in the console; figures; advice."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from console_person import Person
from history import Written

from gateway.console import adviser, going, jobs
from gateway.console.ending import outdated, went
from gateway.console.freshness import mark, model_is_stale, spacy_is_stale
from gateway.console.jobs import Job
from gateway.console.live import Live
from gateway.console.measured import fingerprint, is_measured, note_measured
from gateway.console.parts import Console
from gateway.store.tables import now
from release.publish import Stopped
from release.replay import Answer, Change, Differences
from release.settings import ReleaseSettings

HERE = Path(__file__).parent
OLD, NEW = "2026-11-01T12:00+00:00", "2026-11-30T12:00+00:00"


@pytest.fixture(autouse=True)
def played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "COMMAND", (sys.executable, str(HERE / "fake_work.py")))


async def until(holds: Callable[[], Any], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


def last(console: Console, kind: str) -> Job:
    found = console.jobs.last(kind)
    assert found is not None
    return found


# Measuring


async def test_measuring_goes_on_by_itself_and_is_seen(trainer: Person, console: Console) -> None:
    answer = await trainer.post("/medicao", {"tipo": "quick"})
    assert answer.status_code == 303
    await until(lambda: not last(console, "measure").runs)
    page = (await trainer.get("/medicao")).text
    assert "Medição pronta." in page and "Treinando o modelo" in page
    assert "lendo as frases &lt;b&gt;" in page
    piece = await trainer.get("/medicao/andamento")
    assert "Medição pronta." in piece.text and "<html" not in piece.text


async def test_one_work_at_a_time(trainer: Person, second: Person, console: Console) -> None:
    await trainer.post("/medicao", {"tipo": "full"})
    for path in ("/medicao", "/versoes/preparar", "/versoes/voltar", "/medicao/aceitar"):
        answer = await second.post(path)
        assert answer.status_code == 409 and "em andamento" in answer.text, path
    assert "Ana começou uma medição" in (await second.get()).text
    await console.jobs.stop()
    assert "parou antes do fim" in last(console, "measure").text
    assert (await second.post("/medicao")).status_code == 303


async def test_a_work_that_cannot_begin_blocks_no_other(
    trainer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = jobs.COMMAND
    monkeypatch.setattr(jobs, "COMMAND", ("/nada/python",))
    for path, page in (("/medicao", "/medicao"), ("/versoes/preparar", "/versoes")):
        assert (await trainer.post(path)).status_code == 303
        assert "não pôde começar" in (await trainer.get(page)).text
    monkeypatch.setattr(jobs, "COMMAND", real)
    assert (await trainer.post("/versoes/preparar")).status_code == 303


async def test_an_answer_to_a_work_that_died_is_asked_by_nobody(
    trainer: Person, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trainer.post("/versoes/preparar")
    await until(lambda: last(console, "release").ask)
    process = console.jobs._process
    assert process is not None and process.stdin is not None

    async def gone() -> None:
        raise ConnectionResetError

    monkeypatch.setattr(process.stdin, "drain", gone)
    form = {"versao": "2026-11-30.1", "resposta": "publicar"}
    answer = await trainer.post("/versoes/responder", form)
    assert answer.status_code == 409 and "já foi respondida" in answer.text


async def test_the_report_runs_nothing(trainer: Person, root: Path) -> None:
    (root / "results").mkdir()
    (root / "results/evaluation.html").write_text("<style>b{}</style><script>x()</script>")
    (root / "results/evaluation.json").write_text(json.dumps({"date": "2026-11-29T12:00+00:00"}))
    page = (await trainer.get("/medicao")).text
    assert '<iframe class="report" src="/treinador/medicao/relatorio" sandbox' in page
    report = await trainer.get("/medicao/relatorio")
    policy = report.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox;") and "default-src 'none'" in policy
    assert "script-src" not in policy and "frame-ancestors 'self'" in policy


async def test_a_measurement_becomes_the_reference(
    trainer: Person, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = iter([1, 0, 0])
    for name in ("results", "reports"):
        (root / name).mkdir()
    (root / "results/evaluation.html").write_text("<p>x</p>")
    measure(root, OLD)

    async def accept(folder: Path) -> int:
        assert folder == root
        if not (code := next(codes)):
            date = json.loads((root / "results/evaluation.json").read_text())["date"]
            (root / "reports/accepted.json").write_text(json.dumps({"measured": date}))
        return code

    monkeypatch.setattr("gateway.console.pages.measuring._accept", accept)
    page = (await trainer.get("/medicao")).text
    first = Person.fields(page)
    assert first["medida"] == OLD and "Substituir a referência" not in page
    assert (await trainer.post("/medicao/aceitar", first)).status_code == 422
    assert (await trainer.post("/medicao/aceitar", first)).status_code == 303
    assert "medição aceita como referência" in (await trainer.get("/historico")).text
    page = (await trainer.get("/medicao")).text
    assert "Este relatório é a referência." in page and "Usar como referência" not in page
    measure(root, NEW)
    page = (await trainer.get("/medicao")).text
    assert "Substituir a referência de 01/11/2026" in page and f'value="{OLD}" required' in page
    for form, code in (
        (first, 409),
        ({"medida": NEW}, 422),
        ({"medida": NEW, "certeza": NEW}, 422),
    ):
        assert (await trainer.post("/medicao/aceitar", form)).status_code == code
    form = {"medida": NEW, "certeza": OLD}
    assert (await trainer.post("/medicao/aceitar", form)).status_code == 303
    entry = json.loads((root / "var/audit.jsonl").read_text().splitlines()[-1])
    assert (entry["before"], entry["after"]) == (OLD, NEW)


def measure(root: Path, date: str) -> None:
    (root / "results/evaluation.json").write_text(json.dumps({"date": date}))


# Versions


def activated(console: Console, *stack: str) -> None:
    console.release.bundles.mkdir(parents=True, exist_ok=True)
    state = {"stack": stack, "seen": dict.fromkeys(stack, ""), "log": []}
    (console.release.bundles / "active.json").write_text(json.dumps(state))


ONLY = "Esta é a primeira versão publicada: ainda não há outra a que voltar."
PROMISE = "</a> à versão anterior em segundos."


async def test_one_version_alone_has_none_to_go_back_to(trainer: Person, console: Console) -> None:
    assert ONLY not in (await trainer.get("/versoes")).text
    for stack in (["2026-11-29.1"], ["2026-11-29.1", "2026-11-29.2"]):
        activated(console, *stack)
        assert (ONLY in (await trainer.get("/versoes")).text) == (len(stack) == 1)
        assert (PROMISE in (await trainer.get()).text) == (len(stack) == 2)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Ela vale quando o assistente for ligado."),
        ({"runs": True, "serving": "2", "wanted": "1"}, "A versão 1 está voltando ao ar."),
        ({"runs": True, "serving": "1", "wanted": "1"}, "A versão 1 voltou ao ar."),
        ({"runs": True}, ""),  # from the folder by choice
        ({"active": "2", "runs": True, "serving": "2"}, ""),  # published since
    ],
)
def test_what_is_said_of_a_version_taken_back_is_true(said: dict[str, Any], words: str) -> None:
    found = went("back", "1", None, Live(**{"active": "1", **said}))
    assert words in found and bool(words) == bool(found)


def test_how_a_release_ended_is_told_as_long_as_it_is_true() -> None:
    job = Job("release", "Ana", datetime.now(UTC), version="2", text="Versão 2 no ar.")
    assert went("publishing", "2", job, Live("1")) == "Publicando…"
    assert not outdated(job, Live("1"))
    job.end(True, "Versão 2 publicada. Ela vale quando o assistente for ligado.")
    assert not went("publishing", "2", job, Live("2")) and not outdated(job, Live("2"))
    assert outdated(job, Live("2", runs=True, serving="2")) and outdated(job, Live("1"))
    late = Job("release", "Ana", datetime.now(UTC), version="2")
    late.end(False, "A versão 2 ainda não está no ar.")
    assert outdated(late, Live("2", runs=True, serving="2"))
    assert not outdated(late, Live("2", runs=True, serving="1"))


async def test_differences_are_shown_and_accepted(trainer: Person, console: Console) -> None:
    assert (await trainer.post("/versoes/preparar")).status_code == 303
    await until(lambda: last(console, "release").ask)
    page = (await trainer.get("/versoes")).text
    assert "Publicar a versão 2026-11-30.1?" in page and "Melhor compreendidas: 1" in page
    assert "o &lt;b&gt;omni&lt;/b&gt; parou" in page and "nova “Cabo”" in page
    other = await trainer.post(
        "/versoes/responder", {"versao": "2026-01-01.1", "resposta": "publicar"}
    )
    assert other.status_code == 409 and last(console, "release").runs
    form = {"versao": "2026-11-30.1", "resposta": "publicar"}
    answer = await trainer.post("/versoes/responder", form)
    assert answer.status_code == 303 and "foi=publishing" in answer.headers["Location"]
    await until(lambda: not last(console, "release").runs)
    activated(console, "2026-11-30.1")
    page = (await trainer.http.get(answer.headers["Location"])).text
    assert "Versão 2026-11-30.1 no ar." in page and "Publicando…" not in page
    piece = "/medicao/andamento?de=release"
    assert "Versão 2026-11-30.1 no ar." in (await trainer.get(piece)).text
    activated(console, "2026-11-29.1")  # taken back: what was said of it is past
    for path in ("/versoes", piece):
        assert "Versão 2026-11-30.1 no ar." not in (await trainer.get(path)).text, path
    assert (await trainer.post("/versoes/responder", form)).status_code == 409
    assert "publicação confirmada" in (await trainer.get("/historico")).text


async def test_a_no_publishes_nothing(trainer: Person, console: Console) -> None:
    await trainer.post("/versoes/preparar")
    await until(lambda: last(console, "release").ask)
    form = {"versao": "2026-11-30.1", "resposta": "nao"}
    answer = await trainer.post("/versoes/responder", form)
    await until(lambda: not last(console, "release").runs)
    assert "Não será publicada." in (await trainer.http.get(answer.headers["Location"])).text
    assert "Nada foi publicado." in (await trainer.get("/versoes")).text


async def test_the_version_before_comes_back(
    trainer: Person, console: Console, tmp_path: Path
) -> None:
    from tests.release.conftest import Workshop, model

    shop = Workshop(replace(console.release, root=tmp_path / "shop", key=tmp_path / "k.pem",
                            trusted=(str(tmp_path / "k.pub"),)))  # fmt: skip
    console.__dict__["release"] = replace(console.release, trusted=shop.settings.trusted)
    from release.keys import make_private

    make_private(tmp_path / "k.pem", tmp_path / "k.pub")
    for name, text in (
        ("models/omni.tar.gz", model("m")),
        ("domain.yml", "x: y"),
        ("models/spacy/omni_pt/meta.json", "{}"),
        ("knowledge/labels.yml", "a: b"),
    ):
        shop.write(name, text)
    for version in ("2026-11-29.1", "2026-11-29.2"):
        shop.publish(version)
    page = (await trainer.get("/versoes")).text
    assert "Voltar à versão 2026-11-29.1" in page and "91,0" in page
    stale = await trainer.post("/versoes/voltar", {"versao": "2026-11-29.1"})
    assert stale.status_code == 409 and console.shelf.read().active == "2026-11-29.2"
    answer = await trainer.post("/versoes/voltar", {"versao": "2026-11-29.2"})
    assert answer.status_code == 303 and console.shelf.read().active == "2026-11-29.1"
    page = (await trainer.http.get(answer.headers["Location"])).text
    assert "De volta à versão 2026-11-29.1." in page and ONLY not in page
    assert "Antes da versão 2026-11-29.1 não há outra a que voltar." in page
    assert "versão anterior de volta" in (await trainer.get("/historico")).text
    again = await trainer.post("/versoes/voltar", {"versao": "2026-11-29.1"})
    assert again.status_code == 422 and "Não há versão anterior" in again.text


@pytest.mark.parametrize(
    ("active", "serving", "wanted", "coming"),
    [
        ("1", "2", "2", "1"),  # taken back a moment ago
        ("1", "2", "1", "1"),
        ("1", "1", "1", None),
        ("1", None, None, None),  # from the folder by choice
        (None, "1", "1", None),
    ],
)
def test_which_version_takes_over(
    active: str | None, serving: str | None, wanted: str | None, coming: str | None
) -> None:
    assert Live(active, runs=True, serving=serving, wanted=wanted).coming == coming
    assert Live(active, runs=False, serving=serving, wanted=wanted).coming is None


@pytest.mark.parametrize("state", ["{", "[]", '{"stack": 1}'])
async def test_the_first_page_says_what_cannot_be_read(
    trainer: Person, console: Console, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    async def examine() -> None:
        raise RuntimeError("the doctor ended with 1")

    monkeypatch.setattr(console.doctor, "examine", examine)
    console.release.bundles.mkdir(parents=True, exist_ok=True)
    (console.release.bundles / "active.json").write_text(state)
    page = await trainer.get()
    assert page.status_code == 200 and "active.json não pode ser lido" in page.text
    assert "A conferência não terminou." in page.text and "Revisão" in page.text


async def test_the_first_page_names_a_setting_that_cannot_be_used(
    trainer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMNI_REPLAY_DAYS", "x")
    page = await trainer.get()
    assert page.status_code == 200 and "OMNI_REPLAY_DAYS" in page.text


def test_what_a_page_shows_of_differences_is_masked() -> None:
    change = Change("sou a Maria Silva, cpf 529.982.247-25", Answer("refused", ()),
                    Answer("opened", ("slowness",)))  # fmt: skip
    found = Differences(5, {"better": [change] * 60})
    shown = going.shown_differences(found, {"slowness": "Lentidão"})
    assert (shown["total"], shown["same"]) == (5, -55)
    (group,) = shown["groups"]
    assert group["count"] == 60 and len(group["examples"]) == going.MOST_EXAMPLES
    assert "Maria" not in str(shown) and "529" not in str(shown) and "Lentidão" in str(shown)


class Played(going.Runner):
    """A runner whose commands end with the given codes; what it tells is put into `told`."""

    def __init__(self, root: Path, codes: dict[str, int] | None = None) -> None:
        self.told: list[dict[str, Any]] = []
        self.codes = codes or {}
        super().__init__(root, lambda **event: self.told.append(event))

    def _run(self, module: list[str], hear: Callable[[str], None]) -> int:
        self.told.append({"ran": module})
        hear("lendo as frases")
        hear("FALHA slowness: English words")
        return self.codes.get(module[0], 0)

    def release(self, **more: Any) -> going.ConsoleRelease:
        return going.ConsoleRelease(ReleaseSettings(root=self.root), runner=self, **more)

    @property
    def ran(self) -> list[str]:
        return [" ".join(event["ran"]) for event in self.told if "ran" in event]


def test_a_step_that_fails_stops_the_release(root: Path) -> None:
    (root / "results").mkdir()
    for name, page in (("check", "conferência"), ("evaluate", "medição")):
        runner = Played(root, {f"trainer.{name}": 1})
        with pytest.raises(Stopped, match=f"Parou na {page}: .* Nada foi publicado"):
            runner.release()._step(name, [f"trainer.{name}"])
        assert runner.told[:1] == [{"step": name}] and len(runner.ran) == 1
        assert not any("FALHA" in event.get("line", "") for event in runner.told)


def test_the_doctor_is_asked_before_anything_long_and_again_only_after_a_change(root: Path) -> None:
    runner = Played(root)
    release = runner.release(checked=runner.check())
    release._step("check", ["trainer.check"])
    assert runner.ran == ["trainer.check"]
    (root / "data/situations/slowness.yml").touch()
    release._step("check", ["trainer.check"])
    assert runner.ran == ["trainer.check"] * 2


MEASURE, AGAIN = "trainer.evaluate --quick --stages", "trainer.evaluate --again"


def test_what_was_measured_is_only_compared_again(root: Path) -> None:
    (root / "results").mkdir()
    runner = Played(root)
    for _ in range(2):
        runner.release()._step("evaluate", None)
    assert runner.ran == [MEASURE, AGAIN]
    (root / "reports").mkdir()
    (root / "reports/accepted.json").write_text("{}")  # "Usar como referência" changes no file
    runner.release()._step("evaluate", None)
    assert runner.ran == [MEASURE, AGAIN, AGAIN]
    assert any("não foi preciso medir" in event.get("line", "") for event in runner.told)
    runner.codes = {"trainer.evaluate": 1}  # and a drop stays one
    with pytest.raises(Stopped):
        runner.release()._step("evaluate", None)
    for file in ("knowledge/articles.yml", "data/situations/slowness.yml", "config.yml"):
        note_measured(root, fingerprint(root), 0)
        assert is_measured(root)
        (root / file).write_bytes((root / file).read_bytes() + b"\n")
        assert not is_measured(root), file
    note_measured(root, fingerprint(root), 0)
    (root / "results/evaluation.json").write_text("{}")
    assert not is_measured(root)


def test_what_is_changed_while_it_is_measured_was_not_measured(root: Path) -> None:
    (root / "results").mkdir()
    file = root / "config.yml"
    for change, code in ((b"\n", 0), (b"", 2)):

        class Changing(Played):
            def _run(
                self, module: list[str], hear: Callable[[str], None], change: bytes = change
            ) -> int:
                file.write_bytes(file.read_bytes() + change)
                return super()._run(module, hear)

        runner = Changing(root, {"trainer.evaluate": code})
        assert runner.release()._measured() == code and not is_measured(root)


def test_what_is_changed_while_it_is_made_is_newer_than_it(root: Path) -> None:
    file = root / "models/omni.tar.gz"

    class Making(going.Runner):
        def _or_stop(self, module: list[str]) -> None:
            (root / "data/situations/slowness.yml").touch()
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(b"")

    Making(root, lambda **_: None)._make("train", "models/omni.tar.gz", ["trainer.train"])
    assert model_is_stale(root)


def test_the_model_is_made_anew_where_its_files_changed(root: Path) -> None:
    assert model_is_stale(root) and spacy_is_stale(root)
    for file in ("models/omni.tar.gz", "models/spacy/omni_pt/meta.json"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes(b"")
        mark(root, file, time.time_ns())
    assert not model_is_stale(root) and not spacy_is_stale(root)
    later = now().timestamp() + 5
    os.utime(root / "knowledge/articles.yml", (later, later))
    assert not model_is_stale(root) and spacy_is_stale(root)
    os.utime(root / "data/situations/slowness.yml", (later, later))
    assert model_is_stale(root)
    mark(root, "models/omni.tar.gz", time.time_ns() + 10 * 10**9)
    assert not model_is_stale(root)
    (root / "data/ambiguous/slowness.yml").unlink()  # the folder alone tells
    os.utime(root / "data/ambiguous", (later + 10, later + 10))
    assert model_is_stale(root)


def test_a_works_lines_are_kept_within_bounds() -> None:
    job = Job("measure", "Ana", datetime.now(UTC))
    for n in range(1000):
        job.take({"line": str(n)})
    job.take({"end": False, "text": "parou"})
    job.take({"end": True, "text": "não"})
    assert len(job.lines) == jobs.MOST_LINES and (job.text, job.went_well) == ("parou", False)


# Advice


async def test_advice_is_shown_before_a_phrase_is_added(
    trainer: Person, monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    near = {"text": "o omni <i>lento</i>", "intent": "slowness", "closeness": 0.9, "source": "data"}
    turn = {"text": "a fila parou", "intent": "queue_hours", "source": "data", "change": "lost",
            "before": ["queue_hours", 0.8], "after": ["slowness", 0.6]}  # fmt: skip

    async def advise(_: Any, text: str, intent: str) -> dict[str, Any]:
        return {"text": text, "intent": intent, "verdict": "risky", "faults": [], "sure": True,
                "rivals": [{"intent": "slowness", "probability": 0.91, "nearest": [near]}],
                "copies": [near], "apart": [], "addresses": [], "turns": [turn]}  # fmt: skip

    monkeypatch.setattr(adviser.AdviserClient, "advise", advise)
    before = (root / "data/situations/slowness.yml").read_bytes()
    form = {"frases": "<b>a fila não anda</b>", "acao": "aconselhar"}
    page = await trainer.post("/frases/slowness/acrescentar", form)
    piece = await trainer.post("/conselho", {"frases": form["frases"], "intent": "slowness"})
    for answer in (page, piece):
        assert answer.status_code == 200 and "Cuidado" in answer.text and "91" in answer.text
        assert "&lt;b&gt;a fila não anda" in answer.text and "<b>a fila" not in answer.text
        assert "Deixariam de ser entendidas: 1" in answer.text
    assert (root / "data/situations/slowness.yml").read_bytes() == before


async def test_without_a_model_it_is_said(trainer: Person) -> None:
    form = {"frases": "a fila não anda", "intent": "slowness"}
    answer = await trainer.post("/conselho", form)
    assert answer.status_code == 200 and "Ainda não há modelo treinado" in answer.text


async def test_an_adviser_that_dies_is_started_again(
    trainer: Person, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"frases": "a fila não anda", "intent": "slowness"}
    await trainer.post("/conselho", form)
    process = console.adviser._process
    assert process is not None
    process.kill()
    answers = [(await trainer.post("/conselho", form)).text for _ in range(2)]
    assert "Ainda não há modelo" in answers[1]


# Figures


async def test_figures_with_dates_alarms_plots_and_files(trainer: Person, console: Console) -> None:
    written = Written()
    for _ in range(4):
        ana = written.person()
        written.says(ana, "lento", ("started", "slowness"), ("shown", "slowness", "maquina"))
        written.says(ana, "cadê", ("outcome", "slowness", "maquina", "menu_not_found"))
    await written.store(console.database)
    page = (await trainer.get("/uso")).text
    assert "O produto pode ter mudado" in page and "4 pessoas" in page
    assert page.count("<svg") > 1 and "<table>" in page and "style=" not in page
    assert "CPU e memória do computador" in (await trainer.get("/uso/slowness")).text
    data = await trainer.get("/uso/arquivo/figures.json")
    assert data.json()["situations"][0]["started"] == 4
    assert "attachment" in data.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO((await trainer.get("/uso/arquivo/checks.csv")).text)))
    assert rows[0]["check"] == "maquina" and rows[0]["menu_people"] == "4"
    empty = await trainer.get("/uso?de=2020-01-01&ate=2020-01-31")
    assert "Ninguém começou" in empty.text and 'value="2020-01-01"' in empty.text


@pytest.mark.parametrize("query", ["de=2026-12-31&ate=2026-01-01", "de=x", "ate=9999-12-31",
                                   "de=0001-01-01", "de=1900-01-01&ate=2026-01-01"])  # fmt: skip
async def test_dates_that_are_none_are_said(trainer: Person, query: str) -> None:
    answer = await trainer.http.get(f"/treinador/uso?{query}")
    assert answer.status_code == 422 and "Confira as datas" in answer.text
