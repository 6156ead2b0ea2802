"""`python -m inhouse.cli`."""

from inhouse.cli.main import run

run()
