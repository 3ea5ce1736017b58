"""Unfinished downloads, which a later run may continue."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Origin:
    """The source of a part file, by which one can tell whether it may be continued."""

    url: str
    validator: str | None
    total: int | None


@dataclass(frozen=True)
class PartFile:
    """An unfinished download, with a note of its origin beside it."""

    path: Path

    @property
    def note(self) -> Path:
        """The file beside it."""
        return self.path.with_name(f"{self.path.name}.json")

    @property
    def size(self) -> int:
        """Bytes that have arrived."""
        return self.path.stat().st_size if self.path.exists() else 0

    def origin(self) -> Origin | None:
        """Read the note; None where it is missing or broken."""
        try:
            return Origin(**json.loads(self.note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def begin(self, origin: Origin) -> None:
        """Start again from zero."""
        self.path.unlink(missing_ok=True)
        self.note.write_text(json.dumps(asdict(origin)), encoding="utf-8")

    def delete(self) -> None:
        """Remove the file and its note."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)
