"""How gunicorn serves: its configuration (Procfile: --config python:portal.serving).

Threads wait for the database, processes use the cores: as many processes as there are cores, two at least, so that one
that ends is not noticed, and four threads in each. The application is loaded before they are made, so that they share
the memory of the code. Processes are not replaced after some number of requests: their memory stays (bench/memory.py).
"""

import os
from pathlib import Path

CORES = len(os.sched_getaffinity(0))

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or max(2, CORES))
threads = int(os.environ.get("WEB_THREADS") or 4)
preload_app = True
backlog = 1024
"""Requests that wait for a thread; a burst is served late instead of refused."""
keepalive = 20
"""Seconds a connection of the proxy stays open; longer than nginx keeps an idle one would be refused by nobody."""
timeout = 60
"""A process that gives no sign of life for so long is replaced. Threads that wait do not count."""
graceful_timeout = 5
loglevel = "warning"
if Path("/dev/shm").is_dir():  # noqa: S108  the sign of life must not wait for a slow disk
    worker_tmp_dir = "/dev/shm"  # noqa: S108
