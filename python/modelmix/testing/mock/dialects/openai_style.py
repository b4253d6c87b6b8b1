"""What OpenAI's endpoints share: how they refuse, and how their requests are checked."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from modelmix.jsonvalue import JsonValue
from modelmix.testing.mock.asked import Json, Problem
from modelmix.testing.mock.wire import Document

_RATE: Final = ("requests", "rate_limit_exceeded")
_SERVER: Final = ("server_error", None)

# https://platform.openai.com/docs/guides/error-codes, and the bodies of recorded replies.
_ERRORS: Final[Mapping[int, tuple[str, str | None]]] = MappingProxyType(
    {
        401: ("invalid_request_error", "invalid_api_key"),
        429: _RATE,
        500: _SERVER,
        502: _SERVER,
        503: _SERVER,
        504: _SERVER,
    }
)

_KINDS: Final = MappingProxyType(
    {bool: "a boolean", str: "a string", int: "an integer", float: "a decimal", list: "an array", dict: "an object"}
)


def error(problem: Problem) -> Document:
    """The body of an error."""
    kind, code = _ERRORS.get(problem.status, ("invalid_request_error", None))
    inner = {"message": problem.message, "type": kind, "param": problem.param, "code": problem.code or code}
    return {"error": inner}


def unknown_model(model: str) -> Problem:
    """The refusal of a model that is not served."""
    message = f"The model `{model}` does not exist or you do not have access to it."
    return Problem(status=404, message=message, code="model_not_found")


def missing(name: str) -> Problem:
    """The refusal of a request that lacks something."""
    message = f"Missing required parameter: '{name}'."
    return Problem(message=message, param=name, code="missing_required_parameter")


def mistyped(name: str, wanted: str, found: JsonValue) -> Problem:
    """The refusal of a value of another type."""
    kind = "null" if found is None else _KINDS[type(found)]
    message = f"Invalid type for '{name}': expected {wanted}, but got {kind} instead."
    return Problem(message=message, param=name, code="invalid_type")


def flaw(body: Json) -> Problem | None:
    """What is wrong with the fields that every endpoint has."""
    model, stream = body.get("model"), body.get("stream")
    if model is None or model == "":
        return Problem(message="you must provide a model parameter")
    if not isinstance(model, str):
        return mistyped("model", "a string", model)
    if stream is not None and not isinstance(stream, bool):
        return mistyped("stream", "a boolean", stream)
    return None
