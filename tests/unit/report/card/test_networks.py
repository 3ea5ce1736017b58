"""Networks are as large as they are."""

import torch

from mishear.report.card.networks import number_of_parameters
from mishear.training.networks.paper_cnn import PaperCNN


def test_parameters_are_counted_without_running_means(tmp_path):
    torch.save(PaperCNN(10).state_dict(), tmp_path / "victim.pt")
    classes = [str(digit) for digit in range(10)]
    definition = {"class": "PaperCNN", "params": {}}
    # As docs/networks.md says.
    assert number_of_parameters(definition, classes, tmp_path / "victim.pt") == 25402


def test_of_a_model_that_gives_only_scores_it_is_unknown(tmp_path):
    definition = {"class": None, "scores_only": {}}
    assert number_of_parameters(definition, [], tmp_path / "victim.pt") is None
