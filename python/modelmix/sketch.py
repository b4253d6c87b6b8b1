"""What a type looks like while its value is still being written.

A sketch says, for each place of a value, which kinds of JSON it takes and what is made of them: a Struct whose fields
may all be missing, a dict, a list, a scalar. Constraints are left to the final value. A value of a kind that its place
does not take is left out, so that whatever is shown has the type that it is annotated with.
"""

import datetime as dt
import decimal
import uuid
from collections.abc import Mapping
from types import GenericAlias
from typing import Any, Final, Literal, TypeAlias, Union

import msgspec
import msgspec.inspect as kinds
from msgspec import UNSET, Struct, UnsetType

Leaf: TypeAlias = Any
"""A type of scalars: such types are made at run time and have no static one."""

Tag: TypeAlias = str | int

Object: TypeAlias = kinds.StructType | kinds.DataclassType | kinds.TypedDictType

_LEAVES: Final[Mapping[type[kinds.Type], Leaf]] = {
    kinds.AnyType: Any,
    kinds.RawType: Any,
    kinds.CustomType: Any,
    kinds.NoneType: None,
    kinds.BoolType: bool,
    kinds.IntType: int,
    kinds.FloatType: float,
    kinds.StrType: str,
    kinds.BytesType: bytes,
    kinds.ByteArrayType: bytearray,
    kinds.MemoryViewType: memoryview,
    kinds.DateTimeType: dt.datetime,
    kinds.DateType: dt.date,
    kinds.TimeType: dt.time,
    kinds.TimeDeltaType: dt.timedelta,
    kinds.DecimalType: decimal.Decimal,
    kinds.UUIDType: uuid.UUID,
}


class Sketch:
    """One place: what it takes."""

    __slots__ = ("entries", "fields", "grows", "items", "leaf", "made", "places", "tag_field", "variants")

    def __init__(self) -> None:
        self.leaf: Leaf = UNSET
        """The type of the scalars it takes; UNSET where it takes none."""
        self.grows = False
        """Whether a text is shown while it grows. An enumeration, or a date, is shown once it is whole."""
        self.made: type[Struct] | None = None
        """What is made of an object; None for a dict."""
        self.fields: dict[str, tuple[str, Sketch]] | None = None
        """The fields of an object by their name in JSON: their own name and their sketch; None where any may come."""
        self.entries: Sketch | None = None
        """What an object holds under names that are not known before."""
        self.tag_field = ""
        self.variants: dict[Tag, Sketch] = {}
        """What an object may be, by its tag. Until the tag has come, nothing is shown of it."""
        self.items: Sketch | None = None
        self.places: tuple[Sketch, ...] | None = None
        """What an array holds, everywhere or at each place."""

    @property
    def takes_object(self) -> bool:
        """Whether an object may stand here."""
        return self.fields is not None or self.entries is not None or bool(self.variants)

    @property
    def takes_array(self) -> bool:
        """Whether an array may stand here."""
        return self.items is not None or self.places is not None

    def item(self, at: int) -> "Sketch":
        """What stands at a place of an array."""
        if self.places is not None:
            return self.places[at] if at < len(self.places) else NOTHING
        return self.items or NOTHING

    def field(self, name: str) -> tuple[str, "Sketch"]:
        """The own name and the sketch of what an object holds under a name in JSON."""
        if self.fields is not None:
            return self.fields.get(name, (name, NOTHING))
        return name, self.entries or NOTHING

    def read(self, value: object) -> object:
        """A scalar as its place has it; UNSET for one that the place does not take."""
        if self.leaf is UNSET:
            return UNSET
        try:
            return msgspec.convert(value, self.leaf)
        except ValueError:
            if isinstance(value, float) and value.is_integer():
                return self.read(int(value))
            return UNSET


NOTHING: Final = Sketch()
"""A place that takes nothing."""


def _anything() -> Sketch:
    sketch = Sketch()
    sketch.leaf, sketch.grows, sketch.entries, sketch.items = Any, True, sketch, sketch
    return sketch


ANYTHING: Final = _anything()
"""A place that takes any JSON, and shows it as plain Python values."""


def _word() -> Sketch:
    sketch = Sketch()
    sketch.leaf = Any
    return sketch


WORD: Final = _word()
"""A place that takes any scalar, once it is whole."""


def sketch_of(shape: object) -> Sketch:
    """The sketch of a type. Types that msgspec does not know, such as pydantic models, are shown as plain JSON."""
    try:
        known = kinds.type_info(shape)
    except TypeError:
        return ANYTHING
    return _Drawing().drawn(known)


