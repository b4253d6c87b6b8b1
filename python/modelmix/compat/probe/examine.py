"""Ask a server all scenarios, look at what went over the wire, and go on asking as it seems to want it."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.json import encode
from msgspec.structs import replace
from returns.result import Success

from modelmix.aim import World
from modelmix.ast.options import Options
from modelmix.compat.bench import Bench, Job
from modelmix.compat.ledger import Caps
from modelmix.compat.probe.asking import Asker
from modelmix.compat.probe.detect import Found, call_of
from modelmix.compat.probe.judged import Capability, capabilities
from modelmix.compat.probe.questions import BESIDE, QUESTIONS, SCHEMA
from modelmix.compat.probe.quirk import Overheard, Quirk
from modelmix.compat.probe.reading import Wire, quirks_of, wanted_changes
from modelmix.compat.probe.refusals import UNKNOWN_MODEL, WRONG_TYPE, Bad
from modelmix.compat.probe.row import Change, changed
from modelmix.compat.probe.schemas import WAYS, Held, Way, held, next_way
from modelmix.compat.runner import Ran, run
from modelmix.compat.scenario import Scenario
from modelmix.compat.select import Subject
from modelmix.compat.taken import Taken
from modelmix.compat.verdict import Proof, Verdict, Watch, standing_of
from modelmix.config import Config
from modelmix.jsonvalue import parse
from modelmix.node import Node
from modelmix.providers.provider import Provider
from modelmix.spec import Spec

_PASSES: Final = 4
"""How often a server is asked: as the defaults have it, then with what its refusals and its schemas call for."""

_QUESTIONS: Final = frozenset(question.name for question in QUESTIONS)


class Course(Node, frozen=True, kw_only=True):
    """What is asked of all dialects."""

    scenarios: tuple[Scenario, ...]
    seconds: float
    concurrency: int = 1
    """Dialects at a time."""


class Examined(Node, frozen=True, kw_only=True):
    """What came of one dialect; `row` is the provider as it is to be used."""

    row: Provider
    model: str
    verdicts: Mapping[str, Verdict]
    capabilities: tuple[Capability, ...]
    quirks: tuple[Quirk, ...]

    @property
    def proof(self) -> Proof:
        """The verdicts as those of any other model."""
        verdicts = tuple(self.verdicts.values())
        return Proof(spec=Spec(self.row.id, self.model), standing=standing_of(verdicts), verdicts=verdicts)


class Examination(Node, frozen=True, kw_only=True):
    """What came of all dialects, and the requests that it took, those of `detect` among them."""

    dialects: tuple[Examined, ...]
    requests: int
    interrupted: bool = False


def examine(found: Found, course: Course, asker: Asker, around: World, watch: Watch) -> Examination:
    """Runs the scenarios in each dialect of `found`, and again what failed where the row can be bent to the server."""
    subjects = [_Speaker(row, found) for row in found.rows]
    open_ = {one.row.id: (*course.scenarios, *_questions(course)) for one in subjects}
    interrupted = False
    for turn in range(_PASSES):
        ran = _run(subjects, open_, course, asker, around, watch if turn == 0 else _unseen)
        interrupted = ran.interrupted
        open_ = {one.row.id: one.again() for one in subjects}
        if interrupted or not any(open_.values()):
            break
    examined = tuple([one.examined(asker, around, more=not interrupted) for one in subjects])
    return Examination(dialects=examined, requests=asker.asked, interrupted=interrupted)


def _questions(course: Course) -> tuple[Scenario, ...]:
    """The questions that go with the scenarios: each beside those that are about the same."""
    asked = {scenario.name for scenario in course.scenarios}
    return tuple([question for question in QUESTIONS if asked & BESIDE[question.name]])


def _run(
    subjects: Sequence["_Speaker"],
    open_: Mapping[str, Sequence[Scenario]],
    course: Course,
    asker: Asker,
    around: World,
    watch: Watch,
) -> Ran:
    by_id = {one.row.id: one for one in subjects}

    def overhear(spec: Spec, scenario: str, taken: Sequence[Taken]) -> None:
        by_id[spec.provider].overhear(scenario, taken)

    bench = Bench(
        store=None,
        mode="record",
        config=Config(providers={one.row.id: one.row for one in subjects}, timeout=course.seconds, retries=0),
        env=around.env,
        catalog=around.catalog,
        caps=Caps(requests=asker.left),
        concurrency=course.concurrency,
        overhear=overhear,
    )
    jobs = [job for one in subjects for job in one.jobs(open_[one.row.id])]
    ran = run(jobs, bench, watch)
    asker.asked += ran.requests
    for proof in ran.proofs:
        by_id[proof.spec.provider].judge(proof.verdicts)
    return ran


def _unseen(spec: Spec, scenario: str, verdict: Verdict | None) -> None:
    """Nobody looks on: what is asked again was counted before."""


class _Speaker:
    """One dialect of a server while it is examined: its row changes with what is seen."""

    def __init__(self, row: Provider, found: Found) -> None:
        self.row = row
        self._found = found
        self._verdicts: dict[str, Verdict] = {}
        self._questions: dict[str, Verdict] = {}
        self._heard: list[Overheard] = []
        self._scenarios: dict[str, Scenario] = {}
        self._ways: list[tuple[Way, Held]] = []
        self._way = WAYS[row.dialect][0]

    def jobs(self, scenarios: Sequence[Scenario]) -> list[Job]:
        """The scenarios, with the model for each: that for vectors may be another than that for words."""
        self._scenarios |= {scenario.name: scenario for scenario in scenarios}
        text = tuple([one for one in scenarios if one.operation == "text"])
        vectors = tuple([one for one in scenarios if one.operation == "embedding" and self.row.embeddings is not None])
        found = self._found
        both = (text + vectors, ()) if found.embedder == found.model else (text, vectors)
        return [
            Job(Subject(spec=Spec(self.row.id, model), operations=("text", "embedding")), asked)
            for model, asked in zip((found.model, found.embedder), both, strict=True)
            if asked
        ]

    def overhear(self, scenario: str, taken: Sequence[Taken]) -> None:
        """Keeps exchanges as they came."""
        self._heard.append(Overheard(scenario, self.row.dialect, tuple(taken)))

    def judge(self, verdicts: Sequence[Verdict]) -> None:
        """Keeps verdicts, in place of those on the same scenarios."""
        for verdict in verdicts:
            (self._questions if verdict.scenario in _QUESTIONS else self._verdicts)[verdict.scenario] = verdict

    def again(self) -> tuple[Scenario, ...]:
        """What failed and is to be asked again, since the row has been bent to what was seen; nothing if it has not."""
        before = self.row
        for change in wanted_changes(self._heard, self.row.dialect):
            self.row = changed(self.row, change)
        failed = [one.scenario for one in (*self._verdicts.values(), *self._questions.values()) if one.status == "fail"]
        if self.row == before:
            self._next_way()
        return () if self.row == before else tuple([self._scenarios[name] for name in failed])

    def _next_way(self) -> None:
        """Notes what became of the schema, and goes over to the next way to ask for objects, if there is to be one."""
        if self._ways and self._ways[-1][0] == self._way:
            return
        if SCHEMA not in self._questions:
            return
        self._ways.append((self._way, held(self._questions[SCHEMA])))
        following = next_way(self.row.dialect, [outcome for _, outcome in self._ways])
        if following is not None:
            self._way = following
            plain = replace(self.row.shape, json_mode=None, form_field=None)
            self.row = changed(replace(self.row, shape=plain), Change(shape=following.shape))

    def examined(self, asker: Asker, around: World, *, more: bool) -> Examined:
        """All that is known; with `more`, after the last questions."""
        talks = any(scenario.operation == "text" for scenario in self._scenarios.values())
        bad = self._bad(asker, around) if more and talks else []
        unasked = self._unasked(asker, around) if more and "streaming" in self._verdicts else None
        wire = Wire(dialect=self.row.dialect, heard=tuple(self._heard), ways=tuple(self._ways), bad=tuple(bad))
        vectors = [verdict for name, verdict in self._verdicts.items() if name.startswith("embed_")]
        makes_vectors = any(verdict.status == "pass" for verdict in vectors)
        return Examined(
            row=self.row if makes_vectors else replace(self.row, embeddings=None),
            model=self._found.model,
            verdicts=self._verdicts,
            capabilities=capabilities(self._verdicts),
            quirks=quirks_of(replace(wire, unasked=unasked)),
        )

    def _bad(self, asker: Asker, around: World) -> list[Bad]:
        """What comes back to requests that are wrong on purpose."""
        found: list[Bad] = []
        for what, model in ((UNKNOWN_MODEL, "no-such-model"), (WRONG_TYPE, self._found.model)):
            call = call_of(self.row, model, Options(max_tokens=16), around)
            if isinstance(call, Success):
                made = call.unwrap()
                told = asker.send(made, _spoilt(made.body) if what == WRONG_TYPE else None)
                found += [Bad(what, told.unwrap())] if isinstance(told, Success) else []
        return found

    def _unasked(self, asker: Asker, around: World) -> bytes | None:
        """A stream for which usage was not asked, in the dialect where it is asked for."""
        if self.row.dialect != "openai-chat" or self.row.shape.stream_usage is False:
            return None
        shape = replace(self.row.shape, stream_usage=False)
        plain = replace(self.row, shape=shape)
        call = call_of(plain, self._found.model, Options(max_tokens=16), around, stream=True)
        told = asker.send(call.unwrap()) if isinstance(call, Success) else call
        return told.unwrap().body if isinstance(told, Success) and told.unwrap().status == 200 else None


def _spoilt(body: bytes) -> bytes:
    """The body of a request with a number where its messages are."""
    document = parse(body)
    assert isinstance(document, dict)
    return encode({**document, **{name: 5 for name in ("messages", "input", "contents") if name in document}})
