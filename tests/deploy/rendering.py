"""As much of kustomize as deploy/kubernetes uses; anything else in a file is a fault."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import yaml

Manifest = dict[str, Any]
_KNOWN = {
    "apiVersion",
    "kind",
    "namespace",
    "resources",
    "components",
    "images",
    "configMapGenerator",
    "patches",
}
_CLUSTER_WIDE = {"Namespace"}


def render(folder: Path) -> list[Manifest]:
    """Return what `kubectl apply -k` would send."""
    found = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))
    manifests, maps = _collected(folder, found)
    for name in found.get("components", []):
        _add_component(manifests, folder / name)
    _set_images(manifests, found.get("images", []))
    for patch in found.get("patches", []):
        _patch(manifests, patch)
    for manifest in manifests:
        if "namespace" in found and manifest["kind"] not in _CLUSTER_WIDE:
            manifest["metadata"]["namespace"] = found["namespace"]
    return _named(manifests, maps)


def render_with(kubernetes: Path, folder: Path, *components: str) -> list[Manifest]:
    """Return what an overlay of `base` with these components sends; it is written into `folder`."""
    wanted = {
        "resources": [str(kubernetes / "base")],
        "components": [str(kubernetes / "components" / name) for name in components],
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(wanted))
    return render(folder)


def _add_component(manifests: list[Manifest], folder: Path) -> None:
    """Add what it has, and change what was there before."""
    found = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))
    assert found["kind"] == "Component"
    more, maps = _collected(folder, found)
    assert not maps
    manifests += more
    for patch in found.get("patches", []):
        _patch(manifests, patch)


def of_kind(manifests: list[Manifest], kind: str) -> dict[str, Manifest]:
    """Return the manifests of a kind by their names."""
    return {m["metadata"]["name"]: m for m in manifests if m["kind"] == kind}


def _collected(folder: Path, found: Manifest) -> tuple[list[Manifest], dict[str, dict[str, str]]]:
    """Return manifests, and config maps by name, of a folder and those that it builds on."""
    assert set(found) <= _KNOWN, set(found) - _KNOWN
    manifests: list[Manifest] = []
    maps: dict[str, dict[str, str]] = {}
    for name in found.get("resources", []):
        path = folder / name
        if path.is_dir():
            below = yaml.safe_load((path / "kustomization.yaml").read_text(encoding="utf-8"))
            more, their = _collected(path, below)
            manifests, maps = manifests + more, maps | their
        else:
            text = path.read_text(encoding="utf-8")
            manifests += [copy.deepcopy(one) for one in yaml.safe_load_all(text)]
    for generated in found.get("configMapGenerator", []):
        values = dict(one.split("=", 1) for one in generated["literals"])
        if generated.get("behavior") == "merge":
            assert generated["name"] in maps, generated["name"]
            values = maps[generated["name"]] | values
        else:
            assert generated["name"] not in maps, generated["name"]
        maps[generated["name"]] = values
    return manifests, maps


def _set_images(manifests: list[Manifest], images: list[dict[str, str]]) -> None:
    by_name = {one["name"]: f"{one['newName']}:{one['newTag']}" for one in images}
    for container in (c for manifest in manifests for c in containers(manifest)):
        container["image"] = by_name.get(container["image"], container["image"])


def pod(manifest: Manifest) -> Manifest:
    """Return the template of a workload's pods, also of one that runs at times."""
    spec = manifest.get("spec", {})
    spec = spec.get("jobTemplate", manifest).get("spec", {})
    found: Manifest = spec.get("template", {})
    return found


def containers(manifest: Manifest) -> list[Manifest]:
    """Return the containers of a workload, those that run first included."""
    spec = pod(manifest).get("spec", {})
    return [*spec.get("initContainers", []), *spec.get("containers", [])]


def _patch(manifests: list[Manifest], patch: Manifest) -> None:
    target = patch["target"]
    (manifest,) = [
        m
        for m in manifests
        if m["kind"] == target["kind"] and m["metadata"]["name"] == target["name"]
    ]
    for change in yaml.safe_load(patch["patch"]):
        *way, last = [int(k) if k.isdecimal() else k for k in change["path"].split("/")[1:]]
        place: Any = manifest
        for key in way:
            place = place[key]
        if (change["op"], last) == ("add", "-"):
            place.append(change["value"])
            continue
        assert change["op"] == "replace", change
        assert isinstance(place, list) or last in place, change["path"]
        place[last] = change["value"]


def _named(manifests: list[Manifest], maps: dict[str, dict[str, str]]) -> list[Manifest]:
    """Add the config maps under names that end in a hash, and use these names."""
    names = {name: f"{name}-{_hash(values)}" for name, values in maps.items()}

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            changed = {key: renamed(one) for key, one in value.items()}
            for key in ("configMapRef", "configMapKeyRef"):
                if key in changed:
                    changed[key] = {**changed[key], "name": names[changed[key]["name"]]}
            return changed
        return [renamed(one) for one in value] if isinstance(value, list) else value

    space = {m["metadata"]["namespace"] for m in manifests if "namespace" in m["metadata"]} or {
        "default"
    }
    made = [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": names[name], "namespace": next(iter(space))},
            "data": values,
        }
        for name, values in maps.items()
    ]
    return [renamed(one) for one in manifests] + made


def _hash(values: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:10]
