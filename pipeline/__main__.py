"""`python -m pipeline` is the `kompetanse` command."""

import sys

from pipeline.cli import main

# Processes that a command starts import this module too.
if __name__ == "__main__":
    sys.exit(main())
