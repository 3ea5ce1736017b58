"""Whatever happens to a starter, its jobs and their clients: each job runs once, as it should."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from warm_start import client
from warm_start.client import MOST_STARTERS
from warm_start.protocol import ADDRESS, NOTE, WAIT, receive, send

from tests.workflow.warm_starts import (
    CLIENT,
    COLD,
    LIB,
    Run,
    freeze,
    is_alive,
    is_stopped,
    parent_of,
    soon,
)

pytestmark = pytest.mark.workflow


@pytest.fixture
def run(tmp_path):
    """A run with a starter that has imported numpy alone."""
    begun = Run.begun(tmp_path / "run")
    begun.begin_with("numpy")
    yield begun
    begun.end()


WORK = """
import os, signal, subprocess, sys, time
got = []
signal.signal(signal.SIGTERM, lambda *_: got.append("TERM"))
signal.signal(signal.SIGUSR1, lambda *_: got.append("USR1"))
child = subprocess.Popen(["sleep", "1000"])
with open("working", "a") as file:
    print(os.getpid(), os.getppid(), child.pid, file=file, flush=True)
while not os.path.exists("go on"):
    time.sleep(0.01)
child.kill()
print("received", *got)
sys.exit(7)
"""
"""Notes its process, its parent and its child, and works until there is a file ``go on``."""


class Job:
    """A job at work, and what it has noted."""

    def __init__(self, run, command=CLIENT, **options):
        self.run, self.notes = run, run.folder / "working"
        self.client = run.start(command, WORK, **options)
        assert soon(lambda: self.starts() == 1, 30)
        self.process, self.parent, self.child = map(int, self.noted()[0].split())

    def noted(self):
        return self.notes.read_text().splitlines() if self.notes.exists() else []

    def starts(self):
        """How often it was started."""
        return len(self.noted())

    def go_on(self):
        (self.run.folder / "go on").touch()
        return self.client.communicate(timeout=30)

    def is_gone(self):
        return not is_alive(self.process) and not is_alive(self.child)


@pytest.fixture
def job(run):
    return Job(run)


def test_a_termination_reaches_the_job_once_and_its_status_is_the_clients(job):
    job.client.terminate()
    time.sleep(0.3)
    assert job.go_on() == ("received TERM\n", "")
    assert job.client.returncode == 7


def test_a_starter_is_no_child_of_the_job_that_began_it(bare):
    """Else whoever ends the children of Snakemake would end it, and with it all jobs."""
    job = Job(bare)
    assert parent_of(bare.starter()) != job.client.pid
    job.go_on()


def test_other_signals_reach_the_job_too(job):
    for _ in range(2):
        job.client.send_signal(signal.SIGUSR1)
        time.sleep(0.2)
    assert job.go_on()[0] == "received USR1 USR1\n"


IGNORING = ["bash", "-c", "trap '' INT USR1 TSTP; exec \"$@\"", "bash"]


@pytest.mark.parametrize("command", [CLIENT, COLD])
def test_a_signal_that_is_ignored_reaches_a_job_that_handles_it(run, command):
    job = Job(run, command, before=IGNORING)
    for number in (signal.SIGINT, signal.SIGTSTP, signal.SIGUSR1):
        job.client.send_signal(number)
        time.sleep(0.2)
    assert not is_stopped(job.client.pid) and not is_stopped(job.process)
    assert job.go_on()[0] == "received USR1\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR2])
def test_a_signal_that_ends_the_job_ends_the_client(run, number):
    text = "import time; print('begun', flush=True); time.sleep(1000)"
    before = ["env", "--default-signal"]  # whatever the tests were started with
    sleeping = run.start(CLIENT, text, before=before)
    assert sleeping.stdout.readline() == "begun\n"
    sleeping.send_signal(number)
    assert sleeping.wait(5) == -number
    assert soon(lambda: len(run.starters()) == 1)


def test_a_signal_right_after_the_fork_is_not_lost(bare):
    slow = "import os, time; chdir = os.chdir; os.chdir = lambda to: (time.sleep(1), chdir(to))"
    bare.begin_with("numpy", first=slow)
    job = bare.start(CLIENT, "print('not ended')")
    assert soon(lambda: len(bare.starters()) == 2)
    time.sleep(0.3)
    job.terminate()
    assert job.communicate(timeout=20)[0] == ""
    assert job.returncode == -signal.SIGTERM


def test_a_job_that_is_killed_ends_its_client_so(job):
    os.kill(job.process, signal.SIGKILL)
    assert job.client.wait(5) == -signal.SIGKILL
    os.kill(job.child, signal.SIGKILL)


def test_a_stopped_client_stops_its_job_until_both_go_on(job):
    job.client.send_signal(signal.SIGTSTP)
    assert soon(lambda: is_stopped(job.client.pid) and is_stopped(job.process))
    job.client.send_signal(signal.SIGCONT)
    assert soon(lambda: not is_stopped(job.client.pid) and not is_stopped(job.process))
    assert job.go_on()[0] == "received\n"


def test_the_death_of_a_client_is_that_of_its_job_and_of_what_the_job_has_started(run, job):
    job.client.kill()
    assert soon(job.is_gone)
    assert run.warm("print('the next')").stdout == "the next\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_starter_is_not_ended_by_a_terminal(run, number):
    starter = run.starter()
    os.kill(starter, number)
    time.sleep(0.1)
    assert run.warm("import os; print(os.getppid())").stdout == f"{starter}\n"


def test_after_the_death_of_a_starter_its_job_runs_cold(run, job):
    os.kill(job.parent, signal.SIGKILL)
    assert soon(job.is_gone)
    assert soon(lambda: job.starts() == 2)
    output, errors = job.go_on()
    assert output == "received\n"
    assert errors == "No warm start: the starter has ended. Such jobs start cold.\n"
    assert job.client.returncode == 7
    assert run.finish(CLIENT, "").stderr == "", "said again"
    again = run.finish(CLIENT, "import os; print(os.getppid())")
    assert int(again.stdout) == run.starter(), "no other starter is begun"


def test_a_starter_that_does_not_answer_is_waited_for_once(run):
    run.environment[WAIT] = "3"
    freeze(run.starter())
    first = run.refused("print('cold')")
    assert (first.stdout, run.said()) == ("cold\n", "the starter does not answer")
    began = time.monotonic()
    second = run.finish(CLIENT, "print('cold')")
    assert time.monotonic() - began < 2.5
    assert (second.stdout, second.stderr) == ("cold\n", "")
    os.kill(run.starter(), signal.SIGCONT)


SLOW_TO_NOTICE = """
import os, time
pidfd_open = os.pidfd_open
os.pidfd_open = lambda process: (time.sleep(0.3), pidfd_open(process))[1]
"""
"""What a starter does right after each fork."""


GIVING_UP = f"""
import os, sys
sys.path.append({str(LIB)!r})
from warm_start import client
from warm_start.client import MOST_STARTERS
connection = client.connect(os.environ["{ADDRESS}"])
print("connected", flush=True)
sys.stdin.readline()
client.send(connection, client.describe(sys.argv[1:2]), [0, 1, 2])
if sys.argv[2] == "waits":
    client.receive(connection, 1), client.receive(connection)
