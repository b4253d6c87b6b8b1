"""What a model cannot do is refused or left out, and told; what nobody knows passes."""

from typing import Final

import pytest
from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import Audio, Bytes, File, Image, Part, Text, ToolResult, Uploaded, Url
from modelmix.ast.message import Message, Tool, assistant, user
from modelmix.ast.model import Ability, Capabilities, Limits, Model
from modelmix.ast.options import Options
from modelmix.ast.request import Request
from modelmix.ast.tool import ToolSpec
from modelmix.call import plan
from modelmix.capable import Suited, can, standing, suit
from modelmix.errors import Incapable, TooLong
from unit.making import target

PNG: Final = Image(Bytes(b"\x89PNG", "image/png"))
WAV: Final = Audio(Bytes(b"RIFF", "audio/wav"))
PDF: Final = File(Bytes(b"%PDF-", "application/pdf"))
MOVIE: Final = File(Url("https://example.com/a.mp4", "video/mp4"))
NOTES: Final = File(Bytes(b"words", "text/plain"))
ANYTHING: Final = File(Url("https://example.com/a"))
SENT_BEFORE: Final = File(Uploaded("file-1", "application/pdf"))

READS: Final = Capabilities(tools=False, reasoning=False, temperature=False, input=("text",), output=("text",))
SEES: Final = Capabilities(tools=True, reasoning=True, temperature=True, input=("text", "image"))
SILENT: Final = Capabilities()


def entry(capabilities: Capabilities, **limits: int) -> Model:
    return Model(provider="p", id="m", capabilities=capabilities, limits=Limits(**limits))


NEEDED: dict[str, tuple[Part, Capabilities, Ability | None]] = {
    "a picture, to a reader": (PNG, READS, "image"),
    "a picture, to one who sees": (PNG, SEES, None),
    "a picture, to one of whom nothing is known": (PNG, SILENT, None),
    "a recording, to one who sees": (WAV, SEES, "audio"),
    "a film, to one who sees": (MOVIE, SEES, "video"),
    "a PDF, to a reader": (PDF, READS, "pdf"),
    "a PDF is pictures of pages": (PDF, SEES, None),
    "a text file is text": (NOTES, READS, None),
    "a file of an unknown type": (ANYTHING, READS, None),
    "a file that lies with the provider": (SENT_BEFORE, READS, None),
}


@pytest.mark.parametrize(("part", "capabilities", "expected"), NEEDED.values(), ids=NEEDED)
def test_media_that_a_model_does_not_take_are_refused(
    part: Image | Audio | File, capabilities: Capabilities, expected: Ability | None
) -> None:
    request = Request(messages=(user("What is this?", part),))
    outcome = suit(request, entry(capabilities), frozenset(), "p:m")
    if expected is None:
        assert outcome.unwrap() == Suited(request)
    else:
        assert outcome.failure() == Incapable(spec="p:m", needs=expected)


def test_what_the_provider_says_wins_over_the_catalogue() -> None:
    request = Request(messages=(user(PNG),), tools=(ToolSpec(name="t"),), options=Options(temperature=1.0))
    able: frozenset[Ability] = frozenset({"image", "tools", "temperature"})
    assert suit(request, entry(READS), able, "p:m").unwrap() == Suited(request)


LENGTHS: dict[str, tuple[str, int, bool]] = {
    "too long": ("openai", 2, True),
    "as long as it may be": ("openai", 3, False),
    "too long where the provider makes room": ("openrouter", 2, False),
}


@pytest.mark.parametrize(("provider", "window", "refused"), LENGTHS.values(), ids=LENGTHS)
def test_a_prompt_that_is_too_long_is_refused(provider: str, window: int, *, refused: bool) -> None:
    to = target(provider, "m", entry=entry(SILENT, context=window))
    outcome = plan(Request(messages=(user("a b c"),)), to)
    if refused:
        assert outcome.failure() == TooLong(spec=f"{provider}:m", tokens=3, window=window)
    else:
        assert isinstance(outcome, Success)


def test_who_knows_better_goes_unchecked() -> None:
    to = target("openai", "m", entry=entry(READS, context=1, output=1))
    request = Request(messages=(user("a b c", PNG),), tools=(ToolSpec(name="t"),), options=Options(max_tokens=2))
    assert isinstance(plan(request, to), Failure)
    call = plan(request, replace(to, unchecked=True)).unwrap()
    assert (call.max_tokens, call.adaptations) == (2, ())


TOOLS: dict[str, tuple[Capabilities, bool]] = {
    "a model without tools": (READS, False),
    "a model with tools": (SEES, True),
    "a model of which nothing is known": (SILENT, True),
}


@pytest.mark.parametrize(("capabilities", "passes"), TOOLS.values(), ids=TOOLS)
def test_tools_are_offered_only_to_models_that_call_them(capabilities: Capabilities, *, passes: bool) -> None:
    request = Request(messages=(user("hi"),), tools=(ToolSpec(name="t"),))
    outcome = suit(request, entry(capabilities), frozenset(), "p:m")
    if passes:
        assert outcome.unwrap() == Suited(request)
    else:
        assert outcome.failure() == Incapable(spec="p:m", needs="tools")


