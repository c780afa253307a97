"""Host names with umlauts as the network wants them (IDNA)."""

import unicodedata
from encodings import idna

_DEVIATIONS = "ßς"
"""Letters that IDNA 2003, which Python knows, would replace: straße.de is not strasse.de any more."""


def to_ascii(host: str) -> str:
    """ "Bücher.Example" → "xn--bcher-kva.example". Raises ValueError if it cannot be a host name."""
    labels = []
    for label in host.removesuffix(".").replace("。", ".").split("."):
        try:
            if label.isascii():
                ascii_label = label.lower()
            elif any(letter in _DEVIATIONS for letter in label.lower()):
                folded = unicodedata.normalize("NFC", label.lower())
                ascii_label = "xn--" + folded.encode("punycode").decode("ascii")
            else:
                ascii_label = idna.ToASCII(label).decode("ascii")
        except UnicodeError:
            raise ValueError(f"{host!r} is not a host name")
        if not ascii_label or len(ascii_label) > 63 or any(c in ascii_label for c in " \t\r\n/\\@#?%:"):
            raise ValueError(f"{host!r} is not a host name")
        labels.append(ascii_label)
    return ".".join(labels)
