"""Exchanges and recordings for tests, made of real parts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from modelmix.compat.fixture import Broken, Origin, Recording
from modelmix.compat.slug import slug
from modelmix.compat.store import FixtureStore
from modelmix.compat.taken import About, Taken, TakenRequest, TakenResponse, recordings

URL: Final = "https://api.example.com/v1/chat/completions"


def take(
    sent: bytes = b'{"model":"m"}',
    came: bytes | tuple[bytes, ...] = b"{}",
    *,
    url: str = URL,
    request: Mapping[str, str] | None = None,
    response: Mapping[str, str] | None = None,
    status: int = 200,
    broke: Broken | None = None,
) -> Taken:
    """One exchange; each piece of the reply came a millisecond after the last."""
    pieces = came if isinstance(came, tuple) else (came,)
    return Taken(
        TakenRequest(method="POST", url=url, headers=request or {}, body=sent),
        TakenResponse(
            status=status,
            headers=response or {"content-type": "application/json"},
            chunks=tuple(enumerate(pieces, start=1)),
            broke=broke,
        ),
    )


def about(scenario: str = "basic", model: str = "gpt-4o", provider: str = "openai", origin: Origin = "live") -> About:
    """What a recording says besides."""
    return About(origin=origin, provider=provider, model=model, scenario=scenario, time="2026-01-02T03:04:05Z")


def kept(*takes: Taken, of: About | None = None) -> tuple[Recording, ...]:
    """The recordings of a scenario."""
    return recordings(takes, of or about()).unwrap()


SSE: Final = {"content-type": "text/event-stream"}
OLD: Final = kept(take(b'{"n":1}', (b"a", b"bc"), response=SSE), take(b'{"n":2}', b"{}"))
NEW: Final = kept(take(b'{"n":3}', b"{}"))


def stored(root: Path, recordings: tuple[Recording, ...], model: str = "gpt-4o", scenario: str = "basic") -> Path:
    """Stores a scenario of OpenAI's; the folder that it lies in."""
    FixtureStore(root).stage("openai", model, scenario, recordings).unwrap().promote().unwrap()
    return root / "openai" / slug(model)
