"""Pictures for the tests of photos: drawn, saved with metadata, bent; and what is asked of them."""

import struct
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from cases.pictures import Unusable, inspect

PHOTOS = Path(__file__).parents[2].parent / "shared" / "photos"

TRACES = (
    b"Exif\x00\x00",
    b"EXIF",
    b"eXIf",
    b"http://ns.adobe.com",
    b"XMP ",
    b"<x:xmpmeta",
    b"ICC_PROFILE",
    b"ICCP",
)

BERLIN = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}


def scene(width=120, height=80, mode="RGB"):
    """Red on the left, green on the right, a blue bar along the top: shows every turn."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    pen = ImageDraw.Draw(image)
    pen.rectangle((width // 2, 0, width, height), fill=(30, 160, 30))
    pen.rectangle((0, 0, width, height // 4), fill=(30, 30, 200))
    return image.convert(mode)


def saved(image, file_format="JPEG", **options):
    target = BytesIO()
    image.save(target, file_format, **options)
    return target.getvalue()


def exif(orientation=None, taken=None, offset=None, gps=None):
    block = Image.Exif()
    if orientation:
        block[0x0112] = orientation
    if taken:
        block.get_ifd(0x8769)[0x9003] = taken
    if offset:
        block.get_ifd(0x8769)[0x9011] = offset
    if gps:
        block.get_ifd(0x8825).update(gps)
    return block.tobytes()


def segment(marker, body):
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def look(data, **limits):
    return inspect(BytesIO(data), **limits)


def refusal(data, **limits):
    with pytest.raises(Unusable) as caught:
        look(data, **limits)
    return caught.value.code


def photo(name):
    path = PHOTOS / name
    if not path.exists():
        pytest.skip(f"the sample photo {name} is not on this machine")
    return path.read_bytes()


def is_near(colour, expected, tolerance=25):
    return all(abs(a - b) <= tolerance for a, b in zip(colour, expected, strict=True))


def assert_clean(files):
    for name, file in files.items():
        for trace in TRACES:
            assert trace not in file, (name, trace)
        assert not {"exif", "xmp", "icc_profile", "comment", "photoshop"} & set(Image.open(BytesIO(file)).info)
