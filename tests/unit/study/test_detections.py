"""Which detectors look at whose training recordings."""

from mishear.study.detections import detections
from mishear.study.evaluations import victims
from tests.unit.study.configs import NOISE, PLAIN, config

POISON = NOISE | {"rate": [0.5, 1.0], "detectors": ["one", "two"]}
DETECTORS = {name: {"class": "NeighbourDisagreement"} for name in ("one", "two")}


def test_each_detector_looks_at_each_poisoned_victim():
    found = config(PLAIN | {"noise": {"poison": POISON}}, detectors=DETECTORS, seeds=[0, 1])
    assert [detection.path for detection in detections(found)] == [
        f"results/detections/a/mel/net/noise-amplitude0.01-rate{rate}/seed{seed}/{detector}.csv"
        for rate in ("0.5", "1")
        for detector in ("one", "two")
        for seed in (0, 1)
    ]


def test_they_look_at_what_a_victim_of_the_study_was_trained_on():
    found = config(PLAIN | {"noise": {"poison": POISON}}, detectors=DETECTORS)
    trained = set(victims(found))
    assert all(detection.victim in trained for detection in detections(found))


def test_without_detectors_there_are_no_detections():
    assert detections(config(PLAIN | {"noise": {"poison": NOISE}})) == []
