"""What each API refuses a conversation for, as predicates over bodies."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias, cast

Json: TypeAlias = dict[str, object]

_ID: Final = re.compile(r"^[a-zA-Z0-9_-]+$")


def objects(value: object) -> list[Json]:
    """The objects of a list; text and what is absent have none."""
    return [cast("Json", item) for item in cast("list[object]", value)] if isinstance(value, list) else []


def of_type(content: object, kind: str) -> list[Json]:
    """The blocks of one kind."""
    return [block for block in objects(content) if block.get("type") == kind]


def messages_flaws(body: Json) -> Iterator[str]:
    """Anthropic: turns alternate and begin with a user's; each call has one id and its result in the next turn.

    https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls
    """
    turns = objects(body["messages"])
    roles = [turn["role"] for turn in turns]
    if roles != [("user", "assistant")[place % 2] for place in range(len(turns))]:
        yield f"roles {roles}"
    used: set[object] = set()
    for turn, following in zip(turns, [*turns[1:], Json()], strict=True):
        ids = [block["id"] for block in of_type(turn["content"], "tool_use")]
        results = of_type(following.get("content"), "tool_result")
        if used & {*ids} or len({*ids}) < len(ids) or not all(_ID.match(str(each)) for each in ids):
            yield f"ids {ids}"
        if [result["tool_use_id"] for result in results if result["tool_use_id"] in ids] != [
            result["tool_use_id"] for result in results
        ] or {result["tool_use_id"] for result in results} != {*ids}:
            yield f"{ids} answered by {results}"
        if objects(following.get("content"))[: len(results)] != results:
            yield "results do not stand first"
        if not turn["content"] or any(not str(block["text"]).strip() for block in of_type(turn["content"], "text")):
            yield "an empty turn or text"
        used |= {*ids}


def generate_flaws(body: Json) -> Iterator[str]:
    """Google: the results of one turn's calls share the content after it, as many as calls, in their order.

    https://ai.google.dev/gemini-api/docs/function-calling#parallel_function_calling
    """
    contents = objects(body["contents"])
    for content, following in zip(contents, [*contents[1:], Json()], strict=True):
        called = [_function(part, "functionCall") for part in objects(content["parts"]) if "functionCall" in part]
        answered = [
            _function(part, "functionResponse")
            for part in objects(following.get("parts"))
            if "functionResponse" in part
        ]
        if answered != called:
            yield f"{called} answered by {answered}"
        if not content["parts"]:
            yield "an empty turn"


def _function(part: Mapping[str, object], member: str) -> tuple[object, object]:
    """Name and id."""
    function = cast("Json", part[member])
    return function["name"], function.get("id")


def responses_flaws(body: Json) -> Iterator[str]:
    """Responses: each call has an output of its kind after it, and no output is without a call.

    https://platform.openai.com/docs/guides/function-calling
    """
    waiting: list[tuple[object, object]] = []
    for item in objects(body["input"]):
        match item.get("type"):
            case "function_call" | "custom_tool_call" as kind:
                waiting.append((f"{kind}_output", item["call_id"]))
            case "function_call_output" | "custom_tool_call_output" as kind:
                answer = (kind, item["call_id"])
                if answer not in waiting:
                    yield f"{answer} answers nothing"
                else:
                    waiting.remove(answer)
            case _:
                pass
    if waiting:
        yield f"unanswered: {waiting}"
    yield from [f"{call_id} is too long" for _, call_id in waiting if len(str(call_id)) > 64]


def chat_flaws(body: Json) -> Iterator[str]:
    """Chat completions: the messages right after a turn with calls answer just these.

    https://platform.openai.com/docs/guides/function-calling?api-mode=chat
    """
    waiting: list[object] = []
    for turn in objects(body["messages"]):
        if turn["role"] == "tool":
            if turn["tool_call_id"] not in waiting:
                yield f"{turn['tool_call_id']} answers nothing"
            waiting = [each for each in waiting if each != turn["tool_call_id"]]
            continue
        if waiting:
            yield f"unanswered: {waiting}"
        waiting = [call["id"] for call in objects(turn.get("tool_calls"))]
    if waiting:
        yield f"unanswered: {waiting}"


def ollama_flaws(body: Json) -> Iterator[str]:
    """Ollama: results name their tools, in the order of the calls.

    https://docs.ollama.com/capabilities/tool-calling
    """
    waiting: list[object] = []
    for turn in objects(body["messages"]):
        if turn["role"] == "tool":
            expected = waiting.pop(0) if waiting else None
            if turn["tool_name"] != expected:
                yield f"{turn['tool_name']} in place of {expected}"
        else:
            if waiting:
                yield f"unanswered: {waiting}"
            waiting = [cast("Json", call["function"])["name"] for call in objects(turn.get("tool_calls"))]
    if waiting:
        yield f"unanswered: {waiting}"
