"""What refusals mean: every shape of error body, codes and messages before the status, ids and waits."""

import json
from typing import Final

import pytest
from hypothesis import given, strategies as st

from modelmix.errors import Rejected, RejectionKind
from modelmix.rejection import BODY_LIMIT, read_rejection, request_id


def body(document: object) -> bytes:
    return json.dumps(document).encode()


def google(reason: str, status: str, code: int = 400) -> bytes:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    return body({"error": {"code": code, "message": "no", "status": status, "details": details}})


SHAPES = {
    # body: what it says, and the provider's word for it
    "OpenAI": (
        body({"error": {"message": "Slow down", "type": "requests", "param": None, "code": "rate_limit_exceeded"}}),
        "Slow down",
        "rate_limit_exceeded",
    ),
    "a sentence": (body({"error": "'messages' field is required"}), "'messages' field is required", None),
    "Anthropic": (
        body({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
        "Overloaded",
        "overloaded_error",
    ),
    "MiniMax": (
        body(
            {
                "type": "error",
                "error": {"type": "authentication_error", "message": "bad token", "http_code": "401"},
                "request_id": "r1",
            }
        ),
        "bad token",
        "authentication_error",
    ),
    "Google": (
        body({"error": {"code": 404, "message": "models/x is not found", "status": "NOT_FOUND"}}),
        "models/x is not found",
        "NOT_FOUND",
    ),
    "Google, in a list": (body([{"error": {"code": 400, "message": "no", "status": "X"}}]), "no", "X"),
    "xAI": (
        body({"code": "Client specified an invalid argument", "error": "Incorrect API key provided"}),
        "Incorrect API key provided",
        "Client specified an invalid argument",
    ),
    "a message": (body({"message": "no route", "request_id": "x"}), "no route", None),
    "Cohere": (body({"id": "1", "message": "invalid request"}), "invalid request", None),
    "Bedrock": (body({"__type": "ThrottlingException", "message": "wait"}), "wait", "ThrottlingException"),
    "FastAPI": (body({"detail": "Not authenticated"}), "Not authenticated", None),
    "MiniMax under 200": (
        body({"base_resp": {"status_code": 1004, "status_msg": "login fail"}, "choices": None}),
        "login fail",
        "1004",
    ),
    "OpenRouter": (
        body({"error": {"message": "Provider returned error", "code": 429, "metadata": {"raw": "x"}}, "user_id": "u"}),
        "Provider returned error",
        "429",
    ),
    "numbers as texts": (body({"error": {"code": "400", "message": "Incorrect", "type": ""}}), "Incorrect", "400"),
    "an int for a code": (body({"error": {"code": 502, "message": "bad gateway"}}), "bad gateway", "502"),
    "an event of the Responses API": (
        body({"type": "error", "code": "server_is_overloaded", "message": "x", "param": None}),
        "x",
        "server_is_overloaded",
    ),
    "a failed response": (
        body({"type": "response.failed", "response": {"error": {"code": "rate_limit_exceeded", "message": "later"}}}),
        "later",
        "rate_limit_exceeded",
    ),
    "a list of errors": (body({"errors": [{"message": "first", "code": "a"}, {"message": "second"}]}), "first", "a"),
    "plain text": (b"upstream connect error", "upstream connect error", None),
    "a JSON text": (b'"no"', '"no"', None),
    "HTML": (b"<html><body>Bad Gateway</body></html>", "<html><body>Bad Gateway</body></html>", None),
    "nothing": (b"", "no message", None),
    "white space": (b"\n \n", "no message", None),
    "null": (b"null", "null", None),
    "an empty object": (b"{}", "{}", None),
    "framed as SSE": (
        b'event: error\ndata: {"error":{"message":"framed","code":"x"}}\n\n',
        "framed",
        "x",
    ),
    "white space before it": (b'\n\n{"error":{"message":"kept alive"}}', "kept alive", None),
    "not UTF-8": (b'{"message":"caf\xe9"}', "caf\N{REPLACEMENT CHARACTER}", None),
    "cut in the middle": (b'{"error":{"message":"he', '{"error":{"message":"he', None),
    "members of other types": (
        body({"error": {"message": ["no"], "code": True, "type": {"a": 1}}, "message": None, "detail": "yes"}),
        "yes",
        None,
    ),
}


@pytest.mark.parametrize(("raw", "message", "code"), SHAPES.values(), ids=SHAPES)
def test_every_shape_of_body_gives_its_words(raw: bytes, message: str, code: str | None) -> None:
    found = read_rejection(raw, 400)
    assert (found.message, found.code) == (message, code)


def error(code: str | None = None, message: str = "no", kind: str | None = None) -> bytes:
    return body({"error": {"message": message, "type": kind, "code": code}})


CONTEXT: Final = "This model's maximum context length is 8192 tokens"
NO_MODEL: Final = "The model `gpt-9` does not exist or you do not have access to it."
KINDS: dict[str, tuple[bytes, int | None, RejectionKind]] = {
    # By status alone.
    "400": (error(), 400, "invalid"),
    "401": (error(), 401, "auth"),
    "402": (error(message="Insufficient credits"), 402, "quota"),
    "403": (error(), 403, "permission"),
    "404": (error(), 404, "not_found"),
    "409": (error(), 409, "invalid"),
    "413": (b"", 413, "too_long"),
    "422": (error(), 422, "invalid"),
    "429": (error(), 429, "rate_limit"),
    "500": (error(), 500, "server"),
    "502 with HTML": (b"<html>Bad Gateway</html>", 502, "server"),
    "503": (error(), 503, "overloaded"),
    "524": (b"", 524, "server"),
    "529": (error(), 529, "overloaded"),
    "307": (b"", 307, "redirect"),
    # By code, whatever the status.
    "quota under 429": (error("insufficient_quota"), 429, "quota"),
    "quota in a stream": (error("insufficient_quota"), None, "quota"),
    "billing": (error("billing_hard_limit_reached"), 429, "quota"),
    "spend": (body({"error": {"type": "rate_limit_error", "reason": "enforced_spend_limit"}}), 429, "quota"),
    "too long under 500": (error("context_length_exceeded"), 500, "too_long"),
    "too long by llama.cpp": (error(kind="exceed_context_size_error"), 400, "too_long"),
    "an unknown model under 400": (error("model_not_found", kind="invalid_request_error"), 400, "not_found"),
    "a retired model under 400": (error("model_decommissioned"), 400, "not_found"),
    "an unknown model of Zhipu": (error("1211"), 400, "not_found"),
    "a bad key of Google under 400": (google("API_KEY_INVALID", "INVALID_ARGUMENT"), 400, "auth"),
    "a Google quota by the minute": (google("x", "RESOURCE_EXHAUSTED", 429), 429, "rate_limit"),
    "overloaded in a stream": (body({"type": "error", "error": {"type": "overloaded_error"}}), None, "overloaded"),
    "a code in capitals": (error("INSUFFICIENT_QUOTA"), 429, "quota"),
    "a throttling exception": (body({"__type": "ThrottlingException"}), 400, "rate_limit"),
    # By message, where no code tells.
    "a bad key of xAI under 400": (
        body({"code": "invalid-argument", "error": "Incorrect API key provided: ab***cd."}),
        400,
        "auth",
    ),
    "too long in words": (error(message=CONTEXT, kind="invalid_request_error"), 400, "too_long"),
    "the prompt is too long": (error(message="prompt is too long: 210000 tokens"), 400, "too_long"),
    "too many tokens": (error(message="Input exceeds the maximum number of tokens allowed"), 400, "too_long"),
    "an unknown model in words": (error(message=NO_MODEL, kind="invalid_request_error"), 400, "not_found"),
    "an unknown model of MiniMax": (error(message="unknown model 'x'"), 400, "not_found"),
    "no credit": (error(message="Your credit balance is too low", kind="invalid_request_error"), 400, "quota"),
    "quota as a word is a rate": (error(message="INSUFFICIENT QUOTA: requests per minute"), 429, "rate_limit"),
    "a model in the words of a server error": (error(message="The model was not found in time"), 500, "server"),
    "a code that says little": (error("invalid_request_error", kind="invalid_request_error"), 400, "invalid"),
    "a code that says less than the status": (error(kind="invalid_request_error"), 401, "auth"),
    # Under 200, and inside streams, the body's own number is the status.
    "a number in a 200 body": (body({"error": {"code": 502, "message": "upstream"}}), 200, "server"),
    "a number as text in a stream": (body({"error": {"code": "429", "message": "later"}}), None, "rate_limit"),
    "a number of MiniMax": (body({"type": "error", "error": {"http_code": "401", "message": "x"}}), None, "auth"),
    "no number in a stream": (body({"error": {"message": "x"}}), None, "server"),
    "only words in a stream": (b"upstream reset", None, "server"),
    "an invalid request in a stream": (body({"error": {"type": "invalid_request_error"}}), None, "invalid"),
}


@pytest.mark.parametrize(("raw", "status", "kind"), KINDS.values(), ids=KINDS)
def test_codes_and_messages_are_read_before_the_status(raw: bytes, status: int | None, kind: RejectionKind) -> None:
    found = read_rejection(raw, status)
    assert found.kind == kind
    assert found.status == status


DAILY: Final = {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}],
}
WAITS: dict[str, tuple[dict[str, str], bytes, float | None]] = {
    # headers, body: seconds
    "none": ({}, error(), None),
    "a header": ({"retry-after": "2"}, error(), 2.0),
    "milliseconds win": ({"retry-after": "9", "retry-after-ms": "250"}, error(), 0.25),
    "a sentence": ({}, error(message="Please try again in 6.2s."), 6.2),
    "a header wins over a sentence": ({"retry-after": "2"}, error(message="Please try again in 6.2s."), 2.0),
    "RetryInfo": ({}, body({"error": {"details": [{"retryDelay": "26s"}]}}), 26.0),
    "RetryInfo wins over a sentence": (
        {},
        body({"error": {"message": "try again in 5s", "details": [{"retryDelay": "26s"}]}}),
        26.0,
    ),
    "a reset": ({}, body({"error": {"details": [{"metadata": {"quotaResetDelay": "500ms"}}]}}), 0.5),
    "nonsense": ({}, body({"error": {"details": ["x", None, {"retryDelay": {"seconds": 9}}]}}), None),
}


