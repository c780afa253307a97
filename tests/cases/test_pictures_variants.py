"""The pictures that are shown: upright, in true colours, in three sizes."""

import struct
from io import BytesIO

import pillow_heif
import pytest
from PIL import Image, ImageCms

from cases.pictures import SIZES, fit, variants
from tests.cases.drawn import assert_clean, exif, is_near, look, saved, scene

pytestmark = pytest.mark.once


def test_of_an_animation_the_first_frame_counts():
    first, second = scene(), scene().rotate(180)
    for file_format in ("WEBP", "PNG"):
        data = saved(first, file_format, save_all=True, append_images=[second], lossless=True)
        small = Image.open(BytesIO(variants(BytesIO(data))["small.webp"]))
        assert getattr(small, "n_frames", 1) == 1
        assert is_near(small.getpixel((20, 60)), (200, 30, 30))


def is_upright(data):
    picture = look(data)
    small = Image.open(BytesIO(variants(BytesIO(data))["small.jpg"])).convert("RGB")
    return (
        (picture.width, picture.height) == small.size == (120, 80)
        and is_near(small.getpixel((30, 60)), (200, 30, 30))
        and is_near(small.getpixel((90, 60)), (30, 160, 30))
        and is_near(small.getpixel((60, 6)), (30, 30, 200))
    )


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "AVIF"])
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
