"""Each command in the docs is one that its program understands, or is listed with a reason."""

import re
import shlex
import tomllib

import pytest
from snakemake.cli import get_argument_parser

from mishear.commands.main import SUBCOMMANDS
from tests.projects import REPOSITORY
from tests.unit.test_docs import PAGES

TRIED = ("snakemake", "mishear", "make", "pip", "python")
NOT_TRIED = {
    "cd": "the shell's",
    "source": "the shell's",
    "mkdir": "the shell's",
    "python3": "makes the environment that tests run in",
    "git": "needs the repository's address",
    "docker": "no container engine is where the tests run",
    "snakedeploy": "not part of the environment; tried by hand with 0.17",
    "sed": "follows snakedeploy, and was tried with it",
    "pandoc": "not part of the environment",
}
"""Programs whose commands no test tries, and why."""
OUTPUTS = (
    *("paper-cnn on mine", "1 of 2 requirements", "Rough estimate"),
    *("corpus ─►", "recordings/left/", "results/victims/"),
)
"""How blocks begin that show what a command prints, or files."""
BLOCK = re.compile(r"^```(?:sh|bash)?\n(.*?)^```", re.DOTALL | re.MULTILINE)


def commands() -> list[tuple[str, list[str]]]:
    """The program and the arguments of each command; comments and given variables left out."""
    found = []
    for page in PAGES:
        if page.parent.name == "upstream":
            continue
        text = re.sub(r"^```\w+\n.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
        for block in BLOCK.findall(text):
            if not block.startswith(OUTPUTS):
                found += map(words, block.replace("\\\n", " ").splitlines())
    parts = [part for line in found for part in line if part]
    return [(first, rest) for first, *rest in parts]


def words(line: str) -> list[list[str]]:
    """The words of each command of a line."""
    split = shlex.split(line.replace("$(mishear folder)", "FOLDER"), comments=True)
    parts: list[list[str]] = [[]]
    for word in split:
        if word == "&&":
            parts.append([])
        elif parts[-1] or not re.match(r"\w+=", word):
            parts[-1].append(word)
    return parts


def of(program: str) -> list[list[str]]:
    return [rest for first, rest in commands() if first == program]


def test_every_command_is_of_a_program_that_is_tried_or_listed():
    found = {first for first, _ in commands()}
    assert found == {*TRIED, *NOT_TRIED}


def test_options_of_snakemake_are_known_and_its_profiles_are_there():
    options = get_argument_parser()._option_string_actions
    for command in of("snakemake"):
        for number, word in enumerate(command):
            if word.startswith("-"):
                assert word.partition("=")[0] in options, command
            if word == "--profile":
                assert (REPOSITORY / command[number + 1] / "config.yaml").is_file(), command


def test_targets_of_make_are_there():
    makefile = (REPOSITORY / "Makefile").read_text().replace("$(READY):", ".venv/.ready:")
    for command in of("make"):
        targets = [word for word in command if "=" not in word]
        assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets), command


def test_subcommands_of_mishear_are_there():
    assert {command[0] for command in of("mishear")} <= SUBCOMMANDS.keys()


def test_extras_that_are_installed_and_scripts_that_are_run_are_there():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    for command in of("pip"):
        for extras in re.findall(r"\[([\w,]+)\]", " ".join(command)):
            assert set(extras.split(",")) <= project["optional-dependencies"].keys(), command
    for script, *_ in of("python"):
        assert (REPOSITORY / script).is_file(), script


@pytest.mark.parametrize("line", ["X=1 snakemake -n  # all", "cd study && snakemake -n"])
def test_commands_are_found_in_lines(line):
    assert ["snakemake", "-n"] in words(line)
