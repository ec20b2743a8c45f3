"""All faults, by kind; importing this registers them."""

from chaos.faults import (
    actions,
    bundles,
    clock,
    content,
    disk,
    flood,
    kills,
    network,
    pairs,
    postgres,
    redis,
    rolling,
    second,
)

__all__ = [
    "actions",
    "bundles",
    "clock",
    "content",
    "disk",
    "flood",
    "kills",
    "network",
    "pairs",
    "postgres",
    "redis",
    "rolling",
    "second",
]
