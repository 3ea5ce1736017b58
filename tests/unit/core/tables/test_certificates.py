"""What the tables of certified radii hold."""

from mishear.core.tables.certificates import CERTIFICATE, CERTIFICATES


def test_the_cap_of_the_draws_is_in_both():
    assert "largest_radius" in CERTIFICATE.names
    assert {"largest_radius", "capped"} <= set(CERTIFICATES.names)


def test_a_study_has_a_row_for_each_radius_of_a_victim():
    assert CERTIFICATES.keys[-2:] == ("defence", "radius")
