"""Apply a provider's rules to a finished body, and tell what they changed."""

import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Final, TypeAlias, cast

from msgspec.structs import asdict, replace

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.model import Ability
from modelmix.ast.options import FreeText
from modelmix.ast.request import Request
from modelmix.decode import DialectName, Tags
from modelmix.providers.provider import Provider, Rule, Shape, When

_CAPITAL: Final = re.compile("[A-Z]")

Body: TypeAlias = dict[str, object]
"""A request body: top-level fields by their wire name. Values may be anything that encodes as JSON."""

_WHEN: Final[Mapping[When, Callable[[Request], bool]]] = MappingProxyType(
    {
        "always": lambda _: True,
        "thinking": lambda request: request.options.reasoning_effort != "none",
        "tools": lambda request: bool(request.tools),
        "json": lambda request: not isinstance(request.output, FreeText),
        "stream": lambda request: request.stream,
    }
)


def rules_for(provider: Provider, model: str) -> tuple[Rule, ...]:
    """The rules that name this model."""
    return tuple(rule for rule in provider.rules if fits(model, rule.models) and not fits(model, rule.unless))


def fits(model: str, globs: tuple[str, ...]) -> bool:
    """Whether any of the globs stands for this model."""
    return any(glob == "*" or fnmatchcase(model, glob) for glob in globs)


def dialect_for(provider: Provider, rules: tuple[Rule, ...], request: Request) -> DialectName:
    """The dialect in which a model is asked for this."""
    said: list[DialectName] = [rule.dialect for rule in rules if rule.dialect is not None and _WHEN[rule.when](request)]
    return said[-1] if said else provider.dialect


def shape_for(provider: Provider, rules: tuple[Rule, ...]) -> Shape:
    """The provider's shape, bent further by the rules for one model."""
    return bent(provider.shape, *[rule.shape for rule in rules])


def bent(shape: Shape, *further: Shape) -> Shape:
    """A shape with what further ones say laid over it, in their order."""
    for other in further:
        said = {name: value for name, value in asdict(other).items() if value is not None}
        shape = replace(shape, **said) if said else shape
    return shape


def abilities(rules: tuple[Rule, ...]) -> frozenset[Ability]:
    """What a model can do, whatever the catalogue says."""
    return frozenset(ability for rule in rules for ability in rule.able)


def tags_for(provider: Provider, model: str) -> Tags:
    """The markup of reasoning to look for in this model's text."""
    said: list[Tags] = [rule.tags for rule in rules_for(provider, model) if rule.tags is not None]
    return said[-1] if said else provider.tags


def apply(rules: tuple[Rule, ...], request: Request, body: Body) -> tuple[Adaptation, ...]:
    """Changes `body` as the rules say; what the caller set is never overridden by a default."""
    told: list[Adaptation] = []
    for rule in rules:
        if _WHEN[rule.when](request):
            told.extend(_dropped(rule, body))
            told.extend(_renamed(rule, body))
            told.extend(_clamped(rule, body))
            told.extend(_added(rule, body))
    return tuple(told)


def _dropped(rule: Rule, body: Body) -> Iterator[Adaptation]:
    for path in rule.drop:
        holder, field = _place(body, path)
        if holder.pop(field, None) is not None:
            yield Adaptation(field=_option(path), action="dropped", why=rule.why)
    for field, other in rule.beside.items():
        if other in body and body.pop(field, None) is not None:
            yield Adaptation(field=field, action="dropped", why=rule.why)
    for field, allowed in rule.allow.items():
        if field in body and body[field] not in allowed:
            del body[field]
            yield Adaptation(field=field, action="dropped", why=rule.why)


def _place(body: Body, path: str) -> tuple[Body, str]:
    """The object that holds a field, and the field's name in it; an empty one where there is no such object."""
    *outer, field = path.split(".")
    for name in outer:
        inner = body.get(name)
        body = cast("Body", inner) if isinstance(inner, dict) else {}
    return body, field


def _option(path: str) -> str:
    """The option as the user knows it: providers that nest options write them in camel case."""
    return _CAPITAL.sub(lambda found: f"_{found[0].lower()}", path.rpartition(".")[2]) if "." in path else path


def _renamed(rule: Rule, body: Body) -> Iterator[Adaptation]:
    for field, into in rule.rename.items():
        if field in body:
            body[into] = body.pop(field)
            yield Adaptation(field=field, action="renamed", into=into, why=rule.why)


def _clamped(rule: Rule, body: Body) -> Iterator[Adaptation]:
    for path, (low, high) in rule.clamp.items():
        holder, field = _place(body, path)
        value = holder.get(field)
        if isinstance(value, int | float) and not low <= value <= high:
            bound = min(max(value, low), high)
            # A limit in whole numbers stays one: APIs refuse `16.0` where they count.
            holder[field] = int(bound) if isinstance(value, int) and float(bound).is_integer() else bound
            yield Adaptation(field=_option(path), action="clamped", into=str(holder[field]), why=rule.why)


def _added(rule: Rule, body: Body) -> Iterator[Adaptation]:
    for field, value in rule.default.items():
        if field not in body:
            body[field] = value
            yield Adaptation(field=field, action="added", into=str(value), why=rule.why)
