"""Edits the YAML files that trainers write: values in, files out, nothing else touched."""

from trainer.workbench.bench import Workbench
from trainer.workbench.change import Applied, Change, Edit
from trainer.workbench.errors import Conflict, Missing, Refused, WorkbenchError

__all__ = [
    "Applied",
    "Change",
    "Conflict",
    "Edit",
    "Missing",
    "Refused",
    "Workbench",
    "WorkbenchError",
]
