"""`docs/providers.md` and the README: the providers that they list are those that there are."""

import re

from listed.page import PAGE, held, table
from listed.reading import REFUSED, ROOT, shipped, ways
from modelmix.providers.load import built_in, names


def test_the_page_lists_every_provider_as_it_is() -> None:
    assert held(PAGE.read_text(encoding="utf-8")) == table()


def test_the_page_agrees_with_the_other_reading_of_the_data() -> None:
    lines = dict(re.findall(r"^\| `(.+?)` \| (.*) \|$", held(PAGE.read_text(encoding="utf-8")), re.MULTILINE))
    providers = shipped()
    assert set(lines) == {*providers, *names()}
    for name, record in providers.items():
        for line in ways(record):
            if line == REFUSED:
                assert "refused: " in lines[name] or "models" in lines[name]
                continue
            dialect, url, _, key = line.split(" ")
            assert dialect in lines[name]
            assert f"`{url.partition('://')[2].partition('/')[0]}`" in lines[name]
            assert f"`{key}`" in lines[name]


def test_the_readme_lists_every_provider_with_a_file() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme[readme.index("## Providers") : readme.index("## More")]
    rows = dict(re.findall(r"^\| \[(.+?)\]\(.*?\) \| (.*) \|$", section, re.MULTILINE))
    for name in names():
        row = built_in(name)
        spoken = {row.dialect, *[rule.dialect for rule in row.rules if rule.dialect]}
        for dialect in spoken:
            assert f"`{name}`" in rows[dialect]
        assert all(f"`{alias}`" in section for alias in row.aliases)
    assert "docs/providers.md" in section
    lines = [ways(record) for record in shipped().values()]
    assert f"{sum(line != [REFUSED] for line in lines)} at present" in section
    assert f"the {('none', 'one', 'two', 'three', 'four', 'five', 'six')[lines.count([REFUSED])]} that are" in section
