"""Settings come from the environment alone; a bad value is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.settings import Settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch):
    for name in ("KNOWLEDGE_DIR", "CASES_URL", "SEARCH_URL", "SOURCE_URL", "RESUME_AFTER_MINUTES"):
        monkeypatch.delenv(f"OMNI_{name}", raising=False)


def test_without_variables_the_defaults_hold():
    assert Settings.from_env() == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "field", "read"),
    [
        ("OMNI_KNOWLEDGE_DIR", "/k", "knowledge_dir", Path("/k")),
        ("OMNI_CASES_URL", "sqlite://", "cases_url", "sqlite://"),
        ("OMNI_SEARCH_URL", "https://w/?q={title}", "search_url", "https://w/?q={title}"),
        ("OMNI_SOURCE_URL", "https://w/1", "source_url", "https://w/1"),
        ("OMNI_RESUME_AFTER_MINUTES", "5", "resume_after_minutes", 5),
    ],
)
def test_each_variable_sets_its_field(monkeypatch, variable, value, field, read):
    monkeypatch.setenv(variable, value)
    assert getattr(Settings.from_env(), field) == read


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OMNI_SEARCH_URL", "https://w/?q="),
        ("OMNI_RESUME_AFTER_MINUTES", "meia hora"),
        ("OMNI_RESUME_AFTER_MINUTES", "-1"),
        ("OMNI_RESUME_AFTER_MINUTES", "1.5"),
        ("OMNI_RESUME_AFTER_MINUTES", ""),
        pytest.param("OMNI_RESUME_AFTER_MINUTES", "²"),
    ],
)
def test_a_bad_value_is_named_with_its_variable(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=f"{variable}.*{re.escape(value)}"):
        Settings.from_env()


def test_the_title_is_quoted_into_the_search_link():
    settings = Settings(search_url="https://w/?q={title}&t=1")
    assert settings.search_link("Ação & fé") == "https://w/?q=A%C3%A7%C3%A3o+%26+f%C3%A9&t=1"
