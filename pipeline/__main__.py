"""`python -m pipeline` is `session-deid`."""

from pipeline.cli.main import run

run()
