"""Who may say where requests go: no sync, a patch within its bounds, and what the user has accepted."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from returns.result import Failure, Success

from modelmix.aim import Aim, aim, world
from modelmix.catalog.accepting import accept, offered
from modelmix.catalog.catalog import Catalog
from modelmix.catalog.endpoint import Endpoint, endpoint_of
from modelmix.catalog.shipped import shipped_record
from modelmix.catalog.sync import Wish, sync
from modelmix.config import Config
from modelmix.errors import BadConfig, BadRequest, MixError, NoEndpoint, NotAccepted
from modelmix.providers.provider import Auth, Provider
from unit.catalog.making import catalog, fetched, known, model, provider, say

NOW: Final = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EVIL: Final = "https://evil.example/v1"
OWN: Final = Provider(
    id="corp", name="Corp", dialect="openai-chat", base_url="https://llm.corp.example/v1", auth=Auth(env=("CORP_KEY",))
)


def synced(home: Path, *said: Mapping[str, object]) -> Catalog:
    """The catalogue after a sync that brought some providers besides the shipped ones."""
    assert isinstance(sync(catalog(home), fetched(known(*said)), Wish(), NOW), Success)
    return catalog(home)


def endpoint(whole: Catalog, name: str) -> Endpoint:
    found = whole.endpoint(name).unwrap()
    assert found is not None
    return found


def shipped(name: str) -> Endpoint:
    record = shipped_record(name)
    assert record is not None
    return endpoint_of(record)


@pytest.mark.parametrize("name", ["openai", "vivgrid"])
def test_a_sync_moves_no_host_and_no_variable(home: Path, name: str) -> None:
    whole = synced(home, provider(name, model("new"), api=EVIL, env=["AWS_SECRET_ACCESS_KEY"], npm="evil"))
    assert "new" in {each.id for each in whole.models(name).unwrap()}
    assert endpoint(whole, name) == shipped(name)


def test_a_model_that_a_sync_brings_keeps_its_dialect_but_takes_no_host(home: Path) -> None:
    here = model("here", provider={"npm": "@ai-sdk/anthropic"})
    there = model("there", provider={"npm": "@ai-sdk/anthropic", "api": EVIL})
    kinds = endpoint(synced(home, provider("vivgrid", here, there)), "vivgrid").kinds
    assert kinds["here"].npm == "@ai-sdk/anthropic"
    assert "there" not in kinds


def test_a_provider_that_a_sync_brings_waits_until_it_is_accepted(home: Path) -> None:
    new = provider("newco", model("m"), api="https://api.newco.example/v1", env=["NEWCO_KEY"], npm="@ai-sdk/openai")
    whole = synced(home, new)
    assert whole.endpoint("newco").unwrap() is None
    env = {"MM_HOME": str(home), "NEWCO_KEY": "sk-x"}
    assert aim("newco:m", world(Config(), env), Aim()).failure() == NotAccepted(
        provider="newco", api="https://api.newco.example/v1", env=("NEWCO_KEY",)
    )
    record = offered(whole, "newco").unwrap()
    accept(whole, home / "catalog", record, NOW).unwrap()
    assert endpoint(catalog(home), "newco") == Endpoint(
        id="newco",
        name="newco",
        api="https://api.newco.example/v1",
        env=("NEWCO_KEY",),
        npm="@ai-sdk/openai",
        kinds={},
        origin="accepted",
    )
    assert catalog(home).waiting("newco").unwrap() is None


def test_what_was_accepted_stays_where_a_later_sync_places_it_elsewhere(home: Path) -> None:
    whole = synced(home, provider("newco", model("m"), api="https://api.newco.example/v1", env=["NEWCO_KEY"]))
    accept(whole, home / "catalog", offered(whole, "newco").unwrap(), NOW).unwrap()
    data = known(provider("newco", model("m"), api=EVIL, env=["NEWCO_KEY"]))
    report = sync(catalog(home), fetched(data), Wish(), NOW).unwrap()
    assert [(move.provider, move.hosts) for move in report.moves] == [("newco", (EVIL,))]
    assert endpoint(catalog(home), "newco").api == "https://api.newco.example/v1"


def test_a_shipped_provider_that_moves_is_followed_once_that_is_accepted(home: Path) -> None:
    whole = synced(home, provider("vivgrid", model("m"), api="https://new.vivgrid.example", env=["VIVGRID_API_KEY"]))
    assert endpoint(whole, "vivgrid").api == shipped("vivgrid").api
    accept(whole, home / "catalog", offered(whole, "vivgrid").unwrap(), NOW).unwrap()
    assert endpoint(catalog(home), "vivgrid").api == "https://new.vivgrid.example"


UNFIT: Final[dict[str, tuple[Mapping[str, object], str, str]]] = {
    # what a sync brings, the provider that is to be accepted, a word of why it is not
    "built in": ({"api": EVIL}, "openai", "settings"),
    "nobody": ({}, "nobody", "the last sync brought"),
    "a path": ({}, "../../x", "the last sync brought"),
    "another provider's key": ({"api": EVIL, "env": ["OPENAI_API_KEY"]}, "newco", "OPENAI_API_KEY"),
    "a shipped provider's key": ({"api": EVIL, "env": ["VIVGRID_API_KEY"]}, "newco", "VIVGRID_API_KEY"),
    "a secret of another kind": ({"api": EVIL, "env": ["AWS_SECRET_ACCESS_KEY"]}, "newco", "another"),
    "a secret in the address": ({"api": EVIL + "/${GH_TOKEN}", "env": ["NEWCO_KEY"]}, "newco", "GH_TOKEN"),
    "plain http": ({"api": "http://evil.example", "env": ["NEWCO_KEY"]}, "newco", "https"),
}


@pytest.mark.parametrize(("fields", "name", "why"), UNFIT.values(), ids=UNFIT)
def test_what_may_not_be_accepted_is_told(home: Path, fields: dict[str, object], name: str, why: str) -> None:
    error = offered(synced(home, provider("newco", model("m"), **fields)), name).failure()
    assert isinstance(error, BadRequest)
    assert why in error.expected


PATCHED: Final[dict[str, tuple[dict[str, object], bool, Endpoint | type[MixError] | None]]] = {
    # what a patch says of a provider, whether it is a project's, what comes of it
    "a new provider": (
        {"id": "acme", "api": "https://a.example/v1", "env": ["ACME_KEY"]},
        False,
        Endpoint(
            id="acme",
            name="acme",
            api="https://a.example/v1",
            env=("ACME_KEY",),
            npm="@ai-sdk/openai-compatible",
            kinds={},
            origin="patch",
        ),
    ),
    "a project's new provider": (
        {"id": "acme", "name": "Acme", "api": "https://a.example/v1", "env": ["ACME_KEY"], "npm": "@ai-sdk/anthropic"},
        True,
        Endpoint(
            id="acme",
            name="Acme",
            api="https://a.example/v1",
            env=("ACME_KEY",),
            npm="@ai-sdk/anthropic",
            kinds={},
            origin="patch",
            project=True,
        ),
    ),
    "a new provider that is nowhere": ({"id": "acme", "env": ["ACME_KEY"]}, False, NoEndpoint),
    "a new provider with another's key": ({"id": "acme", "api": EVIL, "env": ["OPENAI_API_KEY"]}, False, BadConfig),
    "a new provider with a shipped one's key": (
        {"id": "acme", "api": EVIL, "env": ["VIVGRID_API_KEY"]},
        True,
        BadConfig,
    ),
    "a new provider with a secret": ({"id": "acme", "api": EVIL, "env": ["NPM_TOKEN"]}, True, BadConfig),
    "a secret in an address": ({"id": "acme", "api": EVIL + "/${OPENAI_API_KEY}", "env": []}, True, BadConfig),
    "a built-in provider elsewhere": ({"id": "openai", "api": EVIL}, False, BadConfig),
    "a built-in provider with another variable": ({"id": "openai", "env": ["MY_KEY"]}, False, BadConfig),
    "a built-in provider as it is": (
        {"id": "openai", "api": "https://api.openai.com/v1/", "env": ["OPENAI_API_KEY"]},
        True,
        shipped("openai"),
    ),
    "a provider of the settings elsewhere": ({"id": "corp", "api": EVIL}, False, BadConfig),
    "a provider of the settings by its models": ({"id": "corp"}, True, None),
    "a project moves a shipped provider, without its key": (
        {"id": "llmgateway", "api": EVIL},
        True,
        Endpoint(
            id="llmgateway",
            name=shipped("llmgateway").name,
            api=EVIL,
            env=(),
            npm=shipped("llmgateway").npm,
            kinds=shipped("llmgateway").kinds,
            origin="patch",
            project=True,
        ),
    ),
    "a project moves a shipped provider, with its key": (
        {"id": "llmgateway", "api": EVIL, "env": ["LLMGATEWAY_API_KEY"]},
        True,
        BadConfig,
    ),
    "a project puts a shipped provider's key in an address": (
        {"id": "llmgateway", "api": EVIL + "/${LLMGATEWAY_API_KEY}"},
        True,
        BadConfig,
    ),
}


@pytest.mark.parametrize(("table", "project", "expected"), PATCHED.values(), ids=PATCHED)
def test_a_patch_says_where_a_provider_is_within_its_bounds(
    home: Path, table: dict[str, object], project: object, expected: Endpoint | type[MixError] | None
) -> None:
    path = say(home, "one.json", {"provider": table, "models": [{"id": "m"}]})
    whole = Catalog(patches=((path.parent, bool(project)),), settled={"corp": OWN})
    match whole.endpoint(str(table["id"])), whole.record(str(table["id"])):
        case Success(found), Success(record):
            assert found == expected
            assert record is not None
            assert "m" in record.models
        case Failure(error), Failure(again):
            assert isinstance(expected, type)
            assert isinstance(error, expected)
            assert error == again
            assert str(path) in str(error)
        case _:
            pytest.fail("one of both fails")


def test_a_users_patch_moves_a_shipped_provider_with_its_own_key(home: Path) -> None:
    say(home, "one.json", {"provider": {"id": "llmgateway", "api": "https://mirror.example/v1"}})
    found = endpoint(catalog(home), "llmgateway")
    assert (found.api, found.env, found.origin, found.project) == (
        "https://mirror.example/v1",
        ("LLMGATEWAY_API_KEY",),
        "patch",
        False,
    )


def test_a_projects_key_for_a_moved_provider_does_not_come_back_by_a_second_patch(home: Path) -> None:
    say(home, "1.json", {"provider": {"id": "llmgateway", "env": ["NEW_KEY"]}})
    say(home, "2.json", {"provider": {"id": "llmgateway", "api": EVIL, "env": ["LLMGATEWAY_API_KEY"]}})
    assert isinstance(catalog(home, project=True).endpoint("llmgateway").failure(), BadConfig)


def test_models_of_a_project_leave_a_shipped_provider_where_it_is(home: Path) -> None:
    say(home, "1.json", {"provider": {"id": "llmgateway"}, "models": [{"id": "m", "tier": "fast"}]})
    assert endpoint(catalog(home, project=True), "llmgateway") == shipped("llmgateway")


def test_a_file_that_accepts_nothing_readable_accepts_nothing(home: Path) -> None:
    whole = synced(home, provider("newco", model("m"), api="https://api.newco.example/v1", env=["NEWCO_KEY"]))
    path = accept(whole, home / "catalog", offered(whole, "newco").unwrap(), NOW).unwrap()
    path.write_text(path.read_text(encoding="utf-8").replace('"id": "newco"', '"id": "other"'), encoding="utf-8")
    assert catalog(home).endpoint("newco").unwrap() is None
    path.write_bytes(b"{")
    assert catalog(home).endpoint("newco").unwrap() is None
