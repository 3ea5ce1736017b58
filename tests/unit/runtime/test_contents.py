"""What a job reads is what other jobs have written, or the message says which file to delete."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from mishear.core.errors import UserError
from mishear.core.files import sha256, write_digest
from mishear.runtime import contents
from mishear.runtime.contents import (
    Record,
    check_inputs,
    described_by,
    forget,
    record_of,
    remember,
    results_folder,
)

TABLE = "results/evaluations/table.csv"
RECORDS = Path("results", contents.RECORDS)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results/evaluations").mkdir(parents=True)
    (tmp_path / TABLE).write_text("recording,correct\na,1\nb,0\n")
    return tmp_path


class Inputs(list):
    """As those of a job: a list whose items have names."""

    def __init__(self, **named):
        super().__init__()
        self.named = named
        for value in named.values():
            self.extend([value] if isinstance(value, str) else value)

    def items(self):
        return self.named.items()


def edited(folder):
    (folder / TABLE).write_text("recording,correct\na,1\nb,1\n")


def cut(folder):
    (folder / TABLE).write_text("recording,correct\na,1\n")


def emptied(folder):
    (folder / TABLE).write_text("")


def edited_with_its_old_time(folder):
    before = (folder / TABLE).stat()
    edited(folder)
    os.utime(folder / TABLE, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced_by_another(folder):
    other = folder / "other.csv"
    other.write_text("recording,correct\nb,1\na,0\n")
    os.replace(other, folder / TABLE)


@pytest.mark.parametrize(
    "damage", [edited, cut, emptied, edited_with_its_old_time, replaced_by_another]
)
def test_what_is_damaged_is_named_with_the_command_that_mends_it(folder, damage):
    remember([TABLE])
    check_inputs([TABLE])
    damage(folder)
    with pytest.raises(UserError, match=f"rm {TABLE}"):
        check_inputs([TABLE])
    # It stays wrong until it is made again.
    with pytest.raises(UserError, match=f"rm {TABLE}"):
        check_inputs([TABLE])
    forget([TABLE])
    remember([TABLE])
    check_inputs([TABLE])


def test_a_restored_backup_is_kept_by_the_other_command_of_the_message(folder):
    remember([TABLE])
    edited(folder)
    with pytest.raises(UserError) as raised:
        check_inputs([TABLE])
    command, record = str(raised.value).splitlines()[-1].split()
    assert command == "rm"
    Path(record).unlink()
    check_inputs([TABLE])
    cut(folder)
    with pytest.raises(UserError, match=f"rm {TABLE}"):
        check_inputs([TABLE])


@pytest.mark.parametrize("command", ["copy", "move"])
def test_results_elsewhere_are_still_checked(folder, monkeypatch, command):
    remember([TABLE])
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (shutil.copytree if command == "copy" else shutil.move)(
        folder / "results", elsewhere / "results"
    )
    monkeypatch.chdir(elsewhere)
    check_inputs([TABLE])
    edited(elsewhere)
    with pytest.raises(UserError, match=f"rm {TABLE}"):
        check_inputs([TABLE])


def test_an_older_backup_has_its_own_records(folder):
    remember([TABLE])
    shutil.copytree(folder / "results", folder / "backup")
    cut(folder)
    remember([TABLE])
    shutil.rmtree(folder / "results")
    shutil.copytree(folder / "backup", folder / "results")
    check_inputs([TABLE])


@pytest.mark.parametrize("path", [TABLE, "a/results/b/c", "results/x", "results/results/.y.csv"])
def test_a_record_leads_back_to_its_file(path):
    record = str(record_of(Path(path)))
    assert record.startswith(path.partition("results/")[0] + "results/.contents/")
    assert described_by(record) == path
    assert described_by(path) == path


def test_a_file_with_another_time_and_the_same_content_is_intact(folder, monkeypatch):
    remember([TABLE])
    os.utime(folder / TABLE, (1e9, 1e9))
    check_inputs([TABLE])
    # Once it was read it need not be read again.
    monkeypatch.setattr(contents, "sha256", None)
    check_inputs([TABLE])


def test_without_a_record_the_hash_beside_a_file_counts(folder):
    weights, digest = "results/victim.pt", "results/victim.sha256"
    (folder / weights).write_bytes(b"weights")
    write_digest(weights, digest)
    inputs = Inputs(victim=weights, victim_digest=digest)
    check_inputs(inputs)
    (folder / weights).write_bytes(b"another's")
    with pytest.raises(UserError, match=f"rm {weights}"):
        check_inputs(inputs)
    for record in RECORDS.rglob("*"):
        if record.is_file():
            record.unlink()
    with pytest.raises(UserError, match=f"rm {weights}$"):
        check_inputs(inputs)


def test_no_record_is_to_be_deleted_that_would_not_help(folder):
    """Without its record, a file is compared with the hash beside it, or must have a form."""
    weights, digest, cut = "results/victim.pt", "results/victim.sha256", "results/array.npy"
    (folder / weights).write_bytes(b"weights")
    np.save(folder / cut, np.zeros(10))
    write_digest(weights, digest)
    files = [weights, digest, cut, TABLE]
    inputs = Inputs(victim=weights, victim_digest=digest, others=[cut, TABLE])
    remember(files)
    (folder / weights).write_bytes(b"another's")
    os.truncate(folder / cut, 130)
    with pytest.raises(UserError, match=f"rm {weights} {cut}$"):
        check_inputs(inputs)
    edited(folder)
    with pytest.raises(UserError, match=rf"If {TABLE} are .*\n  rm {record_of(Path(TABLE))}$"):
        check_inputs(inputs)
    # Restored with the hash beside it, the weights may be kept.
    np.save(folder / cut, np.zeros(10))
    write_digest(weights, digest)
    kept = " ".join(str(record_of(Path(path))) for path in (weights, digest, TABLE))
    with pytest.raises(UserError, match=rf"If they are .*\n  rm {kept}$"):
        check_inputs(inputs)
    for record in kept.split():
        Path(record).unlink()
    check_inputs(inputs)


def test_names_with_blanks_are_quoted_in_the_commands(folder):
    table = "results/my table.csv"
    (folder / table).write_text("a")
    remember([table])
    (folder / table).write_text("b")
    with pytest.raises(UserError, match=f"(?s)rm '{table}'.*rm 'results/.contents/my table.csv"):
        check_inputs([table])


def test_the_hashes_of_shards_and_of_spectrograms_are_found(folder):
    shards = [f"results/shard{number}.npy" for number in range(2)]
    for shard in [*shards, "results/spectrograms.npy"]:
        (folder / shard).write_bytes(shard.encode())
    digests = [shard.replace(".npy", ".sha256") for shard in shards]
    for shard, digest in zip(shards, digests, strict=True):
        write_digest(shard, digest)
    bounds = {"lowest": 0, "sha256": sha256("results/spectrograms.npy")}
    (folder / "results/bounds.json").write_text(json.dumps(bounds))
    (folder / shards[1]).write_bytes(b"rows in another order")
    (folder / "results/spectrograms.npy").write_bytes(b"rows in another order")
    inputs = Inputs(
        shards=shards,
        shards_digests=digests,
        spectrograms="results/spectrograms.npy",
        bounds="results/bounds.json",
    )
    with pytest.raises(UserError, match="^Input differs") as raised:
        check_inputs(inputs)
    listed = [line for line in str(raised.value).splitlines() if line.startswith("  - ")]
    assert listed == [f"  - {shards[1]}", "  - results/spectrograms.npy"]


def test_the_users_own_files_may_change(folder):
    (folder / "split.csv").write_text("a")
    remember(["split.csv"])
    (folder / "split.csv").write_text("b")
    check_inputs(["split.csv"])


def test_a_record_that_is_damaged_itself_is_no_record(folder):
    remember([TABLE])
    for record in RECORDS.rglob("*"):
        if record.is_file():
            record.write_text("{")
    check_inputs([TABLE])
    edited(folder)
    with pytest.raises(UserError):
        check_inputs([TABLE])


def test_without_room_for_records_jobs_go_on(folder):
    RECORDS.write_text("in the way")
    remember([TABLE])
    check_inputs([TABLE])


@pytest.mark.parametrize("name", ["x.npy", "x.npz", "x.pt", "x.json", "x.csv"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe no such thing"])
def test_damaged_files_of_which_nothing_is_known_are_named(folder, name, content):
    (folder / "results" / name).write_bytes(content)
    with pytest.raises(UserError, match=f"rm results/{name}"):
        check_inputs([f"results/{name}"])


def test_a_shortened_array_of_which_nothing_is_known_is_named(folder):
    np.save(folder / "results/x.npy", np.zeros((10, 10)))
    check_inputs(["results/x.npy"])
    np.save(folder / "results/y.npy", np.zeros((10, 10)))
    os.truncate(folder / "results/y.npy", 500)
    with pytest.raises(UserError, match="rm results/y.npy"):
        check_inputs(["results/y.npy"])


def test_a_module_with_a_prefix_has_its_results_below_it(folder):
    table = "robustness/results/table.csv"
    assert results_folder([table, "robustness/logs/table.log"]) == Path("robustness/results")
    own = folder / "results/evaluations/own.csv"
    own.write_text("the user's")
    (folder / table).parent.mkdir(parents=True)
    (folder / table).write_text("recording,correct\n")
    remember([table])
    check_inputs([table, "results/evaluations/own.csv"], results_folder([table]))
    own.write_text("changed by the user")
    check_inputs(["results/evaluations/own.csv"], results_folder([table]))
    (folder / table).write_text("changed")
    with pytest.raises(UserError, match=f"rm {table}"):
        check_inputs([table], results_folder([table]))


def test_the_code_that_computed_a_file_stays_known_when_it_is_copied():
    remember([TABLE], "code with torch 2")
    Path(TABLE).touch()
    check_inputs([TABLE])
    assert Record.read(Path(TABLE)) == Record.of(Path(TABLE), "code with torch 2")
