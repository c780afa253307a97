"""Photos from strangers: looked at by content, decoded with limits, written again as nothing but pixels.

`inspect` is for the request (is this a photo, how large, where and when taken), `variants` for the worker.
Neither knows models or storage. The only error either raises for a file's content is `Unusable`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from pillow_heif import HeifImageFile, options

from cases import areas as covered
from cases import avif
from cases.containers import Kind, Malformed, kind_of, strip, webp_size
from cases.exif import Exif, read

#: Name of a variant and the pixels of its longer edge. A smaller photo keeps its size.
SIZES = {"large": 1600, "medium": 960, "small": 400}
#: 60 megapixels take 240 MB decoded. Phones with more bin to 12 or 24 unless told otherwise.
MAX_PIXELS = 60_000_000
MAX_BYTES = 20 * 2**20
#: Pixels on each side that scaling and JPEG's colours mix with their neighbours.
MIXED = 4
MAX_PROFILE = 4_000_000
HEADER = 4096

TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}

OPENERS: dict[Kind, Callable[[IO[bytes]], Image.Image]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "HEIF": HeifImageFile,
    "AVIF": avif.AvifImage,
}

options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False


class Unusable(Exception):
    """A file we cannot use as a photo. `code` is for programs, `message` is said to the person.

    Codes: empty, too_big, too_many_pixels, not_a_photo, unsupported, truncated, broken.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Picture:
    """What is known of a photo. Width and height as seen upright, position as (longitude, latitude)."""

    format: Kind
    width: int
    height: int
    taken_at: datetime | None
    position: tuple[float, float] | None
    preview: bytes | None = None
    """The small variant as JPEG, if it was asked for."""


