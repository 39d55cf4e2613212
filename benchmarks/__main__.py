"""Measure the product on this machine.

    python -m benchmarks [part …] [--seconds 6] [--connections 8]

Without a part all of them run. Each part makes its own database in a folder of its own, which
goes with it. Times depend on the machine: compare the ratios within one run.
"""

from __future__ import annotations

import argparse
import importlib
import os
import tempfile

from benchmarks.serving import holding_database

# part to what it measures; each is a module here with ``main(environment, options)``
PARTS = {
    "servers": "pages and the door, two servers side by side",
    "entries": "lists, search and workbook of 5,000 entries",
    "last_minute": "200 captains hand in during the last minute",
    "judging_save": "200 judges save a sheet every 3 seconds",
    "uploads": "a film of 500 MB in pieces, up and down, and the memory it takes",
    "assignment": "judges to entries: the best total, the best worst-off entry, proven",
    "scoring": "standings and severity of 5,000 entries; what the correction is worth",
}


def main() -> None:
    """Run the parts that were asked for, one after the other."""
    words = "".join(f"\n  {name:<14}{what}" for name, what in PARTS.items())
    asked = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=f"{__doc__}\nparts:{words}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    asked.add_argument("parts", nargs="*", metavar="part", help="all of them without one")
    asked.add_argument("--seconds", type=float, default=6)
    asked.add_argument("--connections", type=int, default=8)
    options = asked.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        asked.error(f"no part is called {', '.join(sorted(unknown))}")
    for name in options.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="eventhub-bench-") as folder:
            environment = {**os.environ, "EVENTHUB_INSTANCE": folder, "LOG_LEVEL": "WARNING"}
            environment.pop("DATABASE_URL", None)
            with holding_database(environment):
                importlib.import_module(f"benchmarks.{name}").main(environment, options)


if __name__ == "__main__":
    main()
