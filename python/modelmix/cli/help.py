"""Makes the help pages that `mm` ships: drawing them anew each time takes longer than most commands.

For maintainers: `nox -s help`. A test holds the pages to what cyclopts draws.
"""

from io import StringIO
from pathlib import Path
from typing import Final

from rich.console import Console

from modelmix.cli.app import COMMANDS, build

FOLDER: Final = Path(__file__).parent / "pages"
_WIDTH: Final = 80


def page(command: str | None) -> str:
    """The help of a command, or of `mm` itself, as it is drawn."""
    drawn = StringIO()
    console = Console(file=drawn, width=_WIDTH, color_system=None, force_terminal=False, legacy_windows=False)
    build(listed=command is None).help_print([] if command is None else [command], console=console)
    return "\n".join(line.rstrip() for line in drawn.getvalue().splitlines()) + "\n"


def main() -> None:
    """Writes all pages."""
    FOLDER.mkdir(exist_ok=True)
    for command in (None, *COMMANDS):
        (FOLDER / f"{command or 'mm'}.txt").write_text(page(command), encoding="utf-8")


if __name__ == "__main__":
    main()
