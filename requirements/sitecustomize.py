"""Copied into .venv: what every command there should start with, `rasa` included."""

import os
import warnings

import without_tensorflow

without_tensorflow.install()

for name, value in {
    "RASA_TELEMETRY_ENABLED": "false",  # messages are personal data; nothing is reported
    # endpoints.yml cannot name a default of its own.
    "OMNI_ACTIONS_URL": "http://127.0.0.1:5055",
    "SANIC_HOST": "127.0.0.1",  # rasa-sdk has no option for the address it listens on
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}.items():
    os.environ.setdefault(name, value)

_show = warnings.showwarning


def _show_but_no_deprecation(message, category, *args, **kwargs):  # type: ignore[no-untyped-def]
    """Rasa 3.6 switches deprecation warnings on; its pinned dependencies give pages of them."""
    if not issubclass(category, DeprecationWarning):
        _show(message, category, *args, **kwargs)


warnings.showwarning = _show_but_no_deprecation
