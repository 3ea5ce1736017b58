"""The page: what stands in it, and that it is one sound file."""

import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from mishear.core.tables.corpora import SPLIT
from mishear.core.tables.environments import ENVIRONMENTS
from mishear.core.tables.over_seeds import BY_SPEAKER
from mishear.corpora.index import Recording, write_index
from mishear.report.drawing.style import drawing
from mishear.report.page import write_report
from mishear.study.figure_types import Figure
from mishear.study.figures import FIGURES
from mishear.study.reported import ReportedFigure, ReportedSetting
from mishear.study.requirements import Required
from tests.unit.conftest import MACHINE, PLACE, SETTING

BESIDE = ("methods.md", "references.bib", "table.tex", "card.json")
"""Files that the page links; a run writes them in its folder."""

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Start tags, texts by tag, and whether every tag is closed in its order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.open, self.badly_closed = [], {}, [], []
        self.text = text
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.badly_closed.append(tag)

    def handle_data(self, data):
        for tag in set(self.open):
            self.texts[tag][-1] += data

    def words(self, tag):
        return [" ".join(text.split()) for text in self.texts.get(tag, [])]


@pytest.fixture
def figure(tmp_path):
    path = tmp_path / "figure.svg"
    with drawing(path, height=1) as drawn:
        drawn.text(0.1, 0.5, "drawn")
    return path


DRAWN = [
    ("accuracy", {}),
    ("poisoning", {"recipe": "noise"}),
    ("gallery", {"recipe": "standard", "attack": "cw", "eps": float("inf")}),
    ("gallery", {"recipe": "standard", "attack": "fgsm", "eps": 0.5}),
    ("training", {}),
]


ALIKE = [SETTING | MACHINE | {"kind": kind, "count": 1} for kind in ("victims", "evaluations")]


def reported(setting, kind, place):
    entry = FIGURES[kind]
    figure = Figure(kind, **setting.names, **place)
    return ReportedFigure(figure, entry.category, entry.heading, entry.wide)


def spoken(*tested, trained=("anna", "ben")):
    """A split with a recording of each speaker and digit."""
    return [
        {"recording": f"{split}-{name}-{label}", "label": str(label), "speaker": name}
        | {"content": "c", "split": split}
        for split, names in (("train", trained), ("test", tested))
        for name in names
        for label in range(10)
    ]


SPOKEN = spoken("anna", "ben")


@pytest.fixture
def page_of(
    summary_of,
    over_seeds_of,
    robustness_of,
    checks_of,
    changes_of,
    change_row,
    study,
    accuracy_file,
    figure,
    unit,
    tmp_path,
):
    """A function that writes the report of some rows and reads it."""

    def written(
        rows,
        rejected=(),
        robustness=(),
        checks=(),
        tables=(),
        by_speaker=(),
        split=SPOKEN,
        computed_with=ALIKE,
        of_settings=(),
        audio=(0, 0.5, 0.0, 0.1),
        **changes,
    ):
        given = replace(study, **changes)
        own = {key: changes[key] for key in changes if key == "seeds"} | dict(of_settings)
        settings = tuple(replace(place, **own) for place in given.settings)
        given = replace(given, settings=settings)
        figures = [reported(place, *drawn) for place in given.settings for drawn in DRAWN]
        given = replace(given, figures=tuple(figures))
        summary_of(rows), over_seeds_of(rows), robustness_of(robustness), checks_of(checks)
        changes_of([change_row(corpus=place.corpus) for place in given.settings])
        names = (
            "summary",
            "summary_over_seeds",
            "robustness_over_seeds",
            "smallest_change",
            "checks",
            "environments",
        )
        inputs = {name: tmp_path / f"{name}.csv" for name in names}
        ENVIRONMENTS.write(computed_with, inputs["environments"])
        for name, table in dict(tables).items():
            inputs[name] = tmp_path / f"{name}.csv"
            table.to_csv(inputs[name], index=False)
        inputs["rejected/digits"] = inputs["rejected/words"] = tmp_path / "rejected.csv"
        lines = "".join(f"{line}\n" for line in rejected)
        BY_SPEAKER.write(by_speaker, tmp_path / "by_speaker.csv")
        inputs["by_speaker"] = tmp_path / "by_speaker.csv"
        for corpus in ("digits", "words"):
            inputs[f"split/{corpus}/0"] = tmp_path / "split.csv"
        SPLIT.write(split, tmp_path / "split.csv")
        inputs["rejected/digits"].write_text(f"recording,reason\n{lines}")
        inputs |= {
            f"accuracy/{place.path}/{place.reference}/seed{seed}": accuracy_file
            for place in given.settings
            for seed in given.seeds
        }
        write_index(
            [Recording("a.wav", "1", "x", "0", 8000, 1, 900, "c", *audio)], tmp_path / "index.csv"
        )
        for place in given.settings:
            inputs[f"index/{place.corpus}"] = tmp_path / "index.csv"
            inputs[f"unit/{place.front_end}"] = unit
        for number, found in enumerate(figures):
            path = tmp_path / f"figure{number}.svg"
            inputs[found.figure.path] = shutil.copy(figure, path)
        write_report(given, inputs, tmp_path / "report.html")
        return Page((tmp_path / "report.html").read_text())

    return written


