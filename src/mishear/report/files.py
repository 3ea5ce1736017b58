"""The files beside the report, with what they hold."""

from mishear.core.tables.docs import TABLES
from mishear.study.reported import ReportedStudy


def files_beside(study: ReportedStudy) -> dict[str, str]:
    """Return the files beside the report and, in a sentence or two, what each holds."""
    texts = {table.path.rpartition("/")[2]: table.text for table in TABLES}
    return {name: texts.get(name, "") for name in study.tables} | dict(study.files)
