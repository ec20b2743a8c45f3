"""What `make cluster` is asked for by its environment, before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.cluster import __main__ as cluster


@pytest.mark.parametrize("name", ["OMNI_PORT", "OMNI_CLUSTER_REPLICAS"])
@pytest.mark.parametrize("given", ["dois", "0", "-1", "1.5", "", "70000"])
def test_what_is_no_number_is_refused_in_words(
    name: str, given: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "Cluster", lambda *_, **__: pytest.fail("it was begun"))
    monkeypatch.setattr(cluster.signal, "signal", lambda *_: None)
    monkeypatch.setenv(name, given)
    assert cluster.main() == 1
    assert f"{name}: {given!r} is not a number from 1 to" in capsys.readouterr().err


def test_servers_of_each_kind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OMNI_CLUSTER_DIR", str(tmp_path))
    monkeypatch.delenv("OMNI_PORT", raising=False)
    monkeypatch.setenv("OMNI_CLUSTER_REPLICAS", "1")
    assert [name for name in cluster._cluster().names if "gateway" in name] == ["gateway-1"]
    monkeypatch.delenv("OMNI_CLUSTER_REPLICAS")
    assert len([name for name in cluster._cluster().names if "gateway" in name]) == 2
