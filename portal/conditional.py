"""Public pages say what they are by a mark (ETag), so that who has one already gets 304 and no body."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware


class PublicConditionalMiddleware(ConditionalGetMiddleware):
    """For answers that everybody may keep. The mark is that of the content, so it changes when anything on the page
    does, whatever the cause, and never without one. Pages of a session have none: they are never kept.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer with its mark, or 304."""
        public = "public" in response.headers.get("Cache-Control", "") and not response.cookies
        if not public or not isinstance(response, HttpResponse):
            return response
        return super().process_response(request, response)