STAND_IN: Final = "[image that cannot be shown to you]"
HIDDEN: Final = Adaptation(field="image", action="dropped", into=STAND_IN, why="this model takes no image")
TALK: tuple[Message, ...] = (user("Look:", PNG), assistant("A cat."), user("Which colour?"))
SHOWN: tuple[Message, ...] = (user("Look:", Text(STAND_IN)), assistant("A cat."), user("Which colour?"))


def results(*content: Text | Image) -> Tool:
    return Tool((ToolResult(call_id="c", name="camera", content=content),))


def test_a_model_that_reads_goes_on_with_what_another_saw() -> None:
    suited = suit(Request(messages=TALK), entry(READS), frozenset(), "p:m").unwrap()
    assert suited == Suited(Request(messages=SHOWN), (HIDDEN,))


def test_a_picture_from_a_tool_is_told_in_words() -> None:
    request = Request(messages=(user("hi"), assistant("so"), results(Text("a"), PNG, PNG)))
    words = results(Text("a"), Text(STAND_IN), Text(STAND_IN))
    expected = Request(messages=(user("hi"), assistant("so"), words))
    assert suit(request, entry(READS), frozenset(), "p:m").unwrap() == Suited(expected, (HIDDEN,))


def test_the_model_is_asked_about_every_picture_since_it_last_spoke() -> None:
    messages = (*TALK[:2], user(PNG), user("Which colour?"))
    assert suit(Request(messages=messages), entry(READS), frozenset(), "p:m").failure() == Incapable(
        spec="p:m", needs="image"
    )


def dropped(field: str, why: str) -> Adaptation:
    return Adaptation(field=field, action="dropped", why=why)


COLD: Final = dropped("temperature", "this model takes none")
UNMOVED: Final = "this model does not reason"
CLAMPED: Final = Adaptation(
    field="max_tokens", action="clamped", into="100", why="this model's output has no more tokens"
)
OPTIONS: dict[str, tuple[Options, Capabilities, Options, tuple[Adaptation, ...]]] = {
    "a temperature that is not taken": (Options(temperature=0.5, seed=7), READS, Options(seed=7), (COLD,)),
    "a temperature of zero is one": (Options(temperature=0.0), READS, Options(), (COLD,)),
    "a temperature that is taken": (Options(temperature=0.5), SEES, Options(temperature=0.5), ()),
    "a temperature of which nothing is known": (Options(temperature=0.5), SILENT, Options(temperature=0.5), ()),
    "a temperature while the model is told not to think": (
        Options(temperature=0.5, reasoning_effort="none"),
        replace(READS, reasoning=True),
        Options(temperature=0.5, reasoning_effort="none"),
        (),
    ),
    "an effort": (Options(reasoning_effort="low"), READS, Options(), (dropped("reasoning_effort", UNMOVED),)),
    "a budget": (Options(reasoning_budget=5), READS, Options(), (dropped("reasoning_budget", UNMOVED),)),
    "no effort costs nothing": (Options(reasoning_effort="none"), READS, Options(reasoning_effort="none"), ()),
    "no budget costs nothing": (Options(reasoning_budget=0), READS, Options(reasoning_budget=0), ()),
    "an effort of one who reasons": (Options(reasoning_effort="low"), SEES, Options(reasoning_effort="low"), ()),
    "an effort of which nothing is known": (
        Options(reasoning_effort="low"),
        SILENT,
        Options(reasoning_effort="low"),
        (),
    ),
    "more output than there is": (Options(max_tokens=101), SILENT, Options(max_tokens=100), (CLAMPED,)),
    "as much as there is": (Options(max_tokens=100), SILENT, Options(max_tokens=100), ()),
}


@pytest.mark.parametrize(("options", "capabilities", "kept", "told"), OPTIONS.values(), ids=OPTIONS)
def test_options_that_a_model_lacks_are_left_out_and_told(
    options: Options, capabilities: Capabilities, kept: Options, told: tuple[Adaptation, ...]
) -> None:
    asked = Request(messages=(user("hi"),), options=options)
    suited = suit(asked, entry(capabilities, output=100), frozenset(), "p:m").unwrap()
    assert suited == Suited(replace(asked, options=kept), told)


def test_an_output_without_a_limit_is_not_clamped() -> None:
    asked = Request(messages=(user("hi"),), options=Options(max_tokens=10**9))
    assert suit(asked, entry(SILENT), frozenset(), "p:m").unwrap() == Suited(asked)


def test_silence_refuses_nothing() -> None:
    abilities: tuple[Ability, ...] = ("tools", "reasoning", "temperature", "image", "pdf", "audio", "video")
    assert all(can(entry(SILENT), ability) for ability in abilities)
    assert not any(can(entry(READS), ability) for ability in abilities)


STATUS: dict[str, tuple[str | None, int]] = {
    "in use": (None, 0),
    "in trial": ("beta", 0),
    "on its way out": ("deprecated", 1),
}


@pytest.mark.parametrize(("status", "notes"), STATUS.values(), ids=STATUS)
def test_a_deprecated_model_is_noted(status: str | None, notes: int) -> None:
    told = standing(Model(provider="p", id="m", status=status))
    assert [note.action for note in told] == ["noted"] * notes
    assert standing(None) == ()
