"""The form of an answer, the same for every dialect: by schema, by a tool that must be called, or in words."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from msgspec.json import encode
from msgspec.structs import replace

from modelmix.ast.content import JsonText
from modelmix.ast.model import Model
from modelmix.ast.options import FreeText, Shaped
from modelmix.ast.request import Request
from modelmix.ast.tool import OneTool, ToolChoice, ToolSpec
from modelmix.dialects.draft import Notes
from modelmix.errors import BadRequest
from modelmix.jsonvalue import parse
from modelmix.node import Node
from modelmix.providers.provider import Shape
from modelmix.subsets import SubsetName, fit, takes
from modelmix.wrapping import WRAPPED, in_place, is_object, wrapped

ASK_FOR_JSON: Final = "Answer with one JSON object and nothing else."
ANY_OBJECT: Final = Shaped(name="object", schema=JsonText('{"type":"object"}'))
NO_SCHEMA: Final = "this provider takes no schema"


class Asked(Node, frozen=True):
    """A request as a dialect says it, and the tool whose arguments are the answer, if there is one."""

    request: Request
    answer_tool: str | None = None


def subset_of(shape: Shape, rule: SubsetName) -> SubsetName:
    """The part of JSON Schema that a provider enforces; `rule` is the dialect's, where the provider says nothing."""
    if shape.strict_schema is False:
        return "any"
    return shape.schema_subset or ("openai" if shape.strict_schema else rule)


def lacks_schemas(entry: Model | None, shape: Shape) -> bool:
    """Whether a model takes no schema, as the catalogue has it, where its provider says nothing of that."""
    return shape.json_mode is None and entry is not None and entry.capabilities.structured_output is False


def takes_schema(schema: JsonText, shape: Shape, rule: SubsetName) -> bool:
    """Whether a provider that enforces schemas can enforce this one."""
    return takes(parse(schema), subset_of(shape, rule))


def answer_schema(wanted: Shaped, shape: Shape, notes: Notes, *, rule: SubsetName, root: bool = True) -> JsonText:
    """The schema of an answer as this provider enforces it, every loss told.

    `rule` and `root` are what the dialect does where the provider says nothing: which part of JSON Schema it takes, and
    whether the root must be an object.
    """
    subset, object_wanted = subset_of(shape, rule), root if shape.root_object is None else shape.root_object
    schema = rooted(wanted.schema, notes, wanted=object_wanted)
    if subset == "any":
        return schema
    rewritten, lost = fit(parse(schema), subset)
    for keyword in lost:
        notes.dropped(keyword, f"{_OWNERS[subset]} does not have it; it is checked on arrival")
    return JsonText(encode(rewritten).decode())


def described(schema: JsonText, description: str | None) -> JsonText:
    """The schema with a description where it has none, for dialects that have no other place for it."""
    root = parse(schema)
    if not description or not isinstance(root, dict) or "$ref" in root or "description" in root:
        return schema
    return JsonText(encode({**root, "description": description}).decode())


def rooted(schema: JsonText, notes: Notes, *, wanted: bool) -> JsonText:
    """The schema with an object at its root, where one is wanted."""
    if not wanted:
        return schema
    if is_object(schema):
        return in_place(schema)
    notes.tell(WRAPPED)
    return wrapped(schema)


def in_words(schema: JsonText, notes: Notes, *, why: str = NO_SCHEMA, root: bool = False) -> str:
    """The instruction that asks for an answer by its schema; with `root`, for an object in any case."""
    asked = rooted(schema, notes, wanted=root)
    notes.changed("schema", why, into="an instruction with the schema")
    return f"{ASK_FOR_JSON} It must fit this JSON Schema:\n{asked}"


def unsaid(texts: Iterable[str], notes: Notes) -> bool:
    """Whether nobody has said the word JSON, without which JSON mode is refused or goes wrong; told, as it is added."""
    if "json" in "".join(texts).lower():
        return False
    notes.added("system", "JSON must be asked for in words as well", into=ASK_FOR_JSON)
    return True


def by_tool(request: Request, notes: Notes, *, why: str = NO_SCHEMA) -> Asked | BadRequest:
    """The request with a tool of the answer's shape that must be called: the means of models that take no schema.

    With other tools beside it, the model may call those first.
    """
    if isinstance(request.output, FreeText):
        return Asked(request)
    form = request.output if isinstance(request.output, Shaped) else ANY_OBJECT
    if any(tool.name == form.name for tool in request.tools):
        return BadRequest(field="schema", value=form.name, expected="another name than that of a tool")
    notes.changed("schema", why, into=f"the tool {form.name}, which must be called")
    free = bool(request.tools) and request.tool_choice in {"auto", "required"}
    choice: ToolChoice = "required" if free else OneTool(form.name)
    if request.tools and choice != request.tool_choice:
        notes.changed("tool_choice", "the answer is given by a tool", into="required" if free else form.name)
    schema = rooted(form.schema, notes, wanted=True)
    tool = ToolSpec(name=form.name, description=form.description or "", parameters=schema)
    tooled = replace(request, tools=(*request.tools, tool), tool_choice=choice, output=FreeText())
    return Asked(tooled, form.name)


_OWNERS: Final[Mapping[SubsetName, str]] = MappingProxyType(
    {
        "openai": "the strict subset of JSON Schema",
        "anthropic": "Anthropic's subset of JSON Schema",
        "google": "Google's subset of JSON Schema",
    }
)
