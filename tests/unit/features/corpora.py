"""Rows of an index, as tests of splits need them."""

from hashlib import sha256


def recordings(classes, speakers, repetitions):
    """Return a row for each class, speaker and take."""
    return [
        {
            "recording": f"{label}_s{speaker}_{take}.wav",
            "label": str(label),
            "speaker": f"s{speaker}",
            "take": str(take),
            "content": content(f"{label} {speaker} {take}"),
        }
        for label in range(classes)
        for speaker in range(speakers)
        for take in range(repetitions)
    ]


def content(audio):
    """Return a content that sorts in no order."""
    return sha256(audio.encode()).hexdigest()[:16]


def column(rows, name):
    return [row[name] for row in rows]
