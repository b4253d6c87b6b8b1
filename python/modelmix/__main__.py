"""The command `mm`.

What needs no thought is answered before anything is imported: the version, and pages of help.
"""

import sys


def main() -> None:
    """Runs `mm` and ends the process with its exit code."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from modelmix.version import VERSION  # noqa: PLC0415

        print(f"mm {VERSION}")  # noqa: T201
    elif not _helped(arguments):
        from modelmix.cli.app import run  # noqa: PLC0415

        sys.exit(run(arguments))


def _helped(arguments: list[str]) -> bool:
    """Prints the page of help that is asked for, if that is all that is asked for."""
    if len(arguments) > 2 or (arguments and arguments[-1] not in {"--help", "-h"}):
        return False
    command = "".join(arguments[:-1])
    if len(arguments) == 2 and not command.isalpha():
        return False
    try:
        # `open` and `__file__` instead of pathlib, which takes as long to import as all of the rest.
        with open(f"{__file__[: -len('__main__.py')]}cli/pages/{command or 'mm'}.txt", encoding="utf-8") as page:  # noqa: PTH123
            sys.stdout.write(page.read())
    except (OSError, UnicodeEncodeError):
        return False
    return True


if __name__ == "__main__":
    main()
