"""Settings from the environment, the project and the user, strongest first."""

import os
import stat
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace
from returns.result import Failure, Success

from modelmix.catalog.endpoint import Endpoint
from modelmix.catalog.owners import own_endpoints, owners_of
from modelmix.catalog.patches import FOLDER as PATCHES, read_patches
from modelmix.catalog.shipped import shipped_providers
from modelmix.errors import BadConfig
from modelmix.node import Node
from modelmix.outcome import Outcome, and_then, collect, mapped
from modelmix.paths import config_file, data_folder
from modelmix.providers.load import key_owners, names, read
from modelmix.providers.provider import Provider
from modelmix.providers.row import listed_table
from modelmix.secret import Secret
from modelmix.variables import first_foreign

LogLevel: TypeAlias = Literal["debug", "info", "warning"]

DEFAULT_MODEL: Final = "openai:gpt-4o-mini"


class Config(Node, frozen=True, kw_only=True):
    """All settings in force. `sources` says where each that is set comes from, `providers.NAME` for a provider."""

    model: str = DEFAULT_MODEL
    log_level: LogLevel = "info"
    stream: bool = True
    timeout: float | None = None
    """Seconds for a whole call; None leaves it to the client."""
    retries: int = 2
    env_file: str | None = None
    keys: Mapping[str, Secret] = MappingProxyType({})
    providers: Mapping[str, Provider] = MappingProxyType({})
    fixtures_dir: str | None = None
    """Where recorded exchanges lie; None leaves it to `fixtures_folder`."""
    sample_text_models: tuple[str, ...] = ()
    """Models that stand for all in `mm compat --sample`, as specs or patterns."""
    sample_embedding_models: tuple[str, ...] = ()
    excluded_models: tuple[str, ...] = ()
    """Models that `mm compat` leaves out, as specs or patterns."""
    project: str | None = None
    """The folder that the project's settings and patches lie in; None: no project is looked at."""
    moved: frozenset[str] = frozenset()
    """Providers known without it that the project sends elsewhere: the user's keys do not go with them."""
    sources: Mapping[str, str] = MappingProxyType({})


