"""Small catalogues, written as models.dev writes them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from modelmix.catalog.catalog import Catalog
from modelmix.catalog.sync import Fetched
from modelmix.outcome import Outcome

SOURCE: Final = "https://models.example/api.json"


def model(name: str, /, **fields: object) -> dict[str, object]:
    return {"id": name, "name": name, "cost": {"input": 1, "output": 2}, **fields}


def provider(name: str, /, *models: Mapping[str, object], **fields: object) -> dict[str, object]:
    return {"id": name, "name": name, "env": [], "models": {str(each["id"]): each for each in models}, **fields}


def document(*providers: Mapping[str, object]) -> bytes:
    return json.dumps({str(each["id"]): each for each in providers}).encode()


BASE: Final = (
    provider("mistral", *(model(f"m-{number}") for number in range(40))),
    provider("openai", model("gpt-4o")),
    provider("groq", model("old-1"), model("old-2")),
    provider("vivgrid", model("v"), api="https://api.vivgrid.com/v1", env=["VIVGRID_API_KEY"]),
)
"""What the home of the tests knows: little, so that a sync takes no time."""


def known(*changed: Mapping[str, object], without: tuple[str, ...] = ()) -> bytes:
    """What the home of the tests knows, with some providers in place of those of their names, or besides them."""
    whole = {str(each["id"]): each for each in (*BASE, *changed) if each["id"] not in without}
    return document(*whole.values())


def fetched(data: bytes | None, etag: str | None = None) -> Fetched:
    return Fetched(source=SOURCE, data=data, etag=etag)


def catalog(folder: Path, *, patches: bool = True, project: bool = False) -> Catalog:
    """The catalogue of a home folder, with the patches in it."""
    places = ((folder / "models_local", project),) if patches else ()
    return Catalog(folder / "catalog", patches=places)


def say(folder: Path, name: str, patch: object) -> Path:
    """Writes a patch file."""
    path = folder / "models_local" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(patch if isinstance(patch, str) else json.dumps(patch), encoding="utf-8")
    return path


def told(outcome: Outcome[object]) -> str:
    """What an error says, all of it."""
    return str(outcome.failure())
