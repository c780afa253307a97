"""Which files are photos, which are refused in which words: by content, size, and however they are bent."""

import random
import resource
import struct
import zlib
from contextlib import contextmanager, suppress
from functools import cache
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from cases.containers import webp_size
from cases.pictures import Unusable, inspect, variants
from tests.cases.drawn import BERLIN, exif, look, refusal, saved, scene

pytestmark = pytest.mark.once


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width, height, *chunks):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_the_formats_are_known_by_content(file_format):
    pillow_heif.register_heif_opener()
    picture = look(saved(scene(), file_format))
    assert (picture.format, picture.width, picture.height) == (file_format, 120, 80)
    assert picture.taken_at is None
    assert picture.position is None


def test_the_stream_is_left_at_its_beginning():
    stream = BytesIO(saved(scene()))
    stream.read(100)
    inspect(stream)
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"just words in a file named photo.jpg", "not_a_photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_a_photo"),
        (b"<!doctype html><script>alert(1)</script>", "not_a_photo"),
        (b"%PDF-1.7\n", "not_a_photo"),
        (b"PK\x03\x04" + b"\0" * 30, "not_a_photo"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "not_a_photo"),
        (b"\0\0\0\x1cftypavis\0\0\0\0avifmsf1miaf", "unsupported"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "truncated"),
        (b"GIF89a\xff\xff\xff\xff\0\0\0", "unsupported"),
        (b"II*\0\x08\0\0\0", "unsupported"),
        (b"\xff\xd8\xff", "truncated"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF<script>alert(1)</script>", "truncated"),
        (b"\xff\xd8\xff\xd9" + b"<html></html>", "broken"),
        (b"\xff\xd8\xff\xfe\x00\x00", "broken"),
        (b"\x89PNG\r\n\x1a\n<svg></svg>", "truncated"),
        (b"RIFF\x10\0\0\0WEBPVP8X", "truncated"),
        (b"RIFF\x1a\0\0\0WEBPVP9X" + b"\0" * 20, "broken"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200, "broken"),
    ],
)
def test_what_is_no_photo_is_refused(data, code):
    assert refusal(data) == code


def test_too_many_bytes_are_refused_without_reading_further():
    data = saved(scene()) + b"\0" * 10_000
    stream = BytesIO(data)
    assert refusal(data, max_bytes=5_000) == "too_big"
    with pytest.raises(Unusable, match="1 MB"):
        inspect(stream, max_bytes=5_000)


def test_bombs_are_refused_by_their_header():
    bomb = png(50_000, 50_000, chunk(b"IDAT", zlib.compress(b"\0" * 100)))
    assert refusal(bomb) == "too_many_pixels"
    webp = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x3f\x00\xff\x3f\x00"
    assert webp_size(webp) == (16_384, 16_384)
    assert refusal(webp) == "too_many_pixels"
    jpeg = bytearray(saved(scene()))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    assert refusal(bytes(jpeg)) == "too_many_pixels"
    with pytest.raises(Unusable) as caught:
        variants(BytesIO(bomb))
    assert caught.value.code == "too_many_pixels"


@contextmanager
def memory(more):
    """At most `more` bytes above what the process has: what inflates a bomb fails with MemoryError."""
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now + more, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@cache
def bomb():
    """400 MB in 400 kB."""
    packer = zlib.compressobj(1)
    return b"".join(packer.compress(bytes(2**22)) for _ in range(100)) + packer.flush()


@pytest.mark.parametrize("name", [b"IDAT", b"zTXt", b"iTXt", b"iCCP"])
def test_a_small_picture_that_inflates_costs_no_memory(name):
    """Zip bombs: a compressed part of a PNG whose header is harmless. Refused, or drawn without it."""
    variants(BytesIO(saved(scene(), "PNG")))
    head = {b"zTXt": b"a\0\0", b"iTXt": b"a\0\1\0\0\0", b"iCCP": b"a\0\0", b"IDAT": b""}[name]
    pixels = [] if name == b"IDAT" else [chunk(b"IDAT", zlib.compress(bytes(301) * 100))]
    data = png(100, 100, chunk(name, head + bomb()), *pixels)
    assert len(data) < 2**21
    with memory(200 * 2**20):
        with pytest.raises(MemoryError):
            zlib.decompress(bomb())
        with suppress(Unusable):
            look(data)
            variants(BytesIO(data))


def test_a_heic_that_lies_about_its_size_is_refused():
    pillow_heif.register_heif_opener()
    honest = saved(scene(1200, 800), "HEIF")
    lie = honest.replace(struct.pack(">II", 1200, 800), struct.pack(">II", 64, 64))
    assert lie != honest
    assert refusal(lie) == "broken"


def test_an_avif_that_lies_about_its_size_is_refused():
    honest = saved(scene(1200, 800), "AVIF")
    size = struct.pack(">II", 1200, 800)
    assert look(honest).width == 1200
    assert refusal(honest.replace(size, struct.pack(">II", 20_000, 20_000))) == "too_many_pixels"
    assert refusal(honest.replace(size, struct.pack(">II", 0, 800))) == "broken"
    # The container says 8 x 8, the stream says 1200 x 800: what is decoded counts.
    assert refusal(honest.replace(size, struct.pack(">II", 8, 8)), max_pixels=900_000) == "too_many_pixels"


def test_a_jpeg_of_a_thousand_scans_is_refused():
    data = saved(scene(), progressive=True)
    start, end = data.rindex(b"\xff\xda"), data.rindex(b"\xff\xd9")
    assert look(data).width == 120
    assert refusal(data[:end] + data[start:end] * 1000 + data[end:]) == "broken"


def test_a_million_tiny_segments_are_refused():
    jpeg = saved(scene())
    assert refusal(jpeg[:2] + b"\xff\xfe\x00\x02" * 100_000 + jpeg[2:]) == "broken"
    assert refusal(png(8, 8, chunk(b"teXt", b"") * 100_000)) == "broken"


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_cut_file_is_refused(file_format, share):
    pillow_heif.register_heif_opener()
    noise = Image.effect_noise((300, 200), 90).convert("RGB")
    data = saved(noise, file_format)
    assert refusal(data[: int(len(data) * share)]) in ("truncated", "broken")


def test_a_gif_is_no_photo_even_as_a_bomb():
    frames = [Image.new("P", (500, 500), shade) for shade in range(20)]
    assert refusal(saved(frames[0], "GIF", save_all=True, append_images=frames[1:])) == "unsupported"


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_flipped_bits_are_refused_or_shown(file_format):
    pillow_heif.register_heif_opener()
    chance = random.Random(file_format)
    options = {"exif": exif(3, "2026:05:04 10:20:30", None, BERLIN)}
    data = saved(scene(160, 120), file_format, **options)
    for _ in range(200):
        bent = bytearray(data)
        for _ in range(chance.randrange(1, 20)):
            bent[chance.randrange(len(bent))] ^= 1 << chance.randrange(8)
        with suppress(Unusable):
            look(bytes(bent))
            variants(BytesIO(bytes(bent)))


def test_random_bytes_are_refused():
    chance = random.Random(11)
    magics = [
        b"",
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x10\x00\x00WEBPVP8 ",
        b"\0\0\0\x18ftypheic",
    ]
    for round_number in range(200):
        data = magics[round_number % 5] + chance.randbytes(chance.randrange(1, 3_000))
        with pytest.raises(Unusable):
            look(data)