class _Drawing:
    """Sketches while they are drawn: a type that holds itself is drawn once."""

    def __init__(self) -> None:
        self._known: dict[type, Sketch] = {}

    def drawn(self, kind: kinds.Type) -> Sketch:
        """The sketch of one place."""
        sketch = Sketch()
        leaves: list[Leaf] = []
        for member in kind.types if isinstance(kind, kinds.UnionType) else (kind,):
            self._add(sketch, member.type if isinstance(member, kinds.Metadata) else member, leaves)
        if leaves:
            sketch.leaf = Union[tuple(leaves)]  # noqa: UP007 - a union of types that are known at run time only
            sketch.grows = str in leaves
        return ANYTHING if Any in leaves else sketch

    def _add(self, sketch: Sketch, kind: kinds.Type, leaves: list[Leaf]) -> None:
        """Lets a place take one more kind of value."""
        match kind:
            case kinds.UnionType():
                for member in kind.types:
                    self._add(sketch, member, leaves)
            case kinds.StructType() if kind.array_like:
                sketch.places = self._row(kind)
            case kinds.StructType() | kinds.DataclassType() | kinds.TypedDictType():
                self._add_object(sketch, kind)
            case kinds.DictType() | kinds.FrozenDictType():
                sketch.entries = self.drawn(kind.value_type)
            case kinds.CollectionType():
                sketch.items = self.drawn(kind.item_type)
            case kinds.NamedTupleType():
                sketch.places = tuple(self.drawn(field.type) for field in kind.fields)
            case kinds.TupleType():
                sketch.places = tuple(map(self.drawn, kind.item_types))
            case _:
                leaves.append(_leaf(kind))

    def _add_object(self, sketch: Sketch, kind: Object) -> None:
        drawn = self._object(kind)
        if isinstance(kind, kinds.StructType) and kind.tag is not None and kind.tag_field is not None:
            sketch.tag_field = kind.tag_field
            sketch.variants[kind.tag] = drawn
        else:
            sketch.made, sketch.fields = drawn.made, drawn.fields

    def _row(self, kind: kinds.StructType) -> tuple[Sketch, ...]:
        """The places of a Struct that is an array in JSON, its tag first."""
        places = tuple(self.drawn(field.type) for field in kind.fields)
        return places if kind.tag is None else (ANYTHING, *places)

    def _object(self, kind: Object) -> Sketch:
        if kind.cls in self._known:
            return self._known[kind.cls]
        sketch = self._known[kind.cls] = Sketch()
        sketch.fields = {}
        for field in kind.fields:
            sketch.fields[field.encode_name] = (field.name, self.drawn(field.type))
        if not isinstance(kind, kinds.TypedDictType):
            sketch.made = _partial(kind, sketch.fields)
        return sketch


def _leaf(kind: kinds.Type) -> Leaf:
    """The type of a scalar without its constraints."""
    match kind:
        case kinds.EnumType():
            return kind.cls
        case kinds.LiteralType():
            return Literal[kind.values]
        case _:
            return _LEAVES.get(type(kind), Any)


def _partial(kind: kinds.StructType | kinds.DataclassType, fields: Mapping[str, tuple[str, Sketch]]) -> type[Struct]:
    """The type of a value that lacks fields: what is missing is UNSET, and left out of its JSON."""
    tagged = kind if isinstance(kind, kinds.StructType) else None
    return msgspec.defstruct(
        f"Partial{kind.cls.__name__}",
        [(name, _annotation(sketch) | UnsetType, UNSET) for name, sketch in fields.values()],
        kw_only=True,
        rename={name: encoded for encoded, (name, _) in fields.items()},
        module=kind.cls.__module__,
        tag=None if tagged is None else tagged.tag,
        tag_field=None if tagged is None else tagged.tag_field,
    )


def _annotation(sketch: Sketch) -> Leaf:
    """The type of what is shown at a place; objects that hold themselves, and what is not known before, are `Any`."""
    if sketch is ANYTHING:
        return Any
    types: list[Leaf] = [] if sketch.leaf is UNSET else [sketch.leaf]
    types += [made for made in (sketch.made, *(one.made for one in sketch.variants.values())) if made is not None]
    if sketch.takes_object and len(types) == (sketch.leaf is not UNSET):
        types.append(dict[str, Any])
    if sketch.takes_array:
        item = Any if sketch.items is None else _annotation(sketch.items)
        types.append(GenericAlias(list, (item,)))
    return Union[tuple(types)] if types else Any  # noqa: UP007 - as above
