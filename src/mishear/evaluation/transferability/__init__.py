"""Transfer between victims: judge examples, and how often they mislead whom."""
