"""Every reader of users' files against broken ones: `python -m tests.fuzz`, and a little of it in the test suite."""
