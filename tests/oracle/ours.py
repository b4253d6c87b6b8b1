"""What our decoder makes of a reply."""

from modelmix.ast.event import Failed
from modelmix.decode import DIALECTS, DialectName, decoder
from modelmix.errors import MixError, Rejected, Undecodable
from modelmix.rejection import read_rejection
from oracle.reply import Call, Heard, OracleDialect, Problem, WireReply, parsed


def available(dialect: OracleDialect) -> DialectName | None:
    """The dialect's name where we can decode it."""
    return next((name for name in DIALECTS if name == dialect), None)


def read(reply: WireReply, dialect: DialectName) -> Heard:
    """Decodes a reply as a client does: errors by their status, all else by the dialect."""
    if reply.status != 200:
        headers = {name.lower(): value for name, value in reply.headers.items()}
        return Heard(error=_problem(read_rejection(reply.body, reply.status, headers)))
    reader = decoder(dialect)
    for chunk in reply.chunks:
        reader.feed(chunk)
    reader.finish()
    answer, end = reader.answer(), reader.terminal()
    if isinstance(end, Failed):
        return Heard(error=_problem(end.error))
    if answer is None:
        raise AssertionError(reply.id)
    usage = answer.usage
    return Heard(
        text=answer.text,
        reasoning=answer.reasoning,
        refusal=answer.refusal,
        tool_calls=tuple(
            Call(call.name, None if call.minted else call.id, parsed(call.arguments)) for call in answer.tool_calls
        ),
        finish=answer.finish,
        raw_finish=answer.raw_finish,
        input=usage.input,
        output=usage.output,
        cache_read=usage.cache_read,
        cache_write=usage.cache_write,
        reasoning_tokens=usage.reasoning,
        total=usage.total,
    )


def _problem(error: MixError) -> Problem:
    match error:
        case Rejected(status=status, message=message, phase="headers"):
            return Problem(status, message)
        case Rejected(message=message):
            return Problem(None, message)
        case Undecodable(kind=kind):
            return Problem(fault=kind)
        case _:
            return Problem(fault=type(error).__name__)
