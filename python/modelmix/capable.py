"""Whether a model can do what a request needs, by what the catalogue and its provider say of it.

The catalogue is filled in by hand and may be wrong, or silent. Silence refuses nothing; a provider's rules may say that
its models can do more (`able`); and a caller who knows better goes unchecked (`unlisted`).
"""

from collections.abc import Iterable, Set as AbstractSet
from types import MappingProxyType
from typing import Final, TypeVar

from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import Audio, File, Image, ResultPart, Text, Uploaded, UserPart
from modelmix.ast.message import Assistant, Message, Tool, User
from modelmix.ast.model import Ability, Model
from modelmix.ast.options import Options
from modelmix.ast.request import Request
from modelmix.errors import Incapable
from modelmix.node import Node
from modelmix.outcome import Outcome

_KINDS: Final = MappingProxyType[str, Ability](
    {"image": "image", "audio": "audio", "video": "video", "application/pdf": "pdf"}
)
"""What must be taken for a media type, by the type itself or its first half."""

P = TypeVar("P", bound=UserPart | ResultPart)


class Suited(Node, frozen=True):
    """A request as a model can take it, and what was changed about it."""

    request: Request
    adaptations: tuple[Adaptation, ...] = ()


def suit(request: Request, entry: Model, able: AbstractSet[Ability], spec: str) -> Outcome[Suited]:
    """The request without the options that the model lacks, or why the model cannot be asked this at all.

    `able` is what the model can do whatever its entry says, `spec` what its user calls it.
    """
    sight = _Sight(entry, able)
    if request.tools and sight.lacks("tools"):
        return Failure(Incapable(spec=spec, needs="tools"))
    options, told = _optioned(request.options, entry, sight)
    if told:
        request = replace(request, options=options)
    if not any(sight.hides(part) for message in request.messages for part in _shown(message)):
        return Success(Suited(request, told))
    lacking = _lacking(request, sight)
    if lacking is not None:
        return Failure(Incapable(spec=spec, needs=lacking))
    messages = tuple([_seen(message, sight) for message in request.messages])
    return Success(Suited(replace(request, messages=messages), (*sight.told, *told)))


def can(entry: Model, ability: Ability) -> bool:
    """Whether a model can do something, or the catalogue does not say that it cannot."""
    does = entry.capabilities
    match ability:
        case "tools":
            return does.tools is not False
        case "reasoning":
            return does.reasoning is not False
        case "temperature":
            return does.temperature is not False
        case "pdf":
            # Pages are given as pictures, so that whoever sees pictures reads them, and entries often leave it out:
            # https://developers.openai.com/docs/guides/pdf-files
            return not does.input or "pdf" in does.input or "image" in does.input
        case "image" | "audio" | "video":
            return not does.input or ability in does.input
        case "length":
            return False


def standing(entry: Model | None) -> tuple[Adaptation, ...]:
    """What is to be known of a model that is on its way out."""
    if entry is None or entry.status != "deprecated":
        return ()
    # "No longer served by the provider's public API": https://github.com/anomalyco/models.dev, README.md
    return (Adaptation(field="model", action="noted", why="it is deprecated, and may no longer be served"),)


class _Sight:
    """What a model takes, and what was hidden from it."""

    def __init__(self, entry: Model, able: AbstractSet[Ability]) -> None:
        self._entry = entry
        self._able = able
        self._told: dict[Adaptation, None] = {}

    @property
    def told(self) -> tuple[Adaptation, ...]:
        return tuple(self._told)

    def lacks(self, ability: Ability) -> bool:
        return ability not in self._able and not can(self._entry, ability)

    def hides(self, part: object) -> bool:
        # Nearly all parts are words.
        kind = None if type(part) is Text else _kind(part)
        return kind is not None and self.lacks(kind)

    def shown(self, part: P) -> P | Text:
        """The part, or words in its place."""
        kind = _kind(part)
        if kind is None or not self.lacks(kind):
            return part
        words = f"[{kind} that cannot be shown to you]"
        self._told[Adaptation(field=kind, action="dropped", into=words, why=f"this model takes no {kind}")] = None
        return Text(words)


def _lacking(request: Request, sight: _Sight) -> Ability | None:
    """What of that which is asked about the model does not take."""
    for turn in _asked(request.messages):
        for part in turn.parts:
            kind = _kind(part)
            if kind is not None and sight.lacks(kind):
                return kind
    return None


def _asked(messages: tuple[Message, ...]) -> Iterable[User]:
    """The user's turns since the model last spoke."""
    last = max((at for at, message in enumerate(messages) if isinstance(message, Assistant)), default=-1)
    return [message for message in messages[last + 1 :] if isinstance(message, User)]


def _kind(part: object) -> Ability | None:
    """What a model must be able to take for a part; None where every model does, and where nobody knows."""
    match part:
        case Image():
            return "image"
        case Audio():
            return "audio"
        case File(source=source) if not isinstance(source, Uploaded) and source.media_type:
            return _KINDS.get(source.media_type) or _KINDS.get(source.media_type.partition("/")[0])
        case _:
            return None


def _shown(message: Message) -> Iterable[object]:
    """What the model is shown by others. What it said itself goes back as its dialect has it."""
    match message:
        case User(parts):
            return parts
        case Tool(results):
            return [part for result in results for part in result.content]
        case _:
            return ()


def _seen(message: Message, sight: _Sight) -> Message:
    """A turn with words in place of what the model does not take: it goes on with what others began."""
    match message:
        case User(parts):
            return User(tuple([sight.shown(part) for part in parts]))
        case Tool(results):
            return Tool(
                tuple([replace(each, content=tuple([sight.shown(part) for part in each.content])) for each in results])
            )
        case _:
            return message


def _optioned(options: Options, entry: Model, sight: _Sight) -> tuple[Options, tuple[Adaptation, ...]]:
    """The options that the model has, within its limits."""
    told: list[Adaptation] = []
    changed: dict[str, object] = {}
    # To be told not to think does a model no harm, and models that do not think temper what they say.
    silent = options.reasoning_effort == "none"
    if options.temperature is not None and not silent and sight.lacks("temperature"):
        changed["temperature"] = None
        told.append(Adaptation(field="temperature", action="dropped", why="this model takes none"))
    if sight.lacks("reasoning"):
        for name, asked in (("reasoning_effort", not silent), ("reasoning_budget", options.reasoning_budget != 0)):
            if getattr(options, name) is not None and asked:
                changed[name] = None
                told.append(Adaptation(field=name, action="dropped", why="this model does not reason"))
    limit = entry.limits.output
    if limit is not None and options.max_tokens is not None and options.max_tokens > limit:
        changed["max_tokens"] = limit
        why = "this model's output has no more tokens"
        told.append(Adaptation(field="max_tokens", action="clamped", into=str(limit), why=why))
    return (replace(options, **changed) if changed else options), tuple(told)
