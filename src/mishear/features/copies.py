"""Copies of a recording, which must not be in the training and the test alike."""

from collections.abc import Sequence

import numpy as np


def joined(groups: Sequence[str], contents: Sequence[str]) -> np.ndarray:
    """Join the groups of recordings, such as speakers, that have the same audio.

    Parameters
    ----------
    groups
        Group of each recording.
    contents
        Its content, see :class:`~mishear.corpora.decoding.Audio`.

    Returns
    -------
    numpy.ndarray of shape (recordings,), text
        The content by which each recording's joined group is known: the first in the order of
        contents. It does not depend on how the groups are called.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    names, of_group = np.unique(groups, return_inverse=True)
    known, of_content = np.unique(contents, return_inverse=True)
    links = coo_array(
        (np.ones(len(of_group)), (of_group, of_content + len(names))),
        shape=(len(names) + len(known),) * 2,
    )
    component = connected_components(links, directed=False)[1][of_group]
    first = np.full(len(names) + len(known), len(known))
    np.minimum.at(first, component, of_content)
    return known[first[component]]
