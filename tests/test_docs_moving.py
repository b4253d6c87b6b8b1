"""`docs/moving.md` shows what is sent: each body in it is planned here again, and each loss is told."""

import re

from moves.page import PAGE, blocks, held


def test_the_page_shows_what_is_sent_and_what_is_told() -> None:
    assert held(PAGE.read_text(encoding="utf-8")) == blocks()


def test_no_body_in_the_page_is_unheld() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("```json") == sum(block.count("```json") for block in held(page).values())
    assert len(re.findall("<!-- begin: ", page)) == len(held(page)) == page.count("<!-- end -->")
