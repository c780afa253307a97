"""Pages that everybody may keep go out compressed, also where no nginx does it."""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_TEXT: Final = re.compile(r"^(?:text/|application/(?:[\w.+-]+\+)?(?:json|xml)\b|image/svg)")


class CompressionMiddleware(GZipMiddleware):
    """Compresses public texts alone: they hold no token and no secret whose length could be felt (BREACH).

    Pages of a session, photos and files stay as they are; nginx compresses the rest (`deploy/nginx`).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, smaller where that is allowed and worth it."""
        public = "public" in response.headers.get("Cache-Control", "") and not response.cookies
        if not public or response.streaming or not _TEXT.match(response.headers.get("Content-Type", "")):
            return response
        return super().process_response(request, response)
