"""What a browser loads and complains about, written down and judged."""

from __future__ import annotations

from io import BytesIO
from typing import ClassVar
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

#: Marks of metadata as they stand in JPEG, PNG, WebP, HEIC and TIFF.
METADATA = (b"Exif\x00\x00", b"EXIF", b"eXIf", b"http://ns.adobe.com/", b"XMP ", b"<x:xmpmeta", b"8BIM")
NEVER_MISSING = {"script", "stylesheet", "font", "image", "fetch", "xhr", "manifest"}
VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


class Watch:
    """Listens to a browser context. `allow` and `offline` take words back that the story expects."""

    _all: ClassVar[dict[BrowserContext, Watch]] = {}

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.origin = origin
        self.addresses: list[str] = []
        self.problems: list[str] = []
        self.pictures: dict[str, None] = {}
        self.allowed: list[str] = []
        self._all[context] = self
        self.context = context
        context.add_init_script(VIOLATIONS)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("requestfailed", self._failed)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"page error: {error.error}"))

    @classmethod
    def of(cls, page: Page) -> Watch:
        """The watch over a page's context."""
        return cls._all[page.context]

    def allow(self, *words: str) -> None:
        """Problems that hold one of these words are part of the story."""
        self.allowed += words

    def judge(self) -> None:
        """Raise with everything that went wrong."""
        told = [*self.problems, *(f"another origin: {one}" for one in self.foreign())]
        told += [f"metadata in {url}: {words}" for url in self.pictures if (words := metadata(self.fetch(url)))]
        told = [one for one in told if not any(word in one for word in self.allowed)]
        assert not told, "\n".join(dict.fromkeys(told))

    def fetch(self, url: str) -> bytes:
        """A picture once more, with the cookies of this browser; b"" where it is gone meanwhile."""
        answer = self.context.request.get(url)
        return answer.body() if answer.ok else b""

    def foreign(self) -> list[str]:
        """Addresses outside of the own origin."""
        return [
            one
            for one in dict.fromkeys(self.addresses)
            if urlsplit(one).scheme not in {"data", "blob"} and not one.startswith(f"{self.origin}/")
        ]

    def _request(self, request: Request) -> None:
        self.addresses.append(request.url)

    def _response(self, response: Response) -> None:
        kind, request = response.headers.get("content-type", ""), response.request
        if response.status >= 500 or (response.status >= 400 and request.resource_type in NEVER_MISSING):
            self.problems.append(f"{response.status} {request.resource_type} {request.method} {response.url}")
        if (
            response.status == 200
            and response.url.startswith("http")
            and kind.startswith("image/")
            and "svg" not in kind
        ):
            self.pictures.setdefault(response.url, None)

    def _failed(self, request: Request) -> None:
        reason = request.failure or ""
        if "ERR_ABORTED" not in reason:  # a page that is left ends what it still loads
            self.problems.append(f"{reason} {request.resource_type} {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        # What could not be loaded is told with its status by the answers above.
        harmless = message.text.startswith(("Failed to load resource", "Service Worker registration blocked"))
        if message.type in {"error", "warning"} and not harmless:
            self.problems.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")


def metadata(body: bytes) -> str:
    """What a picture says besides its pixels, "" for nothing."""
    if not body:
        return ""
    opened = Image.open(BytesIO(body))
    opened.load()
    told = {"exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment"} & set(opened.info)
    told |= {mark.decode("latin-1") for mark in METADATA if mark in body}
    if opened.getexif():
        told.add("exif")
    return ", ".join(sorted(told))
