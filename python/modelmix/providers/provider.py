"""What a provider file may say. Anything else in it is an error that names the word."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from modelmix.subsets import SubsetName

Dialect: TypeAlias = Literal["openai-chat", "openai-responses", "anthropic-messages", "google-generate", "ollama-chat"]
"""The wire formats a provider may speak."""

When: TypeAlias = Literal["always", "thinking", "tools", "json", "stream"]
"""When a rule applies: to every request, unless reasoning is switched off, with tools, for JSON, for a stream."""

Tags: TypeAlias = Literal["none", "think", "harmony"]

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
    strict_schema: bool | None = None
    """Whether a schema is rewritten to the strict subset, which is the rule: closed, every property required."""
    schema_subset: SubsetName | None = None
    """The part of JSON Schema that a schema is rewritten to."""
    root_object: bool | None = None
    """Whether the root of a schema must be an object, which is the rule: an object is put around any other root."""
    stream_usage: bool | None = None
    """Whether usage in a stream must be, and may be, asked for."""
    effort: Literal["reasoning_effort", "reasoning", "none"] | None = None
    """Where reasoning effort goes: a field of its own, an object, or nowhere."""
    replay_reasoning: Literal["none", "reasoning_content", "reasoning_details"] | None = None
    """How reasoning of earlier turns goes back."""
    thinking: Literal["budget", "adaptive", "level", "none"] | None = None
    """How thinking is asked for where it is no plain effort: tokens, the model's own measure, a level, not at all."""
    file_urls: bool | None = None
    """Whether a document may be given by URL."""
    tool_id_length: int | None = None
    """Tool call ids have exactly this many letters and digits."""


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"unless": "except"}):
    """What differs for some models, applied to the top-level fields of a finished body, in the order of the file.

    `models` and `except` are globs over model ids. `why` is told to the user with each change.
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
    dialect: Dialect | None = None
    """The dialect that these models are spoken to in, where it is not the provider's."""


class Provider(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom we talk to."""

    id: str
    name: str
    dialect: Dialect
    base_url: str
    aliases: tuple[str, ...] = ()
    base_url_env: str | None = None
    """A variable that moves the base URL, such as OLLAMA_HOST."""
    docs: str | None = None
    headers: Mapping[str, str] = {}
    auth: Auth = Auth()
    shape: Shape = Shape()
    tags: Tags = "none"
    rules: tuple[Rule, ...] = ()
    any_model: bool = False
    """Whether the catalogue cannot know its models, because the user chooses what it serves."""
    idempotency_header: str | None = None
    """The header that tells repeated attempts of one call from two calls."""
    launch: bool = False
    """Whether modelmix starts the server itself."""
    allow_insecure: bool = False
    """Whether plain http may go to a host that is not this machine."""
