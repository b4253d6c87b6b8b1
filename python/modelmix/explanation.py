"""What to say about an error: what happened, then what to do next. The only place with sentences."""

from decimal import Decimal
from types import MappingProxyType
from typing import Final

from modelmix.ast.model import Ability
from modelmix.ast.response import Unpriced
from modelmix.errors import (
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
from modelmix.node import Node


class Explanation(Node, frozen=True):
    """One sentence on what happened, and lines on what to do next."""

    summary: str
    steps: tuple[str, ...] = ()


def explain(error: MixError) -> Explanation:
    """Words for an error."""
    match error:
        case (
            Unreachable()
            | TimedOut()
            | Rejected()
            | Undecodable()
            | TooLarge()
            | Dropped()
            | Truncated()
            | Cancelled()
            | ObjectMismatch()
            | BadToolArguments()
            | FixtureDrift()
        ):
            return _explain_sent(error)
        case NotInstalled() | NotPulled() | LocalFailed():
            return _explain_local(error)
        case NoEndpoint() | NotAccepted() | FetchFailed() | WriteFailed() | BadFixture() | SecretFound():
            return _kept(error)
        case ToolsStopped():
            return _tools_stopped(error)
        case TooCostly():
            return _too_costly(error)
        case Incapable() | TooLong():
            return _overtaxed(error)
        case _:
            return _explain_unsent(error)


def _explain_unsent(
    error: BadSpec | UnknownProvider | UnknownModel | MissingKey | BadKey | Unsupported | BadConfig | BadRequest,
) -> Explanation:
    match error:
        case BadSpec():
            steps = ("Write provider:model, such as openai:gpt-4o or local:smollm2", "Check: mm models")
            return Explanation(f"Invalid model specification '{error.text}'", steps)
        case UnknownProvider():
            meant = (f"Did you mean {' or '.join(error.near)}?",) if error.near else ()
            return Explanation(f"Unknown provider '{error.name}'", (*meant, "Check: mm models"))
        case UnknownModel():
            return _unknown_model(error)
        case MissingKey():
            return _missing_key(error)
        case BadKey():
            summary = f"The API key for {error.provider} from {error.source} cannot be one: {error.why}"
            return Explanation(summary, ("Copy it again, whole",))
        case Unsupported():
            instead = (_sentence(error.instead),) if error.instead else ()
            return Explanation(f"{_sentence(error.by)} does not support {error.what}", instead)
        case BadConfig():
            return Explanation(f"Bad settings in {error.where}: {error.detail}")
        case BadRequest():
            return Explanation(f"{error.field} cannot be {error.value}: expected {error.expected}")


def _explain_local(error: NotInstalled | NotPulled | LocalFailed) -> Explanation:
    match error:
        case NotInstalled():
            step = f"Run: pip install 'modelmix[{error.extra}]'"
            return Explanation(f"{_sentence(error.purpose)} needs an extra that is not installed", (step,))
        case NotPulled():
            steps = (f"Run: mm local pull {error.name}", "or allow it with --yes")
            return Explanation(f"The local model '{error.name}' is not here yet ({error.size / 1e6:.0f} MB)", steps)
        case LocalFailed():
            return Explanation(f"Failed to {error.step} the local model '{error.name}': {error.detail}")


def _kept(
    error: NoEndpoint | NotAccepted | FetchFailed | WriteFailed | BadFixture | SecretFound,
) -> Explanation:
    match error:
        case NoEndpoint():
            return Explanation(f"Provider '{error.provider}' has no endpoint; add \"api\" to {error.path}")
        case NotAccepted():
            keys = " or ".join(error.env) or "no variable"
            goes = f"Its requests would go to {error.api or 'no known host'}, with the key in {keys}"
            steps = (goes, f"If that is right: mm sync --accept-provider {error.provider}")
            return Explanation(f"Provider '{error.provider}' came by mm sync and has not been accepted", steps)
        case FetchFailed():
            return Explanation("Failed to fetch models.dev data", (f"{error.source}: {error.why}", error.hint))
        case WriteFailed():
            return Explanation(f"Failed to write {error.path}", (_sentence(error.why), error.hint))
        case BadFixture():
            return Explanation(f"The recording {error.where} is of no use: {error.detail}", ("Record it again",))
        case SecretFound():
            summary = f"A secret would have been recorded: {error.kind} in {error.where}"
            return Explanation(summary, ("Nothing was written; take it out, then record again",))


def _explain_sent(error: SentError) -> Explanation:  # noqa: C901, PLR0911 - one case an error
    again = ("Try again",)
    match error:
        case Unreachable():
            summary = f"Cannot reach {error.host}{_after(error.detail)}"
            return Explanation(summary, (_UNREACHABLE[error.kind],))
        case TimedOut():
            summary = f"{_TIMED_OUT[error.deadline]} within {error.seconds:g} s"
            return Explanation(summary, ("Allow more time with --timeout, or try again",))
        case Rejected():
            return _rejected(error)
        case Undecodable():
            return _undecodable(error)
        case TooLarge():
            unit = "events" if error.bound == "events" else "bytes"
            return Explanation(f"The {error.bound} passed the limit of {error.limit} {unit}")
        case Dropped():
            return Explanation(f"The connection broke in the middle of the answer{_after(error.detail)}", again)
        case Truncated(by="output_limit"):
            return Explanation("The answer was cut off by the limit on output", ("Allow more with --max-tokens",))
        case Truncated():
            return Explanation(f"The answer was cut off before its end{_after(error.stray)}", again)
        case Cancelled():
            return Explanation("Cancelled")
        case ObjectMismatch():
            return Explanation(f"The answer does not match the schema: {error.why}")
        case BadToolArguments():
            return Explanation(f"The model called {error.tool} with arguments that do not fit: {error.why}")
        case FixtureDrift():
            lines = (f"  recorded: {error.recorded}", f"  built:    {error.built}", "Record it again if this is meant")
            return Explanation(f"The request is not the one recorded in {error.where}: {error.path} differs", lines)


def _unknown_model(error: UnknownModel) -> Explanation:
    lines = [f"Available {error.provider} models:", *[f"  • {error.provider}:{name}" for name in error.near]]
    if not error.near:
        lines = [f"No {error.provider} models are known"]
    elif error.total > len(error.near):
        lines.append(f"  … {len(error.near)} of {error.total}")
    lines += ["", f"Use it all the same: mm gen … -m {error.spec} --unlisted", "Update the list: mm sync"]
    return Explanation(f"Invalid model specification '{error.spec}'", tuple(lines))


def _missing_key(error: MissingKey) -> Explanation:
    provider = error.provider
    variable = error.env[0] if error.env else f"{provider.upper().replace('-', '_')}_API_KEY"
    steps = (
        "Please set your API key using one of these methods:",
        f"  1. Environment variable: export {variable}=your-api-key",
        f"  2. Config file: mm keys set {provider}",
        '  3. Pass directly: generate_text(model, prompt, api_key="your-api-key")',
        "",
        'No key at hand? A local model needs none: mm gen "..." -m local:smollm2',
    )
    return Explanation(f"API key not found for {provider}", steps)


_NEEDS: Final = MappingProxyType[Ability, str](
    {
        "tools": "calls no tools",
        "reasoning": "does not reason",
        "temperature": "takes no temperature",
        "image": "takes no images",
        "pdf": "takes no PDF",
        "audio": "takes no audio",
        "video": "takes no video",
        "length": "takes no prompt of this length",
    }
)


def _overtaxed(error: Incapable | TooLong) -> Explanation:
    anyway = "If you know better than the catalogue: --unlisted"
    if isinstance(error, TooLong):
        summary = f"The prompt is too long for {error.spec}: at least {error.tokens:,} tokens"
        summary += f", and its context window takes {error.window:,}"
        return Explanation(summary, (f"Shorten it, or see: mm models --min-context {error.tokens}", anyway))
    able = ("Models that can:", *[f"  • {name}" for name in error.near], "") if error.near else ()
    return Explanation(f"{error.spec} {_NEEDS[error.needs]}", (*able, anyway))


def _tools_stopped(error: ToolsStopped) -> Explanation:
    if error.cause is not None:
        return explain(error.cause)
    step = "Allow more with --tool-rounds, or go on with the conversation in `messages`"
    return Explanation(f"The model still called tools after {error.rounds} answers", (step,))


def _too_costly(error: TooCostly) -> Explanation:
    before = f" after ${_plain(error.spent)} spent" if error.spent else ""
    if error.worst is None:
        why = "" if error.why is None else f": {explain_unpriced(error.why)}"
        summary = f"Nothing was sent to {error.spec}, as the most it may cost is unknown{why}"
        return Explanation(summary, (_KNOWN_AGAIN.get(error.why.why if error.why else "", _WITHOUT),))
    worst, limit = _plain(error.worst), _plain(error.limit)
    summary = f"Nothing was sent to {error.spec}: it may cost up to ${worst}{before}, and ${limit} is the limit"
    return Explanation(summary, ("Lower --max-tokens, take a cheaper model (mm models), or raise --max-cost",))


def _plain(amount: Decimal) -> str:
    """An amount to its last digit, without an exponent."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_WITHOUT: Final = "Leave out what is not known, take another model (mm models), or leave out --max-cost"
_KNOWN_AGAIN: Final = MappingProxyType(
    {
        "unlisted": "Take a model with a price (mm models), or leave out --max-cost",
        "no_price": "Take a model with a price (mm models), or leave out --max-cost",
        "no_limit": "Bound the answer with --max-tokens, or leave out --max-cost",
    }
)


def explain_unpriced(reason: Unpriced) -> str:
    """Why an amount is unknown, as a clause."""
    return _UNPRICED[reason.why].format(what=reason.what)


_UNPRICED: Final = MappingProxyType(
    {
        "unlisted": "the catalogue does not list the model",
        "no_price": "the catalogue has no price for the {what} of the model",
        "no_usage": "the provider did not say how many tokens of {what} there were",
        "no_limit": "nothing bounds how long the answer may be",
        "no_window": "it holds more than text, and the context window of the model is unknown",
        "option": "`{what}` may change what is billed",
        "tool": "the provider runs the tool `{what}` itself, and may bill its use",
        "fee": "the provider bills searches of this model beside its tokens",
        "media": "the model may answer with {what}, for which the catalogue has no price",
    }
)

_UNREACHABLE: Final = MappingProxyType(
    {
        "dns": "Check the host name and your network",
        "refused": "Check that the server runs and that the port is right",
        "tls": "Check the certificate; SSL_CERT_FILE names a bundle of your own",
        "proxy": "Check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY",
        "reset": "Check your network and try again",
        "other": "Check your network and try again",
    }
)

_TIMED_OUT: Final = MappingProxyType(
    {
        "connect": "No connection",
        "write": "The request could not be sent",
        "pool": "No connection became free",
        "first_token": "No answer began",
        "idle": "The server fell silent and sent nothing more",
        "progress": "The server sent nothing but keep-alives",
        "total": "The answer was not done",
    }
)

_REJECTED: Final = MappingProxyType(
    {
        "auth": ("{who} refused the API key{status}: {message}", "Set another: mm keys set {who}"),
        "permission": ("{who} does not allow this{status}: {message}", "Check what the key may do"),
        "not_found": ("{who} does not know this{status}: {message}", "Check: mm models"),
        "rate_limit": ("{who} limits the rate{status}: {message}", "Wait {wait} and try again"),
        "quota": ("The quota at {who} is used up{status}: {message}", "Check plan and billing"),
        "too_long": ("The request is too long for the model{status}: {message}", "Shorten it"),
        "invalid": ("{who} refused the request{status}: {message}", "See what is sent: --dry-run"),
        "overloaded": ("{who} is overloaded{status}: {message}", "Try again later"),
        "server": ("{who} has a problem{status}: {message}", "Try again later"),
        "redirect": ("{who} redirects{status}: {message}", "Check the base URL"),
    }
)


def _rejected(error: Rejected) -> Explanation:
    facts = {
        "who": error.provider or "the provider",
        "status": "" if error.status is None else f" ({error.status})",
        "message": error.message,
        "wait": "a moment" if error.retry_after is None else f"{error.retry_after:g} s",
    }
    summary, step = _REJECTED[error.kind]
    return Explanation(_sentence(summary.format_map(facts)), (step.format_map(facts),))


def _undecodable(error: Undecodable) -> Explanation:
    who = error.provider or "The server"
    shown = _after(error.preview)
    match error.kind:
        case "html":
            return Explanation(f"{who} answered with a web page instead of a reply{shown}", ("Check the base URL",))
        case "empty_stream":
            return Explanation(f"{who} sent an empty reply", ("Try again",))
        case "malformed_event":
            return Explanation(f"{who} sent a broken event{shown}", ("Try again",))
        case "not_json" | "not_a_reply":
            return Explanation(f"{who} sent something that is no reply{shown}", ("Check the base URL",))


def _after(detail: str) -> str:
    return f": {detail}" if detail else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
