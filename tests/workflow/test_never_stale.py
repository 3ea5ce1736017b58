"""What a warm job imports is what a cold one would; where it would not be, the job starts cold."""

import os
import shutil
import sys
import time

import pytest
from warm_start import setup
from warm_start.protocol import ADDRESS, NOTE, owner_of

from tests.workflow.test_starters import Job
from tests.workflow.warm_starts import CLIENT, Run, soon

pytestmark = pytest.mark.workflow

SMALL = "VERSION = {}\n"
VERSION = "import os, small; print(small.VERSION, os.getppid())"


@pytest.fixture
def library(tmp_path):
    """A library that a starter imports."""
    folder = tmp_path / "libraries"
    (folder / "small").mkdir(parents=True)
    (folder / "small" / "__init__.py").write_text(SMALL.format(1))
    return folder


@pytest.fixture
def run(tmp_path, library):
    """A run whose starter has imported numpy, tqdm and the library."""
    begun = Run.begun(tmp_path / "run", PYTHONPATH=str(library), PYTHONDONTWRITEBYTECODE="1")
    begun.begin_with("numpy", "tqdm", "small")
    yield begun
    begun.end()


def test_a_module_that_is_edited_between_two_jobs_is_seen(run):
    """Though its size and the second of its time stay the same."""
    module = run.folder / "module.py"
    for version in range(1, 4):
        module.write_text(SMALL.format(version))
        os.utime(module, (1e9, 1e9))
        assert run.warm("import module; print(module.VERSION)").stdout == f"{version}\n"


def test_a_module_that_is_added_is_seen(run, library):
    """Though the time of its folder stays the same."""
    before = library.stat()
    (library / "added.py").write_text(SMALL.format(1))
    os.utime(library, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run.warm("import added; print(added.VERSION)").stdout == "1\n"


def rewrite(file):
    file.write_text(SMALL.format(12345))


def edit(file):
    """Keep the size and the second of the time."""
    before = file.stat().st_mtime_ns
    time.sleep(0.01)
    file.write_text(SMALL.format(2))
    after = before // 10**9 * 10**9 + (before + 1000) % 10**9
    os.utime(file, ns=(after, after))


def replace(file):
    """Keep the size and the time."""
    before = file.stat()
    other = file.with_name("other.py")
    other.write_text(SMALL.format(2))
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.rename(file)


@pytest.mark.parametrize("change", [rewrite, edit, replace])
def test_after_a_change_of_a_library_another_starter_is_begun(run, library, change):
    before = run.warm(VERSION).stdout.split()
    change(library / "small" / "__init__.py")
    cold = run.finish(CLIENT, VERSION).stdout.split()
    after = run.warm(VERSION).stdout.split()
    assert before[0] == "1"
    assert cold[0] == after[0]
    assert after[0] in ("2", "12345")
    assert after[1] != before[1]
    assert run.warm(VERSION).stdout.split() == after
    assert soon(lambda: len(run.starters()) == 1), "the old starter stays"


def test_a_library_that_is_removed_is_gone(run, library):
    shutil.rmtree(library / "small")
    done = run.warm(VERSION)
    assert "ModuleNotFoundError" in done.stderr


def test_a_job_at_work_is_completed_by_the_old_starter(run, library):
    job = Job(run)
    rewrite(library / "small" / "__init__.py")
    both = [run.start(CLIENT, VERSION) for _ in range(2)]
    said = [each.communicate(timeout=60) for each in both]
    assert [output.split()[0] for output, _ in said] == ["12345", "12345"]
    assert job.go_on()[0] == "received\n"
    assert soon(lambda: len(run.starters()) == 1), "the old starter stays"
    assert run.said() == ""


def beside(run):
    return run.folder


def on_the_path(run):
    folder = run.folder.parent / "user"
    folder.mkdir()
    run.environment["PYTHONPATH"] += f"{os.pathsep}{folder}"
    return folder


@pytest.mark.parametrize("place", [beside, on_the_path])
@pytest.mark.parametrize("path", ["tqdm.py", "tqdm/__init__.py", "selectors.py"])
def test_a_module_that_stands_before_a_library_is_what_a_job_gets(run, place, path):
    file = place(run) / path
    file.parent.mkdir(exist_ok=True)
    file.write_text("WHOSE = 'mine'\n")
    name = path.partition("/")[0].removesuffix(".py")
    text = f"import {name}; print(getattr({name}, 'WHOSE', 'the library'))"
    done = run.refused(text)
    assert done.stdout == run.cold(text).stdout == "mine\n"
    assert run.said() == f"{file} hides a library of that name"


@pytest.mark.parametrize("name", ["numpy", "small"])
def test_a_folder_without_a_package_stands_before_nothing(run, name):
    (run.folder / name).mkdir()
    (run.folder / name / "data.csv").touch()
    text = f"import {name}; print({name}.__file__)"
    assert run.warm(text).stdout == run.cold(text).stdout


@pytest.mark.parametrize("name", ["sitecustomize", "usercustomize"])
def test_what_customises_the_interpreter_is_run(run, name):
    (on_the_path(run) / f"{name}.py").write_text("import builtins; builtins.customised = True")
    text = "import builtins; print(hasattr(builtins, 'customised'))"
    assert run.refused(text).stdout == run.cold(text).stdout


def test_python_path_of_a_job_is_obeyed(run, library, tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "module.py").write_text(f"NAME = '{name}'")
    for path in ("first:second", "second:first", ":first", "second:first:first"):
        folders = [str(tmp_path / each) if each else "" for each in path.split(":")]
        variables = {"PYTHONPATH": os.pathsep.join([*folders, str(library)])}
        text = "import module, sys; print(module.NAME, sys.path)"
        done = run.warm(text, variables=variables)
        assert done.stdout == run.cold(text, variables=variables).stdout
        assert done.stdout.startswith(path.strip(":").partition(":")[0])


def test_a_library_that_is_not_on_the_path_of_a_job_is_not_there(run):
    variables = {"PYTHONPATH": ""}
    done = run.refused("import small", variables=variables)
    assert "ModuleNotFoundError" in done.stderr
    assert "PYTHONPATH" in run.said()


READ_AT_IMPORT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUNBUFFERED": "1",
    "PYTHONWARNINGS": "error",
    "LC_ALL": "C",
    "TZ": "Asia/Tokyo",
    "HOME": "/nonexistent",
    "MATPLOTLIBRC": "/nonexistent",
    "TQDM_DISABLE": "1",
    "MKLDNN_VERBOSE": "1",
    "ANY_OTHER": "",
}


