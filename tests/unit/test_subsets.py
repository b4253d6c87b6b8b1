"""The parts of JSON Schema that providers enforce, and the words that JSON Schema has."""

from typing import Final

import jsonschema_rs
import pytest
from msgspec.json import encode

from modelmix.ast.content import JsonText
from modelmix.ast.message import user
from modelmix.ast.options import Shaped
from modelmix.ast.request import Request
from modelmix.check import check
from modelmix.errors import BadRequest
from modelmix.jsonvalue import JsonValue, parse
from modelmix.keywords import unknown
from modelmix.subsets import SubsetName, fit, is_recursive, takes
from modelmix.wrapping import is_object, unwrapped, wrapped

TREE: Final = (
    '{"$ref":"#/$defs/N","$defs":{"N":{"type":"object","properties":'
    '{"kids":{"type":"array","items":{"$ref":"#/$defs/N"}}}}}}'
)

# https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
# https://ai.google.dev/api/generate-content (responseJsonSchema)
# https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
REWRITTEN: Final[dict[str, tuple[SubsetName, str, str, tuple[str, ...]]]] = {
    "anthropic closes objects and leaves what is optional": (
        "anthropic",
        '{"type":"object","properties":{"a":{"type":"string"}}}',
        '{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}',
        (),
    ),
    "anthropic has no ranges and no lengths": (
        "anthropic",
        (
            '{"type":"object","properties":{"a":{"type":"integer","minimum":1,"maximum":9,"multipleOf":2},'
            '"b":{"type":"string","minLength":1,"maxLength":5}},"required":["a"]}'
        ),
        (
            '{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["a"],'
            '"additionalProperties":false}'
        ),
        ("maxLength", "maximum", "minLength", "minimum", "multipleOf"),
    ),
    "anthropic takes at least none or one of a list": (
        "anthropic",
        '{"type":"array","minItems":1}',
        '{"type":"array","minItems":1}',
        (),
    ),
    "anthropic takes no other number of them": (
        "anthropic",
        '{"type":"array","minItems":2,"maxItems":3}',
        '{"type":"array"}',
        ("maxItems", "minItems"),
    ),
    "anthropic knows some formats": (
        "anthropic",
        '{"anyOf":[{"type":"string","format":"uri"},{"type":"string","format":"decimal"}]}',
        '{"anyOf":[{"type":"string","format":"uri"},{"type":"string"}]}',
        ("format",),
    ),
    "anthropic has no objects among fixed words": (
        "anthropic",
        '{"enum":["a",{"b":1}]}',
        "{}",
        ("enum",),
    ),
    "anthropic has choices by anyOf": (
        "anthropic",
        '{"oneOf":[{"type":"string"},{"type":"null"}]}',
        '{"anyOf":[{"type":"string"},{"type":"null"}]}',
        (),
    ),
    "anthropic has one of all as itself": (
        "anthropic",
        '{"allOf":[{"$ref":"#/$defs/A"}],"description":"d","$defs":{"A":{"const":null}}}',
        '{"$ref":"#/$defs/A","description":"d","$defs":{"A":{"type":"null","const":null}}}',
        (),
    ),
    "anthropic has no references in several of all": (
        "anthropic",
        '{"allOf":[{"$ref":"#/$defs/A"},{"title":"t"}],"$defs":{"A":{"type":"string"}}}',
        '{"$defs":{"A":{"type":"string"}}}',
        ("allOf",),
    ),
    "anthropic has plain patterns": (
        "anthropic",
        '{"anyOf":[{"pattern":"^[a-z]+(-[0-9]{2})?$"},{"pattern":"(?:a|b)*"}]}',
        '{"anyOf":[{"pattern":"^[a-z]+(-[0-9]{2})?$"},{"pattern":"(?:a|b)*"}]}',
        (),
    ),
    "anthropic does not look around": (
        "anthropic",
        '{"anyOf":[{"pattern":"a(?=b)"},{"pattern":"(?<!a)b"},{"pattern":"\\\\bx"},{"pattern":"(a)\\\\1"}]}',
        '{"anyOf":[{},{},{},{}]}',
        ("pattern",),
    ),
    "anthropic has the definitions of earlier drafts": (
        "anthropic",
        '{"$ref":"#/definitions/A","definitions":{"A":{"type":"object","default":{}}}}',
        (
            '{"$ref":"#/definitions/A","definitions":{"A":{"type":"object","properties":{},'
            '"additionalProperties":false}}}'
        ),
        (),
    ),
    "anthropic has no objects of any names": (
        "anthropic",
        '{"type":"object","additionalProperties":{"type":"string"}}',
        '{"type":"object","properties":{},"additionalProperties":false}',
        ("additionalProperties",),
    ),
    "google leaves objects open": (
        "google",
        '{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"integer"}}',
        '{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"integer"}}',
        (),
    ),
    "google has ranges and numbers of items but no lengths": (
        "google",
        (
            '{"type":"array","minItems":2,"maxItems":3,"uniqueItems":true,"items":{"type":"integer","minimum":1,'
            '"exclusiveMaximum":9}}'
        ),
        '{"type":"array","minItems":2,"maxItems":3,"items":{"type":"integer","minimum":1}}',
        ("exclusiveMaximum", "uniqueItems"),
    ),
    "google says a constant as the only word": ("google", '{"const":"a"}', '{"type":"string","enum":["a"]}', ()),
    "google has no other constants": ("google", '{"type":"boolean","const":true}', '{"type":"boolean"}', ("const",)),
    "google has choices by oneOf": (
        "google",
        '{"oneOf":[{"type":["string","null"]},{"not":{}}]}',
        '{"oneOf":[{"type":["string","null"]},{}]}',
        ("not",),
    ),
    "google has one of all as itself": (
        "google",
        '{"allOf":[{"$ref":"#/$defs/A"}],"description":"d","$defs":{"A":{"const":1}}}',
        '{"$ref":"#/$defs/A","$defs":{"A":{"type":"integer","enum":[1]}}}',
        (),
    ),
    "google has the definitions of earlier drafts where it looks for them": (
        "google",
        '{"type":"array","items":{"$ref":"#/definitions/A"},"definitions":{"A":{"type":"string"}}}',
        '{"type":"array","items":{"$ref":"#/$defs/A"},"$defs":{"A":{"type":"string"}}}',
        (),
    ),
    "google has texts and numbers among fixed words": ("google", '{"enum":["a",null]}', "{}", ("enum",)),
    "google has nothing beside a reference": (
        "google",
        '{"properties":{"a":{"$ref":"#/$defs/A","description":"d","minimum":1}},"$defs":{"A":{"type":"integer"}}}',
        '{"properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"integer"}}}',
        ("minimum",),
    ),
    "openai has one of all as itself": (
        "openai",
        '{"allOf":[{"$ref":"#/$defs/A"}],"$defs":{"A":{"type":"integer"}}}',
        '{"$ref":"#/$defs/A","$defs":{"A":{"type":"integer"}}}',
        (),
    ),
    "one of all that says what is said beside it is lost": (
        "openai",
        '{"type":"integer","minimum":5,"allOf":[{"minimum":1}]}',
        '{"type":"integer","minimum":5}',
        ("allOf",),
    ),
    "openai has no several of all": ("openai", '{"allOf":[{"type":"integer"},{"minimum":1}]}', "{}", ("allOf",)),
    "openai knows some formats": (
        "openai",
        '{"anyOf":[{"type":"string","format":"date"},{"type":"string","format":"decimal"}]}',
        '{"anyOf":[{"type":"string","format":"date"},{"type":"string"}]}',
        ("format",),
    ),
    "fixed words get their type": (
        "openai",
        '{"anyOf":[{"enum":["a","b"]},{"enum":[true]},{"enum":[1,2.5]},{"enum":["a",null]},{"enum":[]},{"const":2.5}]}',
        (
            '{"anyOf":[{"enum":["a","b"],"type":"string"},{"enum":[true],"type":"boolean"},'
            '{"enum":[1,2.5],"type":"number"},{"enum":["a",null],"type":["null","string"]},{"enum":[]},'
            '{"const":2.5,"type":"number"}]}'
        ),
        (),
    ),
    "any has everything": ("any", '{"not":{"minLength":1},"x-own":1}', '{"not":{"minLength":1},"x-own":1}', ()),
    "words of somebody's own go without a note": (
        "google",
        '{"type":"string","x-own":1,"examples":["a"]}',
        '{"type":"string"}',
        (),
    ),
    "what is none of its words goes without harm": (
        "anthropic",
        '{"enum":{"a":1},"minItems":[1],"format":{}}',
        "{}",
        ("enum", "format", "minItems"),
    ),
    "a property may have the name of a keyword": (
        "google",
        '{"properties":{"minLength":{"type":"string","minLength":1}}}',
        '{"properties":{"minLength":{"type":"string"}}}',
        ("minLength",),
    ),
}


