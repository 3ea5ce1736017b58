"""A warm job has what a process of its own has, and ends as it would; jobs leave nothing behind."""

import subprocess

import pytest
from warm_start.libraries import LIBRARIES

from tests.projects import REPOSITORY
from tests.workflow.warm_starts import CLIENT, COLD, Run

pytestmark = pytest.mark.workflow


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run whose starter has imported all libraries; no test may end it."""
    begun = Run.begun(tmp_path_factory.mktemp("run"))
    yield begun
    begun.end()


@pytest.fixture(scope="module")
def light(tmp_path_factory):
    """A run whose starter has imported numpy alone; no test may end it."""
    begun = Run.begun(tmp_path_factory.mktemp("light"))
    begun.begin_with("numpy")
    yield begun
    begun.end()


def both_ways(run, text, *arguments, **options):
    """What a script does, which must be the same warm and cold."""
    cold = run.cold(text, *arguments, **options)
    warm = run.warm(text, *arguments, **options)
    assert warm.returncode == cold.returncode
    assert warm.stdout == cold.stdout
    assert warm.stderr == cold.stderr
    return warm


HAS = {
    "its name": "__name__",
    "its file": "__file__",
    "its code's file": "status.__code__.co_filename",
    "the names of a main module": "names",
    "built-in functions as a module": "type(__builtins__)",
    "a loader": "type(__loader__)",
    "arguments": "sys.argv",
    "a search path": "sys.path",
    "a current folder": "os.getcwd()",
    "a umask": "os.umask(0)",
    "environment variables": "dict(os.environ)",
    "environment variables for C": "subprocess.check_output(['env', '-0'])",
    "open files": "files()",
    "streams": "[(s.name, s.mode, s.encoding, s.errors, s.line_buffering) for s in streams]",
    "signal handlers": "[str(signal.getsignal(n)) for n in sorted(signal.valid_signals())]",
    "signals for the kernel": "status('SigBlk', 'SigIgn', 'SigCgt')",
    "one thread": "status('Threads')",
    "threads of Python": "[each.name for each in threading.enumerate()]",
    "limits": "[resource.getrlimit(n) for n in range(16)]",
    "a priority": "os.getpriority(os.PRIO_PROCESS, 0)",
    "processors": "os.sched_getaffinity(0)",
    "a temporary folder": "tempfile.gettempdir()",
    "filters of warnings": "warnings.filters",
    "logging": "(logging.root.handlers, logging.root.level)",
    "atexit functions": "atexit._ncallbacks()",
    "hooks": "(sys.excepthook, sys.displayhook, sys.gettrace())",
    "garbage collection": "(gc.isenabled(), gc.get_threshold())",
    "a locale": "locale.setlocale(locale.LC_ALL)",
    "a recursion limit": "sys.getrecursionlimit()",
    "numpy's options": "(numpy.get_printoptions(), numpy.geterr())",
    "numpy's functions": "(numpy.sum, numpy.fft.fft)",
    "matplotlib's options": "sorted(map(str, matplotlib.rcParams.items()))",
    "torch's threads": "(torch.get_num_threads(), torch.get_num_interop_threads())",
    "torch's defaults": "(torch.get_default_dtype(), torch.is_grad_enabled())",
    "torch's functions": "(torch.add, torch.nn.functional.relu)",
    "torch's seeded numbers": "(torch.manual_seed(3), torch.rand(3))",
    "no CUDA": "torch.cuda.is_initialized()",
    "gradients": "gradient()",
}
"""What a job has when it has imported the libraries, with an expression for it."""

PROBE = f"""
names = sorted(globals())
import atexit, contextlib, gc, importlib, locale, logging, os, re, resource, signal, subprocess
import sys, tempfile, threading, warnings
for name in {LIBRARIES}:
    importlib.import_module(name)
import matplotlib, numpy, torch
os.environ.pop("TORCHINDUCTOR_CACHE_DIR", None)  # which torch sets whenever it is needed
streams = [sys.stdin, sys.stdout, sys.stderr]

def files():
    found = []
    for number in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(OSError):  # the listing itself
            path = os.readlink(f"/proc/self/fd/{{number}}")
            found.append((number, path, os.get_inheritable(number)))
    return found