"""


@pytest.mark.parametrize("then", ["gives up", "waits"])
def test_a_job_whose_client_has_given_up_does_not_run(bare, then):
    """It runs cold already."""
    bare.begin_with("numpy", first=SLOW_TO_NOTICE)
    script = bare.script("open('made', 'w')", "making.py")
    giving_up = subprocess.Popen(
        [*CLIENT[:-1], "-c", GIVING_UP, script, then],
        cwd=bare.folder,
        env=bare.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert giving_up.stdout.readline() == "connected\n"
    starter = bare.starter()
    freeze(starter)
    giving_up.stdin.write("\n")
    giving_up.stdin.flush()
    if then == "gives up":
        giving_up.wait(10)
    os.kill(starter, signal.SIGCONT)
    giving_up.wait(10)
    assert bare.warm("print('the next')").stdout == "the next\n"
    assert (bare.folder / "made").exists() == (then == "waits")


def test_with_its_owner_the_starter_ends_with_all_jobs(run, job):
    run.owner.kill()
    run.owner.wait()
    assert soon(lambda: job.is_gone() and not run.starters())
    assert job.client.communicate(timeout=20) == ("", "")
    assert job.client.returncode == 1
    assert job.starts() == 1


def test_a_starter_leaves_nothing_behind_when_owner_and_client_die_at_once(run, job):
    freeze(job.parent)
    run.owner.kill()
    job.client.kill()
    os.kill(job.parent, signal.SIGCONT)
    assert soon(lambda: job.is_gone() and not run.starters())


def test_clients_at_once_begin_one_starter(bare):
    jobs = [bare.start(CLIENT, "print('done')") for _ in range(4)]
    assert [job.communicate(timeout=60) for job in jobs] == [("done\n", "")] * 4
    assert soon(lambda: len(bare.starters()) == 1)
    assert int(bare.warm("import os; print(os.getppid())").stdout) == bare.starter()


def test_the_first_job_does_not_wait_for_a_starter(bare):
    first = bare.finish(CLIENT, "import os; print(os.getppid())")
    assert int(first.stdout) == os.getpid()
    assert (first.stderr, bare.said()) == ("", "")
    assert bare.starters()


def test_starters_that_do_not_stay_are_begun_a_few_times_only(bare):
    bare.environment["PYTHONPATH"] = str(bare.folder)
    bare.script("import os; os._exit(1)", "numpy.py")
    for _ in range(MOST_STARTERS + 1):
        assert bare.finish(CLIENT, "print('cold')").stdout == "cold\n"
        assert soon(lambda: not bare.starters(), 10)
    assert bare.said() == "no starter could be started"


def test_jobs_run_side_by_side(run):
    text = """
import os, sys, time
open(f"{sys.argv[1]} is here", "w").close()
end = time.monotonic() + 10
while not all(os.path.exists(f"{number} is here") for number in range(8)):
    assert time.monotonic() < end
    time.sleep(0.01)
