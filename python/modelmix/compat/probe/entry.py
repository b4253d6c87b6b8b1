"""The entry of a provider for the settings, as TOML: what it says beyond the defaults, and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, cast

from msgspec import Struct, to_builtins

from modelmix.providers.provider import Auth, Embedding, Provider, Rule, Shape

_WIDTH: Final = 120
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_ESCAPED: Final = {'"': '\\"', "\\": "\\\\"}


def entry(row: Provider, notes: Sequence[str]) -> str:
    """The table of one provider with comments. It is what `modelmix.toml` and the user's settings take."""
    plain = Provider(id=row.id, name=row.id, dialect="openai-chat", base_url="")
    said = _differing(row, plain)
    lines = [f"[providers.{_key(row.id)}]", *_commented(notes), *_fields(said)]
    for rule in row.rules:
        lines += ["", f"[[providers.{_key(row.id)}.rules]]", *_fields(_differing(rule, Rule()))]
    return "\n".join(lines) + "\n"


def _fields(said: Mapping[str, object]) -> list[str]:
    return [f"{_key(name)} = {toml(value)}" for name, value in said.items()]


def _differing(struct: Struct, plain: Struct) -> dict[str, object]:
    """The fields in which a struct differs from another, as plain values, by their names in files; rules left out."""
    found: dict[str, object] = {}
    for name, written in zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True):
        value: object = getattr(struct, name)
        if value == getattr(plain, name):
            continue
        if isinstance(value, Auth | Shape | Embedding):
            found[written] = _differing(value, type(value)())
        elif name != "rules":
            found[written] = to_builtins(value)
    return found


def _commented(notes: Iterable[str]) -> Iterator[str]:
    for note in notes:
        # A comment ends with its line, and TOML lets no control character into it.
        flat = " ".join("".join([letter if letter.isprintable() else " " for letter in note]).split())
        yield f"# {flat[:_WIDTH]}"


def toml(value: object) -> str:
    """A plain value as TOML writes it.

    >>> toml({"env": ["KEY"], "required": False})
    '{ env = ["KEY"], required = false }'
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return _string(value)
        case Mapping():
            return f"{{ {', '.join(_fields(cast('Mapping[str, object]', value)))} }}"
        case list() | tuple():
            return f"[{', '.join([toml(inner) for inner in cast('Sequence[object]', value)])}]"
        case _:
            raise TypeError(f"{type(value).__name__} is no value of a provider's row")


def _key(name: str) -> str:
    return name if name and _PLAIN.issuperset(name) else _string(name)


def _string(text: str) -> str:
    return '"' + "".join([_letter(letter) for letter in text]) + '"'


def _letter(letter: str) -> str:
    """One character of a basic string: what does not show itself is escaped (https://toml.io/en/v1.0.0#string)."""
    if letter in _ESCAPED:
        return _ESCAPED[letter]
    if letter.isascii() and letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
