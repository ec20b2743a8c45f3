"""deploy/kubernetes: by Kubernetes' schemas, and in agreement with itself and the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.deploy.known import DEPLOY, PROBES, ROOT, metrics, routes, settings
from tests.deploy.rendering import containers, of_kind, pod, render, render_with

FOLDER = DEPLOY / "kubernetes"
AUTOSCALER = "HorizontalPodAutoscaler"
COMPONENTS = sorted((FOLDER / "components").iterdir())
FOLDERS = [FOLDER / "base", *sorted((FOLDER / "overlays").iterdir())]
BASE = render(FOLDER / "base")
OVERLAY = render(FOLDER / "overlays" / "example")
DEPLOYMENTS = of_kind(BASE, "Deployment")
BACKUP = of_kind(OVERLAY, "CronJob")["omni-backup"]
WORKLOADS = DEPLOYMENTS | {"omni-backup": BACKUP}
CONTAINERS = {
    c["name"]: c for d in DEPLOYMENTS.values() for c in d["spec"]["template"]["spec"]["containers"]
}
ALL_CONTAINERS = [c for w in WORKLOADS.values() for c in containers(w)]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_is_of_kubernetes_form(folder: Path) -> None:
    manifests = render(folder)
    assert len(manifests) > 12
    for manifest in manifests:
        kubernetes_validate.validate(manifest, "1.34", strict=True)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda folder: folder.name)
def test_with_each_component_too(component: Path, tmp_path: Path) -> None:
    for manifest in render_with(FOLDER, tmp_path, component.name):
        kubernetes_validate.validate(manifest, "1.34", strict=True)


def test_the_example_names_every_component() -> None:
    text = (FOLDER / "overlays" / "example" / "kustomization.yaml").read_text()
    named = re.findall(r"- \.\./\.\./components/(\w+)", text)
    assert sorted(named) == [component.name for component in COMPONENTS]


@pytest.mark.parametrize("folder", [*FOLDERS, *COMPONENTS], ids=lambda folder: folder.name)
def test_no_file_is_forgotten(folder: Path) -> None:
    listed = yaml.safe_load((folder / "kustomization.yaml").read_text()).get("resources", [])
    there = {file.name for file in folder.glob("*.yaml")} - {"kustomization.yaml"}
    assert {name for name in listed if name.endswith(".yaml")} == there


@pytest.mark.parametrize("container", ALL_CONTAINERS, ids=lambda c: c["name"])
def test_each_container_is_restricted(container: dict[str, Any]) -> None:
    context = container["securityContext"]
    assert context["readOnlyRootFilesystem"] is True
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert "memory" in container["resources"]["limits"]
    assert "/tmp" in [mount["mountPath"] for mount in container["volumeMounts"]]


@pytest.mark.parametrize("name", WORKLOADS)
def test_each_pod_runs_without_root_and_knows_no_kubernetes(name: str) -> None:
    spec = pod(WORKLOADS[name])["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == 10001
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    mounted = {m["name"] for c in containers(WORKLOADS[name]) for m in c["volumeMounts"]}
    assert mounted == {volume["name"] for volume in spec["volumes"]}


@pytest.mark.parametrize("container", ALL_CONTAINERS, ids=lambda c: c["name"])
def test_variables_are_known(container: dict[str, Any]) -> None:
    named = {one["name"] for one in container.get("env", ())}
    assert named <= settings(), named - settings()


def test_variables_of_maps_are_known() -> None:
    for manifest in of_kind(OVERLAY, "ConfigMap").values():
        assert set(manifest["data"]) <= settings()


@pytest.mark.parametrize("container", ALL_CONTAINERS, ids=lambda c: c["name"])
def test_secrets_come_from_files_alone(container: dict[str, Any]) -> None:
    folders = [mount["mountPath"] for mount in container["volumeMounts"]]
    for one in container.get("env", ()):
        if one["name"].endswith("_FILE"):
            assert str(Path(one["value"]).parent) in folders
        assert not re.search(r"SECRET$|_DB$|TOKEN$", one["name"])
        assert "secretKeyRef" not in str(one)


@pytest.mark.parametrize("name", CONTAINERS)
def test_probes_ask_what_the_server_answers(name: str) -> None:
    container = CONTAINERS[name]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
        asked = container[kind]["httpGet"]
        assert asked["path"] in PROBES[ports[asked["port"]]], kind
    assert PROBES[8080] <= routes()


def test_services_and_policies_select_what_there_is() -> None:
    labels = [d["spec"]["template"]["metadata"]["labels"] for d in DEPLOYMENTS.values()]

    def selects(wanted: dict[str, str]) -> bool:
        return any(wanted.items() <= own.items() for own in labels)

    for deployment in DEPLOYMENTS.values():
        assert selects(deployment["spec"]["selector"]["matchLabels"])
    for service in of_kind(BASE, "Service").values():
        assert selects(service["spec"]["selector"])
        names = {p["name"] for c in CONTAINERS.values() for p in c["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= names
    for budget in of_kind(BASE, "PodDisruptionBudget").values():
        assert selects(budget["spec"]["selector"]["matchLabels"])
        assert budget["spec"]["minAvailable"] == 1
    for policy in of_kind(BASE, "NetworkPolicy").values():
        assert selects(policy["spec"]["podSelector"]["matchLabels"])


def test_every_deployment_has_a_budget_and_is_scaled() -> None:
    budgets = of_kind(BASE, "PodDisruptionBudget")
    scaled = of_kind(BASE, AUTOSCALER)
    assert set(budgets) == set(scaled) == set(DEPLOYMENTS)
    for name, one in scaled.items():
        assert one["spec"]["scaleTargetRef"]["name"] == name
        assert one["spec"]["minReplicas"] == 2
        # Each apply would set back what the autoscaler has chosen.
        assert "replicas" not in DEPLOYMENTS[name]["spec"]


def metrics_of_workers(manifests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = of_kind(manifests, AUTOSCALER)["omni-workers"]["spec"]["metrics"]
    return found


def test_workers_scale_by_what_every_cluster_has() -> None:
    """While a metric cannot be read, an autoscaler takes no pod away."""
    assert [one["type"] for one in metrics_of_workers(BASE)] == ["Resource"]


def test_with_the_component_they_scale_by_a_metric_that_gateways_show(tmp_path: Path) -> None:
    scaled = metrics_of_workers(render_with(FOLDER, tmp_path, "queue"))
    (external,) = [one["external"] for one in scaled if one["type"] == "External"]
    name = external["metric"]["name"]
    assert name in metrics()
    (rule,) = yaml.safe_load((FOLDER / "prometheus-adapter.yaml").read_text())["rules"]["external"]
    assert rule["name"]["as"] == name
    assert name in rule["metricsQuery"]


def test_another_bundle_is_a_rollout_that_takes_nobody_away() -> None:
    """The map's name changes with the version, and so do the pods that name it."""
    one, other = of_kind(BASE, "Deployment"), of_kind(OVERLAY, "Deployment")
    for name in DEPLOYMENTS:
        assert one[name]["spec"]["template"] != other[name]["spec"]["template"]
        maps = re.findall(r"omni-bundle-\w+", str(other[name]))
        assert len(set(maps)) == 1
        assert maps[0] in of_kind(OVERLAY, "ConfigMap")
        assert DEPLOYMENTS[name]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_rasa_asks_the_action_server_of_its_own_pod() -> None:
    (data,) = [m["data"] for n, m in of_kind(BASE, "ConfigMap").items() if "workers" in n]
    assert data["OMNI_ACTIONS_URL"] == "http://127.0.0.1:5055"
    pod = DEPLOYMENTS["omni-workers"]["spec"]["template"]["spec"]
    assert {c["name"] for c in pod["containers"]} == {"rasa", "actions"}


def test_what_is_ending_may_end_its_turns() -> None:
    for deployment in DEPLOYMENTS.values():
        spec = deployment["spec"]["template"]["spec"]
        for container in spec["containers"]:
            wait = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
            assert wait + 15 <= spec["terminationGracePeriodSeconds"]


def test_images_of_an_overlay_are_pinned() -> None:
    for workload in (*of_kind(OVERLAY, "Deployment").values(), BACKUP):
        for container in containers(workload):
            assert re.search(r":\d+\.\d+\.\d+$", container["image"]), container["image"]


def test_the_guide_s_number_of_connections_is_enough() -> None:
    """By its own arithmetic, on nodes of eight cores, with one more of each during a rollout."""
    guide = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert "26 · gateways + (cores + 6) · pairs + 10" in guide
    told = int(re.findall(r"`max_connections = (\d+)`", guide)[0])
    most = {n: h["spec"]["maxReplicas"] + 1 for n, h in of_kind(BASE, AUTOSCALER).items()}
    assert 26 * most["omni-gateway"] + (8 + 6) * most["omni-workers"] + 10 <= told
