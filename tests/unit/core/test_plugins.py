"""Classes and parameters named in the config are checked against what is really there."""

import pytest

from mishear.core.errors import UserError
from mishear.training.networks import check_network


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"class": "PaperCNNN", "params": {}}, "Did you mean PaperCNN"),
        ({"class": "PaperCNN", "params": {"depth": 3}}, "no such parameter"),
        ({"class": "torch.nn.Linear", "params": {}}, "needs 'in_features'"),
    ],
)
def test_a_wrong_network_is_named(definition, said):
    with pytest.raises(UserError, match=said):
        check_network(definition, "networks.x")