@pytest.mark.parametrize("name", READ_AT_IMPORT)
def test_a_variable_that_libraries_may_read_is_obeyed(run, name):
    variables = {name: READ_AT_IMPORT[name]}
    text = f"import os; print(os.environ['{name}'], os.getppid() == {os.getpid()})"
    done = run.refused(text, variables=variables)
    assert name in run.said()
    assert done.stdout == run.cold(text, variables=variables).stdout


def test_another_number_of_threads_is_obeyed_cold_without_a_word(run):
    """A rule asks for it."""
    text = f"import os; print(os.environ['OMP_NUM_THREADS'], os.getppid() == {os.getpid()})"
    done = run.finish(CLIENT, text, variables={"OMP_NUM_THREADS": "2"})
    assert (done.stdout, done.stderr, run.said()) == ("2 True\n", "", "")


def test_besides_a_number_of_threads_another_variable_is_said(run):
    run.refused("", variables={"OMP_NUM_THREADS": "2", "TZ": "Asia/Tokyo"})
    assert "TZ" in run.said()


def test_a_variable_that_only_the_starter_has_is_not_passed_on(bare, tmp_path):
    bare.environment |= {"TMPDIR": str(tmp_path), "HOME": "/nonexistent"}
    bare.begin_with("numpy")
    del bare.environment["TMPDIR"]
    text = "import os, tempfile; print(dict(os.environ), tempfile.gettempdir())"
    assert bare.warm(text).stdout == bare.cold(text).stdout
    del bare.environment["HOME"]
    assert bare.refused(text).stdout == bare.cold(text).stdout


@pytest.mark.parametrize("name", ["CUDA_VISIBLE_DEVICES", "TMPDIR", "SHLVL", "MISHEAR_X"])
def test_a_variable_that_is_read_later_is_obeyed_warm(run, tmp_path, name):
    variables = {name: str(tmp_path)}
    text = f"import os, tempfile; print(os.environ['{name}'], tempfile.gettempdir())"
    done = run.warm(text, variables=variables)
    assert done.stdout == run.cold(text, variables=variables).stdout


SURROUNDINGS = {
    "limits": (["bash", "-c", 'ulimit -Sn 99; exec "$@"', "bash"], "resource.getrlimit(7)"),
    "memory": (["bash", "-c", 'ulimit -v 9999999; exec "$@"', "bash"], "resource.getrlimit(9)"),
    "a priority": (["nice", "-n", "3"], "os.getpriority(0, 0)"),
    "processors": (["taskset", "-c", "0"], "os.sched_getaffinity(0)"),
    "a namespace": (
        ["unshare", "--map-root-user", "--mount"],
        f"os.readlink('/proc/self/ns/mnt') == {os.readlink('/proc/self/ns/mnt')!r}",
    ),
}


@pytest.mark.parametrize("what", SURROUNDINGS)
def test_a_job_has_what_its_client_was_given(run, what):
    before, expression = SURROUNDINGS[what]
    text = f"import os, resource; print({expression})"
    done = run.refused(text, before=before)
    assert done.stdout == run.cold(text, before=before).stdout != run.cold(text).stdout


def test_a_run_starts_cold_if_the_user_or_the_machine_says_so(monkeypatch):
    monkeypatch.delenv(setup.SWITCH, raising=False)
    assert setup.obstacle(True) is None
    assert setup.obstacle(False) == ""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "darwin" in setup.obstacle(True)
    monkeypatch.undo()
    monkeypatch.setattr(os, "pidfd_open", lambda _: os.stat("/nonexistent"))
    assert "Linux 5.3" in setup.obstacle(True)
    monkeypatch.setenv(setup.SWITCH, "0")
    assert setup.obstacle(True) == ""


def test_each_run_has_an_address_and_a_note_of_its_own(tmp_path, monkeypatch):
    for name in (ADDRESS, NOTE):
        monkeypatch.setenv(name, "")
    monkeypatch.delenv(setup.SWITCH, raising=False)
    note = tmp_path / "new" / f"cold_starts.{os.getpid()}.{os.uname().nodename}"
    setup.prepare_environment(note.parent)
    first = os.environ[ADDRESS]
    note.write_text("of an earlier process with this number")
    setup.prepare_environment(note.parent)
    assert os.environ[ADDRESS] != first
    assert owner_of(first) == os.getpid()
    assert os.environ[NOTE] == str(note)
    assert not note.exists()


def test_a_starter_that_is_already_there_is_used_if_asked_for(tmp_path, monkeypatch):
    for name in (ADDRESS, NOTE):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv(setup.SWITCH, "@address")
    setup.prepare_environment(tmp_path)
    assert os.environ[ADDRESS] == "address"
