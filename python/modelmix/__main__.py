"""The command `mm`."""

import sys


def main() -> None:
    """Runs `mm` and ends the process with its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Answered before anything is imported that takes longer than the answer.
        from importlib.metadata import version  # noqa: PLC0415

        print(f"mm {version('modelmix')}")  # noqa: T201
        return
    from modelmix.cli.app import run  # noqa: PLC0415

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
