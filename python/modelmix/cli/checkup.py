"""What `mm doctor` looks at: each section is a list of findings, some of them problems. No key's value is in any."""

import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, distribution, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from returns.result import Failure, Success

from modelmix.aim import World, world as world_of
from modelmix.card import access
from modelmix.catalog.catalog import Catalog
from modelmix.catalog.shipped import shipped_manifest
from modelmix.cli.facts import key_words
from modelmix.config import Config, project_file
from modelmix.errors import BadConfig, MixError
from modelmix.local.models import pulled
from modelmix.node import Node
from modelmix.outcome import Outcome
from modelmix.paths import config_file, data_folder
from modelmix.providers.load import names
from modelmix.transport.proxy import proxy_for
from modelmix.version import VERSION

_PROXIES: Final = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_CERTIFICATES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_SETTINGS: Final = ("model", "log_level", "stream", "timeout", "retries")
_EXTRA: Final = re.compile(r"""([A-Za-z0-9._-]+).*;.*extra\s*==\s*["']([\w-]+)["']""")
_PROXIED: Final = "proxied.invalid"
"""A host that nobody has (RFC 2606), to ask what the variables say of the hosts of this world."""


class Finding(Node, frozen=True):
    """A fact by its name, and what is wrong with it, if anything is."""

    name: str
    text: str
    problem: MixError | None = None


class Section(Node, frozen=True):
    """Findings that belong together."""

    title: str
    findings: tuple[Finding, ...]


def surroundings(folder: Path, env: Mapping[str, str], config: Outcome[Config]) -> tuple[Section, ...]:
    """Everything around a call: versions, settings, network, catalogue, keys and data."""
    known = config.unwrap() if isinstance(config, Success) else Config()
    broken = config.failure() if isinstance(config, Failure) else None
    world = world_of(known, env)
    return (
        Section(f"modelmix {VERSION}", tuple(_versions())),
        Section("Settings", tuple(_settings(folder, env, known, broken))),
        Section("Network", (*_proxies(env), *_certificates(env))),
        Section("Catalogue", tuple(_catalogue(world.catalog))),
        Section("Keys", tuple(_keys(world))),
        Section("Data", tuple(_data(env))),
    )


def _versions() -> Iterator[Finding]:
    yield Finding("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield Finding("program", sys.executable)
    extension = find_spec("modelmix._native")
    yield Finding("extension", "missing" if extension is None else str(extension.origin))
    for extra, packages in _extras().items():
        missing = [package for package in packages if _installed(package) is None]
        state = f"not installed: pip install 'modelmix[{extra}]'" if missing else _versioned(packages)
        yield Finding(f"extra {extra}", state)


def _extras() -> Mapping[str, list[str]]:
    """The packages of each extra, as modelmix was installed."""
    found: dict[str, list[str]] = {}
    for line in distribution("modelmix").requires or ():
        match = _EXTRA.fullmatch(line)
        if match is not None:
            found.setdefault(match[2], []).append(match[1])
    return found


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _versioned(packages: Iterable[str]) -> str:
    return ", ".join([f"{package} {_installed(package)}" for package in packages])


def _settings(folder: Path, env: Mapping[str, str], config: Config, broken: MixError | None) -> Iterator[Finding]:
    user, project = config_file(env), project_file(folder)
    yield Finding("user file", f"{user}{'' if user.is_file() else ' (not there)'}")
    yield Finding("project file", "none from here upwards" if project is None else str(project))
    if broken is not None:
        yield Finding("in force", "the defaults, as the settings cannot be read", broken)
        return
    if config.env_file is not None:
        yield Finding("variables from", config.env_file)
    for name in _SETTINGS:
        value = getattr(config, name)
        yield Finding(name, f"{'unset' if value is None else value} ({config.sources.get(name, 'default')})")
    for name in config.providers:
        yield Finding(f"provider {name}", f"set in {config.sources.get(f'providers.{name}', 'the settings')}")


def _proxies(env: Mapping[str, str]) -> Iterator[Finding]:
    said = [(name, env[name]) for each in _PROXIES for name in (each.lower(), each) if env.get(name)]
    for name, value in said:
        yield Finding(name, value if name.upper() == "NO_PROXY" else without_credentials(value), _flaw(name, value))
    if not said:
        yield Finding("proxy", "none")


def _flaw(name: str, value: str) -> MixError | None:
    """What is wrong with a variable that names a proxy."""
    if name.upper() == "NO_PROXY":
        return None
    found = proxy_for(name.lower().removesuffix("_proxy"), _PROXIED, {name: value})
    return found.failure() if isinstance(found, Failure) else None


def without_credentials(url: str) -> str:
    """A proxy's URL with its user name and password hidden, however it is written."""
    scheme, separator, rest = url.partition("://") if "://" in url else ("", "", url)
    _, at, place = rest.rpartition("@")
    return f"{scheme}{separator}{'***@' if at else ''}{place}"


def _certificates(env: Mapping[str, str]) -> Iterator[Finding]:
    said = [(name, env[name]) for name in _CERTIFICATES if env.get(name)]
    for name, value in said:
        there = Path(value).is_file() if name.endswith("FILE") else Path(value).is_dir()
        kind = "file" if name.endswith("FILE") else "folder"
        yield Finding(name, value, None if there else BadConfig(where=name, detail=f"there is no {kind} `{value}`"))
    if not said:
        yield Finding("certificates", "certifi's bundle")


def _catalogue(catalog: Catalog) -> Iterator[Finding]:
    known = shipped_manifest()
    age = "" if known.date is None else f", {known.date}{_age(known.date)}"
    yield Finding("shipped", f"{known.models:,} models of {known.providers} providers, {known.source}{age}")
    synced = catalog.manifest
    if synced is None:
        yield Finding("synced", "never; newer models and prices: mm sync")
    else:
        counts = f"{synced.models:,} models of {synced.providers} providers, {synced.source}"
        yield Finding("synced", f"{counts}, {synced.date[:10]}{_age(synced.date)}")
    for fault in catalog.faults():
        yield Finding("damaged", fault.path, BadConfig(where=fault.path, detail=f"{fault.why}; run mm sync"))
    patches = catalog.patches
    if isinstance(patches, Failure):
        yield Finding("patches", "cannot be read", patches.failure())
    else:
        files = dict.fromkeys(patch.path for patch in patches.unwrap())
        yield Finding("patches", ", ".join(files) or "none")


def _age(day: str) -> str:
    try:
        days = (datetime.now(UTC).date() - date.fromisoformat(day[:10])).days
    except ValueError:
        return ""
    return f" ({days} days old)"


def _keys(world: World) -> Iterator[Finding]:
    known = world.catalog.providers()
    everyone = {*names(), *world.config.providers, *(known.unwrap() if isinstance(known, Success) else ())}
    ways = [access(name, world) for name in sorted(everyone)]
    found = [way.unwrap() for way in ways if isinstance(way, Success)]
    kept = [Finding(way.provider, key_words(way)) for way in found if way.place is not None]
    yield from kept or [Finding("none", "set one: mm keys set PROVIDER; a local model needs none")]
    if isinstance(known, Failure):
        yield Finding("catalogue", "cannot be read", known.failure())


def _data(env: Mapping[str, str]) -> Iterator[Finding]:
    folder = data_folder(env)
    yield Finding("folder", f"{folder} ({_megabytes(_size(folder))})" if folder.is_dir() else f"{folder} (not there)")
    for path in pulled(folder):
        yield Finding(f"local:{path.stem}", _megabytes(path.stat().st_size))


def _size(folder: Path) -> int:
    """The bytes of all files below a folder; what links lead to is not counted."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