def status(*names):
    return [line for line in open("/proc/self/status") if line.startswith(names)]

def gradient():
    x = torch.ones(3, requires_grad=True)
    (x ** 2).sum().backward()
    return x.grad.tolist()

values = [eval(expression) for expression in {list(HAS.values())}]
with open(sys.argv[1], "w") as file:
    for value in values:
        print(repr(re.sub("0x[0-9a-f]+", "", repr(value))), file=file)
"""

SPOILER = """
import atexit, gc, logging, matplotlib, numpy, os, random, signal, sys, tempfile, threading, torch
import warnings
os.environ["SPOILT"] = "1"
os.putenv("SPOILT_FOR_C", "1")
del os.environ["PATH"]
random.seed(0), numpy.random.seed(0), torch.manual_seed(0)
torch.set_num_threads(2)
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
numpy.set_printoptions(precision=1)
numpy.seterr(all="ignore")
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGCHLD):
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
kept = [open("/dev/null"), os.dup(1), os.pipe()]
os.set_inheritable(kept[1], True)
os.chdir("/")
os.umask(0o77)
os.nice(1)
warnings.simplefilter("ignore")
matplotlib.rcParams["figure.dpi"] = 7
tempfile.tempdir = "/spoilt"
logging.basicConfig(level=0)
sys.setrecursionlimit(500)
sys.excepthook = sys.displayhook = print
gc.disable()
sys.stdout.reconfigure(encoding="ascii")
threading.Thread(target=threading.Event().wait, daemon=True).start()
numpy.sum = numpy.fft.fft = torch.add = torch.nn.functional.relu = None
del sys.modules["numpy.fft"], sys.modules["torch.nn"], sys.modules["json"]
sys.modules["atexit"] = None
sys.path[:] = ["spoilt"]
sys.argv[:] = ["spoilt"]
print("spoilt", flush=True)
"""


@pytest.fixture(scope="module")
def probed(run):
    """What jobs have: a cold one, a warm one, and one after a job that has spoilt all it could."""
    found = {}
    for name, start in (("cold", run.cold), ("warm", run.warm), ("after spoiler", run.warm)):
        if name == "after spoiler":
            assert run.warm(SPOILER).stdout == "spoilt\n"
        streams = dict.fromkeys(("stdout", "stderr"), subprocess.DEVNULL)
        (run.folder / "result").unlink(missing_ok=True)
        done = start(PROBE, "result", "an argument", **streams)
        assert done.returncode == 0
        lines = (run.folder / "result").read_text().splitlines()
        found[name] = dict(zip(HAS, lines, strict=True))
    return found


@pytest.mark.parametrize("what", HAS)
@pytest.mark.parametrize("job", ["warm", "after spoiler"])
def test_a_warm_job_has_what_a_cold_one_has(probed, job, what):
    assert probed[job][what] == probed["cold"][what]


RANDOM = {
    "random": "import random; print(random.random())",
    "numpy": "import numpy; print(numpy.random.rand())",
    "numpy's generators": "import numpy; print(numpy.random.default_rng().random())",
    "torch": "import torch; print(torch.rand(1))",
    "names of temporary files": "import tempfile; print(tempfile.mktemp())",
}


@pytest.mark.parametrize("numbers", RANDOM)
def test_two_jobs_have_different_random_numbers(run, numbers):
    seen = {run.warm(RANDOM[numbers]).stdout for _ in range(2)}
    assert len(seen) == 2


def test_a_job_has_its_own_folder_for_temporary_files(bare, tmp_path):
    """Though a library has asked for that of the starter."""
    bare.begin_with("numpy", first="import tempfile; tempfile.gettempdir()")
    text = "import tempfile; print(tempfile.gettempdir())"
    done = both_ways(bare, text, variables={"TMPDIR": str(tmp_path)})
    assert done.stdout == f"{tmp_path}\n"


def test_a_job_is_a_process_of_its_own_in_a_group_of_its_own(light):
    text = "import os; print(os.getpid(), os.getpgrp())"
    jobs = [light.warm(text).stdout.split() for _ in range(2)]
    assert jobs[0] != jobs[1]
    for process, group in jobs:
        assert process == group


def test_a_job_is_called_as_its_script(light):
    assert light.warm("print(open('/proc/self/comm').read())").stdout.strip() == "script"


ENDINGS = {
    "without an exit": "print('done')",
    "status 0": "raise SystemExit(0)",
    "status 3": "raise SystemExit(3)",
    "a status of more than a byte": "raise SystemExit(259)",
    "no status": "raise SystemExit",
    "a text": "raise SystemExit('a text')",
    "at once": "import os; print('lost'); os._exit(5)",
    "an exception": "def f():\n    1 / 0\nf()",
    "an exception with its cause": "try:\n    1 / 0\nexcept Exception as e:\n    raise E from e",
    "an exception of the user's hook": "import sys; sys.excepthook = lambda *e: print(e[1]); 1 / 0",
    "a syntax error": "def",
    "an interrupt": "print('begun'); raise KeyboardInterrupt",
    "SIGKILL": "import os; os.kill(os.getpid(), 9)",
    "SIGSEGV": "import ctypes; ctypes.string_at(0)",
    "SIGTERM": "import os; os.kill(os.getpid(), 15)",
    "SIGINT": "import os; os.kill(os.getpid(), 2)",
    "an abortion": "import os; os.abort()",
    "too little memory": "import resource as r; r.setrlimit(r.RLIMIT_AS, (1, 1)); [0] * 10**9",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_job_ends_as_a_cold_one(light, ending):
    done = both_ways(light, ENDINGS[ending])
    assert "warm_start" not in done.stderr


def test_the_shell_sees_a_job_that_ran_out_of_memory(light):
    """The kernel kills it."""
    kill = "import os; os.kill(os.getpid(), 9)"
    done = both_ways(light, kill, before=["bash", "-c", '{ "$@"; } 2>/dev/null; echo $?', "bash"])
    assert done.stdout == "137\n"


ORDER = """
import atexit, sys, threading, time, weakref

