"""A whole new situation, in every place that needs one: `make situation ID=novo_id`."""

from trainer.situation.create import create, remove

__all__ = ["create", "remove"]
