"""A function that a model may call."""

import re
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Final, Generic, ParamSpec, TypeAlias, TypeVar, cast, final

from returns.result import Failure, Success

from modelmix.ast.content import ToolCall
from modelmix.ast.tool import ToolSpec
from modelmix.errors import BadToolArguments
from modelmix.outcome import Outcome
from modelmix.tools.docstring import read_docstring
from modelmix.tools.parameters import Arguments, parameters_of, read_arguments

P = ParamSpec("P")
R = TypeVar("R")

# What every provider takes: https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools
_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@final
class FunctionTool(Generic[P, R]):
    """A typed function as a tool; called, it is that function.

    `spec` is what a model sees of it. `read` gives the arguments of a model's call, for loops of your own; nothing is
    called with arguments that do not fit.
    """

    __slots__ = ("_parameters", "function", "is_async", "spec")

    def __init__(
        self, function: Callable[P, R], *, name: str | None, description: str | None, strict: bool | None
    ) -> None:
        own_name = name or str(getattr(function, "__name__", ""))
        if not _NAME.fullmatch(own_name):
            raise TypeError(f"`{own_name}` is no name for a tool: letters, digits, `_` and `-`, 64 at most")
        described = read_docstring(function.__doc__)
        self.function = function
        self.is_async = iscoroutinefunction(function)
        self._parameters = parameters_of(function, own_name, described.parameters)
        self.spec = ToolSpec(
            name=own_name,
            description=described.summary if description is None else description,
            parameters=self._parameters.schema,
            strict=strict,
        )

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """As the function itself."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"FunctionTool({self.spec.name})"

    def read(self, call: ToolCall) -> Outcome[Arguments]:
        """The arguments of a call, by position and by name, validated in full."""
        try:
            return Success(read_arguments(self._parameters, call.arguments))
        except ValueError as cause:
            # msgspec.ValidationError and pydantic.ValidationError both are one.
            return Failure(BadToolArguments(tool=call.name, arguments=call.arguments, why=str(cause)))


def tool(
    function: Callable[P, R], *, name: str | None = None, description: str | None = None, strict: bool | None = None
) -> FunctionTool[P, R]:
    """A typed function as a tool, named and described by itself unless told otherwise; also good as a decorator.

    Raises
    ------
    TypeError
        When a parameter has no type that JSON can say: a mistake in the program.

    >>> @tool
    ... def weather(city: str, days: int = 1) -> str:
    ...     '''Weather of a city.'''
    ...     return f"{city}: rain for {days} days"
    >>> weather("Oslo")
    'Oslo: rain for 1 days'
    >>> weather.spec.description
    'Weather of a city.'
    """
    return FunctionTool(function, name=name, description=description, strict=strict)


AnyTool: TypeAlias = "FunctionTool[..., object] | Callable[..., object]"
"""A tool, or a function that is one as it stands."""


def as_tool(given: AnyTool) -> FunctionTool[..., object]:
    """The tool that is given, or made of the function that is given."""
    return cast("FunctionTool[..., object]", given) if isinstance(given, FunctionTool) else tool(given)
