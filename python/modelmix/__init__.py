"""One typed way to speak to every LLM provider: correct on the wire, honest about how a stream ended.

Importing this package imports nothing else: each name is fetched when it is first used.
"""

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from returns.result import Failure, Success

    from modelmix.accumulate import fold
    from modelmix.aclient import AsyncClient
    from modelmix.aobjectstream import AsyncObjectStream
    from modelmix.api import embed, generate_object, generate_text, plan, run_tools, stream_object, stream_text
    from modelmix.ast.adaptation import Adaptation
    from modelmix.ast.content import (
        Audio,
        Bytes,
        Citation,
        File,
        Image,
        Json,
        JsonText,
        Opaque,
        Part,
        Reasoning,
        Refusal,
        Seal,
        Text,
        ToolCall,
        ToolResult,
        Uploaded,
        Url,
    )
    from modelmix.ast.embedding import Embeddings, EmbedRequest, Vector
    from modelmix.ast.event import (
        Cited,
        Event,
        Failed,
        Finished,
        OpaqueSeen,
        ReasoningDelta,
        RefusalDelta,
        Sealed,
        Started,
        TextDelta,
        ToolDelta,
        ToolStarted,
        UsageSeen,
    )
    from modelmix.ast.media import image, media
    from modelmix.ast.message import Assistant, Developer, Message, Prompt, System, Tool, User, assistant, system, user
    from modelmix.ast.model import Capabilities, Limits, Model, Pricing
    from modelmix.ast.options import AnyJson, FreeText, Options, Output, Shaped, extra
    from modelmix.ast.request import Request
    from modelmix.ast.response import Cost, CostItem, Estimate, FinishReason, Response, Timing, Unpriced
    from modelmix.ast.tool import OneTool, ToolChoice, ToolSpec
    from modelmix.ast.toolrun import CallEnded, CallStarted, Round, Step, ToolError, ToolRun
    from modelmix.ast.usage import Usage
    from modelmix.astream import AsyncStream
    from modelmix.call import Call
    from modelmix.client import Client
    from modelmix.config import Config
    from modelmix.counting import count_tokens
    from modelmix.decode import Bounds, decoder
    from modelmix.errors import (
        Attempt,
        BadConfig,
        BadFixture,
        BadKey,
        BadRequest,
        BadSpec,
        BadToolArguments,
        Cancelled,
        Dropped,
        FetchFailed,
        FixtureDrift,
        Incapable,
        LocalFailed,
        MissingKey,
        MixError,
        NoEndpoint,
        NotAccepted,
        NotInstalled,
        NotPulled,
        ObjectMismatch,
        Rejected,
        SecretFound,
        SentError,
        TimedOut,
        TooCostly,
        TooLarge,
        TooLong,
        ToolsStopped,
        Truncated,
        Undecodable,
        UnknownModel,
        UnknownProvider,
        Unreachable,
        Unsupported,
        WriteFailed,
    )
    from modelmix.explanation import Explanation, explain
    from modelmix.ingest.files import Ingested, ingest_files
    from modelmix.ingest.replies import read_reply, reply_events
    from modelmix.objects import read_object, shape_of
    from modelmix.objectstream import ObjectStream
    from modelmix.outcome import Outcome, and_then, collect, either, mapped
    from modelmix.reception import Deadlines
    from modelmix.retry import Policy
    from modelmix.stream import Stream
    from modelmix.tokens.counted import Counted
    from modelmix.tools.function import FunctionTool, tool
    from modelmix.transport.engine import Connections

