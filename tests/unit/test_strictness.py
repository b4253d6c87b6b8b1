"""The strict subset of JSON Schema: how schemas are rewritten into it, and how answers are read back out of it."""

from collections.abc import Iterator

import jsonschema_rs
import pytest
from hypothesis import given, settings, strategies as st
from msgspec.json import encode

from modelmix.jsonvalue import JsonValue, parse
from modelmix.strictness import without_nulls
from modelmix.subsets import fit

REWRITTEN: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "a required property stays": (
        '{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}',
        '{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}',
        (),
    ),
    "an optional one becomes nullable and required": (
        '{"type":"object","properties":{"a":{"type":"string"}}}',
        '{"type":"object","properties":{"a":{"type":["string","null"]}},"required":["a"],"additionalProperties":false}',
        (),
    ),
    "several types get one more": (
        '{"properties":{"a":{"type":["string","integer"]}}}',
        '{"properties":{"a":{"type":["string","integer","null"]}},"required":["a"],"additionalProperties":false}',
        (),
    ),
    "what is nullable stays": (
        '{"properties":{"a":{"type":["string","null"]},"b":{"type":"null"}}}',
        (
            '{"properties":{"a":{"type":["string","null"]},"b":{"type":"null"}},"required":["a","b"],'
            '"additionalProperties":false}'
        ),
        (),
    ),
    "fixed words get null beside them, their description outside": (
        '{"properties":{"a":{"type":"string","enum":["x"],"description":"d"},"b":{"const":1}}}',
        (
            '{"properties":{"a":{"anyOf":[{"type":"string","enum":["x"]},{"type":"null"}],"description":"d"},'
            '"b":{"anyOf":[{"type":"integer","const":1},{"type":"null"}]}},"required":["a","b"],"additionalProperties":false}'
        ),
        (),
    ),
    "a reference gets null beside it": (
        '{"properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"object","properties":{}}}}',
        (
            '{"properties":{"a":{"anyOf":[{"$ref":"#/$defs/A"},{"type":"null"}]}},"required":["a"],'
            '"additionalProperties":false,'
            '"$defs":{"A":{"type":"object","properties":{},"required":[],"additionalProperties":false}}}'
        ),
        (),
    ),
    "objects are closed however deep": (
        '{"type":"array","items":{"anyOf":[{"type":"object"},{"type":"null"}]}}',
        (
            '{"type":"array","items":{"anyOf":[{"type":"object","properties":{},"required":[],'
            '"additionalProperties":false},{"type":"null"}]}}'
        ),
        (),
    ),
    "oneOf becomes anyOf": (
        '{"oneOf":[{"type":"string"},{"type":"null"}]}',
        '{"anyOf":[{"type":"string"},{"type":"null"}]}',
        (),
    ),
    "what strict does not have is lost and told, once": (
        (
            '{"properties":{"a":{"type":"string","minLength":1},"b":{"type":"array","items":{"type":"string",'
            '"minLength":2},"uniqueItems":true}},"required":["a","b"]}'
        ),
        (
            '{"properties":{"a":{"type":"string"},"b":{"type":"array","items":{"type":"string"}}},"required":["a","b"],'
            '"additionalProperties":false}'
        ),
        ("minLength", "uniqueItems"),
    ),
    "defaults and examples say nothing of validity": (
        '{"properties":{"a":{"type":"string","default":"x","examples":["y"]}},"required":["a"]}',
        '{"properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}',
        (),
    ),
    "an open object is closed, and that is told": (
        '{"type":"object","additionalProperties":{"type":"integer"}}',
        '{"type":"object","properties":{},"required":[],"additionalProperties":false}',
        ("additionalProperties",),
    ),
    "a closed object was closed before": (
        '{"type":"object","properties":{},"additionalProperties":false}',
        '{"type":"object","properties":{},"required":[],"additionalProperties":false}',
        (),
    ),
    "a property may have the name of a keyword": (
        (
            '{"properties":{"not":{"type":"string"},"items":{"type":"object"},"default":{"type":"integer"}},'
            '"required":["not","items","default"]}'
        ),
        (
            '{"properties":{"not":{"type":"string"},"items":{"type":"object","properties":{},"required":[],'
            '"additionalProperties":false},"default":{"type":"integer"}},"required":["not","items","default"],'
            '"additionalProperties":false}'
        ),
        (),
    ),
    "a plain type stays": ('{"type":"integer","minimum":0}', '{"type":"integer","minimum":0}', ()),
    "true stays": ("true", "true", ()),
}


@pytest.mark.parametrize(("schema", "expected", "lost"), REWRITTEN.values(), ids=REWRITTEN)
def test_a_schema_is_rewritten_to_the_strict_subset(schema: str, expected: str, lost: tuple[str, ...]) -> None:
    rewritten, gone = fit(parse(schema), "openai")
    assert rewritten == parse(expected)
    assert gone == lost


