"""The images: pinned, small, without root, and with every file that their programs import."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.known import DEPLOY, FOREIGN, PROBES, ROOT, settings

NAMES = ("gateway", "rasa", "actions")
# What each image starts, as an import in the environment that has its requirements.
STARTS = {
    "gateway": (
        ".venv-gateway",
        "import gateway.conversation.guessing, release.shelf; from gateway.app import create_app; "
        "from gateway.settings import Settings; create_app(Settings.from_env())",
    ),
    "rasa": (".venv", "import rasa_components.channel, rasa_components.nlu.decider"),
    "actions": (
        ".venv",
        "import rasa_components.stores.patience, actions.guide; actions.guide.world()",
    ),
}
REQUIREMENTS = {"gateway": "gateway.txt", "rasa": "rasa.txt", "actions": "actions.txt"}


def dockerfile(name: str) -> str:
    """Return a Dockerfile, continued lines joined and comments left out."""
    text = (DEPLOY / "docker" / f"{name}.Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return "\n".join(lines).replace("\\\n", " ")


def instructions(name: str, kind: str) -> list[str]:
    """Return what follows `kind`, stage by stage."""
    return re.findall(rf"(?m)^{kind} +(.+)$", dockerfile(name))


def copied(name: str) -> list[tuple[list[str], str]]:
    """Return what is copied from the repository, as (sources, target)."""
    found = [line.split() for line in instructions(name, "COPY") if not line.startswith("--from")]
    return [(words[:-1], words[-1]) for words in found]


@pytest.mark.parametrize("name", NAMES)
def test_base_images_are_pinned_to_a_release(name: str) -> None:
    for image in instructions(name, "FROM"):
        assert re.match(r"python:3\.\d+\.\d+-slim-bookworm( AS build)?$", image), image


@pytest.mark.parametrize(("name", "line"), [("gateway", 1), ("rasa", 0), ("actions", 0)])
def test_python_is_that_of_the_repository(name: str, line: int) -> None:
    versions = (ROOT / ".python-version").read_text().split()
    for image in instructions(name, "FROM"):
        assert image.startswith(f"python:{versions[line]}."), image


@pytest.mark.parametrize("name", NAMES)
def test_they_run_without_root_and_say_whether_they_are_well(name: str) -> None:
    assert instructions(name, "USER") == ["10001:10001"]
    (health,) = instructions(name, "HEALTHCHECK")
    port, path = re.search(r"127\.0\.0\.1:(\d+)(/[^\"]*)", health).groups()  # type: ignore[union-attr]
    assert instructions(name, "EXPOSE") == [port]
    assert path in PROBES[int(port)]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_copied_is_there_and_reaches_docker(name: str) -> None:
    let_in = [
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    ]
    for sources, _ in copied(name):
        for source in sources:
            assert (ROOT / source).exists(), source
            assert any(Path(source).is_relative_to(one) for one in let_in), source


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_installed_by_hash(name: str) -> None:
    text = dockerfile(name)
    assert "pip install --require-hashes --no-deps" in text
    assert f"requirements/{REQUIREMENTS[name]}" in text
    listed = (ROOT / "requirements" / REQUIREMENTS[name]).read_text()
    pins = re.findall(r"(?m)^[a-z0-9][\w.\[\]-]*==\S+ \\$", listed)
    assert len(pins) == len(re.findall(r"(?m)^[a-z0-9]", listed)) > 20


@pytest.mark.parametrize("name", NAMES)
def test_variables_are_known(name: str) -> None:
    for line in instructions(name, "ENV"):
        for variable in re.findall(r"(\w+)=", line):
            assert variable in settings() | FOREIGN, variable


@pytest.mark.parametrize("name", NAMES)
def test_its_program_starts_from_what_is_copied_alone(name: str, tmp_path: Path) -> None:
    for sources, target in copied(name):
        if not (target.startswith("/opt") or target.startswith("/tmp")):
            for source in sources:
                _copy(ROOT / source, tmp_path, target.removeprefix("/app").lstrip("/"), sources)
    environment, statement = STARTS[name]
    values = {"PYTHONPATH": str(tmp_path), "OMNI_CASES_URL": "sqlite://", "PATH": "/usr/bin:/bin"}
    found = subprocess.run(
        [str(ROOT / environment / "bin" / "python"), "-W", "ignore", "-c", statement],
        cwd=tmp_path,
        env=values | {"TF_CPP_MIN_LOG_LEVEL": "3", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr[-1500:]


def _copy(source: Path, folder: Path, target: str, sources: list[str]) -> None:
    place = folder / target
    if source.is_dir():
        shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
        return
    is_folder = target.endswith("/") or not target or len(sources) > 1
    (place if is_folder else place.parent).mkdir(parents=True, exist_ok=True)
    shutil.copy(source, place / source.name if is_folder else place)


def test_rasa_s_own_api_stays_off() -> None:
    assert "--enable-api" not in dockerfile("rasa")


def test_actions_are_pinned_as_for_rasa() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / "requirements" / name).read_text()
        return dict(re.findall(r"(?m)^([a-z0-9][\w.-]*)==(\S+)", text))

    rasa = pins("rasa.txt")
    assert {k: v for k, v in pins("actions.txt").items() if rasa.get(k, v) != v} == {}
    assert "tensorflow" not in pins("actions.txt")
    assert "rasa" not in pins("actions.txt")