def test_page_is_sound(page_of, rows):
    page = page_of(rows)
    assert page.badly_closed == []
    assert page.open == []
    assert [tag for tag, _ in page.tags].count("h1") == 1


def test_audio_quality_is_told_and_the_page_to_listen_linked(page_of, rows, heard_tables):
    assert not [text for text in page_of(rows).words("h2") if "recognition" in text]
    heard_tables["halves"] = heard_tables["halves"].assign(
        saved_snr_db=[51.2, 9.0],
        saved_low=[49.0, 8.0],
        saved_high=[float("inf"), 10.0],
        snr_db=[52.3, 9.5],
        highest_snr_db=80.0,
    )
    page = page_of(rows, tables=heard_tables)
    assert page.open == page.badly_closed == []
    assert "Audio quality and recognition" in page.words("h2")
    assert "Change of the waveform that halves the accuracy" in page.words("h3")
    assert "51.2 dB SNR" in page.words("p")
    assert any(
        "49.0 to above 80 dB of this one victim, n = 200" in text for text in page.words("p")
    )
    assert "with 16 bits; before rounding 52.3 dB" in page.words("dd")
    links = [attributes.get("href") for tag, attributes in page.tags if tag == "a"]
    assert "listening/digits/mel8/net.html" in links


def test_page_loads_nothing(page_of, rows):
    page = page_of(rows)
    for tag, attributes in page.tags:
        for key in ("src", "href", "xlink:href", "data", "action"):
            own = tag == "a" and "//" not in attributes.get(key, "")
            assert own or attributes.get(key, "#").startswith(("#", "data:")), (tag, attributes)
    assert "@import" not in page.text
    assert re.findall(r"url\((?!#|data:)", page.text) == []


@pytest.mark.parametrize("corpora", [["digits"], ["digits", "words"]])
def test_headings_and_places_are_unique(page_of, rows, setting, corpora):
    other = [row | {"corpus": corpus} for corpus in corpora for row in rows]
    settings = [
        ReportedSetting(**setting | {"corpus": corpus}, source="fsdd", reference="standard")
        for corpus in corpora
    ]
    page = page_of(other, settings=tuple(settings))
    headings = page.words("h2") + page.words("h3")
    assert len(headings) == len(set(headings))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert [name for name in ids if ids.count(name) > 1] == []
    targets = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    assert {target[1:] for target in targets if target.startswith("#")} <= set(ids)


def test_files_beside_the_page_are_linked(page_of, rows):
    page = page_of(rows, files=dict.fromkeys(BESIDE, "What it holds."))
    links = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    assert set(BESIDE) <= links


def requirement(at_least, **chosen):
    return Required("study.require[0]", "accuracy", at_least, {"attack": ("fgsm",), **chosen})


@pytest.mark.parametrize(("at_least", "verdict"), [(0.9, "failed"), (0.001, "passed")])
def test_requirements_and_their_verdicts_stand_at_the_top(page_of, rows, at_least, verdict):
    page = page_of(rows, requirements=(requirement(at_least, eps=(0.5,)),))
    assert page.words("h2")[0] == f"Requirements: {verdict}"
    assert verdict in page.words("td")
    assert ("#requirements" in page.text) and page.badly_closed == []


def test_without_requirements_nothing_is_said_of_them(page_of, rows):
    assert "equirement" not in page_of(rows).text