@pytest.mark.parametrize(("headers", "raw", "expected"), WAITS.values(), ids=WAITS)
def test_the_wait_asked_for_is_found(headers: dict[str, str], raw: bytes, expected: float | None) -> None:
    assert read_rejection(raw, 429, headers).retry_after == expected


def test_a_daily_quota_is_a_quota_whatever_wait_it_names() -> None:
    raw = body({"error": {"status": "RESOURCE_EXHAUSTED", "details": [DAILY, {"retryDelay": "3s"}]}})
    assert read_rejection(raw, 429).kind == "quota"


IDS: dict[str, tuple[dict[str, str], bytes, str | None]] = {
    "x-request-id": ({"x-request-id": "a", "cf-ray": "b"}, b"", "a"),
    "request-id": ({"request-id": "a"}, b"", "a"),
    "x-goog-request-id": ({"x-goog-request-id": "a"}, b"", "a"),
    "apim-request-id": ({"apim-request-id": "a"}, b"", "a"),
    "x-generation-id": ({"x-generation-id": "a"}, b"", "a"),
    "cf-ray": ({"cf-ray": "9abc-EWR"}, b"", "9abc-EWR"),
    "in the body": ({}, body({"error": {"message": "x"}, "request_id": "r1"}), "r1"),
    "the header wins": ({"request-id": "a"}, body({"request_id": "r1"}), "a"),
    "none": ({"content-type": "text/html"}, b"", None),
}


