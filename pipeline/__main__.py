"""`python -m pipeline` is the `kompetanse` command."""

import sys

from pipeline.cli import main

sys.exit(main())
