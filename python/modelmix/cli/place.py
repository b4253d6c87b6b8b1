"""Where a request goes: the options that every command has in common that sends one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from returns.result import Failure, Success

from modelmix.ask import Reach
from modelmix.cli import inputs
from modelmix.outcome import Outcome


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the request goes."""

    base_url: str | None = None
    "Send the request to this base URL; no stored key goes with it."
    api_key_env: str | None = None
    "Variable that holds the API key."
    api_key_file: Annotated[Path | None, Parameter(allow_leading_hyphen=True)] = None
    "File that holds the API key; - for standard input."
    unlisted: Annotated[bool, Parameter(negative=())] = False
    "Use a model that the catalogue does not list."
    timeout: float | None = None
    "Seconds for the whole call."
    retries: int | None = None
    "Tries after the first."
    env_file: Path | None = None
    "Read variables from this file; the environment wins."
    max_cost: str | None = None
    "Send nothing that may cost more than this many US dollars, all tries and answers together."
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative=())] = False
    "Ask no questions, such as before the first pull of a local model."


def reach_of(place: Place, env: Mapping[str, str]) -> Outcome[Reach]:
    """What the options say of any call."""
    limit = inputs.dollars(place.max_cost)
    if isinstance(limit, Failure):
        return limit
    key = inputs.given_key(place.api_key_env, place.api_key_file, env)
    if isinstance(key, Failure):
        return key
    reach = Reach(unlisted=place.unlisted)
    most, given = limit.unwrap(), key.unwrap()
    if place.base_url is not None:
        reach["base_url"] = place.base_url
    if most is not None:
        reach["max_cost"] = most
    if given is not None:
        reach["api_key"] = given
    return Success(reach)