@pytest.mark.parametrize(("headers", "raw", "expected"), IDS.values(), ids=IDS)
def test_the_id_to_quote_is_found(headers: dict[str, str], raw: bytes, expected: str | None) -> None:
    assert read_rejection(raw, 500, headers).request_id == expected


def test_a_good_reply_has_its_id_in_the_headers_too() -> None:
    assert request_id({"x-request-id": "a"}) == "a"
    assert request_id({}) is None


SHOULD = {"true": True, "false": False, "": None, "maybe": None, "TRUE": None}


@pytest.mark.parametrize(("value", "expected"), SHOULD.items(), ids=[repr(value) for value in SHOULD])
def test_a_provider_has_its_own_word_on_trying_again(value: str, *, expected: bool | None) -> None:
    assert read_rejection(b"", 500, {"x-should-retry": value}).should_retry is expected


PHASES = {"before the reply": (503, "headers"), "inside it": (None, "mid_stream")}


@pytest.mark.parametrize(("status", "phase"), PHASES.values(), ids=PHASES)
def test_a_refusal_knows_when_it_came(status: int | None, phase: str) -> None:
    assert read_rejection(b"", status).phase == phase


def test_long_bodies_are_read_in_part_and_told_in_part() -> None:
    found = read_rejection(b"x" * (BODY_LIMIT + 5), 500)
    assert found.message == "x" * 2000


HUGE = {
    "a code of many digits": body({"error": {"message": "x", "code": "9" * 5000}}),
    "a number of many digits": b'{"error":{"message":"x","code":' + b"9" * 5000 + b"}}",
    "a wait of ages": body({"error": {"message": "x", "details": [{"retryDelay": "9" * 30 + "h"}]}}),
    "a sentence of ages": body({"error": {"message": "try again in " + "9" * 400 + "m"}}),
}


@pytest.mark.parametrize("raw", HUGE.values(), ids=HUGE)
def test_huge_numbers_do_no_harm(raw: bytes) -> None:
    assert read_rejection(raw, 429).kind == "rate_limit"


def test_deep_bodies_are_read_as_far_as_is_safe() -> None:
    deep = b'{"error":' * 5000 + b'"x"' + b"}" * 5000
    assert isinstance(read_rejection(deep, 500), Rejected)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "message", "code", "type", "status", "details", "errors", "metadata", "detail"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(document=JSON, status=st.none() | st.integers(300, 599))
def test_any_json_is_some_refusal(document: object, status: int | None) -> None:
    found = read_rejection(body(document), status)
    assert found.message
    assert found.status == status


@given(raw=st.binary(max_size=200), status=st.none() | st.integers(300, 599))
def test_any_bytes_are_some_refusal(raw: bytes, status: int | None) -> None:
    assert read_rejection(raw, status).message
