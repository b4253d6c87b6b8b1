"""Where the openai SDK and we read openai-chat otherwise, mostly what other providers made of the format."""

from types import MappingProxyType
from typing import Final

from oracle.differences.difference import Difference, differ
from oracle.reply import Heard


def _reasoning_too(sdk: Heard) -> object:
    return (sdk.output or 0) + (sdk.reasoning_tokens or 0)


def _cached_too(sdk: Heard) -> object:
    return (sdk.input or 0) + (sdk.cache_read or 0)


def _audio_too(sdk: Heard) -> object:
    return (sdk.total or 0) - (sdk.output or 0)


DIFFERENCES: Final = MappingProxyType[str, tuple[Difference, ...]](
    {
        "xAI leaves reasoning out of completion_tokens; our output has it inside": differ(
            ("output",),
            "prism-php/xai/structured-basic-response-1",
            "req_llm/xai/*",
            "vercel-ai/openai-compatible/chat/xai-*",
            "vercel-ai/xai/*",
            ours=_reasoning_too,
        ),
        "Grok on Azure reports more cached tokens than prompt tokens; our input has them inside": differ(
            ("input",), "ruby_llm/chat_*azure_grok-4-1-fast-non-reasoning_*", ours=_cached_too
        ),
        "Mistral leaves audio out of prompt_tokens; our input has it inside": differ(
            ("input",), "ruby_llm/chat_audio_models_mistral_*", ours=_audio_too
        ),
        "Mistral says num_cached_tokens; the SDK's type does not know the name": differ(
            ("cache_read",),
            "pydantic-ai/models/test_multimodal_tool_returns/*mistral*",
            "pydantic-ai/models/test_tool_choice_matrix/*mistral*",
        ),
        "Databricks says cache_read_input_tokens and cache_creation_input_tokens; the SDK's type does not": differ(
            ("cache_read", "cache_write"), "chatlas/test_provider_databricks/*"
        ),
        "Together and Hugging Face say cached_tokens in usage itself; the SDK's type does not": differ(
            ("cache_read",),
            "mirascope/e2e/input/test_together_provider/*",
            "opencode/togetherai/streams-text",
            "pydantic-ai/models/test_huggingface/*",
        ),
        "DeepSeek says prompt_cache_hit_tokens; the SDK's type does not know the name": differ(
            ("cache_read",), "prism-php/deepseek/*"
        ),
        "Groq gives the usage of a stream in x_groq; the SDK's accumulator does not look there": differ(
            ("input", "output", "total"),
            "openllmetry/groq/traces/test_chat_tracing/test_chat_streaming_legacy#0",
            "pydantic-ai/models/test_groq/test_groq_model_thinking_part_iter#0",
        ),
        "the SDK's accumulator skips chunks without `object: chat.completion.chunk`; Z.ai sends no other": differ(
            ("error",), "req_llm/zai/*streaming", "req_llm/zai_coder/*streaming"
        ),
        "the SDK's accumulator skips the last chunk of Perplexity, a chat.completion.done with the reason": differ(
            ("finish", "raw_finish"),
            "ruby_llm/chat_streaming_responses_perplexity_sonar_supports_streaming_responses#0",
            "vercel-ai/perplexity/*",
        ),
        "the SDK's accumulator refuses a tool call without a type": differ(
            ("error",), "openllmetry/writer/test_chat/test_writer_async_streaming_chat_multiple_tool_call_requests_*"
        ),
        "the SDK's accumulator refuses content in parts, as Mistral sends thinking": differ(
            ("error",), "vercel-ai/mistral/mistral-reasoning.chunks.txt"
        ),
        "the SDK's accumulator joins an id and a name that are repeated on every delta": differ(
            ("tool_calls",), "simonw-llm/test_tools_streaming/test_tools_streaming_variant_a#0"
        ),
        "the old function_call is a call to us; the SDK keeps it apart from tool_calls": differ(
            ("tool_calls",),
            "openllmetry/langchain/*",
            "openllmetry/openai/traces/test_functions/test_open_ai_function_calls*",
        ),
        "the SDK takes an error under status 200 for a completion without choices": differ(
            ("error",),
            "openllmetry/openai/traces/test_azure/test_prompt_content_filtering*",
            "req_llm/openrouter/mistralai_*/tool_round_trip_2",
        ),
        "the SDK leaves out an error inside a choice": differ(
            ("error",), "req_llm/openrouter/nousresearch_hermes_4_405b/token_limit"
        ),
        "`{detail}` is a message to us; the SDK hands over the body": differ(
            ("error",), "ruby_llm/chat_error_handling_with_mistral_*"
        ),
        "Snowflake sends reasoning in reasoning_details alone; the SDK has no such field": differ(
            ("reasoning",), "pydantic-ai/models/test_snowflake/test_snowflake_thinking*"
        ),
        "an object as content is given as its text": differ(
            ("text",), "chatlas/test_provider_cloudflare/test_cloudflare_data_extraction#1"
        ),
        "`eos`, which Together said in 2024, is a stop to us; the SDK's types do not know the word": differ(
            ("finish",), "openllmetry/together/test_chat/test_together_chat_legacy#0"
        ),
    }
)
