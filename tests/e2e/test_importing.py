"""`mm compat import`, and what `mm compat` makes of what was imported."""

import json
from pathlib import Path

import pytest

from e2e.offline import cut_off
from e2e.shell import Shell, Told
from unit.compat.bringing import as_json, called, delta, record, reply, reqllm, streamed

CHAT = {"status": 200, "headers": {"content-type": "application/json"}, "fidelity": "exact"}
VECTORS = as_json({"data": [{"index": 0, "embedding": [0.5, 1.0]}], "model": "m", "usage": {"prompt_tokens": 1}})


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(monkeypatch)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "modelmix.toml").write_text("")
    return Shell(tmp_path)


def put(shell: Shell, *records: object, name: str = "all.jsonl") -> None:
    (shell.folder / "recordings").mkdir(exist_ok=True)
    (shell.folder / "recordings" / name).write_bytes(b"".join([as_json(each) + b"\n" for each in records]))


def said(body: bytes, *, status: int = 200, **more: object) -> dict[str, object]:
    """A record of gpt-4o with this reply."""
    response = {**CHAT, "status": status, "body": {"text": body.decode()}}
    return record(**{"model": "gpt-4o", "response": response, **more})


HELLO = said(reply({"content": "hello"}))
REFUSED = said(b'{"error":{"message":"slow down","type":"rate_limit_error"}}', status=429, scenario="limit")
CUT = said(streamed(delta("hel"), end=False), scenario="cut")
WRONG = said(reply(called("get_time", "{}"), "tool_calls"), scenario="tools")
EMBEDDED = said(
    VECTORS,
    model="text-embedding-3-small",
    dialect="openai-embeddings",
    request={"method": "POST", "url": "https://api.openai.com/v1/embeddings", "body": {"input": "hi"}},
)
UNSPOKEN = record(provider="amazon-bedrock", dialect="bedrock-converse")


def test_an_import_tells_what_came_of_everything(shell: Shell) -> None:
    put(shell, HELLO, REFUSED, UNSPOKEN, UNSPOKEN)
    (shell.folder / "recordings" / "README.md").write_text("words")
    told = shell.inside("compat", "import", "recordings")
    assert told == Told(
        "amazon-bedrock: 0 imported, 0 unchanged, 2 left\n"
        "openai: 2 imported, 0 unchanged, 0 left\n"
        "(provider not told): 0 imported, 0 unchanged, 1 left\n"
        "Total: 2 imported, 0 unchanged, 3 left\n"
        "\n"
        "Left, by reason (each of them: --debug):\n"
        "  2 × modelmix does not speak bedrock-converse, such as all.jsonl:3\n"
        "  1 × it is no recording that modelmix knows, such as README.md\n",
        "",
        0,
    )
    assert "Total: 0 imported, 2 unchanged, 3 left\n" in shell.inside("mc", "import", "recordings").out
    listed = shell.inside("compat", "import", "recordings", "--debug", "--dry-run").out
    assert "Total: 0 imported, 2 unchanged, 3 left (nothing was written)\n\nLeft:\n  README.md: it is no" in listed
    assert "  all.jsonl:3: modelmix does not speak bedrock-converse\n  all.jsonl:4: " in listed


def test_an_import_is_told_to_programs(shell: Shell) -> None:
    put(shell, HELLO, UNSPOKEN)
    told = shell.inside("compat", "import", "recordings", "--format", "json", "--dry-run")
    document = json.loads(told.out)
    assert document["total"] == {"imported": 1, "unchanged": 0, "left": 1}
    assert document["providers"]["openai"] == document["total"] | {"left": 0}
    assert document["left"] == [
        {"path": "all.jsonl:2", "why": "modelmix does not speak bedrock-converse", "provider": "amazon-bedrock"}
    ]
    assert (document["reasons"], document["dry_run"]) == ({"modelmix does not speak bedrock-converse": 1}, True)
    assert not (shell.folder / "tests").exists()


def test_nothing_imported_and_nothing_there_are_two_things(shell: Shell) -> None:
    put(shell, UNSPOKEN)
    assert shell.inside("compat", "import", "recordings").code == 1
    gone = shell.inside("compat", "import", "nowhere")
    assert gone.code == 2
    assert "nowhere" in gone.err
    assert shell.inside("compat", "import").code == 2


def test_a_folder_that_cannot_be_written_is_told(shell: Shell) -> None:
    put(shell, HELLO)
    (shell.folder / "file").write_text("")
    told = shell.inside("compat", "import", "recordings", env={"MM_FIXTURES_DIR": "file"})
    assert told.code == 1
    assert told.err.startswith("Error: ")


