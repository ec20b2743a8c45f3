"""Slack and Teams: a stored message drawn as each of them draws, in pure functions.

`slack` makes Block Kit, `teams` Adaptive Cards; both read the messages of gateway.schemas. Each
has `limits`, which tells what its platform would refuse.
"""
