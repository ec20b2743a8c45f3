"""The package for Teams: its manifest within Teams' limits, its commands ours, its icons drawn."""

from __future__ import annotations

import json
import struct
import zipfile

import pytest

from gateway.channels.commands import Search, ShowCase, read_command
from scripts.teams_package import SOURCE, write
from tests.support.teams.signing import APP_ID

HOST = "omni.empresa.com.br"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    path = tmp_path_factory.mktemp("package") / "omni.zip"
    write(path, APP_ID, HOST)
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def manifest(package):
    return json.loads(package.read("manifest.json"))


def test_nothing_is_left_to_fill_in(package, manifest):
    text = package.read("manifest.json").decode()
    assert "00000000" not in text and "example.com" not in text
    assert manifest["id"] == manifest["bots"][0]["botId"] == APP_ID
    assert manifest["webApplicationInfo"]["id"] == APP_ID
    assert manifest["validDomains"] == [HOST]


def test_it_is_within_the_limits_of_its_schema(manifest):
    version = manifest["manifestVersion"]
    assert f"/v{version}/" in manifest["$schema"]
    assert len(manifest["name"]["short"]) <= 30 and len(manifest["name"]["full"]) <= 100
    assert len(manifest["description"]["short"]) <= 80
    assert len(manifest["developer"]["name"]) <= 32
    [bot] = manifest["bots"]
    assert bot["scopes"] == ["personal", "team", "groupChat"]


def test_its_commands_are_understood(manifest):
    [listed] = manifest["bots"][0]["commandLists"]
    titles = [command["title"] for command in listed["commands"]]
    assert titles == ["buscar", "caso", "ajuda"]
    assert read_command("buscar anexos no chat") == Search("anexos no chat")
    assert read_command("caso 123") == ShowCase(123)


def test_it_asks_for_no_more_than_it_says(manifest):
    asked = manifest["authorization"]["permissions"]["resourceSpecific"]
    assert asked == [{"name": "ChannelMessage.Read.Group", "type": "Application"}]
    documented = (SOURCE.parent.parent / "docs" / "teams.md").read_text(encoding="utf-8")
    assert all(f"`{one['name']}`" in documented for one in asked)


@pytest.mark.parametrize(("name", "pixels"), [("color.png", 192), ("outline.png", 32)])
def test_icons_have_their_size(package, name, pixels):
    raw = package.read(name)
    assert raw.startswith(b"\x89PNG")
    assert struct.unpack(">II", raw[16:24]) == (pixels, pixels)


@pytest.mark.parametrize(("id", "host"), [("x", HOST), (APP_ID, "https://x.com"), (APP_ID, "")])
def test_what_is_no_id_or_host_is_refused(tmp_path, id, host):
    with pytest.raises(ValueError, match="--"):
        write(tmp_path / "x.zip", id, host)
