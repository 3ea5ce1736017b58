"""The fingerprint of a job: the code that its results depend on, and the libraries it uses."""