POINT = '{"type":"object","properties":{"x":{"type":"integer"},"note":{"type":"string"}},"required":["x"]}'
LEAF = '{"type":"object","properties":{"v":{"type":"integer"},"kids":{"type":"array","items":{"$ref":"#/$defs/N"}}}}'
SHAPES = (
    '{"anyOf":[{"$ref":"#/$defs/C"},{"$ref":"#/$defs/S"},{"type":"null"}],"$defs":{'
    '"C":{"type":"object","properties":{"kind":{"const":"circle"},"r":{"type":"integer"},"n":{"type":"string"}},'
    '"required":["kind","r"]},'
    '"S":{"type":"object","properties":{"kind":{"enum":["square"]},"r":{"type":"integer"},'
    '"n":{"type":["string","null"]}},"required":["kind","r"]}}}'
)
READ: dict[str, tuple[str, str, str]] = {
    # schema, answer, what is read
    "an optional null is taken out": (POINT, '{"x":1,"note":null}', '{"x":1}'),
    "a required null stays, to be told": (POINT, '{"x":null,"note":"a"}', '{"x":null,"note":"a"}'),
    "values stay": (POINT, '{"x":1,"note":"null"}', '{"x":1,"note":"null"}'),
    "a null that the schema allows stays": (
        '{"properties":{"a":{"type":["string","null"]}}}',
        '{"a":null}',
        '{"a":null}',
    ),
    "a null among the words stays": ('{"properties":{"a":{"enum":["x",null]}}}', '{"a":null}', '{"a":null}'),
    "a null not among the words goes": ('{"properties":{"a":{"enum":["x"]}}}', '{"a":null}', "{}"),
    "a null that is the word stays": ('{"properties":{"a":{"const":null}}}', '{"a":null}', '{"a":null}'),
    "a null among the choices stays": (
        '{"properties":{"a":{"anyOf":[{"type":"string"},{"type":"null"}]}}}',
        '{"a":null}',
        '{"a":null}',
    ),
    "a null where anything goes stays": ('{"properties":{"a":{}}}', '{"a":null}', '{"a":null}'),
    "a name that the schema does not know stays": (POINT, '{"x":1,"y":null}', '{"x":1,"y":null}'),
    "lists are read through": (
        '{"type":"array","items":' + POINT + "}",
        '[{"x":1,"note":null},{"x":2,"note":"b"}]',
        '[{"x":1},{"x":2,"note":"b"}]',
    ),
    "tuples are read through": (
        '{"type":"array","prefixItems":[{"type":"integer"},' + POINT + '],"items":false}',
        '[null,{"x":1,"note":null}]',
        '[null,{"x":1}]',
    ),
    "objects are read through": (
        '{"properties":{"at":' + POINT + '},"required":["at"]}',
        '{"at":{"x":1,"note":null}}',
        '{"at":{"x":1}}',
    ),
    "references are followed": (
        '{"properties":{"at":{"$ref":"#/$defs/P"}},"required":["at"],"$defs":{"P":' + POINT + "}}",
        '{"at":{"x":1,"note":null}}',
        '{"at":{"x":1}}',
    ),
    "a reference to what allows null keeps it": (
        '{"properties":{"at":{"$ref":"#/$defs/P"}},"$defs":{"P":{"type":["integer","null"]}}}',
        '{"at":null}',
        '{"at":null}',
    ),
    "an optional reference is left out": (
        '{"properties":{"at":{"$ref":"#/$defs/P"}},"$defs":{"P":' + POINT + "}}",
        '{"at":null}',
        "{}",
    ),
    "trees are followed": (
        '{"$ref":"#/$defs/N","$defs":{"N":' + LEAF + "}}",
        '{"v":1,"kids":[{"v":null,"kids":[{"v":3,"kids":null}]}]}',
        '{"v":1,"kids":[{"kids":[{"v":3}]}]}',
    ),
    "of choices the one that fits": (SHAPES, '{"kind":"circle","r":1,"n":null}', '{"kind":"circle","r":1}'),
    "of choices the other": (SHAPES, '{"kind":"square","r":1,"n":null}', '{"kind":"square","r":1,"n":null}'),
    "circles of references end": (
        '{"$ref":"#/$defs/A","$defs":{"A":{"$ref":"#/$defs/A"}}}',
        '{"a":null}',
        '{"a":null}',
    ),
    "references to nothing are let be": ('{"$ref":"#/$defs/A"}', '{"a":null}', '{"a":null}'),
    "no schema at all": ("true", '{"a":[null,{"b":null}]}', '{"a":[null,{"b":null}]}'),
}


@pytest.mark.parametrize(("schema", "answer", "expected"), READ.values(), ids=READ)
def test_nulls_that_stand_for_nothing_are_taken_out(schema: str, answer: str, expected: str) -> None:
    assert without_nulls(parse(answer), parse(schema)) == parse(expected)


NAMES = st.sampled_from(["a", "b", "items", "type", "ø"])
LEAVES = st.sampled_from(
    [
        '{"type":"string"}',
        '{"type":"integer","description":"d"}',
        '{"type":["boolean","string"]}',
        '{"enum":["x","y"]}',
        '{"const":"k"}',
    ]
)


