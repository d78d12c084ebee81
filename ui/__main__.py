"""``python -m ui`` is the command ``cemai``."""

import sys

from ui.cli import main

sys.exit(main())
