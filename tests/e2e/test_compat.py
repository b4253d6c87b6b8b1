"""`mm compat` against a model on the loopback: recorded, replayed without a network, and broken on purpose."""

import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from e2e.able import able, but
from e2e.offline import cut_off
from e2e.shell import Shell, Told
from fakes.replies import Reply, answer, refusal
from fakes.server import FaultServer, Request as Asked, Script
from modelmix.ast.request import Request
from modelmix.ast.response import Response
from modelmix.decode import Bounds, Decoder, DialectName, Tags, decoder
from modelmix.dialects.draft import Draft
from modelmix.dialects.table import Dialect, dialect_named
from modelmix.outcome import Outcome, mapped
from modelmix.reception import Reception

GPT = "openai:gpt-4o"
KEY = "sk-canary-0123456789abcdefghijklmnop"
HELLO = "single word: hello"

REPORT = """\
----------------------------------------------------
Model Coverage Status
----------------------------------------------------

OpenAI
  ✓ gpt-4o
  1 pass, 0 fail, 0 excluded, 0 untested | 100.0% coverage

Overall Coverage: 1/1 models validated (100.0%)
"""


@dataclass(frozen=True)
class Site:
    """A project with a provider that is the server of a test."""

    shell: Shell

    @property
    def fixtures(self) -> Path:
        return self.shell.folder / "tests" / "fixtures" / "compat"

    @property
    def state(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = json.loads((self.fixtures / "supported_models.json").read_bytes())
        return found

    def compat(self, *arguments: str, **env: str) -> Told:
        """One call, in this process."""
        return self.shell.inside("compat", *arguments, env={"OPENAI_API_KEY": KEY, **env})

    def serve(self, url: str) -> None:
        """Sends all calls of OpenAI here."""
        self.shell.config.parent.mkdir(parents=True, exist_ok=True)
        self.shell.config.write_text(f'[providers.openai]\nbase_url = "{url}"\ndialect = "openai-chat"\n')
        self.shell.config.chmod(0o600)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "modelmix.toml").write_text(
        f'sample_text_models = ["{GPT}"]\nsample_embedding_models = ["openai:text-embedding-3-small"]\n'
    )
    return Site(Shell(tmp_path))


def recorded(site: Site, *arguments: str, script: Script = able, **env: str) -> Told:
    """What recording from a model says."""
    with FaultServer(script) as server:
        site.serve(server.url)
        return site.compat(*arguments, "--record", **env)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(monkeypatch)


@pytest.fixture
def kept(site: Site) -> Site:
    told = recorded(site, GPT)
    assert told.code == 0, told.out + told.err
    return site


# Record


def test_what_passes_is_kept_and_known(site: Site) -> None:
    told = recorded(site, GPT)
    assert told.out.startswith(REPORT)
    # OpenAI says of this model that it does not reason, and its tests ran on this machine.
    assert told.out.splitlines()[-2:] == [
        "Fixtures by origin: 9 local",
        "Scenarios: 9 pass, 0 fail, 1 skipped, 0 untested",
    ]
    assert (told.code, told.err) == (0, "")
    names = sorted(path.name for path in (site.fixtures / "openai" / "gpt-4o").iterdir())
    assert len(names) == 2 * 10
    assert {"streaming.json", "streaming.sse", "tool_round_trip.json", "tool_round_trip.2.json"} <= set(names)
    assert site.state[GPT]["status"] == "pass"
    assert KEY not in "".join(path.read_text() for path in site.fixtures.rglob("*.*"))


def test_what_fails_is_told_in_full_and_leaves_the_old_fixture(kept: Site) -> None:
    before = (kept.fixtures / "openai" / "gpt-4o" / "basic.body.json").read_bytes()
    told = recorded(kept, GPT, script=but(HELLO, answer("hello, and more", finish="length")))
    assert told.out.startswith(
        f"FAIL {GPT}\n"
        "  basic (local): finish\n"
        "    expected: stop\n"
        "    came:     length (the provider says 'length')\n"
        f'  Re-record: mm compat "{GPT}" --record\n'
    )
    assert told.code == 1
    assert (kept.fixtures / "openai" / "gpt-4o" / "basic.body.json").read_bytes() == before
    assert kept.state[GPT]["status"] == "fail"


def test_an_error_is_a_failure_with_its_words(site: Site) -> None:
    told = recorded(site, GPT, "--scenario", "basic", script=refusal(400, "bad", "no such thing"))
    assert "    came:     Openai refused the request (400): no such thing (rejected)\n" in told.out
    assert told.code == 1


