"""One user who sends without a pause, in a process of its own: `python -m chaos.talk.flooder`.

Beside the people whose waits are measured it would have their event loop to itself. The token comes
by standard input; what was accepted and refused goes to standard output, as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from dataclasses import asdict, dataclass, field
from itertools import count

import httpx

from chaos.talk.log import Sent, new_id

# Its machine would be another one: here it gets what of the processors nobody else wants.
_COMMAND = ("nice", "-n", "19", sys.executable, "-m", "chaos.talk.flooder")


@dataclass
class Flood:
    """What came of a flood between two moments of time.monotonic(), the same in all processes.

    `sent` was stored, `refused` were too many; `failed` says what came instead of either.
    """

    began: float = 0.0
    ended: float = 0.0
    sent: list[Sent] = field(default_factory=list)
    refused: int = 0
    failed: list[str] = field(default_factory=list)


async def send_flood(
    url: str, token: str, chance: random.Random, seconds: float, at_once: int
) -> Flood:
    """Send to the gateway at `url` in the name of `token`, from another process."""
    arguments = [url, str(seconds), str(at_once), str(chance.getrandbits(32))]
    process = await asyncio.create_subprocess_exec(
        *_COMMAND, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        said, _ = await process.communicate(token.encode())
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise RuntimeError(f"the flooder ended with {process.returncode}")
    found = json.loads(said)
    return Flood(**found | {"sent": [Sent(**one) for one in found["sent"]]})


async def _flood(
    url: str, token: str, chance: random.Random, seconds: float, at_once: int
) -> Flood:
    headers, numbers, found = {"Authorization": f"Bearer {token}"}, count(), Flood()

    async def one() -> None:
        while time.monotonic() < found.began + seconds:
            body = {"id": new_id(chance), "text": f"não resolveu {next(numbers)}"}
            try:
                answer = await http.post("/api/v1/messages", json=body)
            except httpx.HTTPError as error:
                found.failed.append(type(error).__name__)
                continue
            if answer.status_code == httpx.codes.ACCEPTED:
                seq = answer.json()["message"]["seq"]
                found.sent.append(Sent(body["id"], time.monotonic(), seq))
            elif answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                found.refused += 1
            else:
                found.failed.append(str(answer.status_code))

    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=10.0) as http:
        found.began = time.monotonic()
        await asyncio.gather(*(one() for _ in range(at_once)))
        found.ended = time.monotonic()
    found.sent.sort(key=lambda sent: sent.seq or 0)
    return found


def main() -> None:
    """Flood, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("seconds", type=float)
    parser.add_argument("at_once", type=int)
    parser.add_argument("seed", type=int)
    given = parser.parse_args()
    chance, token = random.Random(given.seed), sys.stdin.read()
    found = asyncio.run(_flood(given.url, token, chance, given.seconds, given.at_once))
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
