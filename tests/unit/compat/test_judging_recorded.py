"""The verdict on every recorded exchange that can be imported is that of those who recorded what came of it."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from modelmix.compat.imports.collected import read_lines
from modelmix.compat.imports.found import Found
from modelmix.compat.imports.making import made
from modelmix.compat.imports.placing import placed
from modelmix.compat.judging import Judged, Manner, judge
from modelmix.providers.load import built_in, names
from modelmix.quirks import tags_for

CASES = "pydantic-ai/models/"

DIFFERENT = {
    # No refusal either: a page of a test server, which says nothing that a provider would.
    f"{CASES}test_openai/test_invalid_response#0": "fail",
    f"{CASES}test_openai/test_text_response#0": "fail",
    # The request was taken, and the answer is to be asked for later.
    f"{CASES}test_openai_responses/test_background_mode_reasoning_vcr#0": "skipped",
    f"{CASES}test_openai_responses/test_background_mode_streaming_without_starting_after_vcr#0": "skipped",
    f"{CASES}test_openai_responses/test_background_mode_vcr#0": "skipped",
    f"{CASES}test_openai_responses/test_background_mode_vcr#1": "skipped",
    f"{CASES}test_openai_responses/test_background_mode_with_tool_vcr#2": "skipped",
    f"{CASES}test_openai_responses/test_background_mode_with_tool_vcr#3": "skipped",
}
"""Where what is expected is an answer and none is there, or an error and the verdict is none of a refusal."""

FLAWS = {
    # Gemini on Vertex gives arguments to a tool that takes none, closed by its schema.
    ("arguments",): 17,
    # No reason at all (Grok by OpenRouter, Snowflake); `complete`, which is no status of OpenAI's.
    ("finish",): 8,
    # UNEXPECTED_TOOL_CALL: Gemini calls `list_files`, which nobody offered; and so without that reason.
    ("finish", "tool call"): 4,
    ("tool call",): 3,
    # More reasoning than output, by OpenRouter's count.
    ("usage.reasoning",): 4,
    # Finish `stop`, and no part.
    ("answer",): 3,
    # Grok and Gemma by OpenRouter pass the limit; Grok gives no reason for its end besides.
    ("usage.output",): 3,
    ("finish", "usage.output"): 3,
    # GPT-4o says one object twice, on two lines.
    ("object",): 2,
    # The total of Gemini's is the output alone, or less.
    ("usage.total",): 2,
    # The two replies above that are none.
    ("reply",): 2,
}
"""How many exchanges have which flaws."""


class Case(NamedTuple):
    """A record's id, whether an error is expected of it, and our verdict."""

    id: str
    is_error: bool
    judged: Judged

    @property
    def status(self) -> str:
        """The verdict in one word."""
        return "fail" if self.judged.flaws else "skipped" if self.judged.skipped else "pass"


def cases(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.glob("*.jsonl.gz")):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            record = json.loads(line)
            (found,) = read_lines([line], path.name)
            if isinstance(found, Found) and found.model:
                yield Case(record["id"], bool(record["expected"].get("error")), verdict(found, found.model))


def verdict(found: Found, model: str) -> Judged:
    provider = placed(found.url, found.provider)
    manner = Manner()
    if provider in names():
        known = built_in(provider)
        manner = Manner(tags_for(known, model), known.embedding.packing)
    return judge(made(found, provider, model, "imported-text-basic", ()).unwrap(), manner)


def test_verdicts_are_those_that_are_expected(shared: Path) -> None:
    different: dict[str, str] = {}
    flaws: Counter[tuple[str, ...]] = Counter()
    count = 0
    for case in cases(shared / "recordings/dev"):
        count += 1
        if (case.status == "skipped") is not case.is_error:
            different[case.id] = case.status
        if case.judged.flaws:
            flaws[tuple(sorted({flaw.about.partition(" of ")[0] for flaw in case.judged.flaws}))] += 1
    assert count > 4300
    assert different == DIFFERENT
    assert flaws == FLAWS