def test_every_figure_has_a_caption_and_words_in_its_stead(page_of, rows):
    page = page_of(rows)
    pictures = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert len(pictures) == len(page.words("figcaption")) == 5
    titles = [text for text in page.words("title") if not text.startswith("Mishear")]
    assert len(titles) == 5
    assert all(len(title) > 20 for title in titles)
    assert "fgsm: 0.600 at 0.25 dB, 0.020 at 0.95 dB" in titles[0]
    ids = {attributes.get("id") for tag, attributes in page.tags if tag == "title"}
    assert {attributes["aria-labelledby"] for attributes in pictures} <= ids


def test_answers_are_the_strongest_attacks_with_their_threat_models(page_of, rows):
    answers = page_of(rows).words("li")
    (limited,) = [text for text in answers if "at most 0.5 dB" in text]
    assert "0.100 accuracy" in limited
    assert "pgd, the strongest of fgsm, pgd-paper, pgd" in limited
    assert "n = 200" in limited
    (free,) = [text for text in answers if "Smallest change" in text]
    assert "17.5 dB, median L2" in free
    (noisy,) = [text for text in answers if "Noise in the test" in text]
    assert "0.170 accuracy" in noisy
    assert "0.900" in noisy


def test_a_poison_that_aims_is_answered_by_its_success(page_of, rows, aimed_rows, poisons):
    answers = page_of(rows + aimed_rows, poisons=poisons).words("li")
    (backdoor,) = [text for text in answers if "Backdoor" in text]
    assert "5 % of the training" in backdoor
    assert "0.900 classified as three" in backdoor
    assert "n = 180" in backdoor
    assert "Unpoisoned0.020, accuracy 0.950" in backdoor
    (flips,) = [text for text in answers if "Wrong labels" in text]
    assert "50 % of the training 0.800 accuracy" in flips


def test_detectors_have_a_table_of_what_they_found_and_gained(
    page_of, rows, aimed_rows, poisons, detections
):
    page = page_of(rows + aimed_rows, poisons=poisons, tables={"detections_over_seeds": detections})
    found = [text for text in page.words("tr") if "of 2,000" in text]
    assert len(found) == len(detections)
    assert "backdooramplitude 0.01 1 % finder 20of 2,000 0.9000.800 to 0.950" in found[0]
    assert "0.300 → 0.060" in found[0]
    assert "0.940 → 0.960" in found[0]
    assert "Detection of poisoned recordings" in page.words("h3")
    assert "Detection of poisoned recordings" not in page_of(rows).words("h3")


def test_a_class_that_a_detector_emptied_is_named(page_of, rows, aimed_rows, poisons, detections):
    detections["emptied_classes"] = ["7", *[None] * (len(detections) - 1)]
    detections.loc[0, "emptied_seeds"] = 1
    page = page_of(rows + aimed_rows, poisons=poisons, tables={"detections_over_seeds": detections})
    first, *others = [text for text in page.words("tr") if "of 2,000" in text]
    assert "nothing of 7 kept" in first
    assert not any("nothing of" in text for text in others)


def test_a_study_without_attacks_says_nothing_of_them(page_of, aimed_rows, poisons):
    others = {name: poison for name, poison in poisons.items() if name != "noise"}
    page = page_of(aimed_rows, poisons={"noise": poisons["noise"], **others}, attacks={})
    assert page.badly_closed == []
    assert not any("attacks cause" in text for text in page.words("p"))


def test_answers_follow_the_summary(page_of, rows):
    changed = [
        row | {"accuracy": 0.425, "ci_high": 0.5}
        if (row["attack"], row["eps"]) == ("pgd", 0.5)
        else row
        for row in rows
    ]
    assert "0.300 accuracy" in " ".join(page_of(changed).words("li"))


def outcome(page):
    """The first sentences below "What was found"."""
    after = page.text.split("What was found", 1)[1].split("<p>", 1)[1]
    return after.split("</p>", 1)[0]


def test_smallest_eps_that_halves_the_accuracy_is_said(page_of, rows, robustness_row):
    worst = [robustness_row(eps, 0.95, None, left) for eps, left in ((0.25, 0.6), (0.5, 0.1))]
    lead = outcome(page_of(rows, robustness=worst))
    assert lead.startswith("From an eps of 0.5 dB on, attacks cause more than half")
    assert lead.endswith("with a single seed; another may differ.")
    lead = outcome(page_of(rows, robustness=worst[:1]))
    assert lead.startswith("Up to an eps of 0.25 dB, the attacks")


