"""Short ways to ask a mock that has no network."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelmix.testing.mock.script import Script
from modelmix.testing.mock.seen import Request

JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Told:
    """What a mock says."""

    status: int
    document: Any
    """JSON, looked into by its expected shape."""
    headers: Mapping[str, str]


def ask(
    script: Script,
    path: str,
    body: object,
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
) -> Told:
    """Sends one request; bytes go as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request(method=method, target=path, headers={**JSON, **(headers or {})}, body=data)
    reply, _ = script.answer(request)
    text = b"".join(step.data for step in reply.steps).decode()
    kind = dict(reply.headers).get("content-type", "")
    return Told(reply.status, json.loads(text) if kind == "application/json" else text, dict(reply.headers))