def test_tries_that_were_made_again_are_not_kept(site: Site) -> None:
    script = [refusal(503, "busy", "later", {"retry-after-ms": "1"}), answer("hello")]
    told = recorded(site, GPT, "--scenario", "basic", script=script)
    assert told.code == 0, told.out
    assert not (site.fixtures / "openai" / "gpt-4o" / "basic.2.json").exists()
    assert site.compat(GPT, "--scenario", "basic").code == 0


def test_without_a_pattern_what_is_missing_is_recorded(kept: Site) -> None:
    folder = kept.fixtures / "openai" / "gpt-4o"
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    with FaultServer(able) as server:
        kept.serve(server.url)
        kept.compat("--record", "--scenario", "basic", "--type", "text", "--max-requests", "3")
        asked = [json.loads(request.body)["model"] for request in server.requests]
    assert len(asked) == 3
    assert "gpt-4o" not in asked
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_what_is_only_simulated_is_missing(kept: Site) -> None:
    live(kept, origin="simulated")
    with FaultServer(able) as server:
        kept.serve(server.url)
        kept.compat("--record", "--scenario", "basic", "--type", "text")
        asked = [json.loads(request.body)["model"] for request in server.requests]
    assert "gpt-4o" in asked
    fixture = json.loads((kept.fixtures / "openai" / "gpt-4o" / "basic.json").read_bytes())
    assert fixture["origin"] == "local"


@pytest.mark.parametrize(
    ("arguments", "sent", "said"),
    [
        (("--max-requests", "2"), 2, "the cap of 2 requests leaves no room for it"),
        (("--max-cost", "0"), 0, "and the cap of $0 leaves $0"),
    ],
    ids=["requests", "cost"],
)
def test_a_cap_is_never_passed(site: Site, arguments: tuple[str, ...], sent: int, said: str) -> None:
    with FaultServer(able) as server:
        site.serve(server.url)
        told = site.compat(GPT, "--record", "--debug", *arguments)
        assert len(server.requests) == sent
    assert said in told.out
    assert told.code == (0 if sent else 1)


def test_a_conversation_that_grows_dear_stops_at_the_cap(site: Site) -> None:
    """What a model says is sent back with the next request: here it says far more than the first one had."""

    def wordy(_: Asked) -> Reply:
        function = {"name": "track_order", "arguments": '{"order": "881"}'}
        calls = [{"id": "call_1", "type": "function", "function": function}]
        return answer("hm " * 100_000, finish="tool_calls", tool_calls=calls)

    with FaultServer(wordy) as server:
        site.serve(server.url)
        told = site.compat(GPT, "--record", "--scenario", "tool_round_trip", "--max-cost", "0.2")
        assert len(server.requests) == 1
    assert "may cost" in told.out
    assert told.code == 1


def test_a_key_that_is_missing_is_told(site: Site) -> None:
    told = site.compat(GPT, "--record", OPENAI_API_KEY="")
    assert told.err.startswith("Error: API key not found for openai\n")
    assert told.code == 3


def test_a_secret_in_a_reply_is_not_kept(site: Site) -> None:
    told = recorded(site, GPT, "--scenario", "basic", script=answer(f"hello {KEY}"))
    assert "A secret would have been recorded" in told.out
    assert KEY not in told.out + told.err
    assert not list(site.fixtures.rglob("basic*"))
    assert told.code == 1


def test_an_interrupt_keeps_what_is_done_and_nothing_by_half(site: Site) -> None:
    script = but("Name three colors", Reply(200, {}, (), "raw", before=30))
    with FaultServer(script) as server:
        site.serve(server.url)
        process = site.shell.start("compat", GPT, "--record", env={"OPENAI_API_KEY": KEY})
        until = time.monotonic() + 30
        while len(server.requests) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err.decode()
    assert b"Interrupted" in err
    assert sorted(path.name for path in (site.fixtures / "openai" / "gpt-4o").iterdir()) == [
        "basic.body.json",
        "basic.json",
    ]
    assert b"1 pass" in out
    assert site.compat(GPT, "--scenario", "basic").code == 0


# Replay


def test_a_replay_needs_neither_network_nor_key(kept: Site, no_network: None) -> None:
    told = kept.compat(GPT, OPENAI_API_KEY="")
    assert told.out.startswith(REPORT)
    assert (told.code, told.err) == (0, "")


def test_a_damaged_fixture_fails_and_is_named(kept: Site) -> None:
    file = kept.fixtures / "openai" / "gpt-4o" / "basic.body.json"
    file.write_bytes(file.read_bytes().replace(b"hello", b"jello"))
    told = kept.compat(GPT)
    assert f"The recording {file} is of no use" in told.out
    assert told.code == 1