def test_table_holds_every_row_of_the_summary(page_of, rows):
    page = page_of(rows)
    found = [text for text in page.words("tr") if "spectrogram" in text or "waveform" in text]
    assert len(found) == len(rows)


def test_paper_is_left_out_where_it_is_not_wanted(page_of, rows):
    assert "The paper beside this run" in page_of(rows).words("h2")
    page = page_of(rows, paper_reference=False)
    assert "The paper beside this run" not in page.words("h2")
    assert "AudioMNIST" not in page.text


def test_attack_of_the_paper_that_is_missing_was_not_run(page_of, rows, attacks):
    without = [row for row in rows if row["attack"] != "cw"]
    others = {name: attack for name, attack in attacks.items() if name != "cw"}
    (row,) = [text for text in page_of(without, attacks=others).words("tr") if "Wagner" in text]
    assert "not run" in row


def test_rejected_recordings_are_counted_with_their_reasons(page_of, rows):
    page = page_of(rows, rejected=[f"{number}.wav,empty" for number in range(8)])
    assert "Corpus digits: 8" in page.words("h3")
    assert sum("empty" in text for text in page.words("tr")) == 5
    assert "Corpus digits: none" in page_of(rows).words("h3")


def test_conspicuous_recordings_are_counted(page_of, rows):
    assert "No recording of digits is clipped, almost silent" in page_of(rows).text
    lengths = {SETTING["front_end"]: 0.05}
    page = page_of(rows, audio=(7, 0.0005, 12.0, 0.1), lengths=lengths)
    said = [text for text in page.words("li") if text.startswith("1 of 1: ")]
    assert len(said) == 4
    for word in ("clipped", "almost silent", "cancel", "speech beyond the 0.05 s"):
        assert sum(word in text for text in said) == 1


def test_recordings_of_a_lower_rate_are_told_with_the_remedy(page_of, rows):
    assert "recordings are resampled from 8000 Hz to 16000 Hz" in page_of(rows).text
    fitting = {SETTING["front_end"]: 8000}
    assert "resampled" not in page_of(rows, sample_rates=fitting).text


def test_recordings_that_are_resampled_by_a_rounded_ratio_are_counted(page_of, rows):
    odd = {SETTING["front_end"]: 8001}
    page = page_of(rows, sample_rates=odd)
    (said,) = [text for text in page.words("li") if text.startswith("1 of 1: ")]
    assert "resampled to the 8001 Hz" in said and "rounded ratio" in said


def test_text_from_data_is_escaped(page_of, rows):
    page = page_of(rows, rejected=["<script>alert(1)</script>.wav,<b>odd</b>"])
    assert "<script>alert" not in page.text
    assert "<b>odd" not in page.text


def test_versions_and_device_are_named(page_of, rows):
    page = page_of(rows)
    recorded = dict(zip(page.words("dt"), page.words("dd"), strict=True))
    assert "matplotlib" in recorded["page written with"]
    assert recorded["device"] == "cpu"
    assert recorded["versions of libraries"] == MACHINE["libraries"]
    assert "mix results" not in page.text


def test_what_was_computed_on_several_machines_is_said(page_of, rows):
    other = ALIKE[0] | {"cpu_capability": "AVX512"}
    page = page_of(rows, computed_with=[*ALIKE, other])
    assert "victims by CPU instruction set: AVX2 (1), AVX512 (1)" in page.text
    recorded = dict(zip(page.words("dt"), page.words("dd"), strict=True))
    assert recorded["CPU instruction set"] == "AVX2; AVX512"


def test_several_seeds_are_said_to_be_means(page_of, rows):
    second = [row | {"seed": 1} for row in rows]
    page = page_of(rows + second, seeds=(0, 1))
    assert "over 2 victims and 200 recordings; seeds 0.950 to 0.950" in " ".join(page.words("li"))
    (term,) = [text for text in page.words("dd") if "Wilson" in text]
    assert "variance between the 2 victims" in term
    assert "intervals are over victims and recordings" in page.text


def test_a_network_that_came_trained_is_not_described_as_one_trained_here(page_of, rows):
    trained = [row | {"recipe": "trained"} for row in rows]
    page = page_of(trained, of_settings={"reference": "trained"})
    assert "The network was trained elsewhere: intervals are of this one model" in page.text
    assert "seed 0: intervals" not in page.text
    assert "its accuracy on others may be lower" in page.text
    assert "The paper beside this run" not in page.text
    here = page_of(rows)
    assert "trained elsewhere" not in here.text and "The paper beside this run" in here.text


