"""Local servers to talk to: one for the web, one for mail, one that only accepts and waits."""

import contextlib
import socket  # noqa: TID251  the servers of the tests
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

Asked = tuple[str, str, dict[str, str], bytes]


class _Handler(BaseHTTPRequestHandler):
    server: "WebServer"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.command, self.path, headers, body))
        with contextlib.suppress(OSError):
            self.server.pages[self.path.partition("?")[0]](self)

    do_GET = do_POST = do_HEAD = _answer

    def log_message(self, *args: Any) -> None:
        """Quiet."""


class WebServer(ThreadingHTTPServer):
    """Pages by path, each a function that gets the request handler; `asked` holds what came in."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[Asked] = []
        self.pages: dict[str, Callable[[Any], None]] = {}
        self.place = f"127.0.0.1:{self.server_address[1]}"
        self.url = f"http://{self.place}"

    def page(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> None:
        """Adds a plain answer."""

        def answer(handler: Any) -> None:
            handler.send_response(status)
            for name, value in {"content_length": str(len(body)), **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body)

        self.pages[path] = answer

    def drip(self, path: str, *, length: int | None) -> None:
        """Adds an answer that sends a byte every 50 ms for two seconds."""

        def answer(handler: Any) -> None:
            handler.send_response(200)
            if length is not None:
                handler.send_header("Content-Length", str(length))
            handler.end_headers()
            for _ in range(40):
                handler.wfile.write(b".")
                handler.wfile.flush()
                time.sleep(0.05)

        self.pages[path] = answer


@pytest.fixture
def serve() -> Iterator[Callable[[], WebServer]]:
    """Starts web servers for one test."""
    servers: list[WebServer] = []

    def start() -> WebServer:
        server = WebServer()
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def web(serve: Callable[[], WebServer], settings) -> WebServer:
    """A web server that the settings allow."""
    server = serve()
    settings.NET_ALLOWED = [server.place]
    return server


class Mailbox:
    """Keeps what it receives; answers with the codes it was given."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.connections = 0
        self.refuse: dict[str, str] = {}
        self.answers: list[str] = []

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.answers:
            return self.answers.pop(0)
        self.received.append(envelope)
        return "250 OK"


@pytest.fixture
def start_smtp(settings) -> Iterator[Callable[..., tuple[Mailbox, str]]]:
    """Starts an SMTP server that the settings allow; gives its mailbox and "127.0.0.1:port"."""
    controllers: list[Controller] = []

    def start(**options: Any) -> tuple[Mailbox, str]:
        mailbox = Mailbox()

        class Local(Controller):
            def factory(self) -> SMTP:
                return SMTP(self.handler, hostname="relay.test", **options)

        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        tls = options.pop("implicit_tls", None)
        controller = Local(mailbox, hostname="127.0.0.1", port=port, ssl_context=tls)
        controller.start()
        controllers.append(controller)
        settings.NET_ALLOWED = [*settings.NET_ALLOWED, f"127.0.0.1:{port}", f"localhost:{port}"]
        return mailbox, f"127.0.0.1:{port}"

    yield start
    for controller in controllers:
        controller.stop()


@pytest.fixture
def silent(settings) -> Iterator[str]:
    """ "127.0.0.1:port" of a server that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        settings.NET_ALLOWED = [place]
        yield place


@pytest.fixture
def nobody(settings) -> str:
    """ "127.0.0.1:port" where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
    settings.NET_ALLOWED = [place]
    return place
