"""All that is simulated, and the files that it makes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from simulate import kept
from simulate.kept import Simulated
from simulate.providers import (
    anthropic,
    cerebras,
    google,
    groq,
    lmstudio,
    minimax,
    ollama,
    openai,
    openrouter,
    perplexity,
    togetherai,
    xai,
)

ROOT: Final = Path(__file__).parents[1] / "fixtures" / "compat"
"""The folder of all fixtures, in which recorded ones lie as well."""

_PROVIDERS: Final = (
    anthropic,
    cerebras,
    google,
    groq,
    lmstudio,
    minimax,
    ollama,
    openai,
    openrouter,
    perplexity,
    togetherai,
    xai,
)


def simulated() -> list[Simulated]:
    """Every scenario of every model."""
    return [each for provider in _PROVIDERS for each in provider.simulated()]


def files(root: Path) -> dict[str, bytes]:
    """All files, by their paths below the root, but for those of scenarios that have been recorded since."""
    made = [each for each in simulated() if not _is_recorded(root, each)]
    return {path: content for each in made for path, content in kept.files(each).items()}


def stray(root: Path, made: Mapping[str, bytes]) -> list[str]:
    """Files beside those that were made, of no recording either: what an earlier simulation has left."""
    recorded = {(kept.folder(each), each.scenario) for each in simulated() if _is_recorded(root, each)}
    folders = {kept.folder(each) for each in simulated()}
    return sorted(
        f"{folder}/{path.name}"
        for folder in folders
        for path in (root / folder).glob("*")
        if f"{folder}/{path.name}" not in made and (folder, path.name.partition(".")[0]) not in recorded
    )


def _is_recorded(root: Path, each: Simulated) -> bool:
    """Whether there is a fixture of another origin, which proves more."""
    file = root / kept.folder(each) / f"{each.scenario}.json"
    return file.is_file() and json.loads(file.read_bytes())["origin"] != "simulated"
