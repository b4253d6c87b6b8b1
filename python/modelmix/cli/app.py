"""The commands of `mm`, each imported when it is called."""

import os
import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import App, CycloptsError, Parameter

from modelmix.cli.exits import BROKEN_PIPE, INTERRUPTED, USAGE
from modelmix.version import VERSION

_HELP: Final = "One way to speak to every LLM."
COMMANDS: Final = {
    "gen": ("modelmix.cli.gen:gen", "Generate text, or an object, from any model."),
    "embed": ("modelmix.cli.embed:embed", "Turn texts into vectors."),
    "sync": ("modelmix.cli.sync:sync", "Bring the list of models, with their prices, up to date."),
    "ingest": ("modelmix.cli.ingest:ingest", "Read captured replies back into messages, one a line."),
    "compat": ("modelmix.cli.compat:app", "Prove which models work, by recorded exchanges."),
    "models": ("modelmix.cli.models:app", "Find and compare models."),
    "doctor": ("modelmix.cli.doctor:doctor", "Check settings, keys and network, and show what would be sent."),
    "tokens": ("modelmix.cli.tokens:tokens", "Count the tokens of an input, and tell what it would cost."),
    "keys": ("modelmix.cli.keys:app", "Keep API keys."),
    "local": ("modelmix.cli.local:app", "Fetch, list and remove models that run on this machine."),
    "serve": ("modelmix.cli.serve:serve", "Answer requests of any client on this machine, for tests."),
}
"""Where each command is, and what it does."""

ALIASES: Final = {"sync": "ms", "compat": "mc"}
"""Short names of commands."""


def build(*, listed: bool = False) -> App:
    """The application; `listed` gives each command its line in the list, in place of its own description."""
    app = App(
        name="mm",
        help=_HELP,
        version=f"mm {VERSION}",
        version_flags=["--version", "-V"],
        result_action="return_value",
        default_parameter=Parameter(show_default=False),
    )
    for name, (place, summary) in COMMANDS.items():
        alias = ALIASES.get(name)
        if listed:
            app.command(place, name=name, alias=alias, help=summary)
        else:
            app.command(place, name=name, alias=alias)
    return app


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; gives its exit code."""
    try:
        result: object = build()(arguments, exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except CycloptsError as error:
        command = " ".join(["mm", *(error.command_chain or ())])
        sys.stderr.write(f"Error: {error}\n\nSee: {command} --help\n")
        return USAGE
    except BrokenPipeError:
        # The reader has seen enough. Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    return result if isinstance(result, int) else 0