print("end of", sys.argv[1])
"""
    jobs = [run.start(CLIENT, text, str(number)) for number in range(8)]
    for number, job in enumerate(jobs):
        assert job.communicate(timeout=30) == (f"end of {number}\n", "")


def test_jobs_side_by_side_do_not_hold_the_files_of_each_other(run, job):
    text = "import os; print(sorted(os.listdir('/proc/self/fd')))"
    assert run.warm(text).stdout == run.cold(text).stdout
    assert job.go_on()[0] == "received\n"


def test_a_starter_that_cannot_begin_is_tried_once(bare):
    (bare.folder / "broken").mkdir()
    (bare.folder / "broken" / "selectors.py").write_text("1 / 0")
    bare.environment["PYTHONPATH"] = str(bare.folder / "broken")
    assert bare.refused("print('cold')").stdout == "cold\n"
    assert bare.said() == "no starter could be started"
    second = bare.finish(CLIENT, "print('cold')")
    assert (second.stdout, second.stderr) == ("cold\n", "")


def test_a_library_that_fails_is_said(bare):
    bare.script("1 / 0", "failing.py")
    bare.environment["PYTHONPATH"] = str(bare.folder)
    bare.begin_with("failing")
    bare.refused("print('cold')")
    assert bare.said().startswith("a library fails: ZeroDivisionError")


THREADED = """
import ctypes, threading

def work(begun=threading.Event()):
    ctypes.CDLL(None).prctl(15, b"of a library")
    begun.set()
    threading.Event().wait()

threading.Thread(target=work, daemon=True).start()
work.__defaults__[0].wait()
"""


def test_a_library_that_starts_threads_is_said(bare):
    bare.script(THREADED, "threaded.py")
    bare.environment["PYTHONPATH"] = str(bare.folder)
    bare.begin_with("threaded")
    bare.refused("print('cold')")
    assert bare.said() == "a library starts threads when it is imported: of a library"


def test_threads_that_survive_a_fork_are_left_alone(bare):
    bare.script(THREADED.replace("of a library", "jemalloc_bg_thd"), "threaded.py")
    bare.environment["PYTHONPATH"] = str(bare.folder)
    bare.begin_with("threaded")
    assert bare.warm("print('warm')").stdout == "warm\n"


def test_a_library_that_initialises_cuda_is_said(bare):
    """It opens the devices; here a file of such a name stands for them."""
    first = "import os; os.readlink = lambda path: '/dev/nvidia0'"
    bare.begin_with("numpy", first=first)
    bare.refused("print('cold')")
    assert bare.said() == "a library initialises CUDA when it is imported"


def test_a_starter_has_one_thread_and_no_gpu(bare):
    bare.warm("")
    process = Path(f"/proc/{bare.starter()}")
    others = {(each / "comm").read_text().strip() for each in (process / "task").iterdir()}
    assert others - {"python", "jemalloc_bg_thd"} == set()
    files = [os.readlink(each) for each in (process / "fd").iterdir()]
    assert not [each for each in files if "nvidia" in each]
    assert "libtorch" in (process / "maps").read_text()


def test_a_starter_of_another_user_is_refused(run, monkeypatch):
    monkeypatch.setattr(client, "is_ours", lambda _: False)
    with pytest.raises(client.CannotServe, match="another user"):
        client.connect(run.environment[ADDRESS])


def test_another_user_is_told_nothing(bare):
    bare.begin_with("numpy", first="import os; os.getuid = lambda: 12345")
    assert bare.refused("print('cold')").stdout == "cold\n"
    assert bare.said() == "no starter could be started"


def test_messages_that_arrive_together_are_told_apart():
    """As those of a job that has ended before its client has read that it has begun."""
    one, other = client.socket.socketpair()
    with open(os.devnull) as file:
        send(one, {"some": "message"}, [file.fileno()])
    send(one, 3)
    send(one, "x" * 100_000)
    message, (number,) = receive(other, most_files=1)
    os.close(number)
    assert message == {"some": "message"}
    assert receive(other) == (3, [])
    assert receive(other) == ("x" * 100_000, [])
    one.close()
    with pytest.raises(EOFError):
        receive(other)


def test_users_are_told_apart(monkeypatch):
    one, other = client.socket.socketpair()
    assert client.is_ours(one) and client.is_ours(other)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert not client.is_ours(one)


def test_a_cold_start_is_said_once(run):
    options = {"variables": {"LC_ALL": "C"}}
    assert run.refused("print('cold')", **options).stdout == "cold\n"
    assert run.finish(CLIENT, "print('cold')", **options).stderr == ""
    assert Path(run.environment[NOTE]).exists()


def test_a_job_without_standard_input_runs(run):
    closing = ["bash", "-c", 'exec "$@" <&-', "bash"]
    done = run.refused("print('cold')", before=closing)
    assert done.stdout == run.finish(COLD, "print('cold')", before=closing).stdout == "cold\n"
