"""The documents of a reply, as they lie on the wire, for the types of an SDK to look at."""

import json
from collections.abc import Mapping

from modelmix.testing.mock import Rule
from modelmix.testing.mock.script import Script
from modelmix.testing.mock.seen import Request


def documents(path: str, body: Mapping[str, object], rule: Rule) -> list[object]:
    """The documents that a rule answers with: one, or those of the events."""
    headers = {"content-type": "application/json", "anthropic-version": "2023-06-01"}
    request = Request(method="POST", target=path, headers=headers, body=json.dumps(body).encode())
    reply, _ = Script([rule]).answer(request)
    assert reply.status == 200, reply.steps
    text = b"".join(step.data for step in reply.steps).decode()
    if not reply.streamed:
        return [json.loads(text)]
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: {")]
    return [json.loads(line) for line in lines]