def test_a_hostile_recording_does_not_act_on_the_terminal(shell: Shell) -> None:
    put(shell, record(provider="\x1b[2Jevil", request={"url": "", "body": {}}), record(dialect="\x1b[31mred"))
    told = shell.inside("compat", "import", "recordings")
    assert "\x1b" not in told.out + told.err


def test_what_was_imported_is_judged(shell: Shell) -> None:
    put(shell, HELLO, REFUSED, CUT, WRONG, EMBEDDED)
    assert shell.inside("compat", "import", "recordings").code == 0
    told = shell.inside("compat", "openai:gpt-4o", "--debug")
    assert "PASS openai:gpt-4o imported-text-basic (imported, " in told.out
    assert (
        "SKIP openai:gpt-4o imported-text-limit (imported, the provider refused: 429 rate_limit: slow down)" in told.out
    )
    assert "SKIP openai:gpt-4o imported-text-cut (imported, the recording was cut off: " in told.out
    assert (
        "FAIL openai:gpt-4o\n"
        "  imported-text-tools (imported): tool call\n"
        "    expected: a call of no tool, since none was offered\n"
        "    came:     get_time({})\n" in told.out
    )
    assert "Fixtures by origin: 4 imported\n" in told.out
    assert told.code == 1


def test_globs_choose_among_what_was_imported(shell: Shell) -> None:
    put(shell, HELLO, WRONG, EMBEDDED)
    shell.inside("compat", "import", "recordings")
    basic = shell.inside("compat", "openai:*", "--scenario", "imported-text-b*")
    assert "Scenarios: 1 pass, 0 fail, 0 skipped, 0 untested\n" in basic.out
    vectors = shell.inside("compat", "openai:*", "--scenario", "imported-*", "--type", "embedding")
    assert "Scenarios: 1 pass, 0 fail, 0 skipped, 0 untested\n" in vectors.out
    ours = shell.inside("compat", "openai:gpt-4o", "--scenario", "tool_*")
    assert "Scenarios: 0 pass, 0 fail, 0 skipped, 3 untested\n" in ours.out
    assert shell.inside("compat", "openai:gpt-4o", "--scenario", "imported-nothing*").code == 2


def test_a_model_of_which_nothing_ran_has_failed(shell: Shell) -> None:
    put(shell, REFUSED, CUT)
    shell.inside("compat", "import", "recordings")
    told = shell.inside("compat", "openai:gpt-4o", "--format", "json")
    assert json.loads(told.out)["models"]["openai:gpt-4o"]["status"] == "fail"
    told = shell.inside("compat", "openai:gpt-4o")
    assert "  Nothing of it could be checked:\n    1 × " in told.out
    assert "    1 × the provider refused: 429 rate_limit: slow down\n" in told.out
    assert told.code == 1


def test_reports_for_programs_and_browsers_have_it(shell: Shell) -> None:
    put(shell, HELLO, REFUSED)
    shell.inside("compat", "import", "recordings")
    told = shell.inside("compat", "openai:gpt-4o", "--format", "json", "--html", "page.html")
    document = json.loads(told.out)
    model = document["models"]["openai:gpt-4o"]
    assert (document["origins"], model["origins"], model["status"]) == ({"imported": 2}, {"imported": 2}, "pass")
    limit = model["scenarios"]["imported-text-limit"]
    assert (limit["status"], limit["origin"]) == ("skipped", "imported")
    page = (shell.folder / "page.html").read_text()
    assert "imported-text-basic" in page
    assert "the provider refused: 429 rate_limit: slow down" in page


def test_models_and_providers_that_no_catalog_knows_are_judged(shell: Shell) -> None:
    url = "https://llm.corp.example/v1/chat/completions"
    put(shell, record(provider="corp", model="own", request={"url": url, "body": {"model": "own"}}))
    (shell.folder / "recordings" / "b.json").write_bytes(reqllm(url=url))
    shell.inside("compat", "import", "recordings")
    told = shell.inside("compat", "*:*", "--scenario", "imported-*", "--format", "json")
    models = json.loads(told.out)["models"]
    assert models["corp:own"]["status"] == models["llm.corp.example:m-1"]["status"] == "pass"
    assert told.code == 0


def test_recording_has_nothing_to_do_with_what_was_imported(shell: Shell) -> None:
    put(shell, HELLO)
    shell.inside("compat", "import", "recordings")
    told = shell.inside("compat", "openai:gpt-4o", "--record", "--scenario", "imported-*")
    assert told.code == 1
    assert "Nothing was run" in told.err
