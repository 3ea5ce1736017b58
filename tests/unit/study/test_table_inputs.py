"""The files that the study's tables are made from."""

from mishear.study.checks import waveform_evaluation_keys
from mishear.study.plan import Plan
from mishear.study.table_inputs import check_files, listening_files
from tests.unit.study.configs import PLAIN, config

LISTENING = {"recognisers": ["one", "two"], "inversion": {"attacks": ["pgd"]}}
RECOGNISERS = {name: {"class": "Pocketsphinx"} for name in ("one", "two")}


def test_checks_are_summarised_with_the_evaluations_they_are_of():
    plan = Plan(config(PLAIN, attacks=["pgd", "wave"], defences=["none", "median"]))
    files = check_files(plan)
    assert len(files["results"]) == len(plan.checks)
    assert len(files["waveform_results"]) == len(plan.waveform_checks)
    assert len(files["waveform_evaluations"]) == len(waveform_evaluation_keys(plan.config))
    transfers = [path for path in files["evaluations"] if "@standard" in path]
    assert transfers, "adaptive attacks are compared with transfers"


def test_each_recogniser_has_a_transcript_of_each_sound():
    plan = Plan(config(PLAIN, listening=LISTENING, recognisers=RECOGNISERS))
    files = listening_files(plan)
    assert len(files["transcripts"]) == 2 * len(files["quality"]) == 2 * len(plan.sounds)
    assert len(set(files["transcripts"])) == len(files["transcripts"])


def test_a_study_without_listening_reads_no_sounds():
    files = listening_files(Plan(config(PLAIN)))
    assert len(files.pop("splits")) == 1
    assert set(map(len, files.values())) == {0}
