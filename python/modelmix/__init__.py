"""One typed way to speak to every LLM provider: correct on the wire, honest about how a stream ended.

Importing this package imports nothing else: each name is fetched when it is first used.
"""

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from returns.result import (
        Failure as Failure,
    )
    from returns.result import (
        Success as Success,
    )

    from modelmix.accumulate import (
        fold as fold,
    )
    from modelmix.aclient import (
        AsyncClient as AsyncClient,
    )
    from modelmix.aobjectstream import (
        AsyncObjectStream as AsyncObjectStream,
    )
    from modelmix.api import (
        embed as embed,
    )
    from modelmix.api import (
        generate_object as generate_object,
    )
    from modelmix.api import (
        generate_text as generate_text,
    )
    from modelmix.api import (
        plan as plan,
    )
    from modelmix.api import (
        run_tools as run_tools,
    )
    from modelmix.api import (
        stream_object as stream_object,
    )
    from modelmix.api import (
        stream_text as stream_text,
    )
    from modelmix.ast.adaptation import (
        Adaptation as Adaptation,
    )
    from modelmix.ast.content import (
        Audio as Audio,
    )
    from modelmix.ast.content import (
        Bytes as Bytes,
    )
    from modelmix.ast.content import (
        Citation as Citation,
    )
    from modelmix.ast.content import (
        File as File,
    )
    from modelmix.ast.content import (
        Image as Image,
    )
    from modelmix.ast.content import (
        Json as Json,
    )
    from modelmix.ast.content import (
        JsonText as JsonText,
    )
    from modelmix.ast.content import (
        Opaque as Opaque,
    )
    from modelmix.ast.content import (
        Part as Part,
    )
    from modelmix.ast.content import (
        Reasoning as Reasoning,
    )
    from modelmix.ast.content import (
        Refusal as Refusal,
    )
    from modelmix.ast.content import (
        Seal as Seal,
    )
    from modelmix.ast.content import (
        Text as Text,
    )
    from modelmix.ast.content import (
        ToolCall as ToolCall,
    )
    from modelmix.ast.content import (
        ToolResult as ToolResult,
    )
    from modelmix.ast.content import (
        Uploaded as Uploaded,
    )
    from modelmix.ast.content import (
        Url as Url,
    )
    from modelmix.ast.embedding import (
        Embeddings as Embeddings,
    )
    from modelmix.ast.embedding import (
        EmbedRequest as EmbedRequest,
    )
    from modelmix.ast.embedding import (
        Vector as Vector,
    )
    from modelmix.ast.event import (
        Cited as Cited,
    )
    from modelmix.ast.event import (
        Event as Event,
    )
    from modelmix.ast.event import (
        Failed as Failed,
    )
    from modelmix.ast.event import (
        Finished as Finished,
    )
    from modelmix.ast.event import (
        OpaqueSeen as OpaqueSeen,
    )
    from modelmix.ast.event import (
        ReasoningDelta as ReasoningDelta,
    )
    from modelmix.ast.event import (
        RefusalDelta as RefusalDelta,
    )
    from modelmix.ast.event import (
        Sealed as Sealed,
    )
    from modelmix.ast.event import (
        Started as Started,
    )
    from modelmix.ast.event import (
        TextDelta as TextDelta,
    )
    from modelmix.ast.event import (
        ToolDelta as ToolDelta,
    )
    from modelmix.ast.event import (
        ToolStarted as ToolStarted,
    )
    from modelmix.ast.event import (
        UsageSeen as UsageSeen,
    )
    from modelmix.ast.media import (
        image as image,
    )
    from modelmix.ast.media import (
        media as media,
    )
    from modelmix.ast.message import (
        Assistant as Assistant,
    )
    from modelmix.ast.message import (
        Developer as Developer,
    )
    from modelmix.ast.message import (
        Message as Message,
    )
    from modelmix.ast.message import (
        Prompt as Prompt,
    )
    from modelmix.ast.message import (
        System as System,
    )
    from modelmix.ast.message import (
        Tool as Tool,
    )
    from modelmix.ast.message import (
        User as User,
    )
    from modelmix.ast.message import (
        assistant as assistant,
    )
    from modelmix.ast.message import (
        system as system,
    )
    from modelmix.ast.message import (
        user as user,
    )
    from modelmix.ast.model import (
        Capabilities as Capabilities,
    )
    from modelmix.ast.model import (
        Limits as Limits,
    )
    from modelmix.ast.model import (
        Model as Model,
    )
    from modelmix.ast.model import (
        Pricing as Pricing,
    )
    from modelmix.ast.options import (
        AnyJson as AnyJson,
    )
    from modelmix.ast.options import (
        FreeText as FreeText,
    )
    from modelmix.ast.options import (
        Options as Options,
    )
    from modelmix.ast.options import (
        Output as Output,
    )
    from modelmix.ast.options import (
        Shaped as Shaped,
    )
    from modelmix.ast.options import (
        extra as extra,
    )
    from modelmix.ast.request import (
        Request as Request,
    )
    from modelmix.ast.response import (
        Cost as Cost,
    )
    from modelmix.ast.response import (
        CostItem as CostItem,
    )
    from modelmix.ast.response import (
        FinishReason as FinishReason,
    )
    from modelmix.ast.response import (
        Response as Response,
    )
    from modelmix.ast.response import (
        Timing as Timing,
    )
    from modelmix.ast.tool import (
        OneTool as OneTool,
    )
    from modelmix.ast.tool import (
        ToolChoice as ToolChoice,
    )
    from modelmix.ast.tool import (
        ToolSpec as ToolSpec,
    )
    from modelmix.ast.toolrun import (
        CallEnded as CallEnded,
    )
    from modelmix.ast.toolrun import (
        CallStarted as CallStarted,
    )
    from modelmix.ast.toolrun import (
        Round as Round,
    )
    from modelmix.ast.toolrun import (
        Step as Step,
    )
    from modelmix.ast.toolrun import (
        ToolError as ToolError,
    )
    from modelmix.ast.toolrun import (
        ToolRun as ToolRun,
    )
    from modelmix.ast.usage import (
        Usage as Usage,
    )
    from modelmix.astream import (
        AsyncStream as AsyncStream,
    )
    from modelmix.call import (
        Call as Call,
    )
    from modelmix.client import (
        Client as Client,
    )
    from modelmix.config import (
        Config as Config,
    )
    from modelmix.decode import (
        Bounds as Bounds,
    )
    from modelmix.decode import (
        decoder as decoder,
    )
    from modelmix.errors import (
        Attempt as Attempt,
    )
    from modelmix.errors import (
        BadConfig as BadConfig,
    )
    from modelmix.errors import (
        BadKey as BadKey,
    )
    from modelmix.errors import (
        BadRequest as BadRequest,
    )
    from modelmix.errors import (
        BadSpec as BadSpec,
    )
    from modelmix.errors import (
        BadToolArguments as BadToolArguments,
    )
    from modelmix.errors import (
        Cancelled as Cancelled,
    )
    from modelmix.errors import (
        Dropped as Dropped,
    )
    from modelmix.errors import (
        LocalFailed as LocalFailed,
    )
    from modelmix.errors import (
        MissingKey as MissingKey,
    )
    from modelmix.errors import (
        MixError as MixError,
    )
    from modelmix.errors import (
        NotInstalled as NotInstalled,
    )
    from modelmix.errors import (
        NotPulled as NotPulled,
    )
    from modelmix.errors import (
        ObjectMismatch as ObjectMismatch,
    )
    from modelmix.errors import (
        Rejected as Rejected,
    )
    from modelmix.errors import (
        SentError as SentError,
    )
    from modelmix.errors import (
        TimedOut as TimedOut,
    )
    from modelmix.errors import (
        TooLarge as TooLarge,
    )
    from modelmix.errors import (
        ToolsStopped as ToolsStopped,
    )
    from modelmix.errors import (
        Truncated as Truncated,
    )
    from modelmix.errors import (
        Undecodable as Undecodable,
    )
    from modelmix.errors import (
        UnknownModel as UnknownModel,
    )
    from modelmix.errors import (
        UnknownProvider as UnknownProvider,
    )
    from modelmix.errors import (
        Unreachable as Unreachable,
    )
    from modelmix.errors import (
        Unsupported as Unsupported,
    )
    from modelmix.explanation import (
        Explanation as Explanation,
    )
    from modelmix.explanation import (
        explain as explain,
    )
    from modelmix.ingest.files import (
        Ingested as Ingested,
    )
    from modelmix.ingest.files import (
        ingest_files as ingest_files,
    )
    from modelmix.ingest.replies import (
        read_reply as read_reply,
    )
    from modelmix.ingest.replies import (
        reply_events as reply_events,
    )
    from modelmix.objects import (
        read_object as read_object,
    )
    from modelmix.objects import (
        shape_of as shape_of,
    )
    from modelmix.objectstream import (
        ObjectStream as ObjectStream,
    )
    from modelmix.outcome import (
        Outcome as Outcome,
    )
    from modelmix.outcome import (
        and_then as and_then,
    )
    from modelmix.outcome import (
        collect as collect,
    )
    from modelmix.outcome import (
        either as either,
    )
    from modelmix.outcome import (
        mapped as mapped,
    )
    from modelmix.reception import (
        Deadlines as Deadlines,
    )
    from modelmix.retry import (
        Policy as Policy,
    )
    from modelmix.stream import (
        Stream as Stream,
    )
    from modelmix.tools.function import (
        FunctionTool as FunctionTool,
    )
    from modelmix.tools.function import (
        tool as tool,
    )
    from modelmix.transport.engine import (
        Connections as Connections,
    )