def test_one_seed_is_said_to_be_one_victim(page_of, rows):
    page = page_of(rows)
    assert "intervals are of this one victim" in page.text
    assert "of this one victim, n = 200; another training may lie outside it" in page.text


def test_study_of_poisoned_recipes_alone_can_be_written(page_of, rows):
    poisoned = [row for row in rows if row["poison"]]
    page = page_of(poisoned, of_settings={"reference": None})
    assert page.badly_closed == []


@pytest.fixture
def defended(robustness_row):
    """The worst cases of a study of a defence, at two eps."""
    return [
        robustness_row(0.5, 0.95, None, 0.1),
        robustness_row(0.95, 0.95, None, 0.0),
        robustness_row(0.5, 0.9, 0.6, 0.25, defence="median", strongest="fgsm (transfer)"),
        robustness_row(0.95, 0.9, 0.4, 0.01, defence="median"),
        robustness_row(0.5, 0.85, 0.8, 0.75, recipe="hardened-eps0.5", gradient="exact")
        | {"difference": 0.65, "difference_low": 0.58, "difference_high": 0.72},
        robustness_row(0.95, 0.85, 0.7, 0.4, recipe="hardened-eps0.5"),
        robustness_row(float("inf"), 0.95, None, 0.0, norm="l2"),
    ]


@pytest.fixture
def sound(check_row):
    """The checks of a study of a defence that passes them, and of an attack that does not."""
    return [
        check_row("pgd", "no weaker than a black box", "no failure found"),
        check_row("pgd", "accuracy falls with eps", "no failure found"),
        check_row("pgd-paper", "no weaker than one step", "failure"),
        check_row("pgd-paper", "accuracy falls with eps", "not applicable"),
        check_row(
            "pgd",
            "an unbounded attack leaves nothing correct",
            "no failure found",
            defence="median",
        ),
    ]


def table_after(page, heading):
    """The rows of the first table below a heading."""
    after = page.text.split(f">{heading}<", 1)[1].split("</table>", 1)[0]
    return Page(after.replace("<", " <")).words("tr")[1:]


def test_defences_are_ranked_by_their_worst_case_at_each_eps(page_of, rows, defended, sound):
    page = page_of(rows, robustness=defended, checks=sound)
    assert page.badly_closed == []
    assert "Defences" in page.words("h2")
    first, second, third = table_after(page, "eps 0.5 dB, L∞")
    assert first.startswith("hardened-eps0.5 none exact")
    assert second.startswith("standard median exact")
    assert third.startswith("standard none exact")
    assert "0.250" in second
    assert "+0.650 +0.580 to +0.720" in first
    assert "+" not in second
    assert second.endswith("fgsm (transfer)")
    assert table_after(page, "eps 0.95 dB, L∞")[0].startswith("hardened")
    (best,) = [text for text in page.words("li") if "Best defence at 0.5 dB" in text]
    assert "0.750 worst-case accuracy" in best
    assert "+0.650 (+0.580 to +0.720) over the undefended reference, paired" in best
    assert "hardened-eps0.5" in best
    assert "masks its gradients" not in page.text


def test_a_study_without_defences_has_no_table_of_them(page_of, rows, defended):
    page = page_of(rows, robustness=defended[:2])
    assert "Defences" not in page.words("h2")
    assert not any("Best defence" in text for text in page.words("li"))


def test_checks_are_shown_with_their_evidence(page_of, rows, defended, sound):
    page = page_of(rows, robustness=defended, checks=sound)
    assert "Can these attacks be trusted?" in page.words("h2")
    pgd, papers = table_after(page, "Can these attacks be trusted?")
    seen = "no failure found pgd was seen n = 60, finds 4.0 %"
    assert pgd == f"pgd {seen} {seen} not run"
    assert "failure pgd-paper was seen" in papers
    assert "not applicable" in papers
    (said,) = [text for text in page.words("p") if text.startswith("Checks of the attacks")]
    assert "pgd-paper, the paper's PGD, shows a failure in 1 of 1 checks" in said
    (median,) = table_after(page, "Defended victims")
    assert median == "standard median 1 of 1 0 none"


