"""What `make run` is asked for by its environment, before anything is started."""

from __future__ import annotations

import pytest

from gateway.settings import Settings
from scripts import serve


@pytest.mark.parametrize("name", ["OMNI_PORT", "OMNI_TURN_TIMEOUT"])
def test_what_is_no_number_is_refused_in_words(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "Supervisor", lambda *_: pytest.fail("it was begun"))
    monkeypatch.setenv(name, "oito")
    assert serve.main() == 1
    assert f"{name}: 'oito'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "page"),
    [
        ("127.0.0.1", "http://127.0.0.1:80/"),
        ("0.0.0.0", "http://127.0.0.1:80/"),  # noqa: S104 (no binding)
        ("::", "http://[::1]:80/"),
    ],
)
def test_the_page_is_where_the_gateway_listens(host: str, page: str) -> None:
    assert serve._page(Settings(host=host, port=80)) == page
