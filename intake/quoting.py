"""What somebody wrote themselves in a mail: without what they quote, their signature and what programs add.

Line by line and with a bounded look ahead, so that the time grows with the length alone; patterns over a whole text
(as libraries for this use them) take minutes for what a hostile sender can put together. German and English, as
Outlook, Gmail, Apple Mail, Thunderbird, GMX, WEB.DE and T-Online write it. What is cut off stays readable at the desk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_LINE: Final = 400
"""Characters of a line that are looked at."""
_KEYS: Final = (
    *("von", "gesendet", "an", "cc", "kopie (cc)", "betreff", "datum", "antwort an", "gesendet am", "wichtigkeit"),
    *("from", "sent", "to", "subject", "date", "reply-to", "importance"),
)
_HEADER: Final = re.compile(rf"^[*\s]*({'|'.join(map(re.escape, _KEYS))})\s*:[*\s]", re.IGNORECASE)
_FIRST: Final = re.compile(r"^[*\s]*(von|from|gesendet|sent|betreff|subject|datum|date)\s*:", re.IGNORECASE)
_WROTE: Final = re.compile(r"\b(schrieb|wrote|geschrieben|schreibt|writes)\b[^:]{0,160}:$", re.IGNORECASE)
_BEGINS: Final = re.compile(r"^(am|on|le)\b.{3,}", re.IGNORECASE)
_NAMED: Final = re.compile(r"(<[^<>\s]+@[^<>\s]+>|\d{1,2}[.:/]\d{2}).{0,160}$", re.IGNORECASE)
_ORIGINAL: Final = re.compile(
    r"^[-_*\s]{3,}\s*(ursprüngliche (nachricht|mail)|original(nachricht| message| mail)?|originalmail)\s*[-_*\s]{3,}$",
    re.IGNORECASE,
)
_FORWARDED: Final = re.compile(
    r"^([-_*\s]{3,}\s*(weitergeleitete nachricht|forwarded message|weitergeleitete mail)\s*[-_*\s]{3,}"
    r"|anfang der weitergeleiteten (nachricht|e-mail):?|begin forwarded message:?)$",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"^_{10,}$")
_QUOTE: Final = re.compile(r"^\s?(?:>|\|(?=\s))\s?")
_DASHES: Final = re.compile(r"^(--|—|__)\s*$")
_PHONE: Final = re.compile(
    r"^(von meinem .{2,60} gesendet|sent from my .{2,60}|gesendet (von|mit|über|aus) .{2,90}"
    r"|diese nachricht wurde von meinem .{2,90} gesendet\.?|sent (from|with|via) .{2,60}|get outlook for .{2,40}"
    r"|outlook für .{2,30} beziehen.*|holen sie sich outlook für .{2,30}|gesendet: .{0,30}mail app.*"
    r"|freundliche grüße,? mobil gesendet)\.?$",
    re.IGNORECASE,
)
_GREETING: Final = re.compile(
    r"^(?:mit\s+)?(?:(?:freundlich|best|herzlich|viel|lieb|schön|schoen|sonnig|nett|kollegial)\w{0,3}\s+)+"
    r"gr(?:ü|u|ue)(?:ß|ss)(?:e|en)?\b.{0,40}$"
    r"|^(?:mfg|m\.f\.g\.|lg|vg|bg|gruß|gruss|grüße|gruesse)\b[^.?!]{0,30}[.,!]?$"
    r"|^(?:danke|besten dank|vielen dank|herzlichen dank)\s*(?:und|,|&)\s.{0,20}gr(?:ü|ue)(?:ß|ss)e?n?\b.{0,20}$"
    r"|^hochachtungsvoll\b.{0,20}$"
    r"|^(?:best|kind|warm|with (?:kind|best)|many thanks and (?:best|kind))\s+(?:regards|wishes)\b.{0,20}$"
    r"|^(?:yours|sincerely|regards|cheers|yours (?:sincerely|faithfully|truly))\s*[,.!]?$",
    re.IGNORECASE,
)
_SMALL_PRINT: Final = re.compile(
    r"^[*\s]*(diese (e-?mail|nachricht) (enthält|kann|ist (nur|ausschließlich))|this (e-?mail|message) (may|is|and any)"
    r"|der inhalt dieser (e-?mail|nachricht)|the information (contained )?in this (e-?mail|message)"
    r"|(confidentiality|disclaimer|haftungsausschluss|vertraulichkeitshinweis)\b"
    r"|bitte denken sie an die umwelt|please consider the environment|virenfrei\.|virus-free\.)",
    re.IGNORECASE,
)
_SIGNATURE_LINES: Final = 15
"""A greeting with more behind it is none: somebody greets and then begins to tell."""
_BLANK_LINES: Final = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Written:
    """`own`: what they wrote; `forwarded`: what they passed on, "" for nothing."""

    own: str
    forwarded: str = ""


def own_words(text: str, *, forward: bool = False) -> Written:
    """Split a text. With `forward` (the subject says so) what follows a head of a mail was passed on, not quoted."""
    lines = [line[:_LINE].rstrip() if len(line) > 4 * _LINE else line.rstrip() for line in text.split("\n")]
    at, passed_on = _cut(lines)
    own = _tidy(_unsigned(_unquoted(lines[:at])))
    rest = lines[at:]
    if rest and (forward or passed_on):
        return Written(own, _tidy(_unsigned(_passed_on(rest))))
    return Written(own)


def _cut(lines: list[str]) -> tuple[int, bool]:
    """Where a mail somebody answers or passes on begins, and whether a program says that it was passed on."""
    for at, line in enumerate(lines):
        short = _QUOTE.sub("", line[:_LINE]).strip()
        if _FORWARDED.match(short):
            return at, True
        if _ORIGINAL.match(short) or (_RULE.match(short) and _is_head(lines, at + 1)):
            return at, False
        if _FIRST.match(line[:_LINE]) and _is_head(lines, at):
            return at, False
        if (length := _attribution(lines, at)) and not _quoted_below(lines, at + length):
            return at, False
    return len(lines), False


def _is_head(lines: list[str], at: int) -> bool:
    """Whether the head of a mail stands here: three of its lines within the next eight."""
    return sum(bool(_HEADER.match(line[:_LINE] + " ")) for line in lines[at : at + 8]) >= 3


def _attribution(lines: list[str], at: int) -> int:
    """How many lines "Am … schrieb …:" takes here; 0 if it does not stand here."""
    if lines[at].startswith(">"):
        return 0
    joined = ""
    for length, line in enumerate(lines[at : at + 3], start=1):
        short = line[:_LINE].strip()
        if not short:
            return 0
        joined = f"{joined} {short}".strip()
        if joined.endswith(":"):
            dated = any(sign.isdigit() for sign in joined[-360:])
            begins = dated and _BEGINS.match(joined) is not None
            named = length == 1 and _NAMED.search(joined[-360:]) is not None
            return length if (begins or named) and _WROTE.search(joined[-200:]) else 0
    return 0


def _quoted_below(lines: list[str], at: int) -> bool:
    """Whether lines with ">" follow: then what stands between and behind them may be an answer."""
    following = next((line for line in lines[at : at + 4] if line.strip()), "")
    return bool(_QUOTE.match(following))


def _unquoted(lines: list[str]) -> list[str]:
    """Without quoted lines and the lines that announce them."""
    kept: list[str] = []
    skip = 0
    for at, line in enumerate(lines):
        if skip:
            skip -= 1
        elif _QUOTE.match(line):
            continue
        elif length := _attribution(lines, at):
            skip = length - 1
        else:
            kept.append(line)
    return kept


def _passed_on(lines: list[str]) -> list[str]:
    """The words of a mail that was passed on: without marks, without its head (whose it was stays at the desk)."""
    plain = [_QUOTE.sub("", line) for line in lines]
    kept: list[str] = []
    for line in plain:
        short = line[:_LINE]
        if _FORWARDED.match(short.strip()) or _ORIGINAL.match(short.strip()) or _RULE.match(short.strip()):
            continue
        if _HEADER.match(short + " "):
            continue
        kept.append(line)
    at, _again = _cut(kept)
    return _unquoted(kept[:at])


def _unsigned(lines: list[str]) -> list[str]:
    """Without signature, the advertisement of a phone, and the small print of companies."""
    left = sum(bool(line.strip()) for line in lines)
    kept: list[str] = []
    begun = False
    for line in lines:
        short = line[:_LINE].strip()
        left -= bool(short)
        ending = left <= _SIGNATURE_LINES
        if _SMALL_PRINT.match(short) or (begun and _DASHES.match(short)):
            break
        if _PHONE.match(short):
            if ending:
                break
            continue
        if begun and ending and len(short) <= 80 and _GREETING.match(short):
            break
        begun = begun or bool(short)
        kept.append(line)
    return kept


def _tidy(lines: list[str]) -> str:
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