class _Said(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What any source may say."""

    model: str | None = None
    log_level: LogLevel | None = None
    stream: bool | None = None
    timeout: float | None = None
    retries: int | None = None
    fixtures_dir: str | None = None
    sample_text_models: tuple[str, ...] | None = None
    sample_embedding_models: tuple[str, ...] | None = None
    excluded_models: tuple[str, ...] | None = None
    providers: Mapping[str, Mapping[str, object]] = {}


class _SaidByUser(_Said, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What only the user's own settings may say."""

    env_file: str | None = None
    keys: Mapping[str, str] = {}


S = TypeVar("S", bound=_Said)

_VARIABLES: Final = MappingProxyType(
    {
        "MM_MODEL": "model",
        "MM_LOG_LEVEL": "log_level",
        "MM_TIMEOUT": "timeout",
        "MM_RETRIES": "retries",
        "MM_FIXTURES_DIR": "fixtures_dir",
    }
)


def load(folder: Path, env: Mapping[str, str]) -> Outcome[Config]:
    """The settings in force for a program that runs in `folder` with the variables `env`."""
    user = _user(config_file(env), Config())
    project = and_then(user, lambda config: _project(folder, replace(config, project=str(folder)), data_folder(env)))
    return and_then(project, lambda config: _environment(env, config))


def fixtures_folder(config: Config, data: Path) -> Path:
    """Where recorded exchanges lie: where the settings say, else beside those of the project, else with the user."""
    if config.fixtures_dir is not None:
        return Path(config.fixtures_dir)
    if config.project is None or project_file(Path(config.project)) is None:
        return data / "fixtures"
    return Path(config.project, "tests", "fixtures", "compat")


def _user(path: Path, config: Config) -> Outcome[Config]:
    if not path.is_file():
        return Success(config)
    said = _read(path, _SaidByUser)
    if isinstance(said, Failure):
        return said
    file = said.unwrap()
    if file.keys and _is_open(path):
        detail = f"it holds keys, and others may read it; run `chmod 600 {path}`"
        return Failure(BadConfig(where=str(path), detail=detail))
    keys = {name: Secret(key.strip()) for name, key in file.keys.items()}
    extended = _over(config, file, str(path))
    return mapped(extended, lambda config: replace(config, env_file=file.env_file, keys=keys))


def _project(folder: Path, config: Config, data: Path) -> Outcome[Config]:
    path = project_file(folder)
    if path is None:
        return Success(config)
    said = _read(path, _Said)
    if isinstance(said, Failure):
        return said
    file = said.unwrap()
    extended = _over(config, file, str(path))
    if isinstance(extended, Success) and file.providers:
        extended = and_then(_own(data), lambda own: _bounded(extended.unwrap(), config, file.providers, own, path))
    return mapped(extended, lambda config: replace(config, project=str(path.parent)))


def _own(data: Path) -> Outcome[Mapping[str, Endpoint]]:
    """The providers that only the user's catalogue knows: those accepted, and those of the user's patches."""
    return mapped(read_patches([(data / PATCHES, False)]), lambda found: own_endpoints(data / "catalog", found))


def _bounded(
    extended: Config,
    config: Config,
    tables: Mapping[str, Mapping[str, object]],
    own: Mapping[str, Endpoint],
    path: Path,
) -> Outcome[Config]:
    """The settings with the providers of a project, if they name no key of others; what it moves loses its key."""
    foreign = _foreign_key(extended, tables, owners_of(own.values(), key_owners(config.providers)))
    if foreign is not None:
        return Failure(BadConfig(where=str(path), detail=foreign))
    known = {*own, *config.providers, *names(), *shipped_providers()}
    return Success(replace(extended, moved=frozenset(name for name in tables if "base_url" in tables[name]) & known))


def project_file(folder: Path) -> Path | None:
    """The settings of the project that a folder belongs to: the nearest upwards."""
    return next((path for place in (folder, *folder.parents) for path in _settings_in(place)), None)


def _environment(env: Mapping[str, str], config: Config) -> Outcome[Config]:
    found = {variable: field for variable, field in _VARIABLES.items() if env.get(variable)}
    try:
        said = msgspec.convert({field: env[variable] for variable, field in found.items()}, _Said, strict=False)
    except msgspec.ValidationError as cause:
        return Failure(BadConfig(where=f"the environment ({', '.join(found)})", detail=str(cause)))
    return _over(config, said, "the environment")


def _over(config: Config, said: _Said, where: str) -> Outcome[Config]:
    """The settings with what one source says laid over them."""
    plain = {name: value for name, value in asdict(said).items() if name in _PLAIN and value is not None}
    tables = [read(name, table, where, listed=listed_table(name)) for name, table in said.providers.items()]
    told = [*plain, *[f"providers.{name}" for name in said.providers]]
    sources = {**config.sources, **dict.fromkeys(told, where)}
    return mapped(
        collect(tables),
        lambda found: replace(
            config,
            **plain,
            providers={**config.providers, **{provider.id: provider for provider in found}},
            sources=sources,
        ),
    )


_PLAIN: Final = frozenset(_VARIABLES.values()) | {
    "stream",
    "sample_text_models",
    "sample_embedding_models",
    "excluded_models",
}


def _settings_in(folder: Path) -> Iterable[Path]:
    own, shared = folder / "modelmix.toml", folder / "pyproject.toml"
    if own.is_file():
        yield own
    elif shared.is_file() and b"[tool.modelmix" in shared.read_bytes():
        yield shared


def _read(path: Path, kind: type[S]) -> Outcome[S]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        ours = document.get("tool", {}).get("modelmix", {}) if path.name == "pyproject.toml" else document
        said = msgspec.convert(ours, kind)
        # What a file says of a folder, it says from where it lies.
        placed = None if said.fixtures_dir is None else str(path.parent / Path(said.fixtures_dir).expanduser())
        return Success(replace(said, fixtures_dir=placed))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as cause:
        return Failure(BadConfig(where=str(path), detail=str(cause)))


def _foreign_key(config: Config, tables: Iterable[str], owners: Mapping[str, frozenset[str]]) -> str | None:
    """A project must not send the user's keys anywhere: its providers name no variables of others."""
    found = ((name, first_foreign(config.providers[name].auth.env, name, owners)) for name in tables)
    return next((f"providers.{name}: {why}" for name, why in found if why is not None), None)


def _is_open(path: Path) -> bool:
    """Whether others than the owner may read a file. Windows keeps its permissions elsewhere."""
    return os.name != "nt" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
