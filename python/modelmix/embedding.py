"""Request and target make the calls that turn texts into vectors, and their replies make one result."""

from collections.abc import Iterator, Sequence
from itertools import chain

from msgspec.json import encode as to_json
from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.ast.embedding import Embeddings, EmbedRequest
from modelmix.ast.response import Response
from modelmix.call import EmbedCall, Target, headers_for
from modelmix.cost import halves, price_input, sum_cost, sum_usage
from modelmix.decode import Reading
from modelmix.dialects.embedding.encode import TABLE, EmbedDialect
from modelmix.errors import BadRequest, Unsupported
from modelmix.jsonvalue import parse
from modelmix.outcome import Outcome
from modelmix.vectors import VectorReader


def plan_embed(request: EmbedRequest, target: Target) -> Outcome[tuple[EmbedCall, ...]]:
    """The calls that ask `target` for the vectors, as few as its limits allow."""
    provider = target.provider
    if provider.embeddings is None:
        instead = "set `embeddings` for the provider if it has such an endpoint"
        return Failure(Unsupported(what="embeddings", by=provider.name, instead=instead))
    dialect = TABLE[provider.embeddings]
    flaw = next(_flaws(request, dialect), None)
    if flaw is not None:
        return Failure(flaw)
    try:
        batches = _batches(request.texts, provider.embedding.texts, provider.embedding.tokens)
        return Success(tuple([_call(replace(request, texts=texts), target, dialect) for texts in batches]))
    except UnicodeEncodeError as cause:
        value = ascii(cause.object[cause.start : cause.end])
        return Failure(BadRequest(field="texts", value=value, expected="whole characters"))


def _flaws(request: EmbedRequest, dialect: EmbedDialect) -> Iterator[BadRequest]:
    if not request.texts:
        yield BadRequest(field="texts", value="()", expected="at least one text")
    if "" in request.texts:
        # Most endpoints refuse the whole request for it.
        where = f"texts[{request.texts.index('')}]"
        yield BadRequest(field=where, value="an empty text", expected="texts that are not empty")
    if request.dimensions is not None and request.dimensions < 1:
        yield BadRequest(field="dimensions", value=str(request.dimensions), expected="at least 1")
    for name, value in request.extra:
        if name in dialect.fixed:
            yield BadRequest(field=name, value=value[:80], expected="an option of the provider, not the call itself")
        try:
            parse(value)
        except ValueError as cause:
            yield BadRequest(field=name, value=value[:80], expected=f"JSON ({cause})")


def _batches(texts: tuple[str, ...], count: int | None, tokens: int | None) -> Iterator[tuple[str, ...]]:
    """The texts in their order, in groups within the limits; a text that is too long by itself goes alone."""
    batch: list[str] = []
    size = 0
    for text in texts:
        # No token is shorter than a byte, so as many bytes as tokens are allowed never pass the limit.
        length = len(text.encode())
        if batch and (len(batch) == count or (tokens is not None and size + length > tokens)):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(text)
        size += length
    yield tuple(batch)


def _call(request: EmbedRequest, target: Target, dialect: EmbedDialect) -> EmbedCall:
    provider, shape = target.provider, target.provider.embedding
    draft = dialect.encode(request, target.model, shape)
    dropped = any(change.field == "dimensions" and change.action == "dropped" for change in draft.adaptations)
    return EmbedCall(
        method="POST",
        url=target.base_url + (shape.path or dialect.path(target.model)),
        headers=headers_for(provider),
        body=to_json(draft.body),
        target=target,
        adaptations=(*target.adaptations, *draft.adaptations),
        wire=dialect.wire,
        packing=shape.packing,
        texts=len(request.texts),
        dimensions=None if dropped else request.dimensions,
    )


def embedded(call: EmbedCall, response: Response, reader: Reading) -> Embeddings:
    """The result of one call."""
    assert isinstance(reader, VectorReader)
    entry = call.target.entry
    cost, unpriced = halves(price_input(response.usage, None if entry is None else entry.pricing))
    return Embeddings(
        vectors=reader.vectors,
        usage=response.usage,
        cost=cost,
        unpriced=unpriced,
        model=response.model,
        spec=response.spec,
        attempts=response.attempts,
        seconds=response.timing.total or 0.0,
        adaptations=response.adaptations,
    )


def joined(parts: Sequence[Embeddings]) -> Embeddings:
    """The results of several calls as one."""
    first = parts[0]
    cost, unpriced = halves(sum_cost(part.bill for part in parts))
    return Embeddings(
        vectors=tuple(chain.from_iterable(part.vectors for part in parts)),
        usage=sum_usage(part.usage for part in parts),
        cost=cost,
        unpriced=unpriced,
        model=first.model,
        spec=first.spec,
        requests=len(parts),
        attempts=sum(part.attempts for part in parts),
        seconds=sum(part.seconds for part in parts),
        adaptations=tuple(dict.fromkeys(chain.from_iterable(part.adaptations for part in parts))),
    )
