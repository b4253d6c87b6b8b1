"""Syncing: what is written, what is kept, what is refused, and what readers find in between."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec
import pytest
from returns.result import Success

from modelmix.catalog.catalog import Catalog
from modelmix.catalog.manifest import NAME, PREVIOUS, read, sha256
from modelmix.catalog.record import Cost, ModelRecord
from modelmix.catalog.shipped import shipped_providers, shipped_record
from modelmix.catalog.sync import Report, Wish, sync
from modelmix.errors import BadConfig, FetchFailed, NoEndpoint
from unit.catalog.making import BASE, SOURCE, catalog, document, fetched, known, model, provider, say

NOW: Final = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PATCH: Final = {"provider": {"id": "openai"}, "models": [{"id": "gpt-4o", "cost": {"input": 7}}, {"id": "mine"}]}


def brought(home: Path, data: bytes | None, *, etag: str | None = None, **wish: bool) -> Report:
    return sync(catalog(home), fetched(data, etag), Wish(**wish), NOW).unwrap()


def models(home: Path, name: str) -> Mapping[str, ModelRecord]:
    record = catalog(home).record(name).unwrap()
    return {} if record is None else record.models


def files(home: Path) -> dict[str, tuple[int, int, bytes]]:
    """All files of a catalogue: their inodes, times and bytes."""
    paths = (path for path in sorted((home / "catalog").rglob("*")) if path.is_file())
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def test_a_sync_replaces_models_and_keeps_those_that_are_no_longer_listed_marked(home: Path) -> None:
    report = brought(home, known(provider("groq", model("new"))))
    found = models(home, "groq")
    assert {name for name, each in found.items() if each.delisted} == {"old-1", "old-2"}
    assert {name for name, each in found.items() if not each.delisted} == {"new"}
    (saved,) = (each for each in report.saved if each.provider == "groq")
    assert (saved.fetched, saved.kept, saved.saved) == (1, 2, 3)
    assert {each.delisted for each in catalog(home).models("groq").unwrap()} == {True, False}


def test_a_model_that_is_listed_again_is_no_longer_marked(home: Path) -> None:
    brought(home, known(provider("groq", model("a"), model("b"))))
    brought(home, known(provider("groq", model("a"))))
    assert models(home, "groq")["b"].delisted
    brought(home, known(provider("groq", model("a"), model("b"))))
    assert not models(home, "groq")["b"].delisted


def test_pruning_forgets_what_is_no_longer_listed(home: Path) -> None:
    report = brought(home, known(provider("groq", model("new")), without=("vivgrid",)), prune=True)
    assert set(models(home, "groq")) == {"new"}
    assert report.gone == ("vivgrid",)
    assert catalog(home).record("vivgrid").unwrap() is None
    assert "vivgrid" not in catalog(home).providers().unwrap()


def test_a_provider_that_is_no_longer_listed_is_kept_with_its_models_marked(home: Path) -> None:
    brought(home, known(without=("vivgrid",)))
    found = models(home, "vivgrid")
    assert found
    assert all(each.delisted for each in found.values())


def test_what_has_been_forgotten_stays_so_until_it_is_listed(home: Path) -> None:
    brought(home, known(without=("vivgrid",)), prune=True)
    assert not brought(home, known(without=("vivgrid",)), prune=True).written
    assert catalog(home).record("vivgrid").unwrap() is None
    brought(home, known())
    assert models(home, "vivgrid")


def test_pruning_forgets_what_was_kept_also_when_nothing_new_has_come(home: Path) -> None:
    brought(home, known(provider("groq", model("new")), without=("vivgrid",)))
    assert brought(home, None, prune=True).written
    assert set(models(home, "groq")) == {"new"}
    assert catalog(home).record("vivgrid").unwrap() is None


@pytest.mark.parametrize("prune", [False, True])
def test_what_was_set_aside_stays_as_it_was(home: Path, *, prune: bool) -> None:
    bad = provider("groq", model("old-1", cost={"input": "1"}))
    report = brought(home, known(bad, provider("vivgrid", model("v"), env=5)), prune=prune)
    assert len(report.aside) == 2
    found = models(home, "groq")
    assert found["old-1"] == ModelRecord(id="old-1", name="old-1", cost=Cost(input=Decimal(1), output=Decimal(2)))
    assert ("old-2" in found) != prune
    assert not models(home, "vivgrid")["v"].delisted


UNCHANGED: Final[dict[str, bytes | None]] = {"the same data": known(), "a tag that still holds": None}


@pytest.mark.parametrize("again", UNCHANGED.values(), ids=UNCHANGED)
def test_nothing_is_written_where_nothing_is_new(home: Path, again: bytes | None) -> None:
    say(home, "openai_patch.json", PATCH)
    assert brought(home, known(), etag='"1"').written
    before = files(home)
    assert not brought(home, again).written
    assert files(home) == before


def test_a_changed_patch_is_merged_over_what_was_kept(home: Path) -> None:
    path = say(home, "openai_patch.json", PATCH)
    brought(home, known(provider("openai", model("gpt-4o"), model("o3"))), etag='"1"')
    say(home, "openai_patch.json", {**PATCH, "exclude": ["o3"]})
    assert brought(home, None).written
    assert "o3" not in models(home, "openai")
    path.unlink()
    assert brought(home, None).written
    assert models(home, "openai")["gpt-4o"].cost.input == Decimal(1)
    manifest = read((home / "catalog" / NAME).read_bytes())
    assert (manifest.etag, manifest.patches) == ('"1"', {})


def test_a_patch_counts_without_a_sync_and_no_longer_than_it_is_there(home: Path) -> None:
    path = say(home, "openai_patch.json", PATCH)
    assert models(home, "openai")["gpt-4o"].cost.input == Decimal(7)
    brought(home, known(provider("openai", model("gpt-4o"))))
    assert models(home, "openai")["gpt-4o"].cost.input == Decimal(7)
    path.unlink()
    assert models(home, "openai")["gpt-4o"].cost.input == Decimal(1)
    assert "mine" not in models(home, "openai")


def test_a_provider_that_only_a_patch_makes_goes_with_it(home: Path) -> None:
    path = say(home, "acme.json", {"provider": {"id": "acme", "api": "https://a.example"}, "models": [{"id": "m"}]})
    brought(home, known())
    assert "acme" in catalog(home).providers().unwrap()
    path.unlink()
    assert "acme" not in catalog(home).providers().unwrap()
    assert catalog(home).record("acme").unwrap() is None
    assert brought(home, known()).gone == ("acme",)


def test_a_patch_of_one_project_counts_in_no_other(home: Path) -> None:
    say(home, "openai_patch.json", PATCH)
    brought(home, known(provider("openai", model("gpt-4o"))))
    elsewhere = Catalog(home / "catalog").record("openai").unwrap()
    assert elsewhere is not None
    assert "mine" not in elsewhere.models
    assert elsewhere.models["gpt-4o"].cost.input == Decimal(1)


@dataclass(frozen=True)
class Refusal:
    """A sync that writes nothing: its data, the patches, the error."""

    data: bytes
    error: type[object]
    patches: Mapping[str, object] = field(default_factory=dict[str, object])


REFUSED: Final = {
    "nothing": Refusal(b"{}", FetchFailed),
    "less than half": Refusal(document(provider("openai", *(model(f"m{n}") for n in range(21)))), FetchFailed),
    "no catalogue": Refusal(b"[]", FetchFailed),
    "a malformed patch": Refusal(known(), BadConfig, {"a.json": "{"}),
    "a patch of nowhere": Refusal(known(), NoEndpoint, {"a.json": {"provider": {"id": "newprovider"}}}),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_leaves_everything_as_it_was(home: Path, case: Refusal) -> None:
    brought(home, known())
    before = files(home)
    for name, patch in case.patches.items():
        say(home, name, patch)
    error = sync(catalog(home), fetched(case.data), Wish(), NOW).failure()
    assert isinstance(error, case.error)
    assert files(home) == before


def test_half_is_taken(home: Path) -> None:
    assert brought(home, document(provider("openai", *(model(f"m{number}") for number in range(22))))).written


def test_less_than_half_is_taken_by_leave(home: Path) -> None:
    assert brought(home, document(provider("openai", model("m"))), allow_shrink=True, prune=True).models == 1
    assert catalog(home).providers().unwrap() == ("openai",)


def test_a_dry_run_tells_what_would_change_and_writes_nothing(home: Path) -> None:
    changed = provider("groq", model("a", cost={"input": 3}, limit={"context": 5}), model("b"))
    brought(home, known(provider("groq", model("a"), model("c"))), prune=True)
    before = files(home)
    report = brought(home, known(changed), dry_run=True, prune=True)
    (saved,) = (each for each in report.saved if each.changed)
    assert (saved.whole.added, saved.whole.removed) == (("b",), ("c",))
    assert [(each.field, each.before, each.after) for each in (*saved.whole.prices, *saved.whole.limits)] == [
        ("input", Decimal(1), Decimal(3)),
        ("output", Decimal(2), None),
        ("context", None, 5),
    ]
    assert files(home) == before


def test_a_first_dry_run_makes_no_folder(tmp_path: Path) -> None:
    assert brought(tmp_path, known(), dry_run=True, allow_shrink=True).written
    assert list(tmp_path.iterdir()) == []


def test_a_first_sync_keeps_what_ships_marked(tmp_path: Path) -> None:
    report = brought(tmp_path, known(provider("groq", model("new"))), allow_shrink=True)
    before = shipped_record("groq")
    assert before is not None
    assert {name for name, each in models(tmp_path, "groq").items() if each.delisted} == set(before.models)
    assert {*catalog(tmp_path).providers().unwrap()} == shipped_providers()
    assert report.providers == len(shipped_providers())


JUMPS: Final = {
    "ten times": (1, 10, 0),
    "more than ten times": (1, Decimal("10.01"), 1),
    "less than a tenth": (1, Decimal("0.09"), 1),
    "from nothing": (0, 1, 1),
    "to nothing": (1, 0, 1),
    "from unknown": (None, 100, 0),
}


@pytest.mark.parametrize(("before", "after", "told"), JUMPS.values(), ids=JUMPS)
def test_a_price_that_jumps_is_taken_and_told(home: Path, before: object, after: object, told: int) -> None:
    def priced(price: object) -> bytes:
        return known(provider("groq", model("m", cost={"input": price and float(str(price))})))

    brought(home, priced(before))
    report = brought(home, priced(after))
    assert [(name, change.model) for name, change in report.jumps] == [("groq", "m")] * told
    assert models(home, "groq")["m"].cost.input == Decimal(str(after))


ODD: Final[dict[str, tuple[tuple[Mapping[str, object], ...], int]]] = {
    # prices of models: how many of them look as if they were for a thousand tokens
    "all alike": (({"input": 2.5, "output": 10},) * 3, 0),
    "beside its sibling": (({"input": 0.0005, "output": 1.5},), 1),
    "beside its sibling, not far enough": (({"input": 0.0009, "output": 0.8},), 0),
    "beside other models": (({"input": 2}, {"input": 3}, {"input": 0.0005}), 1),
    "all cheap": (({"input": 0.0005, "output": 0.001},) * 3, 0),
    "free": (({"input": 0, "output": 5},), 0),
}


@pytest.mark.parametrize(("costs", "told"), ODD.values(), ids=ODD)
def test_a_rate_that_looks_per_thousand_is_kept_and_told(
    home: Path, costs: tuple[Mapping[str, object], ...], told: int
) -> None:
    entries = (model(f"m{number}", cost=cost) for number, cost in enumerate(costs))
    report = brought(home, known(provider("newco", *entries)))
    assert len([name for name, _ in report.odd if name == "newco"]) == told
    assert len(models(home, "newco")) == len(costs)


def test_the_manifest_says_what_there_is(home: Path) -> None:
    path = say(home, "openai_patch.json", PATCH)
    brought(home, known(provider("groq", model("m"))), etag='"tag"')
    manifest = read((home / "catalog" / NAME).read_bytes())
    assert (manifest.source, manifest.date, manifest.etag) == (SOURCE, "2026-01-02T03:04:05+00:00", '"tag"')
    assert manifest.providers == len(manifest.files) == len(BASE)
    assert manifest.models == sum(entry.models for entry in manifest.files.values())
    assert manifest.patches == {str(path): sha256(path.read_bytes())}
    folder = home / "catalog" / manifest.generation
    for name, entry in manifest.files.items():
        assert sha256((folder / f"{name}.json").read_bytes()) == entry.sha256
    assert {entry.kind for name, entry in manifest.files.items() if name != "openai"} == {"plain"}
    assert sha256((folder / "upstream" / "openai.json").read_bytes()) == manifest.files["openai"].upstream_sha256


def generations(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "catalog").iterdir() if path.is_dir())


def test_two_generations_are_kept_and_no_more(home: Path) -> None:
    for number in range(4):
        brought(home, known(provider("groq", model(f"m{number}"))))
    kept = {read((home / "catalog" / name).read_bytes()).generation for name in (NAME, PREVIOUS)}
    assert set(generations(home)) == kept
    assert len(kept) == 2


def test_nothing_else_in_the_folder_is_swept_away(home: Path) -> None:
    brought(home, known())
    outside = home / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    (home / "catalog" / "20250101T000000Z-00000000").symlink_to(outside)
    (home / "catalog" / "mine").mkdir()
    brought(home, known(provider("groq", model("m"))))
    assert (outside / "kept").exists()
    assert "mine" in generations(home)


def _newest(home: Path) -> Path:
    return home / "catalog" / read((home / "catalog" / NAME).read_bytes()).generation


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _send_outside(manifest: Path) -> None:
    said = msgspec.json.decode(manifest.read_bytes(), type=dict[str, object])
    manifest.write_bytes(msgspec.json.encode({**said, "generation": "../.."}))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


DAMAGE: Final[dict[str, tuple[Callable[[Path], None], str, int]]] = {
    # what happens, the model that is then found, how many faults are told
    "nothing": (lambda _: None, "second", 0),
    "a file is cut": (lambda home: _cut(_newest(home) / "groq.json"), "first", 1),
    "a file is gone": (lambda home: (_newest(home) / "groq.json").unlink(), "first", 1),
    "a file is a folder": (lambda home: _make_folder(_newest(home) / "groq.json"), "first", 1),
    "the manifest is cut": (lambda home: _cut(home / "catalog" / NAME), "first", 1),
    "the manifest is empty": (lambda home: _empty(home / "catalog" / NAME), "first", 1),
    "the manifest names a folder outside": (lambda home: _send_outside(home / "catalog" / NAME), "first", 1),
    "the manifest is gone": (lambda home: (home / "catalog" / NAME).unlink(), "first", 0),
}


@pytest.mark.parametrize(("damage", "expected", "faults"), DAMAGE.values(), ids=DAMAGE)
def test_what_is_damaged_is_passed_over_for_the_generation_before(
    home: Path, damage: Callable[[Path], None], expected: str, faults: int
) -> None:
    for name in ("first", "second"):
        brought(home, known(provider("groq", model(name))), prune=True)
    damage(home)
    assert set(models(home, "groq")) == {expected}
    assert len(catalog(home).faults()) == faults
    again = brought(home, known(provider("groq", model("second"))), prune=True)
    assert again.written == (expected != "second")
    assert set(models(home, "groq")) == {"second"}
    assert catalog(home).faults() == ()


def test_with_both_generations_damaged_there_is_what_ships(home: Path) -> None:
    for name in ("first", "second"):
        brought(home, known(provider("groq", model(name))), prune=True)
    for name in generations(home):
        _cut(home / "catalog" / name / "groq.json")
    assert catalog(home).record("groq").unwrap() == shipped_record("groq")


def test_a_sync_counts_in_the_process_that_did_it_once_it_looks_again(home: Path) -> None:
    before = catalog(home)
    assert isinstance(before.record("groq"), Success)
    brought(home, known(provider("groq", model("m"))), prune=True)
    record = before.reread().record("groq").unwrap()
    assert record is not None
    assert set(record.models) == {"m"}


def test_patches_apply_in_the_order_of_their_names_and_a_projects_over_the_users(home: Path) -> None:
    user, project = home / "user", home / "project"
    for folder, name, said in (
        (user, "a.json", {"cost": {"input": 1}, "tier": "1"}),
        (user, "b.json", {"cost": {"input": 2}, "tier": "2"}),
        (project, "a.json", {"cost": {"input": 3}}),
    ):
        say(folder, name, {"provider": {"id": "groq"}, "models": [{"id": "m", **said}]})
    whole = Catalog(patches=((user / "models_local", False), (project / "models_local", True)))
    record = whole.record("groq").unwrap()
    assert record is not None
    assert (record.models["m"].cost.input, record.models["m"].tier) == (Decimal(3), "2")
