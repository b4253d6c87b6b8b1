"""How the rooms may depend on each other, who may touch the world, and that importing does nothing."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pytest

import modelmix
from modelmix.cli.app import COMMANDS
from modelmix.cli.help import FOLDER, page
from modelmix.version import VERSION

PACKAGE = Path(modelmix.__file__).parent
MODULES = tuple(sorted(PACKAGE.rglob("*.py")))

# From the ground up: a room imports only from rooms that stand before it.
ORDER: Final[tuple[str, ...]] = (
    "modelmix.version",
    "modelmix.node",
    "modelmix.jsonvalue",
    "modelmix.secret",
    "modelmix.paths",
    "modelmix.graphemes",
    "modelmix.inflate",
    "modelmix.mediatype",
    "modelmix.wait",
    "modelmix.ast.content",
    "modelmix.ast.message",
    "modelmix.ast.texts",
    "modelmix.ast.media",
    "modelmix.ast.tool",
    "modelmix.ast.options",
    "modelmix.ast.request",
    "modelmix.ast.usage",
    "modelmix.ast.adaptation",
    "modelmix.ast.model",
    "modelmix.ast.response",
    "modelmix.ast.embedding",
    "modelmix.ast.toolrun",
    "modelmix.sent",
    "modelmix.errors",
    "modelmix.ast.event",
    "modelmix.answering",
    "modelmix.outcome",
    "modelmix.explanation",
    "modelmix.rejection",
    "modelmix.decode",
    "modelmix.vectors",
    "modelmix.accumulate",
    "modelmix.ingest.replies",
    "modelmix.ingest.files",
    "modelmix.cost",
    "modelmix.tokens.encoding",
    "modelmix.tokens.counted",
    "modelmix.tokens.size",
    "modelmix.tokens.family",
    "modelmix.tokens.vision",
    "modelmix.tokens.request",
    "modelmix.tokens.answer",
    "modelmix.retry",
    "modelmix.spec",
    "modelmix.endpoint",
    "modelmix.variables",
    "modelmix.keywords",
    "modelmix.wrapping",
    "modelmix.subsets",
    "modelmix.strictness",
    "modelmix.sketch",
    "modelmix.growing",
    "modelmix.written",
    "modelmix.objects",
    "modelmix.progress",
    "modelmix.check",
    "modelmix.tools.docstring",
    "modelmix.tools.parameters",
    "modelmix.tools.result",
    "modelmix.tools.function",
    "modelmix.tools.loop",
    "modelmix.tools.blocking",
    "modelmix.tools.nonblocking",
    "modelmix.dotenv",
    "modelmix.keystore",
    "modelmix.providers.provider",
    "modelmix.providers.load",
    "modelmix.providers.address",
    "modelmix.keys",
    "modelmix.quirks",
    "modelmix.dialects.draft",
    "modelmix.dialects.replaying",
    "modelmix.dialects.options",
    "modelmix.dialects.inline",
    "modelmix.dialects.forms",
    "modelmix.dialects.openai_chat.wire",
    "modelmix.dialects.openai_chat.media",
    "modelmix.dialects.openai_chat.merge",
    "modelmix.dialects.openai_chat.messages",
    "modelmix.dialects.openai_chat.encode",
    "modelmix.dialects.google_generate.wire",
    "modelmix.dialects.google_generate.media",
    "modelmix.dialects.google_generate.thinking",
    "modelmix.dialects.google_generate.messages",
    "modelmix.dialects.google_generate.encode",
    "modelmix.dialects.ollama_chat.wire",
    "modelmix.dialects.ollama_chat.media",
    "modelmix.dialects.ollama_chat.messages",
    "modelmix.dialects.ollama_chat.encode",
    "modelmix.dialects.openai_responses.wire",
    "modelmix.dialects.openai_responses.media",
    "modelmix.dialects.openai_responses.replay",
    "modelmix.dialects.openai_responses.items",
    "modelmix.dialects.openai_responses.encode",
    "modelmix.dialects.anthropic_messages.wire",
    "modelmix.dialects.anthropic_messages.media",
    "modelmix.dialects.anthropic_messages.ids",
    "modelmix.dialects.anthropic_messages.caching",
    "modelmix.dialects.anthropic_messages.turns",
    "modelmix.dialects.anthropic_messages.messages",
    "modelmix.dialects.anthropic_messages.thinking",
    "modelmix.dialects.anthropic_messages.encode",
    "modelmix.dialects.table",
    "modelmix.dialects.embedding.wire",
    "modelmix.dialects.embedding.encode",
    "modelmix.window",
    "modelmix.capable",
    "modelmix.catalog.record",
    "modelmix.catalog.shipped",
    "modelmix.catalog.endpoint",
    "modelmix.catalog.find",
    "modelmix.catalog.strict",
    "modelmix.catalog.fields",
    "modelmix.catalog.validate",
    "modelmix.catalog.manifest",
    "modelmix.catalog.patch",
    "modelmix.catalog.patches",
    "modelmix.catalog.store",
    "modelmix.catalog.accepted",
    "modelmix.catalog.trust",
    "modelmix.catalog.owners",
    "modelmix.catalog.catalog",
    "modelmix.catalog.query",
    "modelmix.catalog.compare",
    "modelmix.catalog.merge",
    "modelmix.catalog.writing",
    "modelmix.catalog.lock",
    "modelmix.catalog.sync",
    "modelmix.catalog.accepting",
    "modelmix.catalog.bundle",
    "modelmix.providers.variables",
    "modelmix.providers.row",
    "modelmix.providers.known",
    "modelmix.compat.slug",
    "modelmix.compat.fixture",
    "modelmix.compat.imports.found",
    "modelmix.compat.imports.reqllm",
    "modelmix.compat.imports.vcr",
    "modelmix.compat.imports.collected",
    "modelmix.compat.imports.placing",
    "modelmix.compat.imports.asked",
    "modelmix.compat.imports.naming",
    "modelmix.compat.imports.kinds",
    "modelmix.config",
    "modelmix.call",
    "modelmix.compat.taken",
    "modelmix.compat.frames",
    "modelmix.compat.scan",
    "modelmix.compat.account",
    "modelmix.compat.redact",
    "modelmix.compat.compare",
    "modelmix.compat.playback",
    "modelmix.compat.lock",
    "modelmix.compat.shelf",
    "modelmix.compat.store",
    "modelmix.compat.imports.making",
    "modelmix.compat.imports.shelving",
    "modelmix.compat.imports.importing",
    "modelmix.embedding",
    "modelmix.billed",
    "modelmix.worst",
    "modelmix.budget",
    "modelmix.aim",
    "modelmix.compat.offline",
    "modelmix.card",
    "modelmix.ask",
    "modelmix.counting",
    "modelmix.trial",
    "modelmix.reception",
    "modelmix.transport.tls",
    "modelmix.transport.proxy",
    "modelmix.transport.patience",
    "modelmix.transport.faults",
    "modelmix.transport.engine",
    "modelmix.transport.tape",
    "modelmix.transport.exchange",
    "modelmix.transport.inquiry",
    "modelmix.transport.shelter",
    "modelmix.transport.fetch",
    "modelmix.transport.download",
    "modelmix.transport.blocking",
    "modelmix.transport.nonblocking",
    "modelmix.stream",
    "modelmix.astream",
    "modelmix.objectstream",
    "modelmix.aobjectstream",
    "modelmix.local.models",
    "modelmix.local.pull",
    "modelmix.local.server",
    "modelmix.caller",
    "modelmix.client",
    "modelmix.aclient",
    "modelmix.api",
    "modelmix.aio",
    "modelmix.compat.scenario",
    "modelmix.compat.checks",
    "modelmix.compat.scenarios",
    "modelmix.compat.play",
    "modelmix.compat.holding",
    "modelmix.compat.judging",
    "modelmix.compat.verdict",
    "modelmix.compat.imported",
    "modelmix.compat.ledger",
    "modelmix.compat.select",
    "modelmix.compat.state",
    "modelmix.compat.bench",
    "modelmix.compat.rerun",
    "modelmix.compat.session",
    "modelmix.compat.runner",
    "modelmix.compat.survey",
    "modelmix.compat.probe.address",
    "modelmix.compat.probe.listing",
    "modelmix.compat.probe.row",
    "modelmix.compat.probe.asking",
    "modelmix.compat.probe.detect",
    "modelmix.compat.probe.questions",
    "modelmix.compat.probe.quirk",
    "modelmix.compat.probe.framing",
    "modelmix.compat.probe.counting",
    "modelmix.compat.probe.calling",
    "modelmix.compat.probe.schemas",
    "modelmix.compat.probe.refusals",
    "modelmix.compat.probe.thinking",
    "modelmix.compat.probe.reading",
    "modelmix.compat.probe.judged",
    "modelmix.compat.probe.entry",
    "modelmix.compat.probe.examine",
    "modelmix.testing.guard",
    "modelmix.testing.place",
    "modelmix.testing.session",
    "modelmix.testing.replaying",
    "modelmix.testing.recording",
    "modelmix.testing.mock.counting",
    "modelmix.testing.mock.patterns",
    "modelmix.testing.mock.fitting",
    "modelmix.testing.mock.asked",
    "modelmix.testing.mock.said",
    "modelmix.testing.mock.rules",
    "modelmix.testing.mock.wire",
    "modelmix.testing.mock.saying",
    "modelmix.testing.mock.dialects.openai_style",
    "modelmix.testing.mock.dialects.openai_chat",
    "modelmix.testing.mock.dialects.openai_responses",
    "modelmix.testing.mock.dialects.anthropic_messages",
    "modelmix.testing.mock.dialects.google_generate",
    "modelmix.testing.mock.dialects.ollama_chat",
    "modelmix.testing.mock.dialects.embeddings",
    "modelmix.testing.mock.dialects.listing",
    "modelmix.testing.mock.dialects.table",
    "modelmix.testing.mock.routes",
    "modelmix.testing.mock.seen",
    "modelmix.testing.mock.recordings",
    "modelmix.testing.mock.script",
    "modelmix.testing.mock.conversation",
    "modelmix.testing.mock.server",
    "modelmix.testing.mock.provider",
    "modelmix.testing.plugin",
    "modelmix.cli.exits",
    "modelmix.cli.terminal",
    "modelmix.cli.inputs",
    "modelmix.cli.attaching",
    "modelmix.cli.setup",
    "modelmix.cli.place",
    "modelmix.cli.render",
    "modelmix.cli.failing",
    "modelmix.cli.listing",
    "modelmix.cli.facts",
    "modelmix.cli.imports",
    "modelmix.cli.calling",
    "modelmix.cli.schemas",
    "modelmix.cli.growth",
    "modelmix.cli.fetching",
    "modelmix.cli.job",
    "modelmix.cli.answer",
    "modelmix.cli.gen",
    "modelmix.cli.ingest",
    "modelmix.cli.synced",
    "modelmix.cli.sync",
    "modelmix.cli.embed",
    "modelmix.cli.tokens",
    "modelmix.cli.models",
    "modelmix.cli.checkup",
    "modelmix.cli.doctor",
    "modelmix.cli.keys",
    "modelmix.cli.local",
    "modelmix.cli.coverage",
    "modelmix.cli.page",
    "modelmix.cli.running",
    "modelmix.cli.proving",
    "modelmix.cli.probed",
    "modelmix.cli.probing",
    "modelmix.cli.importing",
    "modelmix.cli.compat",
    "modelmix.cli.serve",
    "modelmix.cli.app",
    "modelmix.cli.help",
    "modelmix.__main__",
)

# What a room does not get without being named here: the network, the extension, the world outside the process.
ONLY = {
    "httpx": ("transport/",),
    "httpcore": ("transport/",),
    "h11": ("testing/mock/conversation.py",),
    "yaml": ("compat/imports/vcr.py",),
    "modelmix._native": (
        *("decode.py", "graphemes.py", "tokens/encoding.py", "vectors.py", "written.py", "dialects/inline.py"),
    ),
    "subprocess": ("local/pull.py",),
    "socket": ("transport/", "testing/guard.py", "testing/mock/server.py"),
    "pytest": ("testing/plugin.py",),
    "asyncio": ("aio.py", "testing/mock/conversation.py", "testing/mock/server.py", "testing/mock/provider.py"),
    "cyclopts": ("cli/",),
}

# Calls that read or change the world, and the rooms that may make them.
WORLD = {
    "environ": ("caller.py", "testing/session.py", "cli/"),
    "open": (
        "compat/lock.py",
        "compat/shelf.py",
        "compat/state.py",
        "cli/ingest.py",
        "keystore.py",
        "local/pull.py",
        "cli/app.py",
        "__main__.py",
        "local/models.py",
        "catalog/",
    ),
    "FileIO": ("ingest/files.py",),
    "scandir": ("ingest/files.py",),
    "read_text": ("config.py", "dotenv.py", "keystore.py", "providers/load.py", "cli/"),
    "read_bytes": ("config.py", "catalog/", "compat/state.py", "cli/", "testing/mock/recordings.py"),
    "monotonic": (
        "compat/lock.py",
        "compat/imported.py",
        "compat/runner.py",
        "cli/ingest.py",
        "caller.py",
        "client.py",
        "aclient.py",
        "stream.py",
        "astream.py",
        "transport/",
        "catalog/lock.py",
    ),
    "sleep": (
        "client.py",
        "aclient.py",
        "transport/patience.py",
        "transport/tape.py",
        "catalog/lock.py",
        "compat/lock.py",
        "testing/mock/server.py",
        "testing/mock/conversation.py",
    ),
    "cwd": ("caller.py", "testing/session.py", "cli/"),
}

LONGEST_MODULE = 350
LONGEST_FUNCTION = 45


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(("modelmix", *(part for part in parts if part != "__init__")))


def imports(tree: ast.Module) -> Iterator[str]:
    """Modules imported at run time: what stands under `if TYPE_CHECKING` is for checkers."""
    hidden = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.dump(branch.test)
        for node in ast.walk(branch)
    }
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module


@pytest.fixture(scope="module", params=MODULES, ids=[name_of(path) for path in MODULES])
def module(request: pytest.FixtureRequest) -> tuple[Path, ast.Module]:
    path: Path = request.param
    return path, ast.parse(path.read_text(encoding="utf-8"))


def test_imports_point_one_way(module: tuple[Path, ast.Module]) -> None:
    path, tree = module
    own = name_of(path)
    if path.name == "__init__.py":
        return
    assert own in ORDER, f"{own} has no place in ORDER"
    for imported in imports(tree):
        if imported in ORDER:
            assert ORDER.index(imported) < ORDER.index(own), f"{own} imports {imported}, which stands above it"


def test_each_library_stays_in_its_rooms(module: tuple[Path, ast.Module]) -> None:
    path, tree = module
    place = path.relative_to(PACKAGE).as_posix()
    for imported in imports(tree):
        rooms = ONLY.get(imported) or ONLY.get(imported.partition(".")[0], ("",))
        assert place.startswith(rooms), f"{place} imports {imported}"


def test_the_world_is_touched_only_where_it_is_meant(module: tuple[Path, ast.Module]) -> None:
    path, tree = module
    place = path.relative_to(PACKAGE).as_posix()
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    for name, rooms in WORLD.items():
        assert name not in names or place.startswith(rooms), f"{place} uses {name}"


def test_modules_and_functions_stay_small(module: tuple[Path, ast.Module]) -> None:
    path, tree = module
    if path.name == "__init__.py":
        return
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "gen":
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


def test_no_successful_reply_is_parsed_in_python(module: tuple[Path, ast.Module]) -> None:
    path, tree = module
    place = path.relative_to(PACKAGE).as_posix()
    parsers = {"modelmix.jsonvalue.parse", "json", "msgspec.json.decode"}
    found = {imported for imported in imports(tree) if imported in parsers}
    uses_msgspec = any(
        ast.unparse(node).endswith("json.decode") for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    )
    # Errors, schemas, settings, the catalogue, a request's own extras, and objects asked for out of an answer's text.
    rooms = (
        *("rejection.py", "check.py", "objects.py", "jsonvalue.py", "embedding.py"),
        *("billed.py", "keywords.py", "wrapping.py", "tools/parameters.py", "tokens/request.py"),
        *("dialects/", "catalog/", "compat/", "cli/", "testing/"),
    )
    assert (not found and not uses_msgspec) or place.startswith(rooms), f"{place} parses JSON"


def test_importing_does_nothing() -> None:
    program = """
