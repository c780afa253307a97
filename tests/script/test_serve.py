"""The supervisor of script/server: restarts what dies, stops everything in time, leaves nothing behind."""

import os
import shutil
import signal
import socket  # noqa: TID251  free and taken ports of this machine
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
WEB = """
import http.server, os, pathlib
pathlib.Path("web.pid").write_text(str(os.getpid()))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *args):
        pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
MANAGE = """
import os, pathlib, sys
print("ran", *sys.argv[1:])
if "collectstatic" in sys.argv:
    gathered = pathlib.Path(os.environ["DATA_DIR"]) / "static"
    gathered.mkdir(exist_ok=True)
    (gathered / "staticfiles.json").touch()
"""
STUBBORN = """
import os, pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path("worker.pid").write_text(str(os.getpid()))
time.sleep(600)
"""


def until(condition: Callable[[], object], seconds: float = 15) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the real supervisor and stand-ins for everything else."""
    for folder in ("script", ".venv/bin", "requirements", "static"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "script" / "serve.py", tmp_path / "script")
    (tmp_path / "requirements" / "runtime.txt").touch()
    (tmp_path / "web.py").write_text(WEB)
    (tmp_path / "worker.py").write_text(STUBBORN)
    (tmp_path / "manage.py").write_text(MANAGE)
    (tmp_path / "static" / "app.css").touch()
    (tmp_path / "script" / "setup").write_text("#!/bin/sh\necho set up\n")
    (tmp_path / "script" / "setup").chmod(0o755)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / "Procfile").write_text(f"web: exec {sys.executable} web.py\nworker: exec {sys.executable} worker.py\n")
    return tmp_path


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(project: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    process = start(project, port)
    until(lambda: "ran demo --logins" in output(project) and (project / "worker.pid").exists())
    yield process
    end(process, project)


def start(project: Path, port: int) -> "subprocess.Popen[bytes]":
    """The supervisor as it is by default: with its data inside of the project; it writes to out.log."""
    with (project / "out.log").open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "script/serve.py"],
            cwd=project,
            env={**os.environ, "PORT": str(port), "DATA_DIR": "var", "DEMO": "1"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )


def end(process: "subprocess.Popen[bytes]", project: Path) -> None:
    """Leave nothing of it behind."""
    process.kill()
    process.wait()
    for name in ("web", "worker"):
        if alive(pid := pid_of(project, name)):
            os.kill(pid, signal.SIGKILL)


def ready(project: Path, times: int) -> bool:
    """Whether it came up so many times."""
    return output(project).count("ran demo --logins") == times


def output(project: Path) -> str:
    return (project / "out.log").read_text()


def pid_of(project: Path, name: str) -> int:
    return int((project / f"{name}.pid").read_text() or 0)


def test_prepares_then_says_where_it_is(server, project, port):
    steps = [
        "set up",
        "ran migrate",
        "ran collectstatic",
        "ran demo\n",
        f"http://localhost:{port}",
        "ran demo --logins",
    ]
    places = [output(project).index(step) for step in steps]
    assert places == sorted(places)


def test_a_second_start_gathers_no_files_again_unless_one_changed(server, project, port):
    server.send_signal(signal.SIGTERM)
    server.wait(10)
    for turn, gathered in ((2, 1), (3, 2)):
        again = start(project, port)
        try:
            until(partial(ready, project, turn))
            assert output(project).count("ran collectstatic") == gathered
        finally:
            end(again, project)
        (project / "static" / "app.css").write_text("changed")


def test_restarts_what_is_killed(server, project):
    before = pid_of(project, "worker")
    os.kill(before, signal.SIGKILL)
    until(lambda: pid_of(project, "worker") not in {0, before})
    assert server.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_every_child_within_ten_seconds(server, project, number):
    started = time.monotonic()
    server.send_signal(number)
    assert server.wait(10) == 0
    assert time.monotonic() - started < 10
    assert not alive(pid_of(project, "web"))
    assert not alive(pid_of(project, "worker"))


def test_children_end_when_the_supervisor_is_killed(server, project):
    web = pid_of(project, "web")
    server.kill()
    until(lambda: not alive(web))


def test_a_taken_port_is_named(project, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        result = subprocess.run(
            [sys.executable, "script/serve.py"],
            cwd=project,
            env={**os.environ, "PORT": str(port)},
            capture_output=True,
            text=True,
        )
    assert result.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr
