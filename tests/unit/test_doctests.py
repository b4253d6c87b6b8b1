"""The examples in docstrings: each module's run, and there are some."""

import doctest
import importlib
import pkgutil
from typing import Final

import pytest

import modelmix

MODULES: Final = tuple(sorted(each.name for each in pkgutil.walk_packages(modelmix.__path__, "modelmix.")))


@pytest.mark.parametrize("name", ["modelmix", *MODULES])
def test_the_examples_of_a_module_are_true(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_there_are_examples() -> None:
    ran = [doctest.testmod(importlib.import_module(name)).attempted for name in MODULES]
    assert sum(ran) > 0
    assert "modelmix.decode" in MODULES
