"""Runs that are killed and files that are damaged: `python -m tests.faults`, and a little of it in the test suite."""