def test_a_defence_that_masks_its_gradients_is_marked_wherever_it_stands(
    page_of, rows, robustness_row, check_row
):
    robustness = [
        robustness_row(0.5, 0.95, None, 0.1),
        robustness_row(0.5, 0.94, 0.93, 0.93, defence="rounding"),
    ]
    checks = [
        check_row("pgd", "no weaker than a black box", "no failure found"),
        check_row("pgd", "no weaker than a black box", "failure", defence="rounding"),
    ]
    page = page_of(rows, robustness=robustness, checks=checks)
    (best,) = [text for text in page.words("li") if "Best defence" in text]
    assert "It masks its gradients: do not trust it." in best
    first, last = table_after(page, "eps 0.5 dB, L∞")
    assert first.startswith("standard none"), "what masks its gradients is not ranked"
    assert "masks its gradients" in last
    (row,) = table_after(page, "Defended victims")
    assert "masks its gradients" in row
    assert "0 of 1" in row
    assert "pgd: no weaker than a black box (pgd was seen)" in row


def test_checks_of_defended_victims_are_shown_without_any_of_the_undefended(
    page_of, rows, check_row
):
    box = "no weaker than a black box"
    checks = [check_row("pgd", box, "no failure found", defence="median")]
    page = page_of(rows, checks=checks)
    assert "Can these attacks be trusted?" in page.words("h2")
    assert table_after(page, "Defended victims") == ["standard median 1 of 1 0 none"]


def speaker_row(speaker, clean, worst, **changes):
    row = dict.fromkeys(BY_SPEAKER.names, "") | PLACE | {"speaker": speaker, "n": 50, "seeds": 1}
    row |= {"domain": "spectrogram", "norm": "linf", "budget": "eps", "eps": 0.5}
    row |= {"gradient": "exact"}
    for kind, value in (("clean", clean), ("worst", worst)):
        row |= {f"{kind}_accuracy": value, f"{kind}_low": value / 2, f"{kind}_high": 1}
        row |= {f"{kind}_accuracy_lowest": value, f"{kind}_accuracy_highest": value}
    return row | changes


@pytest.mark.parametrize(
    ("split", "said"),
    [
        (spoken("anna", "ben"), "Test set: 2 speakers, all of whom are also in the training data."),
        (spoken("carl", "dora"), "Test set: 2 speakers, none of them in the training data."),
    ],
)
def test_every_part_with_accuracies_says_who_is_tested(page_of, rows, split, said):
    page = page_of(rows, split=split)
    # Beside the answers, attacks, spectrograms, training, the paper's numbers, and all numbers.
    assert page.text.count(said) >= 6


def test_speakers_have_a_table_with_the_worst_first(page_of, rows):
    found = [speaker_row("anna", 0.9, 0.4), speaker_row("ben", 0.8, 0.2)]
    found += [speaker_row("carl", 0.7, 0.0, eps=1.0)]
    table = page_of(rows, by_speaker=found).text.split("By speaker")[1].split("</table>")[0]
    assert table.index("ben") < table.index("anna")
    assert "carl" not in table
    assert "0.100 to 1.000" in table


def test_many_speakers_are_told_as_a_distribution(page_of, rows):
    found = [speaker_row(f"s{number:02d}", 0.5, number / 100) for number in range(61)]
    table = page_of(rows, by_speaker=found).text.split("By speaker")[1].split("</table>")[0]
    assert "of 61 speakers" in table
    assert "s07" not in table
    assert "0.300" in table


def test_many_settings_have_a_page_each(page_of, rows, setting, tmp_path):
    names = [f"net{number}" for number in range(4)]
    others = [row | {"network": name} for name in names for row in rows]
    settings = tuple(
        ReportedSetting(**setting | {"network": name}, source="fsdd", reference="standard")
        for name in names
    )
    first = page_of(others, settings=settings)
    links = {attributes["href"] for tag, attributes in first.tags if tag == "a"}
    for place in settings:
        assert place.page in links
        page = Page((tmp_path / place.page).read_text())
        assert page.open == page.badly_closed == []
        assert any(text.startswith(f"Network {place.network}") for text in page.words("h1"))
        back = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
        assert "../../../report.html" in back
        assert ((tmp_path / place.page).parent / "../../../report.html").is_file()
    assert "Accuracy under attack" not in first.words("h2")
