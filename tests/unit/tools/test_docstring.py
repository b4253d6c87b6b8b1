"""What docstrings of the three usual styles say."""

from typing import Final

import pytest

from modelmix.tools.docstring import Described, read_docstring

GOOGLE: Final = """The weather of a city.

    Now or later.

    Args:
        city (str): Where, in
            English.
        days: How many: at least one.
        *rest: Ignored.

    Returns:
        word: In words.
    """
NUMPY: Final = """The weather of a city.

    Parameters
    ----------
    city : str
        Where, in
        English.
    days
        How many: at least one.

    Returns
    -------
    str
        In words.
    """
SPHINX: Final = """The weather of a city.

    :param city: Where, in
        English.
    :param int days: How many: at least one.
    :returns: In words.
    """
BOTH: Final = {"city": "Where, in English.", "days": "How many: at least one."}

CASES: Final[dict[str, tuple[str | None, Described]]] = {
    "nothing": (None, Described("", {})),
    "a sentence": ("The weather.", Described("The weather.", {})),
    "Google": (GOOGLE, Described("The weather of a city.\n\nNow or later.", {**BOTH, "rest": "Ignored."})),
    "NumPy": (NUMPY, Described("The weather of a city.", BOTH)),
    "Sphinx": (SPHINX, Described("The weather of a city.", BOTH)),
    "a word that is no title": ("Returns\nall of it.", Described("Returns\nall of it.", {})),
    "an empty section": ("Weather.\n\nArgs:\n", Described("Weather.", {})),
    "a parameter without a word": ("Weather.\n\nArgs:\n    city:\n", Described("Weather.", {})),
    "prose in a section": (
        "Weather.\n\nArgs:\n    see above\n    city: Where.",
        Described("Weather.", {"city": "Where."}),
    ),
}


@pytest.mark.parametrize(("text", "described"), CASES.values(), ids=CASES)
def test_a_docstring_is_read(text: str | None, described: Described) -> None:
    assert read_docstring(text) == described
