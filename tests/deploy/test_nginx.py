"""nginx's template: whole, accepted by nginx, and in the gateways' words."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from gateway.middleware import LARGER_BODIES
from gateway.texts import load_texts
from scripts.cluster.process import NotStarted
from scripts.cluster.proxy import TEMPLATES, fill_in, proxy
from serving.ports import free_port

TEMPLATE = (TEMPLATES / "nginx.conf.template").read_text(encoding="utf-8")


def block(head: str) -> str:
    """Return what stands in the block that begins with `head`."""
    return TEMPLATE.split(f"{head} {{", 1)[1].split("\n        }", 1)[0]


def test_nginx_takes_it(tmp_path: Path) -> None:
    """`proxy` has nginx check what it wrote."""
    made = proxy(tmp_path, tmp_path / "log", free_port(), [1, 2], free_port(), [3, 4], {})
    assert made.name == "nginx"
    assert "server 127.0.0.1:2 max_fails=0" in (tmp_path / "nginx.conf").read_text()


def test_what_nginx_does_not_take_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotStarted, match="nope"):
        proxy(tmp_path, tmp_path / "log", 1, [1], 2, [3], {"OMNI_NGINX_RATE": "nope"})


def test_a_variable_without_a_value_is_named() -> None:
    with pytest.raises(ValueError, match="OMNI_NGINX_NEW"):
        fill_in("listen ${OMNI_NGINX_NEW};", {})


def test_nginx_s_own_variables_stay() -> None:
    assert fill_in("$host ${OMNI_NGINX_A} $scheme", {"OMNI_NGINX_A": "b"}) == "$host b $scheme"


def test_docker_s_image_would_fill_it_in_alike() -> None:
    names = " ".join(f"${{{name}}}" for name in re.findall(r"\$\{(OMNI_NGINX_\w+)\}", TEMPLATE))
    values = dict.fromkeys(re.findall(r"OMNI_NGINX_\w+", names), "1")
    found = subprocess.run(
        ["envsubst", names], input=TEMPLATE, text=True, env=values, capture_output=True
    )
    assert found.stdout == fill_in(TEMPLATE, values)


def test_streams_are_not_buffered_and_may_take_an_hour() -> None:
    events = block("location = /api/v1/events")
    assert "proxy_buffering off;" in events
    assert int(re.search(r"proxy_read_timeout (\d+)s", events)[1]) > 3600  # type: ignore[index]


def test_no_request_sticks_to_a_gateway() -> None:
    assert not re.search(r"(?m)^\s*(ip_hash|sticky|hash)\b", TEMPLATE)


def test_it_refuses_in_the_gateways_words() -> None:
    texts = load_texts()
    said = re.findall(r'"detail":"([^"]+)"', TEMPLATE)
    assert said == [texts.store_down, texts.too_many, texts.too_large]


def test_larger_bodies_are_those_of_the_gateways() -> None:
    for path, most in LARGER_BODIES.items():
        assert f"client_max_body_size {most // 1024}k;" in block(f"location = {path}")


def test_nothing_that_people_write_reaches_its_logs_or_disk() -> None:
    assert "access_log off;" in TEMPLATE
    assert "proxy_max_temp_file_size 0;" in TEMPLATE


@pytest.mark.parametrize("place", ["= /metrics", "= /readyz", "^~ /treinador"])
def test_what_is_for_the_inside_stays_inside(place: str) -> None:
    assert "return 404;" in block(f"location {place}")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """nginx with nobody behind it, on a port without TLS and on one with; gives both."""
    plain, secure = free_port(), free_port()
    write_certificate(tmp_path)
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls" / "own.conf").write_text(
        f"listen 127.0.0.1:{secure} ssl;\n"
        f"ssl_certificate {tmp_path}/c.pem;\nssl_certificate_key {tmp_path}/k.pem;\n"
    )
    dead = [free_port(), free_port()]
    nginx = proxy(tmp_path, tmp_path / "log", plain, dead, free_port(), dead, {})
    nginx.begin()
    nginx.wait(10)
    yield plain, secure
    nginx.stop()


def write_certificate(folder: Path) -> None:
    """Write a certificate that nobody trusts."""
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begin = datetime.now(UTC) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=1))
        .sign(key, None)
    )
    (folder / "c.pem").write_bytes(made.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "k.pem").write_bytes(private)


@pytest.mark.parametrize(("path", "status"), [("/metrics", 404), ("/api/v1/me", 503)])
def test_https_is_promised_over_https_alone(
    running: tuple[int, int], path: str, status: int
) -> None:
    plain, secure = running
    over_http = httpx.get(f"http://127.0.0.1:{plain}{path}", trust_env=False)
    over_https = httpx.get(f"https://127.0.0.1:{secure}{path}", verify=False, trust_env=False)
    assert over_http.status_code == over_https.status_code == status
    assert "strict-transport-security" not in over_http.headers
    assert over_https.headers["strict-transport-security"] == "max-age=31536000"


def test_without_gateways_it_says_to_come_again(running: tuple[int, int]) -> None:
    found = httpx.get(f"http://127.0.0.1:{running[0]}/", trust_env=False)
    assert found.json() == {"detail": load_texts().store_down}
    assert found.headers["retry-after"] == "2"
    assert found.headers["content-type"] == "application/json"
    assert found.headers["server"] == "nginx"  # and no version


def test_one_address_is_held_to_its_rate(tmp_path: Path) -> None:
    port, dead = free_port(), [free_port()]
    slow = {"OMNI_NGINX_RATE": "1r/s", "OMNI_NGINX_BURST": "3"}
    nginx = proxy(tmp_path, tmp_path / "log", port, dead, free_port(), dead, slow)
    nginx.begin()
    nginx.wait(10)
    try:
        url = f"http://127.0.0.1:{port}/api/v1/me"
        found = [httpx.get(url, trust_env=False) for _ in range(8)]
    finally:
        nginx.stop()
    assert [one.status_code for one in found].count(429) >= 3
    refused = next(one for one in found if one.status_code == 429)
    assert refused.json() == {"detail": load_texts().too_many}
    assert refused.headers["retry-after"] == "1"