import os, socket, sys, threading
def refuse(*_, **__): raise AssertionError("importing touched the world")
socket.socket.connect = refuse
before = set(sys.modules)
import modelmix
after = {name.split(".")[0] for name in set(sys.modules) - before}
assert not after & {"httpx", "msgspec", "returns", "cyclopts", "asyncio"}, after
modelmix.Client, modelmix.AsyncClient, modelmix.generate_text, modelmix.user, modelmix.explain
assert threading.active_count() == 1
print("nothing")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == ("nothing\n", 0), done.stderr


def test_public_names_exist_and_hide_no_module() -> None:
    modules = {path.stem for path in PACKAGE.glob("*.py")} | {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    assert modelmix.__all__ == sorted(modelmix.__all__)
    for name in modelmix.__all__:
        assert getattr(modelmix, name) is not None
        assert name not in modules, f"{name} is hidden once the module of that name is imported"
    with pytest.raises(AttributeError, match="nonesuch"):
        getattr(modelmix, "nonesuch")  # noqa: B009 - the checkers know that it is not there


def test_the_rust_core_is_safe_and_its_files_small() -> None:
    root = Path(__file__).parents[1] / "rust"
    assert "#![forbid(unsafe_code)]" in (root / "core/src/lib.rs").read_text(encoding="utf-8")
    assert "pyo3" not in (root / "core/Cargo.toml").read_text(encoding="utf-8")
    for path in root.rglob("*.rs"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 450, path.name
        assert "unsafe {" not in text, path.name


def test_the_version_is_the_one_that_is_installed() -> None:
    assert version("modelmix") == VERSION


def test_pages_of_help_are_what_would_be_drawn() -> None:
    pages = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.txt")}
    assert pages == {command or "mm": page(command) for command in (None, *COMMANDS)}
