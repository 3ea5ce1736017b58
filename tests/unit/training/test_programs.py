"""Programs that score recordings: one line in, one line out, and every way to go wrong."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from mishear.core.errors import UserError
from mishear.training import programs
from mishear.training.programs import Program

WAVEFORMS = np.float32([[0.25, -0.5, 1e-6], [0, 0, 0.75]])

READ = """
import sys
from scipy.io import wavfile
def samples(line):
    rate, found = wavfile.read(line.strip())
    assert rate == 8000 and found.dtype == "float32"
    return found.tolist()
"""


@pytest.fixture
def start():
    """Start a program of Python code; it is ended after the test."""
    begun = []

    def start(code, timeout=20, **more):
        command = [sys.executable, "-c", code]
        begun.append(Program(command, timeout, "networks.mine.command", **more))
        return begun[-1]

    yield start
    for program in begun:
        program.close()


def answering(answer):
    """Code of a program that answers each line with an expression."""
    return f"{READ}\nfor line in sys.stdin:\n    print({answer})"


@pytest.mark.parametrize(
    "answer", ["samples(line)", "', '.join(map(repr, samples(line)))", "samples(line), flush=True"]
)
def test_answers_are_the_scores_of_each_recording_to_the_last_bit(start, answer):
    program = start(answering(answer))
    for _ in range(2):
        assert np.array_equal(program.scores(WAVEFORMS, 8000), WAVEFORMS)
    assert np.array_equal(program.scores(WAVEFORMS[1:], 8000), WAVEFORMS[1:])


def test_one_program_answers_all_and_its_files_are_removed(start):
    program = start("import os, sys\nfor line in sys.stdin:\n    print(os.getpid())")
    first, second = program.scores(WAVEFORMS, 8000), program.scores(WAVEFORMS, 8000)
    assert len({*first.ravel(), *second.ravel()}) == 1
    assert not list(program.folder.iterdir())
    program.close()
    assert not program.folder.exists()


WRONG = {
    "import sys; sys.exit(3)": "ended with exit status 3 after 0 answers",
    "input(); print(1); raise ValueError('no memory')": "ended with exit status 1 after 1 answers."
    " Its last messages: .*ValueError: no memory",
    "import time; time.sleep(60)": "gave no answer within 0.5 s to path 1.*flush",
    "input(); print('loading the model')": "answers path 1 with 'loading the model'.*JSON array",
    "input(); print('[1, 2')": "answers path 1 with '\\[1, 2'",
    "input(); print('[1, true]')": "is not a line of scores",
    "input(); print('')": "answers path 1 with ''",
    "input(); print('[' + '1' * 400 + ',0]')": "which is not a line of scores",
    "input(); print('[' * 100_000)": "which is not a line of scores",
    "for _ in range(9): input(); print('1\\n2')": "writes more than it is asked for: '2' after 1",
    "print('hello'); input(); print(1)": "with 'hello'|writes more than it is asked for: 'hello'",
    "import sys\nwhile True: sys.stdout.write('1' * 99999)": "without a newline",
    "import sys\nfor line in sys.stdin: print(('/1.w' in line) * '1,' + '1')": "different number",
    "import sys\nwhile True: print('w' * 9999, file=sys.stderr)": "gave no answer within 0.5 s",
}


@pytest.mark.parametrize("code", WRONG)
def test_each_mistake_is_named_and_the_program_is_ended(start, code):
    program = start(code, timeout=0.5 if "no answer" in WRONG[code] else 20)
    with pytest.raises(UserError, match=f"(?s){WRONG[code]}") as caught:
        program.scores(WAVEFORMS, 8000)
    assert str(caught.value).startswith("networks.mine.command: the program ")
    assert len(str(caught.value)) < 3000
    assert program.process.poll() is not None and not program.folder.exists()


def test_a_program_that_ends_with_its_input_passes(start):
    program = start("import sys\nfor line in sys.stdin: print(1)")
    program.scores(WAVEFORMS, 8000)
    program.finish()
    assert program.process.poll() is not None and not program.folder.exists()


def test_a_line_that_comes_late_is_found_at_the_end(start):
    program = start("import sys, time\nfor line in sys.stdin: print(1)\ntime.sleep(0.5); print(2)")
    program.scores(WAVEFORMS, 8000)
    with pytest.raises(UserError, match="writes more than it is asked for: '2' after 2 answers"):
        program.finish()
    assert program.process.poll() is not None and not program.folder.exists()


def test_a_program_that_does_not_end_with_its_input_is_ended(start, monkeypatch):
    monkeypatch.setattr(programs, "LAST_WORDS", 0.2)
    program = start("import sys, time\nfor line in sys.stdin: print(1)\ntime.sleep(300)")
    program.scores(WAVEFORMS, 8000)
    program.finish()
    assert program.process.poll() is not None and not program.folder.exists()


def test_a_flood_of_messages_does_not_stop_the_answers(start):
    code = "import sys\nfor line in sys.stdin:\n    sys.stderr.write('w' * 300_000); print(1)"
    assert start(code).scores(WAVEFORMS, 8000).tolist() == [[1], [1]]


def test_what_is_no_program_is_refused_and_no_shell_is_asked(start, tmp_path):
    with pytest.raises(UserError, match="networks.mine.command: there is no program 'no-such-one'"):
        Program(["no-such-one"], 1, "networks.mine.command")
    victim = tmp_path / "made"
    program = Program([sys.executable, "-c", "input(); print(1)", f"; touch {victim}"], 20, "it")
    assert program.scores(WAVEFORMS[:1], 8000).tolist() == [[1]]
    program.close()
    assert not victim.exists()
    with pytest.raises(UserError, match="networks.mine.command: a word has the character"):
        Program([sys.executable, "a\0b"], 1, "networks.mine.command")
    unusable = tmp_path / "unusable"
    unusable.write_text("no program")
    unusable.chmod(0o755)
    with pytest.raises(
        UserError, match="ended with exit status 126 after 0 answers. Its last.*Exec"
    ):
        Program([str(unusable)], 20, "it").scores(WAVEFORMS, 8000)


STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
orphan = subprocess.Popen(["sleep", "300"], start_new_session=True)
for line in sys.stdin:
    print(os.getpid(), orphan.pid, sep=",")
time.sleep(300)
"""

JOB = """
import sys, time
import numpy as np
from mishear.training.programs import Program
program = Program([sys.executable, "-c", sys.argv[1]], 20, "it")
scores = program.scores(np.zeros((1, 4), dtype=np.float32), 8000)
print(*map(int, scores[0]), program.folder, flush=True)
time.sleep(300)
"""


def alive(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_program_ends_with_its_job_and_so_does_all_that_it_has_started(number):
    job = subprocess.Popen([sys.executable, "-c", JOB, STUBBORN], stdout=subprocess.PIPE, text=True)
    *begun, folder = job.stdout.readline().split()
    begun = list(map(int, begun))
    assert all(map(alive, begun)) and Path(folder).exists()
    job.send_signal(number)
    job.wait()
    deadline = time.monotonic() + 20
    while (any(map(alive, begun)) or Path(folder).exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, begun)) and not Path(folder).exists()
