"""Makes the package that is uploaded to Teams: manifest and icons, with your app's id and host.

.venv-gateway/bin/python -m scripts.teams_package --app-id <GUID> --host omni.suaempresa.com.br
"""

from __future__ import annotations

import argparse
import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "deploy" / "teams"
ICONS = ("color.png", "outline.png")
NO_ID, NO_HOST = "00000000-0000-0000-0000-000000000000", "omni.example.com"
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)


def manifest(app_id: str, host: str) -> str:
    """Return the manifest for an app's id and the host of the gateway; raise ValueError."""
    if not _GUID.fullmatch(app_id):
        raise ValueError(f"--app-id: {app_id!r} não é o ID de um aplicativo")
    if not _HOST.fullmatch(host):
        raise ValueError(f"--host: {host!r} não é um nome de servidor (omni.suaempresa.com.br)")
    text = (SOURCE / "manifest.json").read_text(encoding="utf-8")
    return text.replace(NO_ID, app_id.lower()).replace(NO_HOST, host.lower())


def write(path: Path, app_id: str, host: str) -> None:
    """Write the package; raise ValueError where the id or the host is none."""
    text = manifest(app_id, host)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("manifest.json", text)
        for icon in ICONS:
            package.write(SOURCE / icon, icon)


def main() -> None:
    """Read the command line and write the package, or end with one line."""
    parser = argparse.ArgumentParser(description="Faz o pacote do aplicativo para o Teams.")
    parser.add_argument("--app-id", required=True, help="ID do aplicativo (OMNI_TEAMS_APP_ID)")
    parser.add_argument("--host", required=True, help="servidor público do gateway")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "omni-teams.zip")
    given = parser.parse_args()
    try:
        write(given.out, given.app_id, given.host)
    except ValueError as error:
        sys.exit(str(error))
    print(given.out)


if __name__ == "__main__":
    main()
