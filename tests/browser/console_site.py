"""The trainers' console on a copy of the project's files, with a trainer and some weeks of use."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gateway_process import ROOT, GatewayProcess
from history import Written

from gateway.store.engine import Database

PASSWORD = "uma senha de teste"
ASKED = [
    "quero a assinatura no fim do e-mail",
    "cadê a assinatura do e-mail",
    "assinatura some do e-mail",
    "<script>alert(1)</script> não abre",
    "meu ramal fica mudo",
]


def console_site(folder: Path) -> GatewayProcess:
    """Start a gateway whose console changes the copy."""
    project = folder / "project"
    for name in ("knowledge", "data", "tests/nlu"):
        shutil.copytree(ROOT / name, project / name)
    for name in ("domain.yml", "config.yml"):
        shutil.copy(ROOT / name, project / name)
    more = {
        "OMNI_TRAINER_ROOT": str(project),
        "OMNI_BUNDLES": str(folder / "bundles"),
        "OMNI_RUN": str(folder / "run"),
    }
    made = GatewayProcess(folder, "http://127.0.0.1:9", "http://127.0.0.1:9", more)
    _user(made, folder)
    _report(project)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _used(made.database)).result()
    made.start(ready="/healthz")
    return made


def _user(site: GatewayProcess, folder: Path) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD)
    command = [sys.executable, "-m", "gateway.console", "Ana", "--role", "trainer"]
    known = os.environ | {"OMNI_GATEWAY_DB": site.database, "OMNI_PASSWORD_FILE": str(secret)}
    said = subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True)
    assert said.returncode == 0 and "Ana" in said.stdout, said.stderr


def _report(project: Path) -> None:
    """The newest report of this folder, where somebody measured, else a small page."""
    real, made = ROOT / "results/evaluation.html", project / "results/evaluation.html"
    made.parent.mkdir(parents=True)
    small = "<!doctype html><html lang=pt-BR><title>Relatório</title><h1>Relatório</h1></html>"
    made.write_text(real.read_text() if real.exists() else small)
    (project / "results/evaluation.json").write_text('{"date": "2026-11-29T12:00+00:00"}')


async def _used(url: str) -> None:
    database, written = Database(url), Written()
    guide = [("started", "slowness"), ("shown", "slowness", "outra_rede")]
    ends = [
        ("solved", "slowness", None, "check"),
        ("stopped", "slowness"),
        ("handed_over", "slowness"),
    ]
    for n in range(9):
        person = written.person()
        written.says(person, "o omni está lento", *guide)
        lost = ("outcome", "slowness", "outra_rede", "menu_not_found")
        written.says(person, "não achei o menu", lost, *([ends[n % 3]] if n < 7 else []))
        other = written.person()
        more = [("started", "email_send_receive"), ("shown", "email_send_receive", "x")]
        written.says(other, "email não chega", *more)
    for text in ASKED:
        written.says(written.person(), text, trouble="unsure", candidates=["slowness"])
    await written.store(database)
    await database.close()
