"""The entry to paste: what the settings' own loader reads back is the row that was tried."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from modelmix.compat.probe.entry import entry, toml
from modelmix.compat.probe.row import Change, changed, plain_row
from modelmix.config import load
from modelmix.decode import DIALECTS, DialectName
from modelmix.providers.provider import Rule, Shape

URL = "http://127.0.0.1:8080/v1"
CHANGES = {
    "nothing": Change(),
    "a shape": Change(shape=Shape(json_mode="object", stream_usage=False, efforts=("low",))),
    "tags": Change(tags="think"),
    "rules": Change(
        rules=(
            Rule(why='it "says" so\\', rename={"max_tokens": "max_completion_tokens"}),
            Rule(unless=("a*",), drop=("seed",), clamp={"top_p": (0, 1)}, default={"stop": ("x",), "n": 1}),
        )
    ),
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("key", [None, "MY_KEY"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_the_settings_read_is_the_row(
    tmp_path: Path, dialect: DialectName, key: str | None, change: Change
) -> None:
    row = changed(plain_row("127-0-0-1-8080", dialect, URL, key), change)
    (tmp_path / "modelmix.toml").write_text(entry(row, ["seen: \x1b[2J\n[providers.openai]\nbase_url = 1"]))
    found = load(tmp_path, {"MM_CONFIG": str(tmp_path / "none.toml"), "MM_HOME": str(tmp_path)})
    assert found.unwrap().providers == {"127-0-0-1-8080": row}


def test_only_what_differs_from_the_defaults_is_said() -> None:
    assert entry(plain_row("here", "openai-chat", URL, None), ["it works"]) == (
        f'[providers.here]\n# it works\nbase_url = "{URL}"\nauth = {{ required = false }}\nembeddings = "openai"\n'
    )


def test_plain_http_to_another_machine_is_let_through_only_where_no_key_goes() -> None:
    far = "http://192.0.2.1/v1"
    assert plain_row("far", "openai-chat", far, None).allow_insecure
    assert not plain_row("far", "openai-chat", far, "MY_KEY").allow_insecure


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_stays_what_it_is_and_shows_nothing_that_acts(text: str) -> None:
    written = toml({text: [text, True, 1, 2.5]})
    assert tomllib.loads(f"x = {written}") == {"x": {text: [text, True, 1, 2.5]}}
    assert written.isascii()
    assert written.isprintable()