class Last:
    def __del__(self):
        print("an object of the script is deleted")

last = Last()
last.itself = last
atexit.register(print, "first function")
atexit.register(print, "second function")

def work():
    time.sleep(0.2)
    print("the thread is done")

threading.Thread(target=work).start()
threading.Thread(target=time.sleep, args=[1000], daemon=True).start()
open_file = open("left open", "w")
open_file.write("text")
print("the script is done")
"""


@pytest.mark.parametrize("ending", ["", "1 / 0", "raise SystemExit(3)", "raise KeyboardInterrupt"])
def test_a_job_completes_what_it_has_begun(light, ending):
    done = both_ways(light, ORDER + ending)
    assert done.stdout.splitlines()[1:4] == [
        "the thread is done",
        "second function",
        "first function",
    ]
    assert (light.folder / "left open").read_text() == "text"


def test_files_that_a_module_leaves_open_are_complete(light):
    light.script("file = open('of a module', 'w')\nfile.write('text')", "opening.py")
    both_ways(light, "import opening")
    assert (light.folder / "of a module").read_text() == "text"


FINALIZERS = """
import torch, weakref
class Mine: pass
mine = Mine()
weakref.finalize(mine, print, "finalized")
print(*[each.atexit for each in weakref.finalize._registry])
"""


def test_a_job_finalizes_its_own_objects_alone(run):
    kept, finalized = run.warm(FINALIZERS).stdout.splitlines()
    assert kept.split().count("True") == 1 < len(kept.split())
    assert finalized == "finalized"


REPEATED = (
    "evaluate",
    "evaluate_poisoned",
    "evaluate_waveforms",
    "train",
    "draw_figure",
    "quality",
)
"""Scripts of jobs of which a study has many."""
IMPORTED = """
import ast, sys
before = set(sys.modules)
for name in {names}:
    tree = ast.parse(open({folder!r} + "/" + name + ".py").read())
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    exec(compile(ast.Module(imports, []), name, "exec"), {{}})
    files = {{each: getattr(sys.modules[each], "__file__", None) or "" for each in sys.modules}}
    print(name, sorted(n for n in files.keys() - before if "site-packages" in files[n]))
