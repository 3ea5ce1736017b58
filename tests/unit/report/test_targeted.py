"""What is said of attacks that aim at every class."""

import pandas as pd

from mishear.report.targeted import targeted_sentences

ROW = {"recipe": "standard", "attack": "aimed", "budget": "eps", "eps": 0.5, "tried": 10}
RATES = {("one", "two"): 0.9, ("two", "one"): 0.1}


def rows(rates):
    return pd.DataFrame(
        [ROW | {"label": a, "target": b, "success_rate": rate} for (a, b), rate in rates.items()]
    )


def test_the_easiest_and_the_hardest_pair_are_named():
    (text,) = targeted_sentences(rows(RATES), "standard")
    assert "reaches its target for 0.500" in text
    assert "from one to two (0.900) and least often from two to one (0.100)" in text
    assert targeted_sentences(rows(RATES), "other") == []
    assert targeted_sentences(None, "standard") == []


def test_pairs_that_are_alike_are_not_ranked():
    (text,) = targeted_sentences(rows(dict.fromkeys(RATES, 0.5)), "standard")
    assert text.endswith("at a rate of 0.500.")
