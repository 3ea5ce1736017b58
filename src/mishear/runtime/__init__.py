"""How a job runs: its log and its clean end, locks, GPUs, batches, the fingerprint of its code."""
