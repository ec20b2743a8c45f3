"""The one door for the core's settings: the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus

from assistant.environment import read_environment

ROOT = Path(__file__).resolve().parent.parent
# The site search of the wiki that the source page names; each customer sets its own.
DEFAULT_SEARCH = "https://confluence.plusoft.com.br/dosearchsite.action?queryString={title}"
DEFAULT_SOURCE = "https://confluence.plusoft.com.br/pages/viewpage.action?pageId=156932980"


@dataclass(frozen=True)
class Settings:
    """What an installation may change without touching code."""

    knowledge_dir: Path = ROOT / "knowledge"
    cases_url: str = f"sqlite:///{ROOT / 'var' / 'cases.db'}"
    search_url: str = DEFAULT_SEARCH
    source_url: str = DEFAULT_SOURCE
    resume_after_minutes: int = 30
    version: str = ""  # of the bundle that is served

    @classmethod
    def from_env(cls) -> Settings:
        """Read the settings; raise ValueError naming a variable that cannot be used."""
        env = read_environment()
        search = env.get("OMNI_SEARCH_URL", DEFAULT_SEARCH)
        if "{title}" not in search:
            raise ValueError(f"OMNI_SEARCH_URL: falta {{title}} em {search!r}")
        return cls(
            knowledge_dir=Path(env.get("OMNI_KNOWLEDGE_DIR", cls.knowledge_dir)),
            cases_url=env.get("OMNI_CASES_URL", cls.cases_url),
            search_url=search,
            source_url=env.get("OMNI_SOURCE_URL", DEFAULT_SOURCE),
            resume_after_minutes=_minutes(env.get("OMNI_RESUME_AFTER_MINUTES", "30")),
            version=env.get("OMNI_VERSION", cls.version),
        )

    def search_link(self, title: str) -> str:
        """Return the address that searches the wiki for `title`."""
        return self.search_url.replace("{title}", quote_plus(title))


def _minutes(value: str) -> int:
    if not value.isdecimal():
        raise ValueError(f"OMNI_RESUME_AFTER_MINUTES: {value!r} não é um número de minutos")
    return int(value)
