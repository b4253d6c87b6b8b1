"""A server that repeats secrets wherever it can: none of them is in any file."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from fakes.replies import Reply, Step, delta, event, stream, whole, words
from fakes.server import FaultServer
from modelmix import Config, SecretFound, Success
from modelmix.secret import Secret
from modelmix.testing import FixtureError, Record

KEY: Final = "k-echo/0123+456789-abcdef"
OTHER: Final = "another-key-of-this-user-42"
ORGANISATION: Final = "org-AbCdEfGh0123456789IjKlMn"
USER: Final = "alice@example.com"

DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64 among others": lambda key: base64.b64encode(b"ab" + key.encode() + b"c").decode(),
    "percent": lambda key: quote(key, safe=""),
    "escapes": lambda key: "".join(f"\\u{ord(letter):04x}" for letter in key),
}


def hidden(secret: str) -> list[str]:
    """All that a file may not hold: the secret, and what can be made into it again."""
    return [disguise(secret) for disguise in DISGUISES.values()] + [quote(secret, safe="").lower()]


Headers = Mapping[str, str]
SAFE: Final = {"x-request-id": "req_0123456789abcdefABCD", "set-cookie": "__cf_bm=abc; path=/", "cf-ray": "9abc-EWR"}

# How a server repeats a text: as a whole answer, or in a stream.
PLACES: dict[str, Callable[[str, Headers], Reply]] = {
    "in headers alone": lambda text, headers: whole({"choices": []}, headers={**headers, "x-echo": text}),
    "in a kept header": lambda text, headers: whole({"choices": []}, headers={**headers, "x-ratelimit-note": text}),
    "in an error": lambda text, headers: whole({"error": {"message": f"bad key {text}"}}, 401, headers),
    "in an answer": lambda text, headers: whole({"choices": [{"message": {"content": text}}]}, headers=headers),
    "in a name": lambda text, headers: whole({"choices": [], text: 1}, headers=headers),
    "in a page": lambda text, _: Reply(200, {"Content-Type": "text/html"}, (Step(f"<p>{text}".encode()),)),
    "in one event": lambda text, headers: stream(*words(text), delta("stop"), headers=headers),
    "in many events": lambda text, headers: stream(*words(*text), delta("stop"), headers=headers),
    "in a comment": lambda text, _: stream(f": {text}\n\n".encode(), *words("a"), delta("stop")),
    "in arguments": lambda text, _: stream(*[event(called(letter)) for letter in json.dumps({"a": text})]),
    "cut in the midst": lambda text, _: stream(*words(text), Step(b"data: {", action="reset")),
}


def called(piece: str) -> Mapping[str, object]:
    call = {"index": 0, "id": "call_1", "function": {"name": "f", "arguments": piece}}
    return {"id": "1", "choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}


class Echo:
    """What the server says next."""

    reply: Reply = whole({})


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[FaultServer, Echo]]:
    echo = Echo()
    with FaultServer(lambda _: echo.reply) as running:
        yield running, echo


def recorded(folder: Path, server: FaultServer, prompt: str) -> FixtureError | None:
    """Records a call; what kept it from being kept."""
    session = Record("scenario", folder=folder, env={}, config=Config(keys={"xai": Secret(OTHER)}))
    session.begin()
    with session.client() as client:
        opened = client.stream_text("openai:gpt-4o", prompt, base_url=server.url, api_key=KEY)
        if isinstance(opened, Success):
            with opened.unwrap() as answering:
                answering.result()
    try:
        session.finish(passed=True)
    except FixtureError as cause:
        return cause
    return None


def files(folder: Path) -> Sequence[tuple[Path, bytes]]:
    return [(path, path.read_bytes()) for path in folder.rglob("*") if path.is_file()]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    secret=st.sampled_from([KEY, OTHER]),
    disguise=st.sampled_from(sorted(DISGUISES)),
    place=st.sampled_from(sorted(PLACES)),
)
def test_no_file_holds_a_secret_that_a_server_repeats(
    server: tuple[FaultServer, Echo], tmp_path_factory: pytest.TempPathFactory, secret: str, disguise: str, place: str
) -> None:
    running, echo = server
    echo.reply = PLACES[place](DISGUISES[disguise](secret), SAFE)
    folder = tmp_path_factory.mktemp("fixtures")
    error = recorded(folder, running, "Hello.")
    if place == "in headers alone":
        assert error is None
        assert len(files(folder)) == 2
    else:
        assert error is not None
        assert isinstance(error.error, SecretFound)
        assert secret not in str(error)
        assert files(folder) == []
    for path, content in files(folder):
        text = content.decode()
        assert not [each for each in (*hidden(KEY), *hidden(OTHER)) if each in text], path
        assert not [name for name in SAFE if name in text], path


@pytest.mark.parametrize("place", ["in an answer", "in many events", "in an error", "cut in the midst"])
def test_an_innocent_text_is_kept_in_the_same_place(
    server: tuple[FaultServer, Echo], tmp_path: Path, place: str
) -> None:
    running, echo = server
    echo.reply = PLACES[place]("nothing to hide", SAFE)
    assert recorded(tmp_path, running, "Hello.") is None
    assert {path.stem.partition(".")[0] for path, _ in files(tmp_path)} == {"scenario"}


def test_a_secret_in_a_prompt_is_not_kept(server: tuple[FaultServer, Echo], tmp_path: Path) -> None:
    running, echo = server
    echo.reply = whole({"choices": []})
    error = recorded(tmp_path, running, f"My key is {OTHER}.")
    assert error is not None
    assert error.error == SecretFound(where="the body of the request", kind="a configured key")
    assert files(tmp_path) == []


def test_ids_of_an_account_are_in_no_file(server: tuple[FaultServer, Echo], tmp_path: Path) -> None:
    running, echo = server
    headers = {**SAFE, "openai-organization": "acme-research", "openai-project": "proj_kkkkkkkk"}
    said = f"{ORGANISATION}, {USER}, acme-research and proj_kkkkkkkk; {SAFE['x-request-id']}"
    echo.reply = whole({"user": USER, "organization": ORGANISATION, "error": {"message": said}}, 400, headers)
    assert recorded(tmp_path, running, "Hello.") is None
    text = "".join(content.decode() for _, content in files(tmp_path))
    for each in (ORGANISATION, USER, "acme-research", "proj_kkkkkkkk", *SAFE.values()):
        assert each not in text
    assert "__organization_1__" in text


def test_a_scenario_that_was_good_stays_when_the_next_one_holds_a_secret(
    server: tuple[FaultServer, Echo], tmp_path: Path
) -> None:
    running, echo = server
    echo.reply = PLACES["in an answer"]("good", SAFE)
    assert recorded(tmp_path, running, "Hello.") is None
    before = files(tmp_path)
    echo.reply = PLACES["in an answer"](KEY, SAFE)
    assert recorded(tmp_path, running, "Hello.") is not None
    assert files(tmp_path) == before
