"""Replies of our own making, after the providers' documents: what the run has where there are no recordings."""

from collections.abc import Iterator

from oracle.made import anthropic_messages, google_generate, openai_chat, openai_responses
from oracle.reply import WireReply


def made() -> Iterator[WireReply]:
    """All of them, a dialect after the other."""
    yield from openai_chat.replies()
    yield from openai_responses.replies()
    yield from anthropic_messages.replies()
    yield from google_generate.replies()
