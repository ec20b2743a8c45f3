"""deploy/compose.yml: by Compose's schema, and in agreement with the code."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from scripts.cluster.proxy import DEFAULTS
from tests.deploy.known import DEPLOY, settings

COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [f"{kind}-{n}" for kind in ("gateway", "rasa", "actions") for n in (1, 2)]


# They do one thing and end.
ONCE = {"bundle", "backup"}
MORE = sorted(DEPLOY.glob("compose.*.yml"))


def networks(name: str) -> set[str]:
    return set(SERVICES[name].get("networks", ()))


def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("file", [DEPLOY / "compose.yml", *MORE], ids=lambda file: file.name)
def test_it_is_of_compose_s_form(file: Path) -> None:
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.Draft7Validator(json.loads(schema.read_text())).validate(read(file))


def test_all_parts_are_there() -> None:
    assert set(SERVICES) == {*OURS, *ONCE, "nginx", "postgres", "redis"}


@pytest.mark.parametrize("file", MORE, ids=lambda file: file.name)
def test_what_is_added_is_for_services_that_are_there(file: Path) -> None:
    added = read(file)
    for name, service in added["services"].items():
        assert name in SERVICES
        assert set(service.get("environment", ())) <= settings()
        assert set(service.get("secrets", ())) <= set(added.get("secrets", ()))
        assert set(service.get("networks", ())) <= set(added.get("networks", ()))


@pytest.mark.parametrize("name", OURS)
def test_a_file_of_its_own_may_hold_more_settings(name: str) -> None:
    kind = name.split("-")[0]
    assert SERVICES[name]["env_file"] == [{"path": f"./secrets/{kind}.env", "required": False}]
    # What stands in the environment is stronger than the file.
    kept = {"OMNI_ORIGINS", "OMNI_RETENTION_DAYS", "OMNI_METRICS", "OMNI_EVENTS_URL"}
    assert not kept & set(SERVICES[name]["environment"])


def test_a_backup_reaches_no_server_of_ours_and_is_started_by_nobody() -> None:
    backup = SERVICES["backup"]
    assert backup["profiles"] == ["tools"]
    assert networks("backup") & set.union(*map(networks, [*OURS, "nginx"])) == {"data"}
    assert "backup" not in [name for one in SERVICES.values() for name in one.get("depends_on", ())]


def test_a_folder_of_certificates_stays_open(tmp_path: Path) -> None:
    (tmp_path / "tls").mkdir(mode=0o755)
    subprocess.run([str(DEPLOY / "make-secrets"), str(tmp_path)], check=True, capture_output=True)
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("name", SERVICES)
def test_each_is_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert "no-new-privileges:true" in service["security_opt"]
    if name != "postgres":  # its image changes its user itself
        assert service["cap_drop"] == ["ALL"]
    if name != "bundle":
        assert "mem_limit" in service
    if name not in ONCE:
        assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_variables_and_secrets_are_known(name: str) -> None:
    service = SERVICES[name]
    for variable, value in service.get("environment", {}).items():
        assert variable in settings(), variable
        if str(value).startswith("/run/secrets/"):
            assert Path(value).name in service["secrets"], variable
    assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])


def test_no_secret_stands_in_it() -> None:
    text = (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    assert not re.search(r"://\w+:[^@$]+@", text)
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            secret = re.search(r"PASSWORD|SECRET|TOKEN|_DB|_KEYS", variable)
            assert not secret or str(value).startswith("/run/secrets/"), variable


def test_images_are_pinned_to_a_release() -> None:
    for name, service in SERVICES.items():
        assert "build" in service or re.search(r":\d+\.\d+", service["image"]), name


def test_only_nginx_is_published_and_on_loopback_unless_told() -> None:
    published = {name: s["ports"] for name, s in SERVICES.items() if "ports" in s}
    assert published == {"nginx": ["${OMNI_PUBLISH:-127.0.0.1:8080}:8080"]}


def test_rasa_shares_no_network_with_nginx_nor_has_a_way_out() -> None:
    for name in (*OURS[2:], "postgres", "redis"):
        assert not networks(name) & networks("nginx"), name
        assert all(COMPOSE["networks"][one].get("internal") for one in networks(name)), name


def test_nginx_s_template_has_a_value_for_each_variable() -> None:
    template = (DEPLOY / "nginx" / "nginx.conf.template").read_text(encoding="utf-8")
    environment = SERVICES["nginx"]["environment"]
    wanted = set(re.findall(r"\$\{(OMNI_NGINX_\w+)\}", template))
    assert wanted == {name for name in environment if name.startswith("OMNI_NGINX_")}
    for name, value in DEFAULTS.items():
        assert environment[name] == f"${{{name}:-{value}}}"
    asked = re.findall(r"server ([\d.]+):8080", environment["OMNI_NGINX_GATEWAYS"])
    edges = [SERVICES[f"gateway-{n}"]["networks"]["edge"]["ipv4_address"] for n in (1, 2)]
    assert asked == edges


def test_gateways_believe_nginx_s_network_alone() -> None:
    subnet = COMPOSE["networks"]["edge"]["ipam"]["config"][0]["subnet"]
    for name in ("gateway-1", "gateway-2"):
        assert SERVICES[name]["environment"]["OMNI_TRUSTED_PROXIES"] == subnet


def test_a_version_is_unpacked_beside_the_others_and_served_from_there() -> None:
    *_, folder = SERVICES["bundle"]["command"]
    assert SERVICES["rasa-1"]["working_dir"] == folder
    for name in ("gateway-1", "actions-1"):
        assert SERVICES[name]["environment"]["OMNI_KNOWLEDGE_DIR"] == f"{folder}/knowledge"


def test_the_script_makes_every_secret_once(tmp_path: Path) -> None:
    command = [str(DEPLOY / "make-secrets"), str(tmp_path / "secrets")]
    subprocess.run(command, check=True, capture_output=True)
    made = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert set(made) == set(COMPOSE["secrets"])
    assert {f"./secrets/{name}" for name in made} == {
        s["file"] for s in COMPOSE["secrets"].values()
    }
    holding = [name for name in made if made["postgres_password"] in made[name]]
    assert holding == ["postgres_password"]
    assert len(made["gateway_secret"]) >= 32
    subprocess.run(command, check=True, capture_output=True)
    assert {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()} == made


def test_only_its_owner_enters_the_folder_of_secrets_and_containers_read_the_files(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)
    subprocess.run([str(DEPLOY / "make-secrets"), str(folder)], check=True, capture_output=True)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o644}


def test_no_password_is_on_a_command_line_of_redis() -> None:
    (check,) = SERVICES["redis"]["healthcheck"]["test"][1:]
    assert "REDISCLI_AUTH=" in check
    assert not re.search(r"\s(-a|--pass)\b", check)


def test_postgres_is_healthy_once_its_databases_are_there() -> None:
    """While its image makes them it answers on its socket alone."""
    assert SERVICES["postgres"]["healthcheck"]["test"][-2:] == ["-h", "127.0.0.1"]


def test_each_rasa_asks_the_action_server_of_its_pair() -> None:
    asked = SERVICES["gateway-1"]["environment"]["OMNI_ACTIONS_URL"].split(",")
    ours = [SERVICES[f"rasa-{n}"]["environment"]["OMNI_ACTIONS_URL"] for n in (1, 2)]
    assert ours == asked == ["http://actions-1:5055", "http://actions-2:5055"]
    assert SERVICES["rasa-1"]["environment"]["OMNI_VERSION"]


def test_only_postgres_has_the_superuser_s_password() -> None:
    holders = {
        name for name in SERVICES if "postgres_password" in SERVICES[name].get("secrets", ())
    }
    assert holders == {"postgres"}
    assert SERVICES["actions-1"]["secrets"] == ["cases_url"]


def test_secrets_stay_out_of_git() -> None:
    assert "/deploy/secrets/" in (DEPLOY.parent / ".gitignore").read_text().split()


def test_the_guide_s_commands_name_services_that_are_there() -> None:
    guide = (DEPLOY.parent / "docs" / "operating.md").read_text(encoding="utf-8")
    commands = re.findall(r"docker compose (?:up|stop|restart)\b([^\n`]*)", guide)
    named = {word for words in commands for word in words.split() if word[0] != "-"}
    assert named == {*OURS, "nginx", "postgres"}
    assert re.findall(r"docker compose run --rm (\w+)", guide)[0] == "bundle"
