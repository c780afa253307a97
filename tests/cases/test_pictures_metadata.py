"""Time and place are read out of photos, and nothing but pixels comes out again."""

import random
import struct
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from cases.containers import Malformed, strip
from cases.exif import read
from cases.pictures import variants
from tests.cases.drawn import BERLIN, assert_clean, exif, look, photo, saved, scene, segment

pytestmark = pytest.mark.once


def test_time_and_place_are_read():
    data = saved(scene(), exif=exif(1, "2026:05:04 10:20:30", "+02:00", BERLIN))
    picture = look(data)
    assert picture.taken_at == datetime(2026, 5, 4, 8, 20, 30, tzinfo=UTC)
    assert picture.position == pytest.approx((13.405, 52.52))


def test_without_offset_the_clock_showed_local_time():
    picture = look(saved(scene(), exif=exif(taken="2026:01:04 10:20:30")))
    assert picture.taken_at == datetime(2026, 1, 4, 9, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "change",
    [
        {2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)},
        {2: (91.0, 0.0, 0.0)},
        {4: (181.0, 0.0, 0.0)},
        {2: (52.0, 75.0, 0.0)},
        {1: "Q"},
        {1: ""},
        {2: (52.0,)},
        {2: "fifty-two"},
        {4: (float("nan"), 0.0, 0.0)},
    ],
)
def test_a_nonsense_place_is_no_place(change):
    try:
        block = exif(gps={**BERLIN, **change})
    except (ValueError, TypeError, OverflowError, struct.error):  # the writer refuses; so build 0/0 by hand
        block = exif(gps={**BERLIN, 4: (13.0, 24.0, 18.0)}).replace(struct.pack("<II", 13, 1), bytes(8))
        block = block.replace(struct.pack(">II", 13, 1), bytes(8))
    assert look(saved(scene(), exif=block)).position is None


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "2026-05-04", "    :  :     :  :  ", "1904:01:01 00:00:00"])
def test_a_nonsense_time_is_no_time(taken):
    assert look(saved(scene(), exif=exif(taken=taken))).taken_at is None


def test_random_exif_never_raises():
    chance = random.Random(7)
    good = exif(6, "2026:05:04 10:20:30", "+02:00", BERLIN).removeprefix(b"Exif\x00\x00")
    for _ in range(2_000):
        block = bytearray(good)
        for _ in range(chance.randrange(1, 12)):
            block[chance.randrange(len(block))] = chance.randrange(256)
        read(bytes(block[: chance.randrange(len(block) + 1)]))
    assert read(b"").orientation == 1


def test_no_metadata_survives():
    thumbnail = b"\xff\xd8thumbnail\xff\xd9"
    data = saved(scene(), exif=exif(1, "2026:05:04 10:20:30", None, BERLIN), comment=b"my garden" + thumbnail)
    data = data[:2] + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>") + data[2:]
    data = data[:2] + segment(0xED, b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x05Iptc!") + data[2:]
    assert look(data).position is not None
    files = variants(BytesIO(data))
    assert_clean(files)
    for file in files.values():
        assert b"garden" not in file
        assert b"8BIM" not in file


def test_the_decoder_never_sees_metadata():
    data = saved(scene(), exif=exif(6), comment=b"words")
    stripped = strip(data, "JPEG")
    assert stripped.exif
    assert b"Exif" not in stripped.data
    assert b"words" not in stripped.data
    with pytest.raises(Malformed):
        strip(b"\xff\xd8\xff\xda", "JPEG")


def test_of_an_avif_time_and_place_are_read_and_nothing_survives():
    data = saved(scene(), "AVIF", exif=exif(6, "2026:05:04 10:20:30", None, BERLIN), xmp=b"<x:xmpmeta/>")
    picture = look(data)
    assert (picture.width, picture.height) == (80, 120)
    assert picture.position == pytest.approx((13.4, 52.52), abs=0.01)
    assert picture.taken_at is not None
    assert_clean(variants(BytesIO(data)))


def test_a_polyglot_comes_out_clean():
    hidden = b"<html><script>alert(1)</script></html>PK\x05\x06" + b"\0" * 18
    jpeg = saved(scene(), comment=hidden) + hidden
    picture_png = saved(scene(), "PNG") + hidden
    for data in (jpeg, picture_png):
        assert look(data).width == 120
        for file in variants(BytesIO(data)).values():
            assert b"script" not in file
            assert b"PK\x05\x06" not in file


@pytest.mark.parametrize(
    ("name", "size", "position"),
    [
        ("corrupted.jpg", (3648, 2736), None),
        ("gps.jpg", (640, 480), (11.8851267, 43.4674483)),
        ("iphone.heic", (2566, 3313), (-94.2887722, 39.0513444)),
    ],
)
def test_photos_of_real_cameras(name, size, position):
    data = photo(name)
    picture = look(data)
    assert (picture.width, picture.height) == size
    assert picture.position == (pytest.approx(position) if position else None)
    assert picture.taken_at is not None
    files = variants(BytesIO(data))
    assert_clean(files)
    assert max(Image.open(BytesIO(files["small.webp"])).size) == 400
    assert len(files["large.webp"]) < 600_000
