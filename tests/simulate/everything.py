"""All that is simulated, and the files that it makes."""

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


def files() -> dict[str, bytes]:
    """All files, by their paths below the root."""
    return {path: content for each in simulated() for path, content in kept.files(each).items()}


def stray(made: dict[str, bytes]) -> list[str]:
    """Files beside those that were made, in folders of theirs: what an earlier simulation has left."""
    folders = {str(Path(path).parent) for path in made}
    return sorted(
        path
        for folder in folders
        for found in (ROOT / folder).glob("*")
        if (path := found.relative_to(ROOT).as_posix()) not in made
    )
