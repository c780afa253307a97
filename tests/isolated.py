"""A DATA_DIR and a Redis database for each pytest process: workers of xdist share neither caches nor files.

Loaded with `-p tests.isolated` by script/test: it must act before Django reads its settings.
"""

import os
import tempfile
from pathlib import Path

worker = os.environ.get("PYTEST_XDIST_WORKER", "")
base = os.environ.get("DATA_DIR") or tempfile.mkdtemp(prefix="anliegen-test.")
folder = Path(base, worker or "main")
(folder / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns when it is missing
os.environ["DATA_DIR"] = str(folder)
if worker and (url := os.environ.get("REDIS_URL")):
    os.environ["REDIS_URL"] = f"{url.rsplit('/', 1)[0]}/{int(worker.removeprefix('gw')) + 1}"