def inspect(
    stream: IO[bytes], *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS, preview: bool = False
) -> Picture:
    """Looks at an upload and decodes it once, so that a broken file is refused while its sender is there.

    With `preview` what is decoded anyway becomes a small picture at once. Reads from the beginning and leaves the
    stream at its beginning. Broken metadata is ignored as long as the pixels decode. Raises `Unusable`.
    """
    stream.seek(0)
    data = stream.read(max_bytes + 1)
    stream.seek(0)
    if len(data) > max_bytes:
        limit = max(1, max_bytes // 1_000_000)
        raise Unusable(
            "too_big",
            _("The photo is larger than %(limit)d MB. Please choose a smaller one.") % {"limit": limit},
        )
    kind, image, exif = _open(data, max_pixels)
    width, height = image.size
    small = fit(width, height, SIZES["small"])
    if kind == "JPEG":
        image.draft(None, small if preview else (max(1, width // 8), max(1, height // 8)))
    _decode(image)
    if exif.orientation >= 5:
        width, height = height, width
    shown = _jpeg(_upright(image, small, exif.orientation)) if preview else None
    return Picture(kind, width, height, exif.taken_at, exif.position, shown)


def variants(
    stream: IO[bytes], *, max_pixels: int = MAX_PIXELS, areas: Sequence[covered.Area] = ()
) -> dict[str, bytes]:
    """The photo upright in sRGB, in every size of `SIZES`: `{"small.webp": …, "small.jpg": …, …}`.

    Nothing of the original but pixels survives, and of `areas` nothing at all: they are painted over before the sizes
    are made out of each other, wide enough for what scaling mixes, and once more in each size so that they stay solid.
    The same input gives the same bytes. Raises `Unusable`.
    """
    stream.seek(0)
    kind, image, exif = _open(stream.read(), max_pixels)
    largest = fit(*image.size, max(SIZES.values()))
    if kind == "JPEG":
        image.draft(None, largest)
    _decode(image)
    image = _upright(image, largest, exif.orientation)
    covered.paint(image, areas, margin=MIXED)
    files: dict[str, bytes] = {}
    for name, edge in SIZES.items():
        image = image.resize(fit(*image.size, edge), Image.Resampling.LANCZOS)
        covered.paint(image, areas, margin=1)
        files[f"{name}.webp"] = _written(image, "WEBP", quality=78, method=4)
        files[f"{name}.jpg"] = _jpeg(image)
    return files


def fit(width: int, height: int, edge: int) -> tuple[int, int]:
    """Width and height after shrinking the longer side to `edge` pixels; never larger, never below 1."""
    longer = max(width, height)
    if longer <= edge:
        return width, height
    return max(1, round(width * edge / longer)), max(1, round(height * edge / longer))


def _open(data: bytes, max_pixels: int) -> tuple[Kind, Image.Image, Exif]:
    """Kind, image with its header read (no pixel decoded), and EXIF."""
    if not data:
        raise Unusable("empty", _("The file is empty. Please choose the photo again."))
    kind = kind_of(data[:HEADER])
    if kind is None:
        raise Unusable(
            "not_a_photo", _("This file is not a photo. Please choose a picture as JPEG, PNG, WebP, AVIF or HEIC.")
        )
    if kind == "other":
        raise Unusable(
            "unsupported",
            _("We cannot read this kind of picture. Please choose a photo as JPEG, PNG, WebP, AVIF or HEIC."),
        )
    try:
        stripped = strip(data, kind)
        if kind == "WEBP":
            _check_pixels(webp_size(data), max_pixels)
        elif kind == "AVIF":
            for size in avif.sizes(data):
                _check_pixels(size, max_pixels)
        image = OPENERS[kind](BytesIO(stripped.data))
    except Malformed as error:
        raise (_truncated() if error.truncated else _broken()) from error
    except Unusable:
        raise
    except Exception as error:  # a hostile header may raise anything
        raise (_truncated() if "truncated" in str(error).lower() else _broken()) from error
    _check_pixels(image.size, max_pixels)
    exif = read(stripped.exif or image.info.get("exif") or b"")
    if kind == "HEIF":  # its decoder has turned the picture already
        exif = Exif(1, exif.taken_at, exif.position)
    elif isinstance(image, avif.AvifImage):  # how it is turned stands in the container, whatever its EXIF says
        exif = Exif(image.orientation, exif.taken_at, exif.position)
    return kind, image, exif


def _check_pixels(size: tuple[int, int], max_pixels: int) -> None:
    if size[0] * size[1] > max_pixels:
        raise Unusable(
            "too_many_pixels",
            _("The photo has more than %(limit)d megapixels. Please choose a smaller one.")
            % {"limit": max(1, max_pixels // 1_000_000)},
        )
    if min(size) < 1:
        raise _broken()


def _decode(image: Image.Image) -> None:
    try:
        image.load()
    except OSError as error:
        raise (_truncated() if "truncated" in str(error) else _broken()) from error
    except Exception as error:  # decoders of five formats, none documents what it raises
        raise _broken() from error


def _broken() -> Unusable:
    return Unusable("broken", _("The photo is damaged. Please choose another one or take it again."))


def _truncated() -> Unusable:
    return Unusable("truncated", _("The photo did not arrive completely. Please choose it again."))


def _flat(image: Image.Image) -> Image.Image:
    """8 bits a channel in L, RGB or CMYK; what is transparent becomes white."""
    if image.mode.startswith("I"):
        wide = image.convert("I")  # 16 bits in 32; Pillow's own way to L clips
        return wide.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGBA", "RGBa", "LA", "La", "PA") or "transparency" in image.info:
        if image.mode != "RGBA":
            image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image)
        return white
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _upright(image: Image.Image, size: tuple[int, int], orientation: int) -> Image.Image:
    """A decoded picture as sRGB in this size, then turned upright."""
    try:
        profile = image.info.get("icc_profile")
        image = _flat(image)
        if image.size != size:
            image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        image = _srgb(image, profile)
        for turn in TURNS.get(orientation, ()):
            image = image.transpose(turn)
    except (OSError, ValueError) as error:
        raise _broken() from error
    return image


def _srgb(image: Image.Image, profile: object) -> Image.Image:
    """RGB as sRGB. A profile that is broken, huge or of another colour model is left aside."""
    if isinstance(profile, bytes) and 128 < len(profile) <= MAX_PROFILE:
        space = {"RGB": b"RGB ", "L": b"GRAY", "CMYK": b"CMYK"}[image.mode]
        if profile[16:20] == space:
            try:
                converted = ImageCms.profileToProfile(
                    image, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
                )
            except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
                converted = None
            if converted is not None:
                return converted
    return image.convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    return _written(image, "JPEG", quality=80, progressive=True, optimize=True)


def _written(image: Image.Image, file_format: str, **options: object) -> bytes:
    """Nothing but pixels: what the picture brought along is left behind."""
    image.info = {}
    target = BytesIO()
    try:
        image.save(target, file_format, **options)
    except (OSError, ValueError) as error:
        raise _broken() from error
    return target.getvalue()
