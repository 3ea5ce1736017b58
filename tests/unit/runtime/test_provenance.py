"""The commit that Mishear runs from, and whether it is that commit."""

import subprocess

import pytest

from mishear.runtime.provenance import commit_of


def git(folder, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path):
    git(tmp_path, "init", "--quiet")
    (tmp_path / "a.py").write_text("1")
    git(tmp_path, "add", "a.py")
    git(tmp_path, "commit", "--quiet", "--message", "one")
    return tmp_path


def test_the_commit_is_named_and_clean(repository):
    found = commit_of(repository)
    assert found.hash == git(repository, "rev-parse", "HEAD")
    assert found.date == git(repository, "show", "--no-patch", "--format=%cI")
    assert found.clean


@pytest.mark.parametrize("name", ["a.py", "src/new.py", "workflow/new.smk"])
def test_a_changed_and_a_new_file_are_seen(repository, name):
    (repository / name).parent.mkdir(exist_ok=True)
    (repository / name).write_text("2")
    assert not commit_of(repository).clean


def test_a_study_of_one_s_own_is_no_change_of_the_source(repository):
    (repository / "mine.yaml").write_text("study: {}")
    assert commit_of(repository).clean


def test_ignored_files_do_not_count(repository):
    (repository / ".git" / "info" / "exclude").write_text("results\n")
    (repository / "results").mkdir()
    (repository / "results" / "b").write_text("")
    assert commit_of(repository).clean


def test_a_package_below_someone_s_repository_has_no_commit(repository):
    (repository / "site-packages").mkdir()
    assert commit_of(repository / "site-packages") is None


def test_without_a_repository_or_git_there_is_none(tmp_path, monkeypatch):
    assert commit_of(tmp_path) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit_of() is None
