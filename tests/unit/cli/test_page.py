"""The page of `mm compat --html`: what is shown of a model, and in which order."""

import re

from modelmix.cli.page import page
from modelmix.compat.scenario import Flaw
from modelmix.compat.verdict import Proof, Verdict
from modelmix.spec import Spec

NOW = "2026-01-02T03:04:05Z"


def cases(*verdicts: Verdict) -> list[str]:
    """The lines of a model's scenarios, without their markup."""
    proof = Proof(spec=Spec("acme", "m"), standing="fail", verdicts=verdicts)
    html = page([proof], {}, mode="replay", now=NOW)
    return [" ".join(re.sub("<[^>]*>", " ", case).split()) for case in re.findall('<li class="case">.*?</li>', html)]


def test_what_failed_comes_first() -> None:
    good = Verdict(scenario="basic", status="pass")
    bad = Verdict(scenario="usage", status="fail", flaws=(Flaw(about="cost", expected="1", came="2"),))
    assert [line.split()[2] for line in cases(good, bad)] == ["usage", "basic"]


def test_scenarios_that_nobody_asked_for_the_same_reason_share_a_line() -> None:
    names = ("basic", "streaming", "usage")
    open_ = [Verdict(scenario=name, status="untested", reason="no fixture") for name in names]
    out = Verdict(scenario="reasoning", status="skipped", reason="it has none")
    assert cases(*open_, out) == ["? untested basic, streaming, usage no fixture", "– skipped reasoning it has none"]


def test_scenarios_that_passed_have_a_line_each() -> None:
    assert len(cases(Verdict(scenario="a", status="pass"), Verdict(scenario="b", status="pass"))) == 2


def test_quotes_stay_quotes_and_tags_do_not() -> None:
    flaw = Flaw(about="text", expected='{"a": 1}', came="<script>")
    html = page(
        [
            Proof(
                spec=Spec("acme", "m"), standing="fail", verdicts=(Verdict(scenario="s", status="fail", flaws=(flaw,)),)
            )
        ],
        {},
        mode="replay",
        now=NOW,
    )
    assert '{"a": 1}' in html
    assert "&lt;script&gt;" in html
