"""`python -m inhouse.cli`."""

from inhouse.cli.start import run

run()
