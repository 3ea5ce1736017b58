"""What a study consists of, and the path of everything in ``results``."""
