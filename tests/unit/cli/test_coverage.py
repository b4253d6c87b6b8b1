"""The report is that of the documentation, byte for byte."""

from modelmix.cli.coverage import again, failure, report, skipping, verdict_line
from modelmix.compat.scenario import Flaw
from modelmix.compat.verdict import Proof, Verdict
from modelmix.spec import Spec

DOCUMENTED = """\
----------------------------------------------------
Model Coverage Status
----------------------------------------------------

Anthropic
  ✓ claude-3-5-sonnet-20241022 (flagship)
  ✗ claude-3-opus-20240229 (flagship)
  1 pass, 1 fail, 0 excluded, 0 untested | 50.0% coverage

Overall Coverage: 1/2 models validated (50.0%)
"""
SONNET = Proof(
    spec=Spec("anthropic", "claude-3-5-sonnet-20241022"), tier="flagship", standing="pass", origins={"live": 9}
)
OPUS = Proof(spec=Spec("anthropic", "claude-3-opus-20240229"), tier="flagship", standing="fail", origins={"live": 1})
NAMES = {"anthropic": "Anthropic"}


def test_the_report_is_that_of_the_documentation() -> None:
    assert report([OPUS, SONNET], NAMES) == DOCUMENTED


def test_origins_are_told_where_not_all_are_live() -> None:
    simulated = Proof(spec=Spec("mistral", "small"), standing="simulated", origins={"simulated": 8})
    assert report([SONNET, simulated], NAMES).endswith(
        "mistral\n"
        "  ~ small (simulated)\n"
        "  0 pass, 0 fail, 0 excluded, 0 untested, 1 simulated | 0.0% coverage\n"
        "\n"
        "Overall Coverage: 1/2 models validated (50.0%)\n"
        "Only simulated, which validates nothing: 1\n"
        "Fixtures by origin: 9 live, 8 simulated\n"
    )


def test_a_failure_is_told_in_full() -> None:
    flaw = Flaw(about="text", expected="391", came="So:\nit is \x1b[31m390")
    verdict = Verdict(scenario="reasoning", status="fail", origin="live", flaws=(flaw,))
    proof = Proof(spec=Spec("anthropic", "claude-3-5-sonnet"), standing="fail", verdicts=(verdict,))
    assert failure(proof) == (
        "FAIL anthropic:claude-3-5-sonnet\n"
        "  reasoning (live): text\n"
        "    expected: 391\n"
        "    came:     So:\n"
        "              it is ␛[31m390\n"
        '  Re-record: mm compat "anthropic:claude-3-5-sonnet" --record\n'
    )


def test_a_name_is_no_command_to_a_shell() -> None:
    evil = Proof(spec=Spec("a", 'm"; $(reboot) `reboot`'), standing="fail")
    assert again(evil) == """mm compat 'a:m"; $(reboot) `reboot`' --record"""


def test_a_model_of_which_nothing_can_be_asked_says_so() -> None:
    told = failure(Proof(spec=Spec("a", "b"), standing="fail"))
    assert told.splitlines()[1] == "  Nothing could be asked of it: every scenario is skipped"


def test_a_spec_that_names_nothing_is_skipped() -> None:
    assert skipping("anthropic:claude-3-opus") == (
        "Skipping anthropic:claude-3-opus (not in registry)\n  Run: mm sync\n"
    )


def test_a_verdict_stands_on_one_line() -> None:
    verdict = Verdict(scenario="basic", status="pass", origin="live", time="2026-01-02T03:04:05Z", seconds=0.0123)
    assert verdict_line("a:b", verdict) == "PASS a:b basic (live, 2026-01-02T03:04:05Z, 12 ms)\n"
    skipped = Verdict(scenario="basic", status="skipped", reason="it cannot")
    assert verdict_line("a:b\n", skipped) == "SKIP a:b basic (it cannot)\n"
