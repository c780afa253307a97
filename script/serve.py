#!/usr/bin/env python3
"""Prepare the platform, then keep the processes of the Procfile running: script/server calls this.

A process that dies is started again after a second: what was due stands in tables, so nothing is lost.
SIGTERM, SIGINT and SIGHUP stop all of them, at the latest after eight seconds with SIGKILL; when this process
itself is killed, the kernel ends its children. Needs only the standard library, as it sets the machine up.
"""

import contextlib
import ctypes
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
STOP_AFTER = 8.0  # seconds between SIGTERM and SIGKILL
RESTART_AFTER = 1.0
TRIES = 5  # deaths of one process before the platform was ever ready: something is wrong, give up
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)

os.chdir(ROOT)
PORT = os.environ.setdefault("PORT", "8000")
BIND = os.environ.setdefault("BIND", "127.0.0.1")
DATA_DIR = Path(os.environ.get("DATA_DIR") or "var").resolve()
os.environ["DATA_DIR"] = str(DATA_DIR)
DEMO = os.environ.get("DEMO", "1").lower() not in {"0", "false", "f", "no", "n", "off"}
MANAGE = [".venv/bin/python", "manage.py"]

stopping = threading.Event()
ready = threading.Event()


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(f"==> {text}", flush=True)


def spawn(command: list[str]) -> "subprocess.Popen[bytes]":
    """Start a command in a group of its own, which ends with this process even if that is killed."""
    return subprocess.Popen(
        command,
        start_new_session=True,
        preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM),
    )


def send(process: "subprocess.Popen[bytes]", number: int) -> None:
    """Signal a process and all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def stop(processes: list["subprocess.Popen[bytes]"]) -> None:
    """End all groups: ask, wait, then force."""
    for process in processes:
        send(process, signal.SIGTERM)
    deadline = time.monotonic() + STOP_AFTER
    while time.monotonic() < deadline and any(process.poll() is None for process in processes):
        time.sleep(0.05)
    for process in processes:
        send(process, signal.SIGKILL)
        process.wait()


def step(text: str, *command: str) -> None:
    """Run one step of the preparation; its failure or a signal ends the start."""
    if text:
        say(text)
    # Installing may ask for sudo's password, so with a terminal the step stays in the foreground.
    process = subprocess.Popen(command) if sys.stdin.isatty() else spawn(list(command))
    while process.poll() is None and not stopping.wait(0.05):
        pass
    if stopping.is_set():
        process.terminate() if sys.stdin.isatty() else stop([process])
        sys.exit(0)
    if process.returncode:
        sys.exit(f"script/server: {' '.join(command)} failed ({process.returncode})")


def check_port() -> None:
    """Say so when somebody else has the port. What a killed run left behind needs a moment to go."""
    deadline = time.monotonic() + 10
    while True:
        with socket.socket(socket.AF_INET6 if ":" in BIND else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                return probe.bind((BIND.strip("[]"), int(PORT)))
            except (OSError, ValueError, OverflowError) as error:
                if stopping.wait(0.5) or not isinstance(error, OSError) or time.monotonic() > deadline:
                    sys.exit(f"script/server: cannot listen on {BIND}:{PORT} ({error}); choose another PORT")


def collect_static() -> None:
    """Gather static files under hashed names, but only when one of them or a package changed."""
    # Of packages only: DATA_DIR/static, where they are gathered, may lie here as well.
    folders = [ROOT / "static", ROOT / "var" / "vendor", *(app.parent / "static" for app in ROOT.glob("*/apps.py"))]
    seen = hashlib.sha256((ROOT / "requirements" / "runtime.txt").read_bytes())
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    for file in sorted([*files, *ROOT.glob("portal/bundles.py")]):
        seen.update(f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}\n".encode())
    stamp = DATA_DIR / ".static-collected"
    collected = (DATA_DIR / "static" / "staticfiles.json").exists() and stamp.exists()
    if not collected or stamp.read_text() != seen.hexdigest():
        step("Collecting static files", *MANAGE, "collectstatic", "--noinput", "--verbosity", "0")
        stamp.write_text(seen.hexdigest())


def announce() -> None:
    """Wait until the platform really answers, then print where it is and who may log in."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "[::]": "[::1]"}.get(BIND, BIND)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    started = time.monotonic()
    complain_at = started + 20
    while not stopping.wait(0.3 if time.monotonic() < started + 10 else 2):
        try:
            with opener.open(f"http://{host}:{PORT}/readyz", timeout=5):
                break
        except OSError as error:
            if time.monotonic() > complain_at:
                reason = error.read().decode() if isinstance(error, urllib.error.HTTPError) else str(error)
                say(f"Not ready yet: {reason}")
                complain_at = time.monotonic() + 20
    if stopping.is_set():
        return
    ready.set()
    logins = subprocess.run([*MANAGE, "demo", "--logins"], stdout=subprocess.PIPE).stdout if DEMO else b""
    say(f"Anliegen is ready: http://localhost:{PORT}")
    print(logins.decode(), end="", flush=True)


def keep_running(commands: dict[str, str]) -> int:
    """Start the processes and restart what dies, until a signal comes; returns the exit code."""
    processes = {name: spawn(["/bin/sh", "-c", command]) for name, command in commands.items()}
    threading.Thread(target=announce, daemon=True).start()
    due: dict[str, float] = {}
    deaths = dict.fromkeys(commands, 0)
    code = 0
    while not stopping.wait(0.1):
        for name, process in processes.items():
            if name not in due and process.poll() is not None:
                send(process, signal.SIGKILL)  # what it left behind would hold the port
                deaths[name] += 1
                say(f"{name} ended with {process.returncode}; starting it again")
                due[name] = time.monotonic() + RESTART_AFTER
            elif name in due and time.monotonic() >= due[name]:
                del due[name]
                processes[name] = spawn(["/bin/sh", "-c", commands[name]])
        if not ready.is_set() and max(deaths.values()) >= TRIES:
            print("script/server: the platform does not come up", file=sys.stderr, flush=True)
            code = 1
            break
    stopping.set()
    say("Stopping")
    stop(list(processes.values()))
    return code


def on_signal(number: int, frame: FrameType | None) -> None:
    """Ask the main loop to stop."""
    stopping.set()


def main() -> int:
    """Prepare and run."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_signal)
    check_port()
    step("", "script/setup")
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    step("Migrating the database", *MANAGE, "migrate", "--noinput", "--verbosity", "0")
    collect_static()
    if DEMO:
        step("Loading the demo (once)", *MANAGE, "demo")
    say("Starting web, worker and scheduler")
    lines = (line.split(":", 1) for line in (ROOT / "Procfile").read_text().splitlines() if ":" in line)
    return keep_running({name.strip(): command.strip() for name, command in lines})


if __name__ == "__main__":
    sys.exit(main())
