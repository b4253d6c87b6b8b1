"""Generated conversations: every kind of part, seals and opaques of every owner, ids of every make, odd orders.

What is said carries marks, each once in a conversation, so that one can look for them in a body.
"""

from collections.abc import Callable, Sequence
from itertools import count
from types import MappingProxyType
from typing import Final, Literal, TypeVar, cast, get_args

import msgspec
from hypothesis import strategies as st

from modelmix.ast.content import (
    AssistantPart,
    Audio,
    Bytes,
    CachePoint,
    Citation,
    File,
    Image,
    Json,
    JsonText,
    Opaque,
    Reasoning,
    Refusal,
    ResultPart,
    Seal,
    Source,
    SystemPart,
    Text,
    ToolCall,
    ToolResult,
    Uploaded,
    Url,
    UserPart,
)
from modelmix.ast.message import Assistant, Developer, Message, System, Tool, User
from modelmix.ast.request import Request
from modelmix.ast.tool import ToolSpec
from modelmix.decode import DialectName

T = TypeVar("T")

PNG: Final = b"\x89PNG\r\n\x1a\n"
TOOLS: Final = (ToolSpec(name="weather", description="The weather"), ToolSpec(name="clock", strict=True))

_SEALED_REASONING: Final = MappingProxyType[DialectName, str](
    {
        "openai-chat": '[{{"type":"reasoning.text","text":"{words}","signature":"{mark}"}}]',
        "openai-responses": (
            '{{"type":"reasoning","id":"rs_1","summary":[{{"type":"summary_text","text":"{words}"}}],'
            '"encrypted_content":"{mark}"}}'
        ),
        "anthropic-messages": "{mark}",
        "google-generate": "{mark}",
        "ollama-chat": "{mark}",
    }
)
"""What each owner gives with reasoning."""

_OPAQUES: Final = MappingProxyType[DialectName, tuple[str, str]](
    {
        "openai-chat": ("audio", '{{"id":"{mark}"}}'),
        "openai-responses": ("web_search_call", '{{"type":"web_search_call","id":"{mark}","status":"completed"}}'),
        "anthropic-messages": ("redacted_thinking", '{{"type":"redacted_thinking","data":"{mark}"}}'),
        "google-generate": ("executableCode", '{{"executableCode":{{"language":"PYTHON","code":"{mark}"}}}}'),
        "ollama-chat": ("image", '"{mark}"'),
    }
)

_IDS: Final = ("toolu_{0}", "call_{0}", "fc-{0}", "id with spaces: {0}!", "functions.get:{0}", "x" * 70 + "{0}", "é{0}")
_ARGUMENTS: Final = ('{{"q": "{0}"}}', '{{"q":["{0}",1.5e3,null]}}', '"{0}"', '["{0}"]', '{{"q": "{0}', "{0}")

Kind = Literal["text", "image", "file", "audio", "cache", "opaque"]


