"""`python -m labspec.cli`."""

import sys

from labspec.cli import main

sys.exit(main())
