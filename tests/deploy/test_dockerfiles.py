"""The images: pinned, small, without root, and with every file that their programs need."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
import yaml

from scripts.cluster.process import Process
from serving.ports import free_port
from tests.deploy.known import DEPLOY, FOREIGN, PROBES, ROOT, settings

SERVERS = ("gateway", "rasa", "actions")
NAMES = (*SERVERS, "backup")
# The environment that has each image's requirements.
ENVIRONMENTS = dict.fromkeys(("gateway", "backup"), ".venv-gateway") | dict.fromkeys(
    ("rasa", "actions"), ".venv"
)
START_SECONDS = 60.0
REQUIREMENTS = {
    "gateway": "gateway.txt",
    "rasa": "rasa.txt",
    "actions": "actions.txt",
    "backup": "gateway.txt",
}


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
        assert re.match(r"python:3\.\d+\.\d+-slim-(bookworm|trixie)( AS build)?$", image), image


@pytest.mark.parametrize(
    ("name", "line"), [("gateway", 1), ("rasa", 0), ("actions", 0), ("backup", 1)]
)
def test_python_is_that_of_the_repository(name: str, line: int) -> None:
    versions = (ROOT / ".python-version").read_text().split()
    for image in instructions(name, "FROM"):
        assert image.startswith(f"python:{versions[line]}."), image


@pytest.mark.parametrize("name", NAMES)
def test_they_run_without_root(name: str) -> None:
    assert instructions(name, "USER") == ["10001:10001"]


@pytest.mark.parametrize("name", SERVERS)
def test_servers_say_whether_they_are_well(name: str) -> None:
    (health,) = instructions(name, "HEALTHCHECK")
    port, path = re.search(r"127\.0\.0\.1:(\d+)(/[^\"]*)", health).groups()  # type: ignore[union-attr]
    assert instructions(name, "EXPOSE") == [port]
    assert path in PROBES[int(port)]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_copied_is_there_and_reaches_docker(name: str) -> None:
    own = DEPLOY / "docker" / f"{name}.Dockerfile.dockerignore"
    ignored = own if own.exists() else ROOT / ".dockerignore"
    let_in = [line[1:] for line in ignored.read_text().splitlines() if line[:1] == "!"]
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


@pytest.mark.parametrize(
    ("name", "port"), [("gateway", "8080"), ("actions", "5055")], ids=["gateway", "actions"]
)
def test_it_starts_and_is_well_with_what_is_copied_alone(
    name: str, port: str, tmp_path: Path
) -> None:
    free = str(free_port())
    command = [free if word == port else word for word in program(name)]
    (path,) = PROBES[int(port)]
    process = Process(
        name,
        [str(python(name)), *command[1:]],
        lambda: answers(f"http://127.0.0.1:{free}{path}"),
        tmp_path / "log",
        alone(name, tmp_path / "app") | {"OMNI_PORT": free, "SANIC_HOST": "127.0.0.1"},
        tmp_path / "app",
    )
    process.begin()
    try:
        process.wait(START_SECONDS)
    finally:
        process.stop()


def test_a_backup_starts_with_what_is_copied_alone(tmp_path: Path) -> None:
    run("backup", tmp_path, [*program("backup")[1:-1], "--help"])


def test_what_rasa_loads_by_name_is_copied(tmp_path: Path) -> None:
    """Rasa itself, with a model, is started by tests/e2e."""
    loaded = "import rasa_components.channel, rasa_components.nlu.decider, rasa_components.events"
    run("rasa", tmp_path, ["-W", "ignore", "-c", loaded])


def program(name: str) -> list[str]:
    """Return what a container of the image runs."""
    (entry,), (more,) = instructions(name, "ENTRYPOINT"), instructions(name, "CMD")[-1:]
    found: list[str] = json.loads(entry) + json.loads(more)
    return found


def python(name: str) -> Path:
    return ROOT / ENVIRONMENTS[name] / "bin" / "python"


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def run(name: str, folder: Path, arguments: list[str]) -> None:
    found = subprocess.run(
        [str(python(name)), *arguments],
        cwd=folder,
        env=alone(name, folder),
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr[-1500:]


def alone(name: str, folder: Path) -> dict[str, str]:
    """Copy what the image copies, and return an environment that knows nothing else."""
    for sources, target in copied(name):
        if not target.startswith(("/opt", "/tmp")):
            for source in sources:
                _copy(ROOT / source, folder, target.removeprefix("/app").lstrip("/"), sources)
    stores = {"OMNI_CASES_URL": "sqlite://", "OMNI_GATEWAY_DB": f"sqlite+aiosqlite:///{folder}/db"}
    return {
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        **stores,
    }


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


def test_what_dumps_is_no_older_than_the_server_of_compose() -> None:
    """pg_dump refuses a server that is newer than itself."""
    image = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]["postgres"]["image"]
    (client,) = re.findall(r"postgresql-client-(\d+)", dockerfile("backup"))
    assert int(client) >= int(re.search(r":(\d+)\.", image)[1])  # type: ignore[index]