"""


def test_the_starter_has_imported_what_frequent_jobs_import(run):
    script = IMPORTED.format(names=REPEATED, folder=str(REPOSITORY / "workflow" / "scripts"))
    done = run.warm(script, variables={"PYTHONPATH": str(REPOSITORY / "src")})
    assert done.stdout.splitlines() == [f"{name} []" for name in REPEATED], done.stderr


def test_what_jobs_print_is_complete_and_in_order(light):
    text = """
import os, subprocess, sys
for number in range(20000):
    print("line", number)
sys.stdout.flush()
subprocess.run(["echo", "of a child"])
os.write(1, b"of the system\\n")
print("the end")
sys.stderr.write("an error without end of line")
"""
    done = both_ways(light, text)
    assert done.stdout.count("\n") == 20003
    one = both_ways(light, text, stderr=subprocess.STDOUT)
    assert one.stdout.splitlines()[:20002] == done.stdout.splitlines()[:20002]


def test_a_job_reads_what_it_is_given(light):
    text = "import sys; print([sys.stdin.readline(), input(), sys.stdin.read()])"
    both_ways(light, text, input="one\ntwo\r\nthree\nfour")


def test_output_to_a_file_is_appended(light):
    text = "import sys; print(sys.stdout.seekable(), sys.stdout.tell())"
    said = []
    for start in (light.cold, light.warm):
        with (light.folder / "appended").open("w") as file:
            file.write("before\n")
            file.flush()
            start(text, stdout=file)
        said.append((light.folder / "appended").read_text())
    assert said[0] == said[1] == "before\nTrue 7\n"


def test_nobody_reads_what_a_job_prints(light):
    before = ["bash", "-c", 'set -o pipefail; "$@" | true', "bash"]
    both_ways(light, "import time; time.sleep(0.3); print('lost')", before=before)


def test_output_on_a_full_disk_is_an_error(light):
    with open("/dev/full", "w") as full:
        both_ways(light, "print('lost')", stdout=full)


@pytest.mark.parametrize("script", ["script.py", "./script.py", "../light/script.py", "link.py"])
def test_a_script_is_found_as_python_finds_it(tmp_path_factory, light, script):
    text = "import sys; print(__file__, sys.path, sys.argv)"
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    light.script(text)
    (light.folder / "link.py").unlink(missing_ok=True)
    (light.folder / "link.py").symlink_to(light.folder / "script.py")
    (elsewhere / "folder").symlink_to(light.folder)
    for folder in (light.folder, elsewhere / "folder"):
        done = [
            subprocess.run(
                [*command, script.replace("light", light.folder.name)],
                cwd=folder,
                env=light.environment,
                capture_output=True,
                text=True,
            )
            for command in (COLD, CLIENT)
        ]
        assert done[0].stdout == done[1].stdout != ""


def test_functions_of_a_script_can_be_sent_to_other_processes(light):
    text = """
import multiprocessing

def double(number):
    return 2 * number

if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(method, pool.map(double, range(3)))
"""
    both_ways(light, text)


def test_a_job_may_fork_and_wait_for_itself(light):
    text = """
import os, sys
print("once", flush=True)
child = os.fork()
if child == 0:
    print("child")
    sys.exit(4)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    both_ways(light, text)


IGNORING = "trap '' USR1 CHLD PIPE; exec \"$@\""


def test_signals_that_are_ignored_by_one_job_are_not_by_the_next(bare):
    """Though the first one begins the starter."""
    text = "print([line for line in open('/proc/self/status') if line[:6] in ('SigBlk', 'SigIgn')])"
    both_ways(bare, text, before=["bash", "-c", IGNORING, "bash"])
    both_ways(bare, text)


def test_a_job_keeps_the_masks_of_its_client(light):
    text = "import os, signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, []), os.umask(0))"
    blocking = "import os, signal, sys; signal.pthread_sigmask(0, [10, 12]); os.umask(0o27)"
    command = f"{blocking}; os.execv(sys.argv[1], sys.argv[1:])"
    done = both_ways(light, text, before=[*COLD, "-c", command])
    assert done.stdout.endswith(f"{0o27}\n")
