"""Vectors over real sockets, from the library and from the command line: what is sent, what comes, what goes wrong."""

import base64
import json
import struct
from array import array
from collections.abc import Iterator
from typing import Any, Final

import pytest

from e2e.doors import DOORS, AsyncDoor, BlockingDoor
from e2e.shell import Shell
from e2e.sight import named
from fakes.replies import Reply, Step, body, gzipped, refusal, silence, whole
from fakes.server import FaultServer, Request
from modelmix import Adaptation, BadRequest, Bounds, Deadlines, Embeddings, Policy, Unsupported, Usage
from modelmix.ast.response import Cost

MODEL: Final = "openai:text-embedding-3-small"


def packed(*numbers: float) -> str:
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def listed(*vectors: object, spent: int | None = 4) -> Reply:
    """Vectors as OpenAI sends them, the last first."""
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    usage = {} if spent is None else {"usage": {"prompt_tokens": spent, "total_tokens": spent}}
    return whole({"object": "list", "data": data[::-1], "model": "text-embedding-3-small", **usage})


TWO: Final = listed(packed(0.5, 1), packed(-1, 2))


@pytest.fixture(params=DOORS.values(), ids=list(DOORS))
def door(request: pytest.FixtureRequest) -> Iterator[BlockingDoor | AsyncDoor]:
    with request.param(policy=Policy(retries=1, first=0.001), deadlines=Deadlines(total=5)) as made:
        yield made


def bodies(server: FaultServer) -> list[Any]:
    return [json.loads(request.body) for request in server.requests]


def told(result: Embeddings) -> list[list[float]]:
    return [list(vector) for vector in result.vectors]


