"""The command mishear and its subcommands."""

import os
import subprocess
import sys
import tomllib
from importlib import import_module

import pytest

from mishear import __version__
from mishear.commands.main import SUBCOMMANDS, main
from tests.projects import REPOSITORY


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_has_its_module_and_says_what_it_takes(name, capsys):
    assert callable(import_module(f"mishear.commands.{name}").run)
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: mishear {name}")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_lists_them(arguments, capsys):
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in SUBCOMMANDS)


def test_the_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == __version__


def test_an_unknown_subcommand_is_refused(capsys):
    assert main(["comapre"]) == 2
    assert "no subcommand 'comapre'" in capsys.readouterr().err


def test_an_error_of_the_user_has_no_traceback(capsys, tmp_path):
    assert main(["compare", str(tmp_path), str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("mishear compare: ")


def test_the_package_installs_it():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    module, _, function = project["scripts"]["mishear"].partition(":")
    assert getattr(import_module(module), function) is main


@pytest.mark.parametrize("command", [["folder"], ["status", "--directory", str(REPOSITORY)]])
def test_a_reader_that_has_enough_is_no_error(command):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "mishear.commands.main", *command],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")
