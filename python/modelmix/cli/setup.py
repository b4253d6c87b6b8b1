"""Settings and environment of a command."""

from collections.abc import Mapping
from pathlib import Path

from returns.result import Failure, Success

from modelmix.config import Config, load
from modelmix.dotenv import read_env
from modelmix.node import Node
from modelmix.outcome import Outcome


class Settings(Node, frozen=True):
    """What a command runs with."""

    config: Config
    env: Mapping[str, str]


def settings(env: Mapping[str, str], env_file: Path | None) -> Outcome[Settings]:
    """The settings in force, with the variables of a file beneath those of the environment, if one is named."""
    config = load(Path.cwd(), env)
    if isinstance(config, Failure):
        return config
    named = env_file or (Path(config.unwrap().env_file or "") if config.unwrap().env_file else None)
    if named is None:
        return Success(Settings(config.unwrap(), env))
    found = read_env(named.expanduser())
    if isinstance(found, Failure):
        return found
    whole = {**found.unwrap(), **env}
    again = load(Path.cwd(), whole)
    return again if isinstance(again, Failure) else Success(Settings(again.unwrap(), whole))
