"""What some studies do besides."""

import pytest

from mishear.report.papers.further import detectors, listening, targeted, transfer


@pytest.mark.parametrize(
    ("part", "section", "found", "said"),
    [
        (detectors, "detectors", {"d": {"class": "SpectralSignatures"}}, "[@tran2018spectral]"),
        (transfer, "transfer", {"attacks": ["pgd", "cw"]}, "`pgd` and `cw`"),
        (targeted, "targeted", {"attacks": ["pgd"]}, "every class in turn"),
        (listening, "listening", {"recognisers": ["p"]}, "[@rix2001pesq]"),
    ],
)
def test_it_is_described_where_it_was_done(card, part, section, found, said):
    recognisers = {"recognisers": {"p": {"class": "Pocketsphinx"}}}
    config = card.config | recognisers
    assert said in " ".join(part(card.model_copy(update={"config": config | {section: found}})))
    without = {key: value for key, value in config.items() if key != section}
    if section == "detectors":
        without[section] = {}
    assert not list(part(card.model_copy(update={"config": without})))
