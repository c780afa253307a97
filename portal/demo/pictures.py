"""The pictures of the demo: each is drawn and re-encoded once, and lies in the storage once where that is a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple, Self

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.files import store
from cases.models import Case, File
from cases.pictures import variants
from portal.demo import scenes_place, scenes_road
from portal.demo.canvas import Canvas

Scene = Callable[[Canvas, bool], None]
SCENES: Final[dict[str, Scene]] = {
    name: scene
    for module in (scenes_road, scenes_place)
    for name, scene in vars(module).items()
    if callable(scene) and getattr(scene, "__module__", "") == module.__name__ and not name.startswith("_")
}
"""Every scene by its name in reports.yml."""
LOOKS: Final = 3
"""How many looks a scene has: other houses and weather, mirrored or not."""


class Shot(NamedTuple):
    """One picture: a scene in one of its looks, as reported or settled."""

    scene: str
    look: int
    settled: bool = False


def drawn(shot: Shot) -> bytes:
    """The picture as a JPEG like one of a camera (see canvas.SIZE); the same shot gives the same bytes."""
    canvas = Canvas(f"{shot.scene}{shot.look}")
    SCENES[shot.scene](canvas, shot.settled)
    return canvas.photo(mirrored=shot.look % 2 == 1, word="Demo")


class Album:
    """Originals and variants of the shots that are needed, in memory while the demo loads.

    They are made in the order asked for while the reports are already told: Pillow lets go of the interpreter while it
    scales and encodes. Use it as a context manager.
    """

    def __init__(self, shots: Iterable[Shot]) -> None:
        self._pool = ThreadPoolExecutor(min(4, os.cpu_count() or 1))
        self._made = {shot: self._pool.submit(_developed, shot) for shot in dict.fromkeys(shots)}
        self._first: dict[Shot, str] = {}
        """The key of the file that holds a shot already."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def store(self, shot: Shot, *, at: datetime, case: Case | None = None) -> File:
        """Store a shot as a File of its own, its variants ready."""
        original, made = self._made[shot].result()
        upload = SimpleUploadedFile(f"{shot.scene}.jpg", original, "image/jpeg")
        file, _position = store(upload=upload, at=at, case=case)
        if file.ready_at is None:
            first = self._first.setdefault(shot, file.key)
            if first != file.key:
                default_storage.delete(f"originals/{file.key}")
                _put(f"originals/{file.key}", original, like=f"originals/{first}")
            for name, content in made.items():
                _put(f"variants/{file.key}/{name}", content, like=f"variants/{first}/{name}")
            file.ready_at = at
            file.save(update_fields=["ready_at"])
        return file


def _put(name: str, content: bytes, *, like: str) -> None:
    """Store `content` under a name; where a file `like` holds it already, as another name of that one (a hard link).

    Nothing ever writes into a stored picture, and to delete a name leaves the others, so nobody can tell.
    """
    try:
        source, target = default_storage.path(like), default_storage.path(name)
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        os.link(source, target)
    except (NotImplementedError, OSError):
        # The storage is no folder, the picture is the first of its kind, or the file system knows no links: stored like
        # any other. What is really wrong, such as a full disk, is raised here.
        default_storage.save(name, ContentFile(content))


def _developed(shot: Shot) -> tuple[bytes, dict[str, bytes]]:
    original = drawn(shot)
    return original, variants(BytesIO(original))
