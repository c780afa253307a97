"""The WSGI application that gunicorn serves."""

import os
from collections.abc import Iterable
from typing import Any, Final, Protocol

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

DRAINED: Final = 256 * 2**20
"""Bytes of a request nobody asked for that are still read; more than any form takes."""
_CHUNK = 64 * 1024
_django = get_wsgi_application()


class Stream(Protocol):
    """What is left of a request."""

    def read(self, size: int, /) -> bytes: ...


def drain(stream: Stream) -> None:
    """Read to the end, at most DRAINED bytes."""
    left = DRAINED
    while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
        left -= len(chunk)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django's answer, given only when the whole request was read.

    A page that is not there, a brake or a missing right answers without looking at the photos that come along.
    gunicorn then closes the connection in the middle of them, and the proxy in front says "502" instead of the answer.
    """
    answer = _django(environ, start_response)
    drain(environ["wsgi.input"])
    return answer
