"""How a command ends that fails."""

from modelmix.cli import render
from modelmix.cli.exits import exit_code
from modelmix.cli.terminal import Screen
from modelmix.errors import MixError


def fail(problem: MixError, screen: Screen) -> int:
    """Tells what went wrong; the exit code for it."""
    screen.note(f"{screen.alarm('Error:')} {render.error(problem)}")
    return exit_code(problem)
