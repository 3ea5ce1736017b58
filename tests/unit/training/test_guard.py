"""The guard of a program: its status, its folder, and what it has left running."""

import os
import subprocess
import sys
import time

import pytest

from mishear.training import guard


def run(tmp_path, code):
    """Run a program under the guard; the job ends when the descriptor is closed."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "left.wav").touch()
    watched, held = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", guard.__file__, str(watched), folder, sys.executable, "-c"]
        + [code],
        pass_fds=[watched],
        stdout=subprocess.PIPE,
        text=True,
    )
    os.close(watched)
    return process, held, folder


@pytest.mark.parametrize(
    ("code", "status"),
    [("", 0), ("import sys; sys.exit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137)],
)
def test_its_status_is_that_of_the_program_and_the_folder_is_gone(tmp_path, code, status):
    process, held, folder = run(tmp_path, code)
    assert process.wait(20) == status and not folder.exists()
    os.close(held)


def test_what_a_program_has_left_is_killed_with_it(tmp_path):
    code = "import subprocess as s\nfor _ in '12':"
    code += " print(s.Popen(['sleep', '300'], start_new_session=True).pid)"
    process, held, _ = run(tmp_path, code)
    assert process.wait(20) == 0
    for number in map(int, process.stdout.read().split()):
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)
    os.close(held)


def test_a_program_that_obeys_ends_at_once_with_its_job(tmp_path):
    process, held, folder = run(tmp_path, "import time; print(1, flush=True); time.sleep(300)")
    process.stdout.readline()
    began = time.monotonic()
    os.close(held)
    assert process.wait(20) == 128 + 15 and time.monotonic() - began < guard.GRACE
    assert not folder.exists()


def test_a_termination_of_all_processes_leaves_no_folder(tmp_path):
    process, held, folder = run(tmp_path, "import time; print(1, flush=True); time.sleep(300)")
    process.stdout.readline()
    process.terminate()
    time.sleep(0.2)
    assert process.poll() is None
    os.close(held)
    assert process.wait(20) == 128 + 15 and not folder.exists()