class Maker:
    """Draws parts, each with a mark of its own. Without `media`, none that some dialect cannot say at all."""

    def __init__(self, draw: Callable[[st.SearchStrategy[object]], object], *, media: bool) -> None:
        self._draw = draw
        self._media = media
        self._count = count()

    def one_of(self, choices: Sequence[T]) -> T:
        """One of some values."""
        return cast("T", self._draw(st.sampled_from(choices)))

    def times(self, least: int, most: int) -> range:
        """Some repetitions."""
        return range(cast("int", self._draw(st.integers(least, most))))

    def maybe(self) -> bool:
        """Yes or no."""
        return self.one_of((False, True))

    def mark(self) -> str:
        """A word that is nowhere else in the conversation; valid base64 too."""
        return f"mk{next(self._count):04}mk"

    def words(self) -> str:
        """Words with a mark, or what has none because it says nothing."""
        said = cast("str", self._draw(st.text(max_size=4)))
        return self.one_of(("", " \n")) if self.one_of(range(10)) == 0 else f"{self.mark()}{said}"

    def owner(self) -> DialectName:
        """Any dialect."""
        return self.one_of(get_args(DialectName))

    def seal(self) -> Seal | None:
        """A seal on a text or a call, or none."""
        if self.one_of(range(3)):
            return None
        owner, mark = self.owner(), self.mark()
        return Seal(owner, f'{{"id":"{mark}"}}' if owner == "openai-responses" else mark)

    def text(self) -> Text:
        return Text(self.words(), self.seal())

    def reasoning(self) -> Reasoning:
        words, owner = self.one_of(("", self.mark())), self.owner()
        damaged = self.one_of(range(8)) == 0
        value = "{damaged" if damaged else _SEALED_REASONING[owner].format(words=words, mark=self.mark())
        return Reasoning(words, Seal(owner, value) if self.maybe() else None)

    def opaque(self) -> Opaque:
        owner = self.owner()
        kind, form = _OPAQUES[owner]
        json = form.format(mark=self.mark())
        return Opaque(owner=owner, kind=kind, json=JsonText(json[:-1] if self.one_of(range(8)) == 0 else json))

    def citation(self) -> Citation:
        owner = self.owner()
        value = msgspec.json.encode({"type": "url_citation", "url": self.mark()}).decode()
        return Citation(f"https://{self.mark()}.example", seal=Seal(owner, value) if self.maybe() else None)

    def source(self, media_type: str, data: bytes) -> Source:
        if not self._media or self.maybe():
            return Bytes(data + self.mark().encode(), media_type)
        if self.maybe():
            return Url(f"https://a.example/{self.mark()}.png", media_type)
        return Uploaded(f"file-{self.mark()}")

    def image(self) -> Image:
        return Image(self.source("image/png", PNG), self.one_of((None, "auto", "low", "high")))

    def file(self) -> File:
        name = self.one_of((None, f"{self.mark()}.txt"))
        if self._media and self.maybe():
            return File(self.source(self.one_of(("application/pdf", 'x/"y"')), b"%PDF-1.7 "), name)
        return File(Bytes(self.mark().encode(), self.one_of(("text/plain", "text/csv"))), name)

    def point(self) -> CachePoint:
        return CachePoint(self.one_of((None, "5m", "1h")))

    def arguments(self) -> JsonText:
        return JsonText(self.one_of(("", *[form.format(self.mark()) for form in _ARGUMENTS])))

    def call(self, place: int) -> ToolCall:
        minted = self.one_of(range(3)) == 0
        # Whoever mints ids begins anew with each turn.
        call_id = f"call_{place}" if minted else self.one_of(_IDS).format(self.mark())
        name = f"tool_{self.mark()}"
        return ToolCall(id=call_id, name=name, arguments=self.arguments(), minted=minted, seal=self.seal())

    def system(self) -> System | Developer:
        parts: list[SystemPart] = [
            Text(self.words()) if self.one_of(range(3)) else self.point() for _ in self.times(0, 3)
        ]
        return System(tuple(parts)) if self.maybe() else Developer(tuple(parts))

    def user(self) -> User:
        kinds: tuple[Kind, ...] = ("text", "text", "image", "file", "cache", "opaque")
        parts: list[UserPart] = []
        for _ in self.times(0, 3):
            match self.one_of((*kinds, "audio") if self._media else kinds):
                case "text":
                    parts.append(Text(self.words()))
                case "image":
                    parts.append(self.image())
                case "file":
                    parts.append(self.file())
                case "audio":
                    parts.append(Audio(self.source(self.one_of(("audio/wav", "audio/flac")), b"RIFF\x04\x00\x00\x00")))
                case "cache":
                    parts.append(self.point())
                case "opaque":
                    parts.append(self.opaque())
        return User(tuple(parts))

    def assistant(self) -> Assistant:
        makers: tuple[Callable[[], AssistantPart], ...] = (
            self.text,
            self.text,
            self.reasoning,
            lambda: Refusal(self.words()),
            self.citation,
            self.image,
            lambda: Audio(Bytes(self.mark().encode(), "audio/wav")),
            self.opaque,
        )
        said = [self.one_of(makers)() for _ in self.times(0, 4)]
        calls = [self.call(place) for place in self.times(0, 3)]
        return Assistant((*said, *calls, *([self.text()] if self.one_of(range(6)) == 0 else [])))

    def result(self, call_id: str, name: str) -> ToolResult:
        makers: tuple[Callable[[], ResultPart], ...] = (
            lambda: Text(self.words()),
            lambda: Json(JsonText(self.one_of((f'{{"v":"{self.mark()}"}}', f'"{self.mark()}"', "null", "[1, 2.50]")))),
            self.image,
            self.file,
            self.point,
        )
        content = tuple([self.one_of(makers)() for _ in self.times(0, 3)])
        return ToolResult(call_id=call_id, name=name, content=content, is_error=self.maybe())

    def answers(self, turn: Assistant) -> list[Tool]:
        """Results of all calls of a turn, in any order, in one turn or in several."""
        results = [self.result(part.id, part.name) for part in turn.parts if isinstance(part, ToolCall)]
        shuffled = cast("list[ToolResult]", self._draw(st.permutations(results)))
        if not shuffled:
            return []
        return [Tool((result,)) for result in shuffled] if self.maybe() else [Tool(tuple(shuffled))]

    def request(self, messages: Sequence[Message]) -> Request:
        return Request(messages=tuple(messages), tools=TOOLS if self.maybe() else (), stream=self.maybe())


@st.composite
def orderly(draw: Callable[[st.SearchStrategy[object]], object], *, media: bool) -> Request:
    """Users and assistants by turns, and each call answered at once."""
    maker = Maker(draw, media=media)
    messages: list[Message] = [maker.system() for _ in maker.times(0, 2)]
    messages.append(User((Text(maker.mark()),)))
    for _ in maker.times(1, 3):
        turn = maker.assistant()
        messages += [turn, *maker.answers(turn)]
        if not any(isinstance(part, ToolCall) for part in turn.parts) or maker.maybe():
            messages.append(maker.user())
    return maker.request(messages)


@st.composite
def disorderly(draw: Callable[[st.SearchStrategy[object]], object], *, media: bool) -> Request:
    """Any turns in any order: calls that nobody answers, results of calls that nobody made."""
    maker = Maker(draw, media=media)
    makers: tuple[Callable[[], Message], ...] = (
        maker.system,
        maker.user,
        maker.assistant,
        lambda: Tool((maker.result(maker.mark(), "lost"),)),
    )
    messages: list[Message] = []
    for _ in maker.times(1, 6):
        message = maker.one_of(makers)()
        messages.append(message)
        if isinstance(message, Assistant) and maker.maybe():
            messages += maker.answers(message)
    return maker.request(messages)


def conversations(*, media: bool) -> st.SearchStrategy[Request]:
    """Orderly and disorderly ones."""
    return st.one_of(orderly(media=media), disorderly(media=media))
