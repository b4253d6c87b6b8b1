"""What is said with a prompt becomes a request and an aim."""

from modelmix.aim import Aim
from modelmix.ask import aim_of, request_of
from modelmix.ast.content import JsonText
from modelmix.ast.message import system, user
from modelmix.ast.options import FreeText, Options, Shaped
from modelmix.ast.request import Request
from modelmix.ast.tool import OneTool, ToolSpec
from modelmix.secret import Secret
from unit.making import KEY

CLOCK = ToolSpec(name="clock")
FORM = Shaped(name="x", schema=JsonText("{}"))


def test_a_prompt_alone() -> None:
    assert request_of("Hello.", stream=False) == Request(messages=(user("Hello."),))
    assert aim_of() == Aim()


def test_everything_that_may_be_said() -> None:
    made = request_of(
        "Hello.",
        stream=True,
        output=FORM,
        system="Be brief.",
        tools=[CLOCK],
        tool_choice=OneTool("clock"),
        options=Options(seed=7),
    )
    assert made == Request(
        messages=(system("Be brief."), user("Hello.")),
        tools=(CLOCK,),
        tool_choice=OneTool("clock"),
        options=Options(seed=7),
        output=FORM,
        stream=True,
    )


def test_no_form_is_free_text() -> None:
    assert request_of("Hello.", stream=True, output=None).output == FreeText()


def test_where_it_goes() -> None:
    found = aim_of(api_key=KEY, base_url="https://a.example", unlisted=True)
    assert found == Aim(api_key=Secret(KEY), base_url="https://a.example", unlisted=True)
