"""`mm gen --attach URL`: a provider that fetches URLs is given the URL, any other the bytes, fetched here."""

import base64
import json
from typing import Final

import pytest

from e2e.shell import Shell
from fakes.replies import Reply, Step, streamed_answer
from fakes.server import FaultServer, Request

DOCUMENT: Final = b"%PDF-1.7 of one line"
FILE: Final = "data:application/pdf;base64," + base64.b64encode(DOCUMENT).decode()

MODEL: Final = ("-m", "groq:llama-3.3-70b-versatile")


def _served(request: Request) -> Reply:
    """A model that answers, and a few files beside it."""
    if request.method == "POST":
        return streamed_answer("fine")
    match request.path:
        case "/v1/brief.pdf":
            return Reply(200, {"Content-Type": "application/octet-stream"}, (Step(DOCUMENT),))
        case "/v1/moved.pdf":
            return Reply(302, {"Location": "/v1/brief.pdf"}, (Step(b""),))
        case "/v1/round.pdf":
            return Reply(302, {"Location": "/v1/round.pdf"}, (Step(b""),))
        case "/v1/away.pdf":
            return Reply(302, {"Location": "http://192.0.2.1/v1/brief.pdf"}, (Step(b""),))
        case "/v1/noise.pdf":
            return Reply(200, {}, (Step(b"\x00\x01\x02"),))
        case _:
            return Reply(404, {}, (Step(b"no"),))


@pytest.mark.parametrize("path", ["/v1/brief.pdf", "/v1/moved.pdf"])
def test_a_document_is_fetched_and_sent_along(shell: Shell, path: str) -> None:
    with FaultServer(_served) as server:
        told = shell.inside(
            "gen", "What is this?", "-a", server.url.removesuffix("/v1") + path, *MODEL, "--base-url", server.url
        )
        body = json.loads(server.requests[-1].body)
        assert "authorization" not in server.requests[0].headers
    assert (told.out, told.code) == ("fine\n", 0), told.err
    parts = body["messages"][0]["content"]
    assert [part["type"] for part in parts] == ["text", "file"]
    assert parts[1]["file"]["file_data"] == FILE


REFUSED: Final = {
    "/v1/nowhere.pdf": "the server answers 404",
    "/v1/round.pdf": "it leads on more than 5 times",
    "/v1/away.pdf": "it is no https URL",
    "/v1/noise.pdf": "an image, a PDF, a recording or a text",
}


@pytest.mark.parametrize(("path", "why"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_be_fetched_is_told_and_nothing_is_sent(shell: Shell, path: str, why: str) -> None:
    with FaultServer(_served) as server:
        told = shell.inside(
            "gen", "What is this?", "-a", server.url.removesuffix("/v1") + path, *MODEL, "--base-url", server.url
        )
        assert {request.method for request in server.requests} == {"GET"}
    assert (told.out, told.code) == ("", 2)
    assert why in " ".join(told.err.split())


def test_a_url_that_the_provider_fetches_is_not_fetched_here(shell: Shell) -> None:
    with FaultServer(_served) as server:
        picture = f"{server.url}/cat.png"
        told = shell.inside("gen", "What is this?", "-a", picture, *MODEL, "--base-url", server.url)
        (request,) = server.requests
    assert told.code == 0, told.err
    assert json.loads(request.body)["messages"][0]["content"][1]["image_url"] == {"url": picture}
