"""The soak notices what goes wrong, and finds nothing in a small part of it."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from mishear.config.config import Config
from mishear.core.errors import UserError
from mishear.runtime.fingerprint.hashing import fingerprint
from tests.projects import Project
from tests.soak import archives, configs, edits, noting, recordings, responses
from tests.soak.everything import STUDIES
from tests.soak.guarding import guarded
from tests.soak.keys import places, schema
from tests.soak.memory import used_by
from tests.soak.planning import Plan, Planned, predicted

FEW = int(os.environ.get("MISHEAR_SOAK", "6"))
"""More for a longer run; ``make soak`` has everything else."""


def raises(error):
    def case(draw, folder):
        raise error

    return case


def test_a_traceback_is_noticed():
    outcome = guarded("x", 0, raises(KeyError("key")), 0)
    assert (outcome.verdict, outcome.good) == ("traceback", False)


def test_a_message_that_says_nothing_is_noticed():
    assert guarded("x", 0, raises(UserError("no")), 0).verdict == "wrong"


def test_a_message_is_good():
    outcome = guarded("x", 0, raises(UserError("The file is damaged: fetch it again.")), 0)
    assert (outcome.verdict, outcome.good) == ("refused", True)


def test_a_hang_is_noticed():
    assert guarded("x", 0, lambda *_: time.sleep(60), 0, seconds=0.3).verdict == "hang"


def test_a_death_is_noticed():
    assert guarded("x", 0, lambda *_: os.kill(os.getpid(), signal.SIGKILL), 0).verdict == "died"


def test_too_much_memory_is_noticed():
    outcome = guarded("x", 0, lambda *_: str(len(bytearray(10**9))), 0, megabytes=100)
    assert (outcome.verdict, "MemoryError" in outcome.detail) == ("traceback", True)


def test_cases_are_drawn_from_seed_kind_and_number():
    def case(draw, folder):
        return str(draw.random())

    first, again, other = (guarded("x", n, case, 0).detail for n in (3, 3, 4))
    assert first == again != other


@pytest.mark.parametrize("kind", [archives, configs, recordings, responses])
def test_a_few_fuzzed_cases_go_well(kind):
    name = kind.__name__.rpartition(".")[2]
    for number in range(FEW):
        outcome = guarded(name, number, kind.case, 0)
        assert outcome.good, f"{name} {number}: {outcome.verdict}\n{outcome.detail}"


def test_every_key_of_the_schema_is_in_a_study_that_changes_keys():
    assert schema(Config) <= {place.name for study in STUDIES.values() for place in places(study)}


def test_what_must_run_follows_from_the_graph():
    def plan(**made_of):
        needs = {"train": [], "attack": ["train"], "report": ["attack", "draw"], "draw": []}
        jobs = {
            (rule,): Planned(made, frozenset((n,) for n in needs[rule] if n in made_of), runs=False)
            for rule, made in made_of.items()
        }
        return Plan(jobs)

    before = plan(train="a", attack="b", report="c")
    assert predicted(before, before) == set()
    changed = plan(train="a", attack="other", report="c")
    assert predicted(before, changed) == {("attack",), ("report",)}
    more = plan(train="a", attack="b", report="c", draw="new")
    assert predicted(before, more) == {("draw",), ("report",)}


def test_what_another_rule_has_made_of_the_same_need_not_run():
    def plan(*key):
        return Plan({key: Planned("a", frozenset(), runs=False)})

    keeping, alone = plan("evaluate_and_keep", "a.csv", "a.npz"), plan("evaluate", "a.csv")
    assert predicted(keeping, alone) == set()
    assert predicted(alone, keeping) == {("evaluate_and_keep", "a.csv", "a.npz")}


def test_what_jobs_used_is_read_from_their_logs(tmp_path):
    log = tmp_path / "logs" / "train" / "a.log"
    log.parent.mkdir(parents=True)
    log.write_text("INFO begun\nINFO used 1234 MB of memory of 2000 MB asked\n")
    assert list(used_by(Project(tmp_path))) == [("train/a.log", 1234, 2000)]


MODULE = '''
"""A module."""
import math
from dataclasses import dataclass

from mishear.other import SHIFT

FACTOR: int = 2

class Base:
    pass

@dataclass
class Scale(Base):
    unit: str = "m"

    def times(self, value):
        """Multiply."""
        return math.sqrt(value) * FACTOR + SHIFT

    def table(self):
        return open("table.csv").read()
'''


@pytest.fixture
def noted(tmp_path):
    """A script, and what it would have noted of a module that it uses."""
    source = tmp_path / "src"
    (source / "mishear").mkdir(parents=True)
    module, script = source / "mishear" / "scale.py", source / "script.py"
    module.write_text(MODULE)
    (source / "mishear" / "__init__.py").write_text("")
    (source / "mishear" / "other.py").write_text("SHIFT = 0\n")
    (source / "mishear" / "table.csv").write_text("1")
    script.write_text("from mishear import scale\nscale.Scale().times(4)\n")
    called, jobs = (str(module), "Scale.times"), {"job"}
    names = {called: {"math", "sqrt", "FACTOR", "SHIFT"}}
    files = {str(source / "mishear" / "table.csv"): jobs}
    return script, noting.Noted({called: jobs}, names, {str(module): jobs}, files)


@pytest.mark.parametrize("kind", [*edits.IN_FUNCTIONS, *edits.IN_FILES])
def test_an_edit_is_one_that_counts_and_leaves_what_the_code_does(noted, kind):
    script, found = noted
    before = script.parent.with_name("before")
    shutil.copytree(script.parent, before)
    edit = edits.edited(kind, found, random.Random(0))
    edit.file.write_bytes(edit.content)
    digests = {fingerprint(each / script.name, [each]) for each in (before, script.parent)}
    assert len(digests) == (2 if edit.must else 1)
    assert edit.must == (set() if kind == "form" else {"job"})
    if edit.file.suffix == ".py":
        run = "from mishear.scale import Scale; print(Scale().times(4))"
        environment = {**os.environ, "PYTHONPATH": str(script.parent)}
        done = subprocess.run([sys.executable, "-c", run], env=environment, capture_output=True)
        assert done.stdout == b"4.0\n", done.stderr


def test_names_in_a_comprehension_are_read_by_the_function_around_it(tmp_path):
    (tmp_path / noting.NOTES).mkdir()
    file = str(tmp_path / "module.py")
    called = [[file, "f", ["a"]], [file, "f.<locals>.<listcomp>", ["b"]], [file, "<lambda>", ["c"]]]
    note = {"output": "results/x.csv", "functions": called, "modules": [file], "files": []}
    (tmp_path / noting.NOTES / "1.json").write_text(json.dumps(note))
    noted = noting.read_notes(tmp_path)
    assert noted.names == {(file, "f"): {"a", "b"}}
    assert noted.functions == {(file, "f"): {"x.csv"}}
