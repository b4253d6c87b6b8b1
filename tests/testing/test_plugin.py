"""The pytest plugin, in runs of pytest of its own."""

from collections.abc import Iterator
from typing import Final

import pytest

from fakes.replies import answer
from fakes.server import FaultServer

TEST: Final = """
def test_hello(mm_client):
    assert mm_client.generate_text("openai:gpt-4o-mini", "Hi.").unwrap().text == "Hello."
"""


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(answer("Hello.")) as running:
        yield running


@pytest.fixture
def project(pytester: pytest.Pytester, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project whose OpenAI is the fake, and that treats every warning as an error."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini("[pytest]\nfilterwarnings = error\naddopts = --strict-markers --strict-config -p no:cacheprovider")
    (pytester.path / "modelmix.toml").write_text(f'[providers.openai]\nbase_url = "{server.url}"\n')
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """A run with no other plugin than ours, which is found as any would be in the tests of the guide."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        return project.runpytest_subprocess("-p", "modelmix.testing.plugin", *arguments, timeout=120)


def test_a_test_is_recorded_once_and_replayed_from_then_on(project: pytest.Pytester, server: FaultServer) -> None:
    project.makepyfile(test_a=TEST)
    missing = run(project)
    missing.assert_outcomes(errors=1)
    missing.stdout.fnmatch_lines(["*Run: pytest 'test_a.py::test_hello' --mm-record=once"])
    assert server.requests == []
    run(project, "--mm-record=once").assert_outcomes(passed=1)
    run(project, "--mm-record=once").assert_outcomes(passed=1)
    run(project).assert_outcomes(passed=1)
    assert len(server.requests) == 1
    run(project, "--mm-record=all").assert_outcomes(passed=1)
    assert len(server.requests) == 2
    folder = project.path / "tests/fixtures/mm/test_a"
    assert sorted(path.name for path in folder.iterdir()) == ["test_hello.body.json", "test_hello.json"]


def test_a_test_that_fails_is_not_recorded(project: pytest.Pytester) -> None:
    project.makepyfile(test_a=TEST.replace("Hello.", "Goodbye."))
    run(project, "--mm-record=once").assert_outcomes(failed=1)
    assert not (project.path / "tests/fixtures/mm/test_a").exists()


def test_a_test_that_fails_keeps_the_old_recording(project: pytest.Pytester) -> None:
    project.makepyfile(test_a=TEST)
    run(project, "--mm-record=once").assert_outcomes(passed=1)
    folder = project.path / "tests/fixtures/mm/test_a"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    project.makepyfile(test_a=TEST.replace("Hello.", "Goodbye."))
    run(project, "--mm-record=all").assert_outcomes(failed=1)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_another_request_fails_with_its_path(project: pytest.Pytester) -> None:
    project.makepyfile(test_a=TEST)
    run(project, "--mm-record=once").assert_outcomes(passed=1)
    project.makepyfile(test_a=TEST.replace("Hi.", "Ho."))
    told = run(project)
    told.assert_outcomes(failed=1)
    told.stdout.fnmatch_lines(["*$.messages[[]0].content differs*", '*recorded: "Hi."*', '*built: * "Ho."*'])


def test_another_request_fails_a_test_that_carries_on(project: pytest.Pytester) -> None:
    project.makepyfile(test_a=TEST)
    run(project, "--mm-record=once").assert_outcomes(passed=1)
    careless = TEST.replace("Hi.", "Ho.").replace(".unwrap().text == ", " is not None or ")
    project.makepyfile(test_a=careless)
    told = run(project)
    told.assert_outcomes(passed=1, errors=1)
    told.stdout.fnmatch_lines(["*Run: pytest 'test_a.py::test_hello' --mm-record=all"])


SHARED: Final = """
import pytest

@pytest.mark.mm("shared/hello")
@pytest.mark.parametrize("turn", [1, 2])
def test_one(mm_client, turn):
    assert mm_client.generate_text("openai:gpt-4o-mini", "Hi.").unwrap().text == "Hello."

class TestClass:
    @pytest.mark.parametrize("name", ["a/b", ".."])
    def test_two(self, mm_client, name):
        assert mm_client.generate_text("openai:gpt-4o-mini", name).unwrap().text == "Hello."
"""


def test_a_recording_is_called_after_its_test_or_its_marker(project: pytest.Pytester, server: FaultServer) -> None:
    project.makeini("[pytest]\nmm_fixtures = recorded\nmm_guard = sockets")
    project.makepyfile(test_a=SHARED)
    run(project, "--mm-record=once").assert_outcomes(passed=4)
    run(project).assert_outcomes(passed=4)
    assert len(server.requests) == 3
    found = {
        path.relative_to(project.path / "recorded").as_posix() for path in project.path.rglob("recorded/**/*.json")
    }
    assert {path for path in found if not path.endswith(".body.json")} == {
        "shared/hello.json",
        "test_a/%54est%43lass/test_two%5b%2e%2e%5d.json",
        "test_a/%54est%43lass/test_two%5ba%2fb%5d.json",
    }


def test_a_guard_that_is_none_of_the_three_is_told(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nmm_guard = everything")
    project.makepyfile(test_a=TEST)
    told = run(project)
    assert told.ret != 0
    told.stdout.fnmatch_lines(["*mm_guard is clients, sockets or none, not 'everything'*"])


def test_the_plugin_imports_nothing_until_it_is_used(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import sys

        def test_nothing():
            mine = {name for name in sys.modules if name.startswith("modelmix")}
            assert mine == {"modelmix", "modelmix.testing", "modelmix.testing.plugin"}
            assert not {"httpx", "msgspec", "returns"} & set(sys.modules)
    """)
    run(project).assert_outcomes(passed=1)


def test_recording_in_several_processes_at_once(project: pytest.Pytester, server: FaultServer) -> None:
    tests = "".join(TEST.replace("test_hello", f"test_{number}").replace("Hi.", f"Hi {number}.") for number in range(8))
    project.makepyfile(test_a=tests)
    run(project, "--mm-record=once", "-p", "xdist", "-n", "2").assert_outcomes(passed=8)
    run(project, "-p", "xdist", "-n", "2").assert_outcomes(passed=8)
    assert len(server.requests) == 8
