#!/usr/bin/env python3
"""Copy what the pages need out of node_modules/ to var/vendor/, and cut fonts and stylesheet to size.

Usage: script/vendor.py [TARGET]    (default: var/vendor in the project)

Nothing of third parties is committed; script/setup runs this after `npm ci`. The folder is written anew
beside the old one and then swapped, so that a running server never sees half of it.
"""

import logging
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"

# KERN uses three weights and no italics.
WEIGHTS = {"Regular": 400, "Medium": 500, "SemiBold": 600}
# Latin, Latin-1, Latin Extended-A; punctuation, small digits, €, ™, №, fractions, arrows, ✓, the minus sign.
GLYPHS = (
    "U+0020-007E, U+00A0-017F, U+018F, U+0192, U+0218-021B, U+02C6-02DD, U+1E9E, U+2000-206F, U+2070-209F, "
    "U+20AC, U+2116, U+2122, U+2150-215F, U+2190-21FF, U+2212, U+2260-2265, U+2713, U+2715, U+FB01-FB02"
)
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum", "case"]

# Copied as they are, without source map lines: the maps are not shipped, collectstatic would miss them.
FILES = {
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    "leaflet/dist/images/layers.png": "leaflet/images/layers.png",
    "leaflet/dist/images/layers-2x.png": "leaflet/images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png": "leaflet/images/marker-icon.png",
    "leaflet/dist/images/marker-icon-2x.png": "leaflet/images/marker-icon-2x.png",
    "leaflet/dist/images/marker-shadow.png": "leaflet/images/marker-shadow.png",
    "leaflet/LICENSE": "leaflet/LICENSE.txt",
    "protomaps-leaflet/dist/protomaps-leaflet.js": "protomaps/protomaps-leaflet.js",
    "protomaps-leaflet/LICENSE": "protomaps/LICENSE.txt",
    "exifr/dist/lite.esm.js": "exifr/exifr.js",
    "exifr/LICENSE": "exifr/LICENSE.txt",
    "@kern-ux/native/LICENSE.md": "kern/LICENSE.txt",
}
SOURCE_MAP = re.compile(r"^\s*(//[#@]\s*sourceMappingURL=\S*|/\*[#@]\s*sourceMappingURL=\S*\s*\*/)\s*$", re.MULTILINE)
WIDE = re.compile(r"@media \(min-width: ?\d+px\)\{")
BREAKPOINT_CLASS = re.compile(r"\.kern-[a-z0-9-]*-(sm|md|lg|xl|xxl)(-[a-z0-9-]+)?(?![\w-])")


def blocks(css: str) -> Iterator[str]:
    """Yield the top-level statements of a stylesheet, in order; joined they are the stylesheet again."""
    start = depth = position = 0
    while position < len(css):
        char = css[position]
        if char in "\"'":
            position += 1
            while css[position] != char:
                position += 2 if css[position] == "\\" else 1
        elif css.startswith("/*", position):
            position = css.index("*/", position) + 1
        elif char == "{":
            depth += 1
        elif char == "}" or char == ";":
            depth -= char == "}"
            if depth == 0:
                yield css[start : position + 1]
                start = position + 1
        position += 1
    yield css[start:]


def trim_kern(css: str) -> str:
    """Drop KERN's utilities per breakpoint (`kern-flex-md`, `kern-col-sm-6` …): 104 of 340 kB.

    Only rules inside a min-width block go, and only where every selector names such a class. Our own
    stylesheets have media queries of their own, so the pages never use them.
    """

    def trim(block: str) -> str:
        head = WIDE.match(block)
        if not head:
            return block
        kept = "".join(
            rule
            for rule in blocks(block[head.end() : -1])
            if not all(BREAKPOINT_CLASS.search(selector) for selector in rule.split("{")[0].split(","))
        )
        return f"{head.group()}{kept}}}" if kept else ""

    return "".join(trim(block) for block in blocks(css))


def subset_font(source: Path, target: Path) -> None:
    """Write the glyphs our languages need from a font to a woff2 file."""
    options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False, notdef_outline=True)
    options.drop_tables += ["DSIG"]
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(GLYPHS.replace("U+", "")))
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def build(target: Path) -> None:
    """Fill the folder `target` (it must not exist)."""
    for name, place in FILES.items():
        source, copy = PACKAGES / name, target / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        if copy.suffix in {".js", ".css"}:
            copy.write_text(SOURCE_MAP.sub("", source.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            shutil.copyfile(source, copy)

    kern = PACKAGES / "@kern-ux" / "native" / "dist"
    stylesheet = SOURCE_MAP.sub("", (kern / "kern.min.css").read_text(encoding="utf-8"))
    (target / "kern" / "kern.css").write_text(trim_kern(stylesheet), encoding="utf-8")

    (target / "fonts").mkdir()
    faces = []
    for name, weight in WEIGHTS.items():
        file = f"FiraSans-{name}.woff2"
        subset_font(kern / "fonts" / "fira-sans" / file, target / "fonts" / file)
        faces.append(
            f'@font-face{{font-family:"Fira Sans";src:url("{file}") format("woff2");'
            f"font-weight:{weight};font-style:normal;font-display:swap}}\n"
        )
    (target / "fonts" / "fira-sans.css").write_text("".join(faces), encoding="utf-8")


def main() -> None:
    """Build beside the old folder, then swap."""
    target = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "var" / "vendor"
    fresh, old = target.with_name(f"{target.name}.new"), target.with_name(f"{target.name}.old")
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    fresh.mkdir(parents=True)
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # remarks on the table versions of Fira Sans
    build(fresh)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    main()