@pytest.mark.parametrize(("name", "schema", "expected", "lost"), REWRITTEN.values(), ids=REWRITTEN)
def test_a_schema_is_rewritten_into_a_subset(
    name: SubsetName, schema: str, expected: str, lost: tuple[str, ...]
) -> None:
    assert fit(parse(schema), name) == (parse(expected), lost)


CIRCLES: Final = {
    TREE: True,
    '{"properties":{"a":{"$ref":"#"}}}': True,
    '{"$ref":"#/$defs/A","$defs":{"A":{"items":{"$ref":"#/$defs/B"}},"B":{"not":{"$ref":"#/$defs/A"}}}}': True,
    '{"anyOf":[{"$ref":"#/$defs/A"},{"$ref":"#/$defs/A"}],"$defs":{"A":{"type":"string"}}}': False,
    '{"$ref":"#/$defs/nowhere"}': False,
    "true": False,
}


@pytest.mark.parametrize(("schema", "expected"), CIRCLES.items(), ids=list(CIRCLES))
def test_a_schema_that_refers_to_itself_is_known(schema: str, *, expected: bool) -> None:
    assert is_recursive(parse(schema)) is expected
    assert takes(parse(schema), "anthropic") is not expected
    assert takes(parse(schema), "openai")


def test_references_that_meet_again_are_followed_once() -> None:
    names = [f"D{number}" for number in range(60)]
    definitions: dict[str, JsonValue] = {
        name: {"anyOf": [{"$ref": f"#/$defs/{after}"}, {"$ref": f"#/$defs/{after}"}]}
        for name, after in zip(names, [*names[1:], "end"], strict=True)
    }
    root: JsonValue = {"$ref": "#/$defs/D0", "$defs": {**definitions, "end": {"type": "null"}}}
    assert not is_recursive(root)


