"""Photos: what is accepted, what is refused in which words, and that outputs hold nothing but pixels."""

import random
import struct
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageDraw

from cases.containers import Malformed, strip, webp_size
from cases.exif import read
from cases.pictures import SIZES, Unusable, fit, inspect, variants

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


BERLIN = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}


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


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width, height, *chunks):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_the_four_formats_are_known_by_content(file_format):
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
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "unsupported"),
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


def test_a_heic_that_lies_about_its_size_is_refused():
    pillow_heif.register_heif_opener()
    honest = saved(scene(1200, 800), "HEIF")
    lie = honest.replace(struct.pack(">II", 1200, 800), struct.pack(">II", 64, 64))
    assert lie != honest
    assert refusal(lie) == "broken"


def test_a_jpeg_of_a_thousand_scans_is_refused():
    data = saved(scene(), progressive=True)
    start, end = data.rindex(b"\xff\xda"), data.rindex(b"\xff\xd9")
    assert look(data).width == 120
    assert refusal(data[:end] + data[start:end] * 1000 + data[end:]) == "broken"


def test_a_million_tiny_segments_are_refused():
    jpeg = saved(scene())
    assert refusal(jpeg[:2] + b"\xff\xfe\x00\x02" * 100_000 + jpeg[2:]) == "broken"
    assert refusal(png(8, 8, chunk(b"teXt", b"") * 100_000)) == "broken"


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_cut_file_is_refused(file_format, share):
    pillow_heif.register_heif_opener()
    noise = Image.effect_noise((300, 200), 90).convert("RGB")
    data = saved(noise, file_format)
    assert refusal(data[: int(len(data) * share)]) in ("truncated", "broken")


def test_a_polyglot_comes_out_clean():
    hidden = b"<html><script>alert(1)</script></html>PK\x05\x06" + b"\0" * 18
    jpeg = saved(scene(), comment=hidden) + hidden
    picture_png = saved(scene(), "PNG") + hidden
    for data in (jpeg, picture_png):
        assert look(data).width == 120
        for file in variants(BytesIO(data)).values():
            assert b"script" not in file
            assert b"PK\x05\x06" not in file


def test_a_gif_is_no_photo_even_as_a_bomb():
    frames = [Image.new("P", (500, 500), shade) for shade in range(20)]
    assert refusal(saved(frames[0], "GIF", save_all=True, append_images=frames[1:])) == "unsupported"


def test_of_an_animation_the_first_frame_counts():
    first, second = scene(), scene().rotate(180)
    for file_format in ("WEBP", "PNG"):
        data = saved(first, file_format, save_all=True, append_images=[second], lossless=True)
        small = Image.open(BytesIO(variants(BytesIO(data))["small.webp"]))
        assert getattr(small, "n_frames", 1) == 1
        assert is_near(small.getpixel((20, 60)), (200, 30, 30))


def is_near(colour, expected, tolerance=25):
    return all(abs(a - b) <= tolerance for a, b in zip(colour, expected, strict=True))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_comes_out_upright(orientation, file_format):
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = scene().transpose(undo[orientation]) if orientation > 1 else scene()
    assert is_upright(saved(stored, file_format, exif=exif(orientation)))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_heic_is_turned_once(orientation):
    pillow_heif.register_heif_opener()
    heif = pillow_heif.from_pillow(scene(1200, 800))
    target = BytesIO()
    heif.save(target, exif=exif(orientation))
    expected: Image.Image = Image.open(BytesIO(target.getvalue()))
    picture = look(target.getvalue())
    assert (picture.width, picture.height) == expected.size
    small = Image.open(BytesIO(variants(BytesIO(target.getvalue()))["small.jpg"])).convert("RGB")
    expected = expected.convert("RGB").resize(small.size)
    for spot in ((30, 30), (small.width - 30, 30), (30, small.height - 30)):
        assert is_near(small.getpixel(spot), expected.getpixel(spot))


def is_upright(data):
    picture = look(data)
    small = Image.open(BytesIO(variants(BytesIO(data))["small.jpg"])).convert("RGB")
    return (
        (picture.width, picture.height) == small.size == (120, 80)
        and is_near(small.getpixel((30, 60)), (200, 30, 30))
        and is_near(small.getpixel((90, 60)), (30, 160, 30))
        and is_near(small.getpixel((60, 6)), (30, 30, 200))
    )


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


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_jpeg_of_every_colour_model_becomes_rgb(mode):
    file = variants(BytesIO(saved(scene(mode=mode))))["small.jpg"]
    assert Image.open(BytesIO(file)).mode == "RGB"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_png_of_every_mode_becomes_rgb(mode):
    file = variants(BytesIO(saved(scene().convert("RGB").convert(mode), "PNG")))["small.webp"]
    assert Image.open(BytesIO(file)).mode == "RGB"


def test_sixteen_bits_keep_their_shade():
    grey = Image.frombytes("I;16", (40, 40), struct.pack("<H", 0x8000) * 1600)
    small = Image.open(BytesIO(variants(BytesIO(saved(grey, "PNG")))["small.jpg"]))
    assert is_near(small.getpixel((20, 20)), (128, 128, 128), 4)


def test_transparency_becomes_white():
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    palette = Image.new("P", (40, 40), 0)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    for data in (saved(clear, "PNG"), saved(clear, "WEBP"), saved(palette, "PNG", transparency=0)):
        small = Image.open(BytesIO(variants(BytesIO(data))["small.jpg"]))
        assert is_near(small.getpixel((20, 20)), (255, 255, 255), 3)


def test_a_colour_profile_is_applied_and_dropped():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (lab, b"broken" * 100, lab[:200], lab[:16] + b"CMYK" + lab[20:]):
        files = variants(BytesIO(saved(scene(), icc_profile=profile)))
        small = Image.open(BytesIO(files["small.jpg"]))
        assert is_near(small.getpixel((30, 60)), (200, 30, 30))
        assert_clean(files)


def test_sizes_never_grow():
    assert fit(4000, 3000, 1600) == (1600, 1200)
    assert fit(300, 200, 400) == (300, 200)
    assert fit(10_000, 1, 400) == (400, 1)
    files = variants(BytesIO(saved(scene(1000, 500))))
    assert set(files) == {f"{name}.{ending}" for name in SIZES for ending in ("webp", "jpg")}
    sizes = {name: Image.open(BytesIO(file)).size for name, file in files.items()}
    assert sizes["large.jpg"] == sizes["large.webp"] == (1000, 500)
    assert sizes["medium.webp"] == (960, 480)
    assert sizes["small.jpg"] == (400, 200)


def test_jpeg_variants_are_progressive():
    assert b"\xff\xc2" in variants(BytesIO(saved(scene())))["small.jpg"]


def test_variants_are_deterministic():
    data = saved(scene(900, 700), exif=exif(6))
    assert variants(BytesIO(data)) == variants(BytesIO(data))


def assert_clean(files):
    for name, file in files.items():
        for trace in TRACES:
            assert trace not in file, (name, trace)
        assert not {"exif", "xmp", "icc_profile", "comment", "photoshop"} & set(Image.open(BytesIO(file)).info)


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


def segment(marker, body):
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def test_the_decoder_never_sees_metadata():
    data = saved(scene(), exif=exif(6), comment=b"words")
    stripped = strip(data, "JPEG")
    assert stripped.exif
    assert b"Exif" not in stripped.data
    assert b"words" not in stripped.data
    with pytest.raises(Malformed):
        strip(b"\xff\xd8\xff\xda", "JPEG")


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


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "HEIF"])
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
