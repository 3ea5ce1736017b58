"""What the tables of `mishear.core.tables.libraries` hold."""

from mishear.core.tables import libraries


def test_the_words_of_a_probe_are_those_declared():
    from mishear.libraries import probe_terms

    told = {column.name: column.text for column in libraries.PROBE.columns}
    for usage in (probe_terms.AS_DOCUMENTED, probe_terms.OWN_ARGUMENTS, probe_terms.ADAPTER):
        assert f"`{usage}`" in told["usage"]
    assert f"`{probe_terms.WORKS}`" in told["outcome"]
