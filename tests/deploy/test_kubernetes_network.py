"""deploy/kubernetes: who reaches whom, by policies within and by the ingress from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.deploy.known import DEPLOY, routes
from tests.deploy.rendering import containers, of_kind, render, render_with
from tests.support.routes import is_console

FOLDER = DEPLOY / "kubernetes"
BASE = render(FOLDER / "base")
OVERLAY = render(FOLDER / "overlays" / "example")
PRIVATE = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}
# Not for the outside, and no route of the gateway's own that has to be.
INSIDE = {"/metrics", "/readyz"}
APPS = {"/slack/events", "/teams/messages"}


def test_only_gateways_reach_rasa() -> None:
    policies = of_kind(BASE, "NetworkPolicy")
    (rule,) = policies["omni-workers"]["spec"]["ingress"]
    gateway = {"app": "omni", "part": "gateway"}
    assert rule["from"] == [{"podSelector": {"matchLabels": gateway}}]
    assert {port["port"] for port in rule["ports"]} == {5005, 5055}
    nothing = policies["omni-nothing"]["spec"]
    assert set(nothing["policyTypes"]) == {"Ingress", "Egress"}
    assert "ingress" not in nothing
    assert "egress" not in nothing
    workers = of_kind(BASE, "Deployment")["omni-workers"]
    assert workers["spec"]["template"]["metadata"]["labels"] != gateway


def ways_out(manifests: list[dict[str, Any]], part: str) -> dict[int, set[str]]:
    """Return by port whither the pods of a part may go: networks, pods, or "anywhere"."""
    found: dict[int, set[str]] = {}
    for policy in of_kind(manifests, "NetworkPolicy").values():
        labels = policy["spec"]["podSelector"]["matchLabels"]
        if labels.items() <= {"app": "omni", "part": part}.items():
            for rule in policy["spec"].get("egress", ()):
                for port in rule["ports"]:
                    found.setdefault(port["port"], set()).update(map(whither, rule.get("to", [{}])))
    return found


def whither(peer: dict[str, Any]) -> str:
    if "ipBlock" in peer:
        return str(peer["ipBlock"]["cidr"])
    selector = peer.get("namespaceSelector") or peer.get("podSelector")
    return ",".join(selector["matchLabels"].values()) if selector else "anywhere"


def test_workers_and_backups_have_no_way_to_the_outside() -> None:
    stores = {53: {"kube-system"}, 5432: PRIVATE}
    assert ways_out(BASE, "workers") == stores | {6379: PRIVATE}
    assert ways_out(OVERLAY, "backup") == {53: {"kube-system"}, 5432: {"10.20.0.0/24"}}


def test_gateways_reach_anybody_by_https_and_mail_alone() -> None:
    anywhere = {port for port, to in ways_out(BASE, "gateway").items() if "anywhere" in to}
    assert anywhere == {443, 465, 587}
    assert ways_out(BASE, "gateway")[5005] == {"omni,workers"}


def test_an_overlay_says_where_stores_are() -> None:
    ways = ways_out(OVERLAY, "workers")
    assert ways[5432] == ways[6379] == {"10.20.0.0/24"}


def test_events_have_a_way_out_where_they_are_wanted(tmp_path: Path) -> None:
    manifests = render_with(FOLDER, tmp_path, "events")
    assert set(ways_out(manifests, "workers")) - set(ways_out(BASE, "workers")) == {
        *(9092, 9093),
        *(5671, 5672),
    }
    (rasa,) = [
        c
        for c in containers(of_kind(manifests, "Deployment")["omni-workers"])
        if c["name"] == "rasa"
    ]
    assert {one["name"] for one in rasa["env"]} >= {"OMNI_EVENTS_URL_FILE", "OMNI_VERSION"}


def paths() -> list[dict[str, Any]]:
    rules = [one["spec"]["rules"] for one in of_kind(BASE, "Ingress").values()]
    return [path for (rule,) in rules for path in rule["http"]["paths"]]


def test_the_ingress_shows_every_public_route_and_no_other() -> None:
    exact = {p["path"] for p in paths() if p["pathType"] == "Exact"}
    below = tuple(p["path"] for p in paths() if p["pathType"] == "Prefix")

    def shown(route: str) -> bool:
        return route in exact or any(route == p or route.startswith(f"{p}/") for p in below)

    hidden = {route for route in routes() if not shown(route)}
    assert {route for route in hidden if not is_console(route)} == INSIDE
    assert any(map(is_console, hidden))
    assert not any(shown(route) for route in routes() if is_console(route))
    assert {path for path in exact if path not in routes()} == APPS
    assert not any(shown(path) for path in ("/webhooks/gateway/", "/model", "/status", "/health"))


def test_the_ingress_promises_nothing_by_notes_that_nobody_reads() -> None:
    """HSTS is of ingress-nginx's own config map, and on by default; no annotation sets it."""
    notes = of_kind(BASE, "Ingress")["omni"]["metadata"]["annotations"]
    assert not any("hsts" in name for name in notes)


def test_only_messages_are_asked_twice_whatever_they_are() -> None:
    prefix = "nginx.ingress.kubernetes.io/proxy-next-upstream"
    asked = {n: i["metadata"]["annotations"][prefix] for n, i in of_kind(BASE, "Ingress").items()}
    assert asked["omni"] == "error timeout http_503"
    assert asked["omni-messages"] == f"{asked['omni']} non_idempotent"
    (rule,) = of_kind(BASE, "Ingress")["omni-messages"]["spec"]["rules"]
    assert [path["path"] for path in rule["http"]["paths"]] == ["/api/v1/messages"]


@pytest.mark.parametrize("manifests", [BASE, OVERLAY], ids=["base", "example"])
def test_every_ingress_is_of_one_host_with_its_certificate(manifests: list[dict[str, Any]]) -> None:
    specs = [one["spec"] for one in of_kind(manifests, "Ingress").values()]
    hosts = {rule["host"] for spec in specs for rule in spec["rules"]}
    assert hosts == {host for spec in specs for tls in spec["tls"] for host in tls["hosts"]}
    assert len(hosts) == 1


def test_streams_pass_the_ingress_unbuffered() -> None:
    notes = of_kind(BASE, "Ingress")["omni"]["metadata"]["annotations"]
    assert notes["nginx.ingress.kubernetes.io/proxy-buffering"] == "off"
    assert int(notes["nginx.ingress.kubernetes.io/proxy-read-timeout"]) > 3600
