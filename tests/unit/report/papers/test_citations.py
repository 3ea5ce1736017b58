"""Classes are cited by what stands behind them."""

import foolbox
import pytest

from mishear.core.plugins import FAMILIES
from mishear.report.papers.citations import CLASSES, NORMS, sources_of


@pytest.mark.parametrize(
    ("section", "name", "keys"),
    [
        ("attacks", "LinfPGD", ("madry2018towards",)),
        ("attacks", "L2CarliniWagnerAttack", ("carlini2017towards",)),
        ("attacks", "foolbox.attacks.LinfFastGradientAttack", ("goodfellow2015explaining",)),
        ("attacks", "mishear.attacks.autoattack.LinfSquare", ("andriushchenko2020square",)),
        ("attacks", "DDNAttack", ("rony2019ddn",)),
        ("networks", "PaperCNN", ("attacks2024",)),
        ("networks", "mine.PaperCNN", ()),
        ("networks", None, ()),
        ("poisons", "UniformNoise", ()),
        ("sources", "fsdd", ("jackson2018fsdd",)),
        ("sources", "folder", ()),
        ("schedules", "constant", ()),
    ],
)
def test_sources_of_a_name(section, name, keys):
    assert sources_of(section, name) == keys


@pytest.mark.parametrize("section", [name for name in CLASSES if name in FAMILIES])
def test_every_class_that_is_cited_exists(section):
    modules = ["mishear.attacks.autoattack", "mishear.attacks.universal"]
    modules += ["mishear.attacks.hopskipjump", "mishear.libraries.defences"]
    modules += ["mishear.libraries.detectors", FAMILIES[section].home]
    for short in CLASSES[section]:
        names = [short, *(f"{norm}{short}" for norm in NORMS)]
        assert any(
            hasattr(__import__(module, fromlist=["x"]), name)
            for module in modules
            for name in names
        ), short


def test_the_attacks_of_foolbox_that_follow_a_paper_are_cited():
    cited = [name for name in dir(foolbox.attacks) if sources_of("attacks", name)]
    assert {"LinfPGD", "L2PGD", "L2DeepFoolAttack", "LInfFMNAttack", "EADAttack"} <= set(cited)
