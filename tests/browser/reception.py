"""A phone whose reception comes and goes: a line that can be cut, and a browser that can be killed.

The line is a real one: the browser talks to a port that forwards to the platform, and nobody listens there while it is
cut. That holds for pages and for the service worker alike, which a page's "offline" switch does not promise.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext, Page, Playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.conftest import ARGUMENTS, CHROMIUM, PHONE

Mood = Literal["good", "cut", "deaf", "slow", "hang", "500", "502"]
SLOW = 50_000 / 8
"""Bytes per second of a slow 2G line, and its delay in seconds."""
DELAY = 0.4


class Reception:
    """Forwards a port of its own to `port`, which may change when the platform is started anew.

    "cut": nobody answers. "deaf": what is sent arrives, but no answer. "slow": as on 2G. "hang": somebody takes the
    call and says nothing. "500" and "502": somebody on the way answers with this error.
    """

    def __init__(self, port: int) -> None:
        self.upstream = port
        self.mood: Mood = "good"
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = 0
        self.bytes = 0
        """How much went to the phone so far."""
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(self._listen())

    @property
    def address(self) -> str:
        """What the browser opens."""
        return f"http://localhost:{self.port}"

    def set(self, mood: Mood) -> None:
        """Change the reception at once, for what is under way as well."""
        self._do(self._set(mood))

    def move(self, port: int) -> None:
        """The platform was started anew at another port: what was under way is cut off."""
        self.upstream = port
        self._do(self.hang_up())

    def close(self) -> None:
        """End it."""
        self._do(self._set("cut"))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()

    def _do(self, deed: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(deed, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _set(self, mood: Mood) -> None:
        before, self.mood = self.mood, mood
        if mood not in {"good", "deaf", "slow"} or before == "hang":
            await self.hang_up()
        if mood == "cut" and self._server is not None:
            self._server.close()
            self._server = None
        elif mood != "cut" and self._server is None:
            await self._listen()

    async def hang_up(self) -> None:
        """Cut what is under way."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mood in {"hang", "500", "502"}:
            await self._answer(reader, writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer, back=True))
        finally:
            self._writers -= {writer, far_writer}

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request without the platform."""
        status = self.mood
        self._writers.add(writer)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            await reader.readexactly(int(found[1]) if found else 0)
            if status == "hang":
                await reader.read()  # until somebody gives up
            else:
                body = b"<h1>Error</h1>"
                writer.write(f"HTTP/1.1 {status} Error\r\nContent-Type: text/html\r\n".encode())
                writer.write(f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, back: bool = False) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(8_192 if self.mood == "slow" else 65_536):
                if back and self.mood == "deaf":
                    break
                self.bytes += len(chunk) if back else 0
                if self.mood == "slow":
                    await asyncio.sleep(DELAY + len(chunk) / SLOW)
                writer.write(chunk)
                await writer.drain()
        if back:
            writer.transport.abort() if self.mood == "deaf" else writer.close()
        elif writer.can_write_eof():
            with contextlib.suppress(OSError):
                writer.write_eof()


class Phone:
    """A browser with a profile that stays: closed, killed and started again it is the same phone."""

    def __init__(self, playwright: Playwright, profile: Path, reception: Reception) -> None:
        self.playwright, self.profile, self.reception = playwright, profile, reception
        self.context: BrowserContext | None = None
        self.problems: list[str] = []

    def start(self) -> Page:
        """Switch it on; a page without an address."""
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            base_url=self.reception.address,
            locale="de-DE",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            **PHONE,
        )
        self.context.set_default_timeout(30_000)
        self.context.on("weberror", lambda error: self.problems.append(str(error.error)))
        if self.reception.mood == "cut":
            self.context.set_offline(True)
        return self.page

    @property
    def page(self) -> Page:
        """The page in front."""
        assert self.context is not None
        return self.context.pages[-1] if self.context.pages else self.context.new_page()

    def lose_reception(self) -> None:
        """From now on nothing gets through, and the phone knows."""
        self.reception.set("cut")
        if self.context is not None:
            self.context.set_offline(True)

    def get_reception(self) -> None:
        """The line is back, and the phone notices."""
        self.reception.set("good")
        if self.context is not None:
            self.context.set_offline(False)

    def close_tab(self) -> Page:
        """Close the tab; a new one without an address."""
        assert self.context is not None
        old, new = self.page, self.context.new_page()
        old.close()
        return new

    def kill(self) -> None:
        """The battery is empty: kill -9, nobody is asked to save anything, and nothing of it runs on."""
        while running := self._processes():
            for process in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.02)
        self.stop()

    def _processes(self) -> list[int]:
        """The browser and its children, of which the one that keeps the storage would otherwise outlive it."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"--user-data-dir={self.profile}".encode() in (process / "cmdline").read_bytes():
                    found.append(int(process.name))
        return found

    def stop(self) -> None:
        """Switch it off."""
        with contextlib.suppress(PlaywrightError):
            if self.context is not None:
                self.context.close()
        self.context = None
        for lock in self.profile.glob("Singleton*"):
            lock.unlink(missing_ok=True)
