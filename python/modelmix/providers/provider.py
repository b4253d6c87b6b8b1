"""What a provider file may say. Anything else in it is an error that names the word."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from modelmix.ast.model import Ability
from modelmix.ast.options import Effort
from modelmix.decode import DialectName, Tags
from modelmix.subsets import SubsetName

When: TypeAlias = Literal["always", "thinking", "tools", "json", "stream"]
"""When a rule applies: to every request, unless reasoning is switched off, with tools, for JSON, for a stream."""

Embedder: TypeAlias = Literal["openai", "google", "ollama"]
"""Whose words an embedding endpoint understands."""

Setting: TypeAlias = bool | int | float | str | tuple[str, ...]
"""A value that a rule puts into a body."""


class Auth(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a provider knows its caller: the first variable of `env` that is set goes into `header`, after `scheme`."""

    env: tuple[str, ...] = ()
    header: str = "authorization"
    scheme: str = "Bearer "
    required: bool = True


class Shape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a dialect bends for a provider while a request is encoded. None: as the dialect does it."""

    flatten_text: bool | None = None
    """Text parts become one string where there is nothing but text."""
    alternate_roles: bool | None = None
    """Turns of one role that follow each other are merged."""
    single_system: bool | None = None
    """All system messages become one, at the front."""
    system_role: Literal["system", "developer", "user"] | None = None
    """What a system message is called."""
    developer_role: bool | None = None
    """Whether a developer message may be called one."""
    json_mode: Literal["both", "schema", "object", "tool", "none"] | None = None
    """How JSON may be asked for: by schema, as any object, both, by a tool that must be called, or by words only."""
    schema_alone: bool | None = None
    """Whether a schema may be asked for only where neither a stream nor tools are."""
    strict_schema: bool | None = None
    """Whether a schema is rewritten to the strict subset, which is the rule: closed, every property required."""
    strict_said: bool | None = None
    """Whether `strict: true` goes with a schema, which is the rule of openai-chat."""
    schema_subset: SubsetName | None = None
    """The part of JSON Schema that a schema is rewritten to."""
    root_object: bool | None = None
    """Whether the root of a schema must be an object: one is put around any other root. The rule, but for Google and
    Ollama."""
    stream_usage: bool | None = None
    """Whether usage in a stream must be, and may be, asked for."""
    effort: Literal["reasoning_effort", "reasoning", "none"] | None = None
    """Where reasoning effort goes: a field of its own, an object, or nowhere."""
    replay_reasoning: Literal["none", "reasoning_content", "reasoning_details", "think"] | None = None
    """How reasoning of earlier turns goes back: in a field of its own, or in the text, between `<think>` tags."""
    efforts: tuple[Effort, ...] | None = None
    """The efforts that a model knows; any other becomes the nearest of them."""
    budgets: tuple[int, int] | None = None
    """The fewest and the most tokens that a model may be given to think with."""
    thinking_off: bool | None = None
    """Whether thinking can be switched off altogether."""
    json_beside_tools: bool | None = None
    """Whether JSON may be asked for in a request that has tools, which is the rule."""
    result_media: bool | None = None
    """Whether the result of a tool may hold pictures and documents."""
    call_seal: str | None = None
    """What stands in for the signature that a model demands on a call and that another model cannot have given."""
    thinking: Literal["budget", "adaptive", "either", "level", "none"] | None = None
    """How thinking is asked for where it is no plain effort: tokens, the model's own measure, the one or the other, a
    level, not at all."""
    thinks: Literal["asked", "unless_told", "always"] | None = None
    """When a model thinks: when it is asked to, which is the rule; unless it is told not to; always."""
    forced_tools: bool | None = None
    """Whether a model can be made to call a tool, which is the rule."""
    file_urls: bool | None = None
    """Whether a document may be given by URL."""
    form_field: Literal["text", "response_format"] | None = None
    """Where a response is told the form of its answer, if not in `text`: where chat completions have it."""
    cache_points: bool | None = None
    """Whether parts may be marked as ends of what is worth keeping in the prompt cache."""
    tool_id_length: int | None = None
    """Tool call ids have exactly this many letters and digits."""


class Embedding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a provider's embedding endpoint differs from those it is like."""

    path: str | None = None
    """Where it is, below the base URL; None: where the others have it."""
    texts: int | None = None
    """Texts of one request, at most."""
    tokens: int | None = None
    """Tokens of one request, at most."""
    dimensions: str = "dimensions"
    """What the length of a vector is called; empty: it cannot be chosen."""
    encoding: str | None = None
    """The `encoding_format` that is asked for."""
    packing: Literal["float32", "int8"] = "float32"
    """What base64 holds."""
    task_in_text: tuple[str, ...] = ()
    """Globs of models that want to read the task in the text itself."""


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"unless": "except"}):
    """What differs for some models, applied to the fields of a finished body, in the order of the file.

    `models` and `except` are globs over model ids. `why` is told to the user with each change. What is dropped or
    clamped may stand in a nested object: `generationConfig.seed`.
    """

    models: tuple[str, ...] = ("*",)
    unless: tuple[str, ...] = ()
    when: When = "always"
    why: str = ""
    drop: tuple[str, ...] = ()
    rename: Mapping[str, str] = {}
    default: Mapping[str, Setting] = {}
    clamp: Mapping[str, tuple[float, float]] = {}
    beside: Mapping[str, str] = {}
    """Fields that are dropped where another one stands: `top_p = "temperature"`."""
    allow: Mapping[str, tuple[Setting, ...]] = {}
    """Fields that take only these values; any other is dropped."""
    shape: Shape = Shape()
    tags: Tags | None = None
    dialect: DialectName | None = None
    """The dialect that these models are spoken to in, where it is not the provider's."""
    within: DialectName | None = None
    """The rule holds only where this dialect is spoken."""
    able: tuple[Ability, ...] = ()
    """What these models can do, whatever the catalogue says."""


