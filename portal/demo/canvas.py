"""A drawing surface for the demo's pictures: flat shapes, a calm palette, paper grain.

Scenes draw on 1600 × 1200 units. The surface is larger than the picture and shrunk at the end, which smooths the edges.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1600, 1200
"""Units that scenes draw in."""
SCALE = 1.2
"""Pixels of the surface to a unit."""
SIZE = (1280, 960)
"""Pixels of the finished picture: enough for any page, and a demo that loads quickly."""
XY = tuple[float, float]

INK = "#2c3340"
ASPHALT, ASPHALT_DARK, KERB, PAVING, JOINT = "#777d87", "#5f656f", "#b9b6ae", "#cdc7bb", "#b1aa9d"
GRASS, GRASS_DARK, LEAF, LEAF_DARK, TRUNK = "#93b06c", "#7d9b59", "#6f9657", "#567a45", "#7a5f49"
STEEL, RUST, WOOD, WHITE = "#8e97a3", "#a8623f", "#b48a5e", "#f4f1ea"
SKIES = (("#bcd9ea", "#eaf1ee"), ("#c9d6e2", "#f0e9dc"), ("#a9cbe3", "#dfeaf0"), ("#d5d8dc", "#eceae4"))
WALLS = ("#d9a77f", "#e2c9a3", "#c98f78", "#b7c0b4", "#dcd3c2", "#a9b7c4", "#cf9f6b")
ROOFS = ("#8f4f3f", "#6f5a55", "#59606b", "#a3604a")


class Canvas:
    """What a scene draws on. `random` is the scene's own, so that a picture is the same every time."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)  # noqa: S311
        self.image = Image.new("RGB", (round(WIDTH * SCALE), round(HEIGHT * SCALE)), WHITE)
        self.draw = ImageDraw.Draw(self.image)

    def _scaled(self, points: Sequence[XY]) -> list[XY]:
        return [(x * SCALE, y * SCALE) for x, y in points]

    def box(self, left: float, top: float, right: float, bottom: float, fill: str, radius: float = 0) -> None:
        """A rectangle, its corners round if wanted."""
        corners = self._scaled([(left, top), (right, bottom)])
        if radius:
            self.draw.rounded_rectangle(corners, radius * SCALE, fill)
        else:
            self.draw.rectangle(corners, fill)

    def shape(self, points: Sequence[XY], fill: str) -> None:
        """A polygon."""
        self.draw.polygon(self._scaled(points), fill)

    def oval(self, x: float, y: float, wide: float, high: float, fill: str) -> None:
        """An ellipse around its middle."""
        self.draw.ellipse(self._scaled([(x - wide, y - high), (x + wide, y + high)]), fill)

    def line(self, points: Sequence[XY], fill: str, width: float) -> None:
        """A line with round ends."""
        self.draw.line(self._scaled(points), fill, round(width * SCALE), joint="curve")
        for x, y in (points[0], points[-1]):
            self.oval(x, y, width / 2, width / 2, fill)

    def ring(self, x: float, y: float, radius: float, fill: str, width: float) -> None:
        """A circle's line."""
        corners = self._scaled([(x - radius, y - radius), (x + radius, y + radius)])
        self.draw.ellipse(corners, outline=fill, width=round(width * SCALE))

    def blob(self, x: float, y: float, size: float, fill: str, *, rough: float = 0.2, flat: float = 1.0) -> None:
        """An irregular round shape: foliage, a puddle, a broken edge."""
        points = []
        for step in range(28):
            angle = step / 28 * 2 * math.pi
            far = size * (1 + self.random.uniform(-rough, rough))
            points.append((x + math.cos(angle) * far, y + math.sin(angle) * far * flat))
        self.shape(points, fill)

    def fade(self, top: str, bottom: str, until: float = HEIGHT) -> None:
        """A gradient from above."""
        one, other = (np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) for colour in (top, bottom))
        rows = round(until * SCALE)
        share = np.linspace(0, 1, rows)[:, None]
        strip = (one * (1 - share) + other * share).astype(np.uint8)[:, None, :]
        self.image.paste(Image.fromarray(strip, "RGB").resize((self.image.width, rows)), (0, 0))

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float) -> None:
        """Soft light around a place; `strength` 0 to 1."""
        size = 64
        axis = np.linspace(-1, 1, size)
        far = np.sqrt(axis[None, :] ** 2 + axis[:, None] ** 2)
        alpha = (np.clip(1 - far, 0, 1) ** 1.5 * 255 * strength).astype(np.uint8)
        side = round(radius * 2 * SCALE)
        mask = Image.fromarray(alpha, "L").resize((side, side), Image.Resampling.BICUBIC)
        place = round((x - radius) * SCALE), round((y - radius) * SCALE)
        self.image.paste(Image.new("RGB", (side, side), colour), place, mask)

    def photo(self, *, mirrored: bool, word: str) -> bytes:
        """The finished picture as JPEG: shrunk, mirrored if wanted, with grain and the word "Demo" in a corner."""
        image = self.image.resize(SIZE, Image.Resampling.BOX)
        if mirrored:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        image = _grained(image)
        _marked(image, word)
        target = BytesIO()
        image.save(target, "JPEG", quality=76)
        return target.getvalue()


@cache
def _paper() -> NDArray[np.int16]:
    """Grain of paper and a slightly darker rim, once for all pictures: what is added to each pixel."""
    random = np.random.default_rng(7)
    grain = Image.fromarray((random.normal(128, 20, (300, 400)).clip(0, 255)).astype(np.uint8), "L")
    layer = np.asarray(grain.resize(SIZE, Image.Resampling.BILINEAR), dtype=np.int16) - 128
    x, y = (np.linspace(-1, 1, pixels) for pixels in SIZE)
    rim = (np.clip(x[None, :] ** 2 + y[:, None] ** 2 - 0.7, 0, None) * 16).astype(np.int16)
    return np.asarray(layer // 8 - rim, dtype=np.int16)[:, :, None]


def _grained(image: Image.Image) -> Image.Image:
    pixels = np.asarray(image, dtype=np.int16) + _paper()
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8), "RGB")


def _marked(image: Image.Image, word: str) -> None:
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(26)
    wide, (right, bottom) = draw.textlength(word, font=font), SIZE
    draw.rounded_rectangle((right - wide - 62, bottom - 70, right - 24, bottom - 24), 23, "#f4f1ea")
    draw.text((right - wide - 43, bottom - 63), word, fill=INK, font=font)
