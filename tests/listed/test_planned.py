"""For every model of every provider that only the catalogue knows, the request that is planned is the one that another
reading of the data says, and nothing but the provider's own variables is looked at."""

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
import pytest

from listed.reading import GOLDEN, REFUSED, Record, decoded, key_of, shipped, way, ways
from modelmix.aim import Aim, World, aim
from modelmix.ast.embedding import EmbedRequest
from modelmix.ast.message import user
from modelmix.ast.request import Request
from modelmix.call import Call, Target, plan
from modelmix.catalog.catalog import Catalog
from modelmix.catalog.endpoint import endpoint_of
from modelmix.catalog.record import ProviderRecord, model as model_of
from modelmix.config import Config
from modelmix.embedding import plan_embed
from modelmix.errors import Unsupported
from modelmix.providers.load import built_in, names
from modelmix.providers.row import provider_of
from modelmix.secret import Secret

TABLE: Final = msgspec.json.decode(GOLDEN.read_bytes(), type=dict[str, list[str]])
PROVIDERS: Final = shipped()
VALUES: Final = {"NEON_AI_GATEWAY_BASE_URL": "https://acme.example"}
"""What a place stands for that is more than a word."""


class Watched(Mapping[str, str]):
    """An environment in which every variable of every provider is set, and which remembers what it was asked for."""

    def __init__(self, providers: Mapping[str, Record]) -> None:
        variables = {variable for record in providers.values() for variable in record.env}
        variables |= {variable for name in names() for variable in built_in(name).auth.env}
        self.values_of: Final = {name: VALUES.get(name, f"acme-{name.lower().replace('_', '-')}") for name in variables}
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.values_of[name]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("somebody looks through the whole environment")

    def __len__(self) -> int:
        return len(self.values_of)


def filled(url: str, env: Watched) -> str:
    for name, value in env.values_of.items():
        url = url.replace(f"${{{name}}}", value)
    return url


def assert_is(call: Call, line: str, model: str, env: Watched) -> None:
    """A call goes where a line of the table says, with the key in its header and nowhere else."""
    dialect, url, header, variable = line.split(" ")
    key = env.values_of[variable]
    assert call.target.key is not None
    assert (call.dialect, call.target.key.reveal()) == (dialect, key)
    assert call.url == filled(url, env).replace("{model}", model)
    hidden = {name for name, value in call.shown_headers if "***" in value}
    assert hidden == {header}
    assert key not in str(call.headers) + call.url + call.body.decode()
    assert ("anthropic-version" in dict(call.headers)) == (dialect == "anthropic-messages")


def test_the_table_is_what_the_data_say() -> None:
    assert {name: ways(record) for name, record in PROVIDERS.items()} == TABLE


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_model_is_asked_where_the_data_say(name: str) -> None:
    record, env = PROVIDERS[name], Watched(PROVIDERS)
    world, request = World(Config(), env), Request(messages=(user("Hello."),), stream=True)
    for model in record.models:
        line = way(record, model)
        target = aim(f"{name}:{model}", world, Aim())
        if line == REFUSED:
            assert isinstance(target.failure(), Unsupported), model
        else:
            assert_is(plan(request, target.unwrap()).unwrap(), line, model, env)
    assert env.asked <= {*record.env}


COUNTS: Final = {"by catalogue": 113, "in part": 2, "refused": 6, "with a file": 13}
MODELS: Final = 3808


def test_so_many_providers_and_models_are_reached() -> None:
    lines = [way(record, model) for record in PROVIDERS.values() for model in record.models]
    counts = {
        "by catalogue": sum(any(line != REFUSED for line in lines) for lines in TABLE.values()),
        "in part": sum(REFUSED in lines and len(lines) > 1 for lines in TABLE.values()),
        "refused": sum(lines == [REFUSED] for lines in TABLE.values()),
        "with a file": len({*Catalog().providers().unwrap()} & {*names()}),
    }
    assert counts == COUNTS
    assert sum(line != REFUSED for line in lines) == MODELS


def document(shared: Path, name: str) -> bytes:
    return gzip.decompress((shared / "catalog" / f"{name}.json.gz").read_bytes())


def endpoints(data: bytes) -> dict[str, ProviderRecord]:
    return msgspec.json.decode(data, type=dict[str, ProviderRecord])


def test_newer_data_are_read_alike(shared: Path) -> None:
    data = document(shared, "models-dev-api")
    newer = {name: record for name, record in decoded(data).items() if name not in names()}
    env, request = Watched(newer), Request(messages=(user("Hello."),), stream=True)
    planned = 0
    for name, known in endpoints(data).items():
        for model, entry in known.models.items() if name in newer else ():
            line = way(newer[name], model)
            row = provider_of(endpoint_of(known), model, model_of(name, entry), env)
            if line == REFUSED:
                assert isinstance(row.failure(), Unsupported), model
                continue
            provider = row.unwrap()
            key = Secret(env.values_of[key_of(newer[name])])
            target = Target(provider=provider, model=model, base_url=provider.base_url, key=key)
            assert_is(plan(request, target).unwrap(), line, model, env)
            planned += 1
    assert planned > MODELS


def test_old_data_that_name_no_packages_are_refused(shared: Path) -> None:
    known = endpoints(document(shared, "models-dev-api.2025-10"))
    refused = [provider_of(endpoint_of(record), "any", None, {}).failure() for record in known.values()]
    assert len(refused) > 50
    assert {type(error) for error in refused} == {Unsupported}


EMBEDDING: Final = {
    # provider: whether it has an endpoint for embeddings, by the package that speaks to it
    "alibaba": True,
    "deepinfra": True,
    "nebius": True,
    "cohere": True,
    "vivgrid": True,
    "kimi-for-coding": False,
    "minimax-cn": False,
    "v0": False,
}


@pytest.mark.parametrize(("name", "has"), EMBEDDING.items(), ids=EMBEDDING)
def test_embeddings_go_below_the_same_address(name: str, *, has: bool) -> None:
    env = Watched(PROVIDERS)
    found = Catalog().endpoint(name).unwrap()
    assert found is not None
    provider = provider_of(found, "some-embedding", None, env).unwrap()
    target = Target(provider=provider, model="some-embedding", base_url=provider.base_url)
    calls = plan_embed(EmbedRequest(texts=("hello",)), target)
    if has:
        (call,) = calls.unwrap()
        assert call.url == f"{provider.base_url}/embeddings"
        assert urlsplit(call.url).netloc == urlsplit(TABLE[name][0].split(" ")[1]).netloc
    else:
        assert isinstance(calls.failure(), Unsupported)
