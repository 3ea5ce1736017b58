"""What ends a process ends a copy of this one, and is said."""

import faulthandler
import os
import signal
import time

import pytest
import torch

from mishear.core.errors import MissingPackage, UserError
from mishear.preflight import apart
from mishear.preflight.apart import run_apart


def test_what_a_function_returns_comes_back(capfd):
    here = os.getpid()
    large = "x" * 10**6
    assert run_apart(lambda say: (os.getpid() != here, large)) == (True, large)
    print("once")
    run_apart(lambda say: print("said"))
    assert capfd.readouterr().out == "once\nsaid\n"


def test_torch_computes_in_the_copy_though_it_has_had_threads_here():
    def multiply(say):
        signal.alarm(20)  # Without those threads it would wait for them for ever.
        return (numbers @ numbers).sum().item()

    numbers, before = torch.ones(300, 300), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        numbers @ numbers
        torch.relu(torch.ones(1000, 1000))
        assert run_apart(multiply) == 300**3
    finally:
        torch.set_num_threads(before)


def test_what_a_function_raises_is_raised():
    def refuse(say):
        raise UserError("this is wrong")

    with pytest.raises(UserError, match="^this is wrong$"):
        run_apart(refuse)


def test_an_error_that_cannot_be_sent_is_told_with_its_traceback():
    def need(say):
        raise MissingPackage("tqdm", "here")

    with pytest.raises(RuntimeError, match="(?s)Traceback .*MissingPackage: here: needs"):
        run_apart(need)


def crash():
    faulthandler.disable()
    os.kill(os.getpid(), signal.SIGSEGV)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (lambda: os._exit(0), r"os\._exit\(0\)"),
        (lambda: os._exit(3), r"os\._exit\(3\)"),
        (
            lambda: (faulthandler.disable(), os.kill(os.getpid(), signal.SIGSEGV)),
            r"crashed \(Segmentation fault\)",
        ),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "want of memory"),
    ],
)
def test_an_end_is_said_with_what_was_tried_last(end, said):
    def work(say):
        say("networks.first")
        say("networks.second")
        end()

    with pytest.raises(UserError, match=f"^networks.second: .*{said}"):
        run_apart(work)


class Own(BaseException):
    pass


@pytest.mark.parametrize("error", [KeyboardInterrupt, GeneratorExit("a", "b"), Own("why")])
def test_what_is_no_exception_proper_is_told_with_its_line(error):
    def work(say):
        say("networks.first")
        raise error

    name = error.__name__ if isinstance(error, type) else type(error).__name__
    with pytest.raises(UserError, match=rf"^networks.first: .* raised {name} \(.*, line \d+\)"):
        run_apart(work)


def test_what_does_not_end_is_named_and_given_up(monkeypatch, caplog):
    def work(say):
        say("networks.first")
        say("networks.second")
        while True:
            pass

    monkeypatch.setattr(apart, "NOTICE", 0.2)
    monkeypatch.setattr(apart, "LIMIT", 0.5)
    with pytest.raises(UserError, match=r"^networks.second: .* longer than 0.5 s"):
        run_apart(work)
    (record,) = caplog.records
    assert record.getMessage().startswith("networks.second: its class is still being imported")
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, 0)


def test_what_is_slow_and_ends_is_named_alone(monkeypatch, caplog):
    monkeypatch.setattr(apart, "NOTICE", 0.1)
    assert run_apart(lambda say: time.sleep(0.3) or "done") == "done"
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["classes"]


def test_it_costs_milliseconds():
    begun = time.process_time(), time.monotonic()
    for _ in range(5):
        run_apart(lambda say: None)
    assert time.process_time() - begun[0] < 0.5


def test_an_interruption_ends_the_copy_too():
    def interrupt(*_):
        raise KeyboardInterrupt

    read, write = os.pipe()
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(KeyboardInterrupt):
            run_apart(lambda say: (os.write(write, b"%d" % os.getpid()), time.sleep(60)))
    finally:
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int(os.read(read, 20)), 0)