_NAMES = {
    "modelmix.accumulate": "fold",
    "modelmix.aclient": "AsyncClient",
    "modelmix.aobjectstream": "AsyncObjectStream",
    "modelmix.api": "embed generate_object generate_text plan run_tools stream_object stream_text",
    "modelmix.ast.adaptation": "Adaptation",
    "modelmix.ast.content": (
        "Audio Bytes Citation File Image Json JsonText Opaque Part Reasoning Refusal Seal Text ToolCall "
        "ToolResult Uploaded Url"
    ),
    "modelmix.ast.embedding": "EmbedRequest Embeddings Vector",
    "modelmix.ast.event": (
        "Cited Event Failed Finished OpaqueSeen ReasoningDelta RefusalDelta Sealed Started TextDelta ToolDelta "
        "ToolStarted UsageSeen"
    ),
    "modelmix.ast.media": "image media",
    "modelmix.ast.message": "Assistant Developer Message Prompt System Tool User assistant system user",
    "modelmix.ast.model": "Capabilities Limits Model Pricing",
    "modelmix.ast.options": "AnyJson FreeText Options Output Shaped extra",
    "modelmix.ast.request": "Request",
    "modelmix.ast.response": "Cost CostItem Estimate FinishReason Response Timing Unpriced",
    "modelmix.ast.tool": "OneTool ToolChoice ToolSpec",
    "modelmix.ast.toolrun": "CallEnded CallStarted Round Step ToolError ToolRun",
    "modelmix.ast.usage": "Usage",
    "modelmix.astream": "AsyncStream",
    "modelmix.call": "Call",
    "modelmix.client": "Client",
    "modelmix.config": "Config",
    "modelmix.counting": "count_tokens",
    "modelmix.decode": "Bounds decoder",
    "modelmix.errors": (
        "Attempt BadConfig BadFixture BadKey BadRequest BadSpec BadToolArguments Cancelled Dropped FetchFailed "
        "FixtureDrift Incapable LocalFailed MissingKey MixError NoEndpoint NotAccepted NotInstalled NotPulled "
        "ObjectMismatch Rejected SecretFound SentError TimedOut TooCostly TooLarge TooLong ToolsStopped "
        "Truncated Undecodable UnknownModel UnknownProvider Unreachable Unsupported WriteFailed"
    ),
    "modelmix.explanation": "Explanation explain",
    "modelmix.ingest.files": "Ingested ingest_files",
    "modelmix.ingest.replies": "read_reply reply_events",
    "modelmix.objects": "read_object shape_of",
    "modelmix.objectstream": "ObjectStream",
    "modelmix.outcome": "Outcome and_then collect either mapped",
    "modelmix.reception": "Deadlines",
    "modelmix.retry": "Policy",
    "modelmix.stream": "Stream",
    "modelmix.tokens.counted": "Counted",
    "modelmix.tools.function": "FunctionTool tool",
    "modelmix.transport.engine": "Connections",
    "returns.result": "Failure Success",
}
"""What each module gives to the package."""

_ROOMS = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = [
    "Adaptation",
    "AnyJson",
    "Assistant",
    "AsyncClient",
    "AsyncObjectStream",
    "AsyncStream",
    "Attempt",
    "Audio",
    "BadConfig",
    "BadFixture",
    "BadKey",
    "BadRequest",
    "BadSpec",
    "BadToolArguments",
    "Bounds",
    "Bytes",
    "Call",
    "CallEnded",
    "CallStarted",
    "Cancelled",
    "Capabilities",
    "Citation",
    "Cited",
    "Client",
    "Config",
    "Connections",
    "Cost",
    "CostItem",
    "Counted",
    "Deadlines",
    "Developer",
    "Dropped",
    "EmbedRequest",
    "Embeddings",
    "Estimate",
    "Event",
    "Explanation",
    "Failed",
    "Failure",
    "FetchFailed",
    "File",
    "FinishReason",
    "Finished",
    "FixtureDrift",
    "FreeText",
    "FunctionTool",
    "Image",
    "Incapable",
    "Ingested",
    "Json",
    "JsonText",
    "Limits",
    "LocalFailed",
    "Message",
    "MissingKey",
    "MixError",
    "Model",
    "NoEndpoint",
    "NotAccepted",
    "NotInstalled",
    "NotPulled",
    "ObjectMismatch",
    "ObjectStream",
    "OneTool",
    "Opaque",
    "OpaqueSeen",
    "Options",
    "Outcome",
    "Output",
    "Part",
    "Policy",
    "Pricing",
    "Prompt",
    "Reasoning",
    "ReasoningDelta",
    "Refusal",
    "RefusalDelta",
    "Rejected",
    "Request",
    "Response",
    "Round",
    "Seal",
    "Sealed",
    "SecretFound",
    "SentError",
    "Shaped",
    "Started",
    "Step",
    "Stream",
    "Success",
    "System",
    "Text",
    "TextDelta",
    "TimedOut",
    "Timing",
    "TooCostly",
    "TooLarge",
    "TooLong",
    "Tool",
    "ToolCall",
    "ToolChoice",
    "ToolDelta",
    "ToolError",
    "ToolResult",
    "ToolRun",
    "ToolSpec",
    "ToolStarted",
    "ToolsStopped",
    "Truncated",
    "Undecodable",
    "UnknownModel",
    "UnknownProvider",
    "Unpriced",
    "Unreachable",
    "Unsupported",
    "Uploaded",
    "Url",
    "Usage",
    "UsageSeen",
    "User",
    "Vector",
    "WriteFailed",
    "and_then",
    "assistant",
    "collect",
    "count_tokens",
    "decoder",
    "either",
    "embed",
    "explain",
    "extra",
    "fold",
    "generate_object",
    "generate_text",
    "image",
    "ingest_files",
    "mapped",
    "media",
    "plan",
    "read_object",
    "read_reply",
    "reply_events",
    "run_tools",
    "shape_of",
    "stream_object",
    "stream_text",
    "system",
    "tool",
    "user",
]


def __getattr__(name: str) -> object:
    room = _ROOMS.get(name)
    if room is None:
        raise AttributeError(f"module 'modelmix' has no attribute {name!r}")
    value: object = getattr(import_module(room), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
