"""A recipe says how a network is trained, without contradictions."""

import pytest

from tests.unit.config.changes import assert_refused, put


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("recipes/a", {"adversarial": {"eps": []}}), ["recipes.a.adversarial.eps", "1 item"]),
        (put("recipes/a", {"adversarial": {"eps": [0]}}), ["recipes.a.adversarial.eps.0"]),
        (
            put("recipes/a", {"adversarial": {"eps": [1], "method": "trades"}}),
            ["recipes.a.adversarial", "needs a beta"],
        ),
        (
            put("recipes/a", {"adversarial": {"eps": [1], "beta": 6}}),
            ["recipes.a.adversarial", "pgd has no beta"],
        ),
        (
            put("recipes/a", {"adversarial": {"eps": [1], "library": "art", "warm_up": 0.5}}),
            ["recipes.a.adversarial", "library: art"],
        ),
        (
            put(
                "recipes/a/adversarial",
                {"eps": [1], "method": "trades", "beta": 6, "random_start": False},
            ),
            ["recipes.a.adversarial", "random_start: true"],
        ),
        (put("recipes/noise/noise", {"sigma": [1, 3]}), ["recipes.noise", "recipe for each"]),
        (put("recipes/noise/adversarial", {"eps": [1, 3]}), ["recipes.noise", "recipe for each"]),
        *(
            (put("recipes/a", {key: {name: [1, value]}}), [f"recipes.a.{key}.{name}.1"])
            for key, name in (("noise", "sigma"), ("adversarial", "eps"))
            for value in (float("nan"), float("inf"), 1e300, 1e-300, -1)
        ),
        *(
            (
                put("recipes/a", {"adversarial": {"eps": [1], "method": "trades", "beta": beta}}),
                ["recipes.a.adversarial.beta"],
            )
            for beta in (1e308, float("nan"), 0)
        ),
        (
            put("recipes/a", {"adversarial": {"eps": [1], "rel_stepsize": 1e300}}),
            ["recipes.a.adversarial.rel_stepsize"],
        ),
        (put("recipes/standard/defences", []), ["recipes.standard.defences", "1 item"]),
        (put("recipes/standard/epochs", 0), ["recipes.standard.epochs", "0"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)