# Words

KNOWN: Final = (
    '{"type":"object","properties":{"typo":{"minLength":1}},"required":["typo"],"x-own":{"typo":1}}',
    '{"default":{"typo":1},"examples":[{"typo":1}],"enum":[{"typo":1}],"const":{"typo":1}}',
    '{"$schema":"http://json-schema.org/draft-07/schema#","dependencies":{"a":["b"]}}',
    '{"anyOf":[true,{"$ref":"#/$defs/A"}],"discriminator":{"propertyName":"a"},"$defs":{"A":{}}}',
)
UNKNOWN: Final = {
    '{"typo":1}': ["typo"],
    '{"properties":{"a":{"minLenght":1}}}': ["minLenght"],
    '{"items":{"anyOf":[{"nullable":true}]}}': ["nullable"],
    '{"$defs":{"A":{"minlength":1}},"if":{"maxlength":1}}': ["minlength", "maxlength"],
    '{"dependencies":{"a":["b"]}}': ["dependencies"],
    '{"patternProperties":{"^a":{"requierd":[]}}}': ["requierd"],
}


@pytest.mark.parametrize("schema", KNOWN)
def test_known_words_and_what_is_no_word_pass(schema: str) -> None:
    assert [*unknown(parse(schema))] == []


@pytest.mark.parametrize(("schema", "words"), UNKNOWN.items(), ids=list(UNKNOWN))
def test_a_word_that_nobody_checks_is_named(schema: str, words: list[str]) -> None:
    assert [*unknown(parse(schema))] == words
    error = check(Request(messages=(user("a"),), output=Shaped(name="x", schema=JsonText(schema)))).failure()
    assert isinstance(error, BadRequest)
    assert (error.field, error.value) == ("schema", words[0])


def test_a_schema_that_is_nested_too_deep_is_refused() -> None:
    deep = '{"items":' * 200 + "true" + "}" * 200
    error = check(Request(messages=(user("a"),), output=Shaped(name="x", schema=JsonText(deep)))).failure()
    assert isinstance(error, BadRequest)
    assert error.expected == "at most 128 levels"


# What is put around a schema

OBJECTS: Final = {
    '{"type":"object"}': True,
    '{"properties":{"a":true}}': True,
    TREE: True,
    '{"type":"array"}': False,
    '{"type":["object","null"]}': False,
    '{"anyOf":[{"type":"object"},{"type":"object"}]}': False,
    '{"type":"object","properties":{"a":{}},"anyOf":[{"required":["a"]},{}]}': False,
    '{"enum":["a"]}': False,
    '{"$ref":"#"}': False,
    "{}": False,
    "true": False,
}


@pytest.mark.parametrize(("schema", "expected"), OBJECTS.items(), ids=list(OBJECTS))
def test_an_object_at_the_root_is_known(schema: str, *, expected: bool) -> None:
    assert is_object(JsonText(schema)) is expected


AROUND: Final[dict[str, tuple[str, str, str]]] = {
    # schema, a value that fits, one that does not
    "a list": ('{"type":"array","items":{"type":"integer"}}', "[1]", '["a"]'),
    "a list of definitions": (
        '{"type":"array","items":{"$ref":"#/$defs/A"},"$defs":{"A":{"type":"string"}}}',
        '["a"]',
        "[1]",
    ),
    "a list of lists of itself": ('{"type":"array","items":{"$ref":"#"}}', "[[],[[]]]", "[[1]]"),
    "a reference into itself": (
        '{"prefixItems":[{"type":"string"},{"$ref":"#/prefixItems/0"}],"type":"array"}',
        '["a","b"]',
        '["a",1]',
    ),
    "words": ('{"enum":["a","b"]}', '"a"', '"c"'),
}


@pytest.mark.parametrize(("schema", "good", "bad"), AROUND.values(), ids=AROUND)
def test_a_wrapped_schema_means_the_same(schema: str, good: str, bad: str) -> None:
    validator = jsonschema_rs.validator_for(wrapped(JsonText(schema)))
    assert validator.is_valid({"value": parse(good)})
    assert not validator.is_valid({"value": parse(bad)})
    assert not validator.is_valid(parse(good))
    assert unwrapped({"value": parse(good)}) == parse(good)
    assert encode(parse(wrapped(JsonText(schema)))).startswith(b'{"type":"object"')
