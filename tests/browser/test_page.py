"""The page of `mm compat --html` in a real browser, on a desk and on a phone.

Skipped by name where there is no chromium, no chromedriver or no selenium.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import pytest
from msgspec import Raw

from modelmix.cli.page import page
from modelmix.compat.fixture import Fixture, RecordedRequest, RecordedResponse, Recording
from modelmix.compat.scenario import Flaw
from modelmix.compat.verdict import Proof, Verdict
from modelmix.spec import Spec


class Browser(Protocol):
    """What is needed of selenium's Chrome, which is only there in a session of its own."""

    title: str

    def get(self, url: str) -> None: ...
    def quit(self) -> None: ...
    def execute_script(self, script: str, *arguments: str) -> Any: ...  # whatever the script gives
    def execute_cdp_cmd(self, command: str, parameters: Mapping[str, object]) -> object: ...
    def get_log(self, kind: str) -> Sequence[object]: ...


EVIL: Final = "</pre><script>document.title='evil'</script><img src=x onerror=\"document.title='evil'\">"
LONG: Final = "unbroken" * 40
NOW: Final = "2026-01-02T03:04:05Z"


def recording(text: str) -> Recording:
    body = f'{{"content": "{text}"}}'.encode()
    fixture = Fixture(
        origin="live",
        provider="acme",
        model="m",
        scenario="basic",
        library="0",
        time=NOW,
        request=RecordedRequest(
            method="POST", url=f"https://acme.test/v1/{LONG}", headers={"accept": EVIL}, body=Raw(b"{}"), sha256="0"
        ),
        response=RecordedResponse(status=200, headers={}, file="x", sha256="0", chunks=((1, len(body)),)),
    )
    return Recording(fixture, body)


def proofs() -> list[Proof]:
    bad = Verdict(
        scenario="basic",
        status="fail",
        origin="live",
        time=NOW,
        flaws=(Flaw(about="text", expected=LONG, came=EVIL),),
        recordings=(recording(EVIL),),
    )
    good = Verdict(scenario="basic", status="pass", origin="simulated", time=NOW, recordings=(recording("hello"),))
    skipped = Verdict(scenario="reasoning", status="skipped", reason="the catalog says that it has no reasoning")
    return [
        Proof(spec=Spec("acme", EVIL), standing="fail", verdicts=(bad, skipped), origins={"live": 1}),
        Proof(spec=Spec("acme", LONG), standing="simulated", verdicts=(good,), origins={"simulated": 1}),
        Proof(spec=Spec("other", "m-1"), tier="flagship", standing="pass", verdicts=(good,), origins={"live": 1}),
        Proof(spec=Spec("other", "m-2"), standing="untested"),
    ]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    webdriver: Any = pytest.importorskip("selenium.webdriver")  # it is not there where it is not installed
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("chromium and chromium-driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened: Browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield opened
    finally:
        opened.quit()


def look(browser: Browser, path: Path, width: int, *, dark: bool = False, found: list[Proof] | None = None) -> None:
    """Opens the page on a screen of a width."""
    file = path / "coverage.html"
    names = {"acme": EVIL, "other": "Other"}
    file.write_text(page(proofs() if found is None else found, names, mode="replay", now=NOW), encoding="utf-8")
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    browser.get(file.as_uri())


def ask(browser: Browser, script: str) -> Any:  # whatever the script gives
    return browser.execute_script(script)


SHOWN: Final = """
return [...document.querySelectorAll('section > ul > li')].filter((row) => row.offsetParent !== null)
  .map((row) => row.dataset.is.split(' ')[0])
"""


def choose(browser: Browser, field: str, value: str) -> Any:
    """Fills in a field of the filter; the standings that are shown then."""
    script = "const f = document.getElementById(arguments[0]); f.value = arguments[1];"
    browser.execute_script(script + "f.dispatchEvent(new Event('input'))", field, value)
    return ask(browser, SHOWN)


def test_nothing_complains_and_nothing_of_theirs_is_run(browser: Browser, tmp_path: Path) -> None:
    look(browser, tmp_path, 1200)
    ask(browser, "document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert browser.title == "Model coverage"
    assert ask(browser, "return document.querySelectorAll('img, pre script, li script').length") == 0
    assert ask(browser, "return document.querySelector('dd').textContent") == f"expected {LONG}"
    assert ask(browser, "return document.querySelectorAll('dd')[1].textContent") == f"came {EVIL}"
    assert browser.get_log("browser") == []


def test_nothing_is_fetched(browser: Browser, tmp_path: Path) -> None:
    look(browser, tmp_path, 1200)
    assert ask(browser, "return performance.getEntriesByType('resource').length") == 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, tmp_path: Path, *, dark: bool) -> None:
    look(browser, tmp_path, 375, dark=dark)
    ask(browser, "document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert ask(browser, "return [document.documentElement.scrollWidth, window.innerWidth]") == [375, 375]
    ground = ask(browser, "return getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(20, 23, 26)" if dark else "rgb(255, 255, 255)")


def test_verdicts_are_told_by_mark_and_word(browser: Browser, tmp_path: Path) -> None:
    look(browser, tmp_path, 1200)
    marks = ask(
        browser, "return [...document.querySelectorAll('section > ul > li')].map((row) => row.innerText.trim())"
    )
    assert [mark.split(" ")[:2] for mark in sorted(marks)] == [
        ["?", "untested"],
        ["~", "simulated"],
        ["✓", "pass"],
        ["✗", "fail"],
    ]
    assert ask(browser, "return document.querySelector('header strong').textContent") == "1/4 models validated (25.0%)"


def test_the_filter_works(browser: Browser, tmp_path: Path) -> None:
    look(browser, tmp_path, 1200)
    assert sorted(ask(browser, SHOWN)) == ["fail", "pass", "simulated", "untested"]
    assert choose(browser, "provider", "other") == ["pass", "untested"]
    assert ask(browser, "return document.getElementById('shown').textContent") == "2 of 4 models"
    assert choose(browser, "verdict", "fail") == []
    assert choose(browser, "provider", "") == ["fail"]
    assert choose(browser, "verdict", "has-skipped") == ["fail"]
    choose(browser, "verdict", "")
    assert choose(browser, "text", "OTHER:M-2") == ["untested"]


def test_five_thousand_models_open_at_once(browser: Browser, tmp_path: Path) -> None:
    verdicts = tuple(
        Verdict(scenario=f"scenario_{index}", status="pass", origin="live", time=NOW) for index in range(8)
    )
    many = [
        Proof(spec=Spec(f"provider-{index % 50}", f"model-{index}"), standing="pass", verdicts=verdicts)
        for index in range(5000)
    ]
    look(browser, tmp_path, 375, found=many)
    assert (tmp_path / "coverage.html").stat().st_size < 10_000_000
    assert ask(browser, "return document.getElementById('shown').textContent") == "5000 of 5000 models"
    assert len(choose(browser, "provider", "provider-7")) == 100