@st.composite
def schemas(draw: st.DrawFn, depth: int = 3) -> JsonValue:
    """A schema of objects, lists, choices and references, none of it nullable."""
    kinds = ["leaf"] if depth == 0 else ["leaf", "object", "object", "array", "tuple", "reference"]
    match draw(st.sampled_from(kinds)):
        case "object":
            properties = draw(st.dictionaries(NAMES, schemas(depth - 1), max_size=3))
            required: list[JsonValue] = [name for name in properties if draw(st.booleans())]
            whole: JsonValue = {"type": "object", "properties": properties, "required": required}
            return whole
        case "array":
            return {"type": "array", "items": draw(schemas(depth - 1))}
        case "tuple":
            return {"type": "array", "prefixItems": [draw(schemas(depth - 1))], "items": False}
        case "reference":
            # Resolved against the whole schema below, where each target gets a place of its own.
            return {"$ref": draw(schemas(depth - 1))}
        case _:
            return parse(draw(LEAVES))


def anchored(schema: JsonValue) -> JsonValue:
    """The schema with its references in `$defs`."""
    places: dict[str, JsonValue] = {}
    placed = _placed(schema, places)
    whole: JsonValue = {"anyOf": [placed], "$defs": places}
    return whole


def _placed(schema: JsonValue, places: dict[str, JsonValue]) -> JsonValue:
    if isinstance(schema, list):
        return [_placed(item, places) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("$ref"), dict):
        name = f"D{len(places)}"
        places[name] = True
        places[name] = _placed(schema["$ref"], places)
        return {"$ref": f"#/$defs/{name}"}
    return {name: _placed(inner, places) for name, inner in schema.items()}


@st.composite
def answers(draw: st.DrawFn, schema: JsonValue) -> tuple[JsonValue, JsonValue]:
    """A value of the schema, and as a strict answer says it: what is left out is null."""
    assert isinstance(schema, dict)
    if "$ref" in schema:
        return draw(answers(schema["$ref"]))
    if "prefixItems" in schema:
        assert isinstance(schema["prefixItems"], list)
        pairs = [draw(answers(item)) for item in schema["prefixItems"]]
        return [plain for plain, _ in pairs], [said for _, said in pairs]
    if "items" in schema:
        pairs = draw(st.lists(answers(schema["items"]), max_size=3))
        return [plain for plain, _ in pairs], [said for _, said in pairs]
    if "properties" in schema:
        return draw(objects(schema))
    words = [schema["const"]] if "const" in schema else schema.get("enum")
    if isinstance(words, list):
        word = draw(st.sampled_from(words))
        return word, word
    value = draw(st.integers(0, 9)) if schema["type"] == "integer" else draw(st.text(max_size=3))
    return value, value


@st.composite
def objects(draw: st.DrawFn, schema: dict[str, JsonValue]) -> tuple[JsonValue, JsonValue]:
    """As `answers`, for an object."""
    properties, required = schema["properties"], schema["required"]
    assert isinstance(properties, dict)
    assert isinstance(required, list)
    plain: dict[str, JsonValue] = {}
    said: dict[str, JsonValue] = {}
    for name, inner in properties.items():
        said[name] = None
        if name in required or draw(st.booleans()):
            plain[name], said[name] = draw(answers(inner))
    return plain, said


@st.composite
def cases(draw: st.DrawFn) -> tuple[JsonValue, JsonValue, JsonValue]:
    schema = draw(schemas())
    plain, said = draw(answers(schema))
    return anchored(schema), plain, said


@settings(max_examples=150, deadline=None)
@given(case=cases())
def test_a_strict_answer_reads_back_as_the_value_it_means(case: tuple[JsonValue, JsonValue, JsonValue]) -> None:
    schema, plain, said = case
    rewritten = fit(schema, "openai")[0]
    assert jsonschema_rs.validator_for(encode(rewritten).decode()).is_valid(said)
    assert jsonschema_rs.validator_for(encode(schema).decode()).is_valid(plain)
    assert without_nulls(said, schema) == plain


def nodes(schema: JsonValue) -> Iterator[dict[str, JsonValue]]:
    """Every object of a document."""
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from nodes(inner)
    elif isinstance(schema, list):
        for item in schema:
            yield from nodes(item)


@settings(max_examples=100, deadline=None)
@given(schema=schemas())
def test_every_object_is_closed_and_wants_everything(schema: JsonValue) -> None:
    rewritten = fit(anchored(schema), "openai")[0]
    for node in nodes(rewritten):
        properties = node.get("properties")
        if node.get("type") == "object" and isinstance(properties, dict):
            assert node["additionalProperties"] is False
            assert node["required"] == list(properties)


@settings(max_examples=100, deadline=None)
@given(schema=schemas())
def test_what_is_strict_stays(schema: JsonValue) -> None:
    once, _ = fit(anchored(schema), "openai")
    assert fit(once, "openai")[0] == once
