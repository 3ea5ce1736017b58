"""How all figures look."""

from mishear.report.drawing.style import MARKERS, RATES, SERIES, attack_styles, rate_colours


def test_each_attack_keeps_its_colour_whatever_else_is_drawn():
    many = [f"attack{number}" for number in range(40)]
    styles = attack_styles(many)
    pairs = {(style["color"], style["marker"]) for style in styles.values()}
    assert len(pairs) == len(many)
    assert attack_styles(many[:3])["attack2"] == styles["attack2"]
    assert len(SERIES) != len(MARKERS)


def test_higher_rates_are_stronger():
    assert rate_colours([1.0, 0.25, 0.5]) == dict(zip([0.25, 0.5, 1.0], RATES, strict=True))
    assert rate_colours([0.5]) == {0.5: RATES[-1]}
