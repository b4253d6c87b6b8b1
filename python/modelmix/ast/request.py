"""Everything that is asked in one call."""

from modelmix.ast.message import Message
from modelmix.ast.options import FreeText, Options, Output
from modelmix.ast.tool import ToolChoice, ToolSpec
from modelmix.node import Node


class Request(Node, frozen=True, kw_only=True):
    """What the user wants, independent of any provider."""

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    tool_choice: ToolChoice = "auto"
    options: Options = Options()
    output: Output = FreeText()
    stream: bool = False