_ROOMS = {
    "Client": "modelmix.client",
    "AsyncClient": "modelmix.aclient",
    "Stream": "modelmix.stream",
    "ObjectStream": "modelmix.objectstream",
    "AsyncObjectStream": "modelmix.aobjectstream",
    "AsyncStream": "modelmix.astream",
    "generate_object": "modelmix.api",
    "generate_text": "modelmix.api",
    "plan": "modelmix.api",
    "stream_object": "modelmix.api",
    "stream_text": "modelmix.api",
    "Outcome": "modelmix.outcome",
    "and_then": "modelmix.outcome",
    "collect": "modelmix.outcome",
    "either": "modelmix.outcome",
    "mapped": "modelmix.outcome",
    "Failure": "returns.result",
    "Success": "returns.result",
    "Explanation": "modelmix.explanation",
    "explain": "modelmix.explanation",
    "Audio": "modelmix.ast.content",
    "Bytes": "modelmix.ast.content",
    "Citation": "modelmix.ast.content",
    "File": "modelmix.ast.content",
    "Image": "modelmix.ast.content",
    "Json": "modelmix.ast.content",
    "JsonText": "modelmix.ast.content",
    "Opaque": "modelmix.ast.content",
    "Part": "modelmix.ast.content",
    "Reasoning": "modelmix.ast.content",
    "Refusal": "modelmix.ast.content",
    "Seal": "modelmix.ast.content",
    "Text": "modelmix.ast.content",
    "ToolCall": "modelmix.ast.content",
    "ToolResult": "modelmix.ast.content",
    "Uploaded": "modelmix.ast.content",
    "Url": "modelmix.ast.content",
    "image": "modelmix.ast.media",
    "media": "modelmix.ast.media",
    "Assistant": "modelmix.ast.message",
    "Developer": "modelmix.ast.message",
    "Message": "modelmix.ast.message",
    "Prompt": "modelmix.ast.message",
    "System": "modelmix.ast.message",
    "Tool": "modelmix.ast.message",
    "User": "modelmix.ast.message",
    "assistant": "modelmix.ast.message",
    "system": "modelmix.ast.message",
    "user": "modelmix.ast.message",
    "AnyJson": "modelmix.ast.options",
    "FreeText": "modelmix.ast.options",
    "Options": "modelmix.ast.options",
    "Output": "modelmix.ast.options",
    "Shaped": "modelmix.ast.options",
    "extra": "modelmix.ast.options",
    "OneTool": "modelmix.ast.tool",
    "ToolChoice": "modelmix.ast.tool",
    "ToolSpec": "modelmix.ast.tool",
    "Request": "modelmix.ast.request",
    "Usage": "modelmix.ast.usage",
    "Adaptation": "modelmix.ast.adaptation",
    "Cost": "modelmix.ast.response",
    "CostItem": "modelmix.ast.response",
    "FinishReason": "modelmix.ast.response",
    "Response": "modelmix.ast.response",
    "Timing": "modelmix.ast.response",
    "Capabilities": "modelmix.ast.model",
    "Limits": "modelmix.ast.model",
    "Model": "modelmix.ast.model",
    "Pricing": "modelmix.ast.model",
    "Cited": "modelmix.ast.event",
    "Event": "modelmix.ast.event",
    "Failed": "modelmix.ast.event",
    "Finished": "modelmix.ast.event",
    "OpaqueSeen": "modelmix.ast.event",
    "ReasoningDelta": "modelmix.ast.event",
    "RefusalDelta": "modelmix.ast.event",
    "Sealed": "modelmix.ast.event",
    "Started": "modelmix.ast.event",
    "TextDelta": "modelmix.ast.event",
    "ToolDelta": "modelmix.ast.event",
    "ToolStarted": "modelmix.ast.event",
    "UsageSeen": "modelmix.ast.event",
    "Attempt": "modelmix.errors",
    "BadConfig": "modelmix.errors",
    "BadKey": "modelmix.errors",
    "BadRequest": "modelmix.errors",
    "BadSpec": "modelmix.errors",
    "BadToolArguments": "modelmix.errors",
    "Cancelled": "modelmix.errors",
    "Dropped": "modelmix.errors",
    "LocalFailed": "modelmix.errors",
    "MissingKey": "modelmix.errors",
    "MixError": "modelmix.errors",
    "NotInstalled": "modelmix.errors",
    "NotPulled": "modelmix.errors",
    "ObjectMismatch": "modelmix.errors",
    "Rejected": "modelmix.errors",
    "SentError": "modelmix.errors",
    "TimedOut": "modelmix.errors",
    "TooLarge": "modelmix.errors",
    "Truncated": "modelmix.errors",
    "Undecodable": "modelmix.errors",
    "UnknownModel": "modelmix.errors",
    "UnknownProvider": "modelmix.errors",
    "Unreachable": "modelmix.errors",
    "Unsupported": "modelmix.errors",
    "Bounds": "modelmix.decode",
    "decoder": "modelmix.decode",
    "fold": "modelmix.accumulate",
    "Ingested": "modelmix.ingest.files",
    "ingest_files": "modelmix.ingest.files",
    "read_reply": "modelmix.ingest.replies",
    "reply_events": "modelmix.ingest.replies",
    "read_object": "modelmix.objects",
    "shape_of": "modelmix.objects",
    "Deadlines": "modelmix.reception",
    "Policy": "modelmix.retry",
    "Config": "modelmix.config",
    "Call": "modelmix.call",
    "Connections": "modelmix.transport.engine",
    "CallEnded": "modelmix.ast.toolrun",
    "CallStarted": "modelmix.ast.toolrun",
    "EmbedRequest": "modelmix.ast.embedding",
    "Embeddings": "modelmix.ast.embedding",
    "FunctionTool": "modelmix.tools.function",
    "Round": "modelmix.ast.toolrun",
    "Step": "modelmix.ast.toolrun",
    "ToolError": "modelmix.ast.toolrun",
    "ToolRun": "modelmix.ast.toolrun",
    "ToolsStopped": "modelmix.errors",
    "Vector": "modelmix.ast.embedding",
    "embed": "modelmix.api",
    "run_tools": "modelmix.api",
    "tool": "modelmix.tools.function",
}

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
    "Deadlines",
    "Developer",
    "Dropped",
    "EmbedRequest",
    "Embeddings",
    "Event",
    "Explanation",
    "Failed",
    "Failure",
    "File",
    "FinishReason",
    "Finished",
    "FreeText",
    "FunctionTool",
    "Image",
    "Ingested",
    "Json",
    "JsonText",
    "Limits",
    "LocalFailed",
    "Message",
    "MissingKey",
    "MixError",
    "Model",
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
    "TooLarge",
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
    "Unreachable",
    "Unsupported",
    "Uploaded",
    "Url",
    "Usage",
    "UsageSeen",
    "User",
    "Vector",
    "and_then",
    "assistant",
    "collect",
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
