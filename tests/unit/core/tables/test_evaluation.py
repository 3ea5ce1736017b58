"""What the tables of `mishear.core.tables.evaluation` hold."""

from mishear.core.tables import evaluation


def test_the_summary_has_the_columns_that_others_rely_on():
    documented = "corpus front_end network recipe seed defence attack domain norm eps n "
    documented += "clean_accuracy accuracy ci_low ci_high attack_success_rate mean_linf mean_l2 "
    documented += "median_snr_db seconds device"
    assert set(documented.split()) <= set(evaluation.SUMMARY.names)


def test_without_a_limit_eps_is_infinite(tmp_path):
    (eps,) = [column for column in evaluation.SUMMARY.columns if column.name == "eps"]
    assert eps.written(float("inf")) == "inf"
    assert eps.read("inf") == float("inf")
