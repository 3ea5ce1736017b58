"""Classes and parameters named in the config are checked against what is really there."""

import pytest

from mishear.core.errors import UserError
from mishear.core.plugins import FAMILIES


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"class": "PaperCNNN", "params": {}}, "Did you mean PaperCNN"),
        ({"class": "PaperCNN", "params": {"depth": 3}}, "no such parameter"),
        ({"class": "torch.nn.Linear", "params": {}}, "no argument 'classes'"),
    ],
)
def test_a_wrong_network_is_named(definition, said):
    with pytest.raises(UserError, match=said):
        FAMILIES["networks"].check(definition, "networks.x")
