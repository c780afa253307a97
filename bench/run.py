"""Measures the platform as it runs: fills a database of its own, starts the real server and the load, prints figures.

    python bench/run.py --sizes 10k,100k,1M --jobs map,list,create [--json FILE] [--report docs/performance.md]

Any python will do: without Django this one hands over to the project's own. See README.md beside this file.
"""

import os
import sys
from importlib.util import find_spec

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HANDED_OVER = "BENCH_HANDED_OVER"


def at_home() -> None:
    """Stand at the project's root, with a python that has what it needs: else become that one."""
    # Started as a file, python looks for modules beside it first, where one may be named like one of its own.
    beside = os.path.join(ROOT, "bench")
    sys.path[:] = [ROOT, *(one for one in sys.path if os.path.abspath(one or ".") not in (ROOT, beside))]
    if find_spec("django") and find_spec("psycopg"):
        return
    own = os.path.join(ROOT, ".venv", "bin", "python")
    if os.environ.get(HANDED_OVER) or not os.path.exists(own):
        sys.exit("The project is not set up: run script/setup first.")
    os.environ[HANDED_OVER] = "1"
    os.execv(own, [own, os.path.abspath(__file__), *sys.argv[1:]])


if __name__ == "__main__":
    at_home()
    from bench.main import main

    sys.exit(main())