def test_texts_become_vectors_in_their_order(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(TWO) as server:
        result = door.embed(MODEL, ["a", "b"], dimensions=2, base_url=server.url).unwrap()
        assert server.requests[0].path == "/v1/embeddings"
        assert bodies(server) == [
            {"model": "text-embedding-3-small", "input": ["a", "b"], "encoding_format": "base64", "dimensions": 2}
        ]
    assert result.vectors == (array("f", [0.5, 1]), array("f", [-1, 2]))
    assert (result.usage, result.model, result.spec) == (Usage(input=4, total=4), "text-embedding-3-small", MODEL)
    # 0.02 dollars a million.
    assert isinstance(result.cost, Cost)
    assert f"{result.cost.total:f}" == "0.00000008"
    assert (result.requests, result.attempts) == (1, 1)
    assert 0 < result.seconds < 5


def test_one_text_needs_no_list(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(listed([1, 2.5])) as server:
        assert told(door.embed(MODEL, "a", base_url=server.url).unwrap()) == [[1.0, 2.5]]
        assert bodies(server)[0]["input"] == ["a"]


def test_a_compressed_reply_is_read(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(gzipped(TWO)) as server:
        assert told(door.embed(MODEL, ["a", "b"], base_url=server.url).unwrap()) == [[0.5, 1.0], [-1.0, 2.0]]


def counted(request: Request) -> Reply:
    """A vector for each text: its number."""
    return listed(*[[float(text)] for text in json.loads(request.body)["input"]], spent=1)


def test_many_texts_are_sent_in_several_requests(door: BlockingDoor | AsyncDoor) -> None:
    texts = [str(number) for number in range(5000)]
    with FaultServer(counted) as server:
        result = door.embed(MODEL, texts, base_url=server.url).unwrap()
        assert [len(sent["input"]) for sent in bodies(server)] == [2048, 2048, 904]
        assert server.connections == 1
    assert told(result) == [[float(number)] for number in range(5000)]
    assert (result.requests, result.usage) == (3, Usage(input=3, total=3))


def test_a_request_of_many_that_fails_is_the_result(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer([listed(*[[1.0]] * 2048), refusal(401, "invalid_api_key", "no")]) as server:
        problem = door.embed(MODEL, ["x"] * 2049, base_url=server.url).failure()
    assert named(problem) == "rejected/auth/401"


def test_google_is_asked_in_its_own_words(door: BlockingDoor | AsyncDoor) -> None:
    reply = whole({"embeddings": [{"values": [1, 2]}, {"values": [3, 4]}]})
    with FaultServer(reply) as server:
        result = door.embed(
            "google:gemini-embedding-001", ["a", "b"], task="document", base_url=server.url, api_key="k" * 20
        ).unwrap()
        assert server.requests[0].path == "/v1/models/gemini-embedding-001:batchEmbedContents"
        assert server.requests[0].headers["x-goog-api-key"] == "k" * 20
        assert [sent["taskType"] for sent in bodies(server)[0]["requests"]] == ["RETRIEVAL_DOCUMENT"] * 2
    # It does not say what it took, so nobody knows what it cost.
    assert (told(result), result.usage, result.cost) == ([[1.0, 2.0], [3.0, 4.0]], Usage(), None)


def test_ollama_is_asked_in_its_own_words(door: BlockingDoor | AsyncDoor) -> None:
    reply = whole({"model": "m", "embeddings": [[1, 2]], "prompt_eval_count": 3})
    with FaultServer(reply) as server:
        result = door.embed("ollama:nomic-embed-text", "a", base_url=server.url, task="query").unwrap()
        assert server.requests[0].path == "/v1/api/embed"
    assert (told(result), result.usage) == ([[1.0, 2.0]], Usage(input=3))
    assert [(note.field, note.action) for note in result.adaptations] == [("task", "dropped")]


def test_perplexitys_bytes_are_numbers(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(listed(base64.b64encode(bytes([1, 255, 128])).decode())) as server:
        result = door.embed("perplexity:pplx-embed-v1-0.6b", "a", base_url=server.url).unwrap()
    assert told(result) == [[1.0, -1.0, -128.0]]


ENDS: Final[dict[str, tuple[tuple[Reply, ...], str, int]]] = {
    "503 is tried again": ((refusal(503, "unavailable", "later"), TWO), "", 2),
    "a reset before the headers is tried again": ((silence("reset"), TWO), "", 2),
    "401 is not tried again": ((refusal(401, "invalid_api_key", "no"),), "rejected/auth/401", 1),
    "an error under 200": ((whole({"error": {"message": "no", "code": "model_not_found"}}),), "rejected/not_found", 1),
    "a page under 200": ((body(b"<html>", "text/html"),), "undecodable/html", 1),
    "one vector for two texts": ((listed([1.0]),), "undecodable/not_a_reply", 1),
    "vectors of other lengths": ((listed([1.0], [1.0, 2.0]),), "undecodable/not_a_reply", 1),
    "a body that is cut": ((Reply(200, {}, (Step(TWO.steps[0].data[:-9]),), "close"),), "truncated/connection", 1),
    "a body shorter than it promised": ((Reply(200, {}, (Step(b'{"data":['),), short=99),), "dropped", 1),
    "a body beyond its bound": ((listed([1.0] * 3000),), "too_large/reply", 1),
    "a body that stalls": ((Reply(200, {}, (Step(b"{"), Step(action="stall")), "chunked"),), "timed_out/total/0.5", 1),
}


@pytest.mark.parametrize(("replies", "error", "requests"), ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("kind", DOORS.values(), ids=list(DOORS))
def test_what_goes_wrong_is_told_as_for_any_call(
    kind: type[BlockingDoor | AsyncDoor], replies: tuple[Reply, ...], error: str, requests: int
) -> None:
    with (
        FaultServer(replies) as server,
        kind(policy=Policy(retries=1, first=0.001), deadlines=Deadlines(total=0.5), bounds=Bounds(total=5000)) as asked,
    ):
        outcome = asked.embed(MODEL, ["a", "b"], base_url=server.url)
        assert len(server.requests) == requests
    if error:
        problem = outcome.failure()
        assert named(problem) == error
    else:
        assert outcome.unwrap().attempts == requests


def test_a_provider_without_such_an_endpoint_is_a_typed_error(door: BlockingDoor | AsyncDoor) -> None:
    problem = door.embed("groq:any", "a", unlisted=True, api_key="k" * 20).failure()
    assert isinstance(problem, Unsupported)
    assert (problem.what, problem.by) == ("embeddings", "Groq")
    assert isinstance(door.embed(MODEL, [], api_key="k" * 20).failure(), BadRequest)


def test_the_functions_of_the_package_embed_too() -> None:
    import asyncio

    from modelmix import aio, embed

    async def ask(url: str) -> Embeddings:
        return (await aio.embed(MODEL, ["a", "b"], base_url=url)).unwrap()

    with FaultServer(TWO) as server:
        assert embed(MODEL, ["a", "b"], base_url=server.url).unwrap().vectors == asyncio.run(ask(server.url)).vectors


def test_an_adaptation_says_what_could_not_be_asked(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(listed([1.0, 2.0])) as server:
        result = door.embed("lmstudio:nomic", "a", task="query", base_url=server.url).unwrap()
    assert result.adaptations == (
        Adaptation(field="task", action="dropped", why="this endpoint makes the same vectors for every task"),
    )


# The command line

ASK: Final = ("-m", MODEL)


@pytest.fixture
def shell(tmp_path: Any) -> Shell:
    return Shell(tmp_path)


def test_vectors_are_one_document_on_stdout_and_counts_stand_on_stderr(shell: Shell) -> None:
    with FaultServer(listed([0.1, 1], [2, 1e-9])) as server:
        said = shell.mm("embed", "a", "b", *ASK, "--base-url", server.url)
    assert said.out == (
        '{"model":"openai:text-embedding-3-small","answered_by":"text-embedding-3-small",'
        '"vectors":[[0.1,1.0],[2.0,1e-9]],"usage":{"input":4,"total":4},"cost":0.000000,'
        '"cost_items":[{"name":"input","tokens":4,"rate":0.02,"amount":8E-8}],"adaptations":[]}\n'
    )
    assert (said.timeless, said.code) == ("Nms • 2 × 2 • 4 tokens • ~$0.000000\n", 0)


def test_ndjson_is_a_vector_a_line(shell: Shell) -> None:
    with FaultServer(listed([1.0], [2.0])) as server:
        said = shell.inside("embed", "a", "b", *ASK, "--base-url", server.url, "--format", "ndjson", "-l", "warning")
    assert (said.out, said.err) == ('{"index":0,"vector":[1.0]}\n{"index":1,"vector":[2.0]}\n', "")


def test_texts_are_words_lines_of_a_file_and_lines_of_standard_input(shell: Shell) -> None:
    (shell.folder / "texts.txt").write_bytes("one\r\ntwo\u2028still two\n".encode())
    with FaultServer(counted_any) as server:
        said = shell.inside("embed", "zero", "@texts.txt", "-", *ASK, "--base-url", server.url, stdin=b"three\nfour")
        assert bodies(server)[0]["input"] == ["zero", "one", "two\u2028still two", "three", "four"]
    assert said.code == 0
    assert len(json.loads(said.out)["vectors"]) == 5


def counted_any(request: Request) -> Reply:
    return listed(*[[1.0]] * len(json.loads(request.body)["input"]))


def test_a_pipe_alone_is_read(shell: Shell) -> None:
    with FaultServer(counted_any) as server:
        assert shell.inside("embed", *ASK, "--base-url", server.url, stdin=b"a\nb\n").code == 0
        assert bodies(server)[0]["input"] == ["a", "b"]


def test_options_reach_the_provider(shell: Shell) -> None:
    reply = whole({"embeddings": [{"values": [1]}]})
    with FaultServer(reply) as server:
        said = shell.inside(
            *("embed", "a", "-m", "google:gemini-embedding-001", "--task", "query", "--dimensions", "1"),
            *("--option", "user=me", "--base-url", server.url, "--api-key-env", "KEY", "-l", "debug"),
            env={"KEY": "k" * 20},
        )
        (sent,) = bodies(server)
    assert said.code == 0, said.err
    assert sent["user"] == "me"
    assert sent["requests"][0]["taskType"] == "RETRIEVAL_QUERY"
    assert sent["requests"][0]["outputDimensionality"] == 1


CODES: Final[dict[str, tuple[Reply, tuple[str, ...], int, str]]] = {
    "no model": (TWO, ("a",), 2, "Error: model cannot be left out: expected a model for vectors"),
    "no text": (TWO, ASK, 2, "Error: texts cannot be empty"),
    "an empty line": (TWO, ("", *ASK), 2, "Error: texts[0] cannot be an empty text"),
    "an unknown option": (TWO, ("a", "--nope", *ASK), 2, "Error: texts cannot be --nope: expected an option that"),
    "no file": (TWO, ("@nowhere", *ASK), 2, "Error: texts cannot be @nowhere"),
    "an unknown model": (TWO, ("a", "-m", "nope:x"), 4, "Error: Unknown provider 'nope'"),
    "no such endpoint": (TWO, ("a", "-m", "lmstudio:x", "--dimensions", "0"), 2, "Error: dimensions cannot be 0"),
    "a bad key": (refusal(401, "invalid_api_key", "no"), ("a", *ASK), 3, "Error: Openai refused the API key (401): no"),
    "a limit": (refusal(429, "insufficient_quota", "pay"), ("a", *ASK), 5, "Error: The quota at openai is used up"),
    "fewer vectors than texts": (listed([1.0]), ("a", "b", *ASK), 1, "Error: openai sent something that is no reply"),
}


@pytest.mark.parametrize(("reply", "arguments", "code", "err"), CODES.values(), ids=CODES)
def test_what_goes_wrong_has_its_code(
    shell: Shell, reply: Reply, arguments: tuple[str, ...], code: int, err: str
) -> None:
    with FaultServer(reply) as server:
        said = shell.inside("embed", *arguments, "--base-url", server.url, "--retries", "0")
    assert (said.out, said.code) == ("", code)
    assert said.err.startswith(err), said.err