class Provider(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom we talk to."""

    id: str
    name: str
    dialect: DialectName
    base_url: str
    aliases: tuple[str, ...] = ()
    base_url_env: str | None = None
    """A variable that moves the base URL, such as OLLAMA_HOST."""
    docs: str | None = None
    headers: Mapping[str, str] = {}
    auth: Auth = Auth()
    shape: Shape = Shape()
    tags: Tags = "none"
    embeddings: Embedder | None = None
    """Whose words its embedding endpoint understands; None: it has none."""
    embedding: Embedding = Embedding()
    rules: tuple[Rule, ...] = ()
    any_model: bool = False
    """Whether the catalogue cannot know its models, because the user chooses what it serves."""
    idempotency_header: str | None = None
    """The header that tells repeated attempts of one call from two calls."""
    launch: bool = False
    """Whether modelmix starts the server itself."""
    allow_insecure: bool = False
    """Whether plain http may go to a host that is not this machine."""


class Package(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a package of the AI SDK, which the catalogue names for a provider, amounts to here."""

    dialect: DialectName | None = None
    """None: nothing that is spoken here; `why` says what is missing."""
    base_url: str | None = None
    """The address that is built into the package."""
    like: str | None = None
    """The built-in provider whose own package it is, and whose headers it sends."""
    family: tuple[str, ...] = ()
    """Globs of that provider's models: its shape and its rules hold for them wherever they are served."""
    embeddings: Embedder | None = None
    why: str = ""
    instead: str = ""
    """What can be done where it is refused."""
    through: tuple[str, ...] = ()
    """Packages by which single models of a provider that is refused are reached all the same."""


class Bend(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where providers that only the catalogue knows differ from their dialect."""

    providers: tuple[str, ...]
    docs: str
    shape: Shape = Shape()
    rules: tuple[Rule, ...] = ()