def test_a_pattern_that_fits_nothing_is_told(site: Site) -> None:
    told = site.compat("anthropic:claude-99")
    assert told.out == "Skipping anthropic:claude-99 (not in registry)\n  Run: mm sync\n"
    assert told.err.startswith("Error: Nothing was run\n")
    assert told.code == 1


def test_a_model_without_fixtures_has_not_passed(site: Site) -> None:
    told = site.compat("openai:gpt-4*")
    assert "  ? gpt-4o\n" in told.out
    assert told.err.startswith("Error: Nothing was run: no fixture\n")
    assert told.code == 1


def test_an_encoder_that_is_broken_is_told_by_the_path(kept: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def warmer(request: Request, *rest: Any) -> Outcome[Draft]:
        options = replace(request.options, temperature=0.5)
        return dialect_named("openai-chat").encode(replace(request, options=options), *rest)

    broken = replace(dialect_named("openai-chat"), encode=warmer)

    def another(name: DialectName) -> Dialect:
        return broken

    monkeypatch.setattr("modelmix.call.dialect_named", another)
    told = kept.compat(GPT)
    assert "  basic (local): request at $.temperature\n    expected: 0.0\n    came:     0.5\n" in told.out
    assert told.out.count("request at $.temperature") == 9
    assert told.code == 1


def test_a_decoder_that_is_broken_is_found_out(kept: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def another(dialect: DialectName, *, tags: Tags, bounds: Bounds) -> Decoder:
        return decoder("ollama-chat", tags=tags, bounds=bounds)

    monkeypatch.setattr("modelmix.call.decoder", another)
    told = kept.compat(GPT)
    assert "  basic (local): answer\n    expected: an answer\n" in told.out
    assert "Scenarios: 0 pass, 9 fail, 1 skipped" in told.out
    assert told.code == 1


def test_a_decoder_that_loses_words_is_found_out(kept: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Reception.outcome

    def forgetful(self: Reception) -> Outcome[Response]:
        return mapped(real(self), lambda found: replace(found, parts=()))

    monkeypatch.setattr(Reception, "outcome", forgetful)
    told = kept.compat(GPT)
    assert "  basic (local): text\n    expected: a text that is not empty\n" in told.out
    assert "  streaming (local): the folded events: parts\n" in told.out
    assert told.code == 1


# Reports


def test_the_status_is_read_and_not_run(kept: Site, no_network: None) -> None:
    told = kept.compat()
    assert told.out == REPORT + "Fixtures by origin: 9 local\n"
    assert (told.code, told.err) == (0, "")


def test_all_live_fixtures_make_the_report_of_the_documentation(kept: Site) -> None:
    live(kept)
    assert kept.compat().out == REPORT


def test_a_simulation_validates_nothing(kept: Site) -> None:
    live(kept, origin="simulated")
    told = kept.compat(GPT, "--update-state")
    assert "  ~ gpt-4o (simulated)\n  0 pass, 0 fail, 0 excluded, 0 untested, 1 simulated | 0.0% coverage\n" in told.out
    assert "Overall Coverage: 0/1 models validated (0.0%)\nOnly simulated, which validates nothing: 1\n" in told.out
    assert told.code == 0
    (kept.fixtures / "supported_models.json").unlink()
    assert "  ~ gpt-4o (simulated)\n" in kept.compat().out
    kept.compat(GPT, "--update-state")
    assert not (kept.fixtures / "supported_models.json").exists()


def test_every_model_of_the_catalog_has_its_status(kept: Site) -> None:
    told = kept.compat("--available", "openai")
    assert "  ✓ gpt-4o\n  ? gpt-4o-2024-05-13\n" in told.out
    assert told.code == 0


def test_the_sample_is_run(kept: Site) -> None:
    told = kept.compat("--sample")
    assert "  ✓ gpt-4o\n" in told.out
    assert "  ? text-embedding-3-small\n" in told.out
    told = kept.compat("--sample", "--type", "embedding")
    assert "gpt-4o" not in told.out


def test_vectors_are_recorded_as_well(site: Site) -> None:
    told = recorded(site, "openai:text-embedding-3-small")
    assert "Scenarios: 2 pass, 0 fail, 0 skipped, 0 untested" in told.out
    assert site.compat(MM_OPERATION="embedding", MM_MODELS="openai:*small").code == 0


def test_a_model_that_is_excluded_by_hand_stays_so(kept: Site) -> None:
    file = kept.fixtures / "supported_models.json"
    file.write_text(json.dumps({GPT: {"status": "excluded", "last_checked": ""}}))
    told = kept.compat("openai:*", "--update-state")
    assert "  ⊘ gpt-4o\n" in told.out
    assert kept.state[GPT]["status"] == "excluded"


def test_flags_beat_variables(kept: Site, no_network: None) -> None:
    env = {"MM_FIXTURES_MODE": "record", "MM_OPERATION": "embedding", "MM_MODELS": "anthropic", "MM_DEBUG": "1"}
    told = kept.compat(GPT, "--no-record", "--type", "text", "--no-debug", **env)
    assert told.out.startswith(REPORT)
    assert told.code == 0


@pytest.mark.parametrize("name", ["MM_FIXTURES_MODE", "MM_OPERATION"])
def test_a_variable_that_says_nothing_is_an_error(site: Site, name: str) -> None:
    told = site.compat(**{name: "sometimes"})
    assert told.err.startswith(f"Error: Bad settings in the environment ({name}): it is none of")
    assert told.code == 2


def test_the_folder_of_fixtures_can_be_said(kept: Site, tmp_path: Path) -> None:
    told = kept.compat(MM_FIXTURES_DIR=str(tmp_path / "none"))
    assert told.out == (
        f"No fixtures in {tmp_path / 'none'}\n\n"
        'Record live:        mm compat "local:smollm2" --record\n'
        "Import recordings:  mm compat import PATH\n"
    )
    assert told.code == 0


def test_replies_are_shown_after_their_verdicts(kept: Site) -> None:
    told = kept.compat(GPT, "--scenario", "basic", MM_INCLUDE_RESPONSES="1")
    first, second = told.out.splitlines()[:2]
    assert first.startswith(f"PASS {GPT} basic (local, 20")
    assert json.loads(second)["choices"][0]["message"]["content"] == "hello"


def test_debug_shows_requests_and_fixtures(kept: Site) -> None:
    told = kept.compat(GPT, "--scenario", "basic", MM_DEBUG="1")
    lines = told.out.splitlines()
    assert lines[1] == "  > POST http://127.0.0.1/v1/chat/completions"
    assert json.loads(lines[2].removeprefix("  > "))["model"] == "gpt-4o"
    assert lines[3].startswith("  < 200 application/json, ")
    assert lines[3].endswith("(basic.body.json)")


def test_programs_are_told_all_of_it(kept: Site) -> None:
    told = json.loads(kept.compat(GPT, "anthropic:claude-99", "--format", "json").out)
    assert told["mode"] == "replay"
    assert told["fixtures"] == str(kept.fixtures)
    assert told["not_in_registry"] == ["anthropic:claude-99"]
    assert told["models"][GPT]["status"] == "pass"
    assert told["models"][GPT]["scenarios"]["reasoning"]["status"] == "skipped"
    assert told["models"][GPT]["scenarios"]["basic"]["flaws"] == []
    assert told["origins"] == {"local": 9}
    assert told["total"]["scenarios"] == {"pass": 9, "fail": 0, "skipped": 1, "untested": 0}
    assert told["total"]["coverage"] == 100.0


def test_a_page_is_written_whole_or_told(kept: Site, tmp_path: Path) -> None:
    page = tmp_path / "coverage.html"
    assert kept.compat(GPT, "--html", str(page)).code == 0
    assert page.read_text().endswith("</body></html>\n")
    told = kept.compat(GPT, "--html", str(tmp_path / "modelmix.toml" / "x.html"))
    assert told.err.startswith("Error: Failed to write ")
    assert told.code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--scenario", "dance"), "scenario cannot be dance: expected one of basic, streaming"),
        (("--max-cost", "much"), "max_cost cannot be much: expected US dollars in plain decimals"),
        (("--max-requests", "-1"), "max-requests cannot be -1"),
        (("--max-concurrency", "0"), "max-concurrency cannot be 0"),
        (("openai:",), "Invalid model specification 'openai:'"),
    ],
)
def test_what_cannot_be_asked_for_is_told(site: Site, arguments: tuple[str, ...], said: str) -> None:
    told = site.compat(*arguments)
    assert said in told.err
    assert told.code in {2, 4}


def test_the_short_name_is_the_same_command(kept: Site) -> None:
    assert kept.shell.inside("mc").out == kept.compat().out


def live(site: Site, *, origin: str = "live") -> None:
    """Turns the fixtures into ones of another origin."""
    for path in site.fixtures.glob("*/*/*.json"):
        if not path.name.endswith(".body.json"):
            path.write_text(path.read_text().replace('"origin": "local"', f'"origin": "{origin}"'))
