"""Both clients and both streams can be asked the same, by the same names and with the same parameters."""

import inspect
from typing import Final

import pytest

import modelmix
from modelmix import AsyncClient, AsyncObjectStream, AsyncStream, Client, ObjectStream, Stream, aio

# What Python, or everybody's habit, calls differently in asynchronous code.
RENAMED: Final = {
    "aclose": "close",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
}

PAIRS: Final = {
    "clients": (Client, AsyncClient),
    "streams": (Stream, AsyncStream),
    "objects": (ObjectStream, AsyncObjectStream),
}


def _methods(kind: type[object]) -> dict[str, tuple[str, ...]]:
    """The public methods of a class under their blocking names, each with its parameters and their defaults."""
    told = {
        RENAMED.get(name, name): value
        for name, value in vars(kind).items()
        if inspect.isfunction(value) and (name in RENAMED or name in RENAMED.values() or not name.startswith("_"))
    }
    return {name: tuple(map(_plain, inspect.signature(method).parameters.values())) for name, method in told.items()}


def _plain(parameter: inspect.Parameter) -> str:
    return f"{parameter.kind.name} {parameter.name} {parameter.default!r}"


@pytest.mark.parametrize(("blocking", "nonblocking"), PAIRS.values(), ids=PAIRS)
def test_twins_have_the_same_methods(blocking: type[object], nonblocking: type[object]) -> None:
    assert _methods(blocking) == _methods(nonblocking)
    assert len(_methods(blocking)) > 5


def test_twins_are_made_with_the_same() -> None:
    parameters = [list(map(_plain, inspect.signature(kind).parameters.values())) for kind in (Client, AsyncClient)]
    assert parameters[0] == parameters[1]
    assert "http" in inspect.signature(Client).parameters


@pytest.mark.parametrize(
    "name", ["generate_text", "stream_text", "generate_object", "stream_object", "run_tools", "embed"]
)
def test_the_functions_of_the_package_are_the_methods_of_its_clients(name: str) -> None:
    functions = [getattr(place, name) for place in (modelmix, aio)]
    methods = [getattr(kind, name) for kind in (Client, AsyncClient)]
    told = [list(map(_plain, inspect.signature(function).parameters.values())) for function in functions]
    asked = [list(map(_plain, inspect.signature(method).parameters.values()))[1:] for method in methods]
    assert told[0] == told[1] == asked[0] == asked[1]
