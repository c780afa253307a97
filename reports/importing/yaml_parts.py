"""YAML read by hand, so that every complaint names its line and key."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

YES = frozenset({"true", "yes", "ja", "on"})
NO = frozenset({"false", "no", "nein", "off"})


class BadMapping(Exception):
    """The mapping cannot be used; the text names line and key."""


class Part:
    """One node of a YAML file with its place in it. Scalars stay as they are written: `No` is no boolean here."""

    def __init__(self, node: yaml.Node, path: str = "") -> None:
        self.node = node
        self.path = path

    @property
    def where(self) -> str:
        """Line and key, for messages."""
        line = self.node.start_mark.line + 1
        if not self.path:
            return _("line %(line)d") % {"line": line}
        return _("line %(line)d, “%(key)s”") % {"line": line, "key": self.path}

    def wrong(self, what: str) -> BadMapping:
        """The error to raise for this part."""
        return BadMapping(f"{self.where}: {what}")

    @property
    def is_text(self) -> bool:
        """A plain value, neither list nor mapping."""
        return isinstance(self.node, yaml.ScalarNode)

    @property
    def is_list(self) -> bool:
        """A list."""
        return isinstance(self.node, yaml.SequenceNode)

    def fields(self, known: Collection[str] | None = None) -> dict[str, Part]:
        """Keys and their parts; only `known` keys, none twice."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong(_("here belong keys with values."))
        found: dict[str, Part] = {}
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise Part(key, self.path).wrong(_("a key is a single word or text."))
            name = str(key.value)
            part = Part(value, f"{self.path}.{name}" if self.path else name)
            # A value that begins on a later line is still found by its key.
            at_key = Part(key, part.path)
            if name in found:
                raise at_key.wrong(_("this key stands there twice."))
            if known is not None and name not in known:
                near = get_close_matches(name, known, 1)
                hint = (
                    _("Did you mean “%(name)s”?") % {"name": near[0]}
                    if near
                    else _("Known are: %(names)s.") % {"names": ", ".join(known)}
                )
                raise at_key.wrong(f"{_('this key is unknown.')} {hint}")
            found[name] = part
        return found

    def text(self) -> str:
        """A value that is not empty."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.wrong(_("here belongs a single value."))
        found = str(self.node.value).strip()
        if not found or self.node.tag == "tag:yaml.org,2002:null":
            raise self.wrong(_("the value is missing."))
        return found

    def raw(self) -> str:
        """A value as it is written, blanks and all."""
        self.text()
        return str(self.node.value)

    def texts(self) -> tuple[str, ...]:
        """A value or a list of values."""
        return tuple(part.text() for part in self.items()) if self.is_list else (self.text(),)

    def items(self) -> list[Part]:
        """The parts of a list; a single value is a list of one."""
        if not isinstance(self.node, yaml.SequenceNode):
            return [self]
        return [Part(one, f"{self.path}[{number}]") for number, one in enumerate(self.node.value, 1)]

    def flag(self) -> bool:
        """true or false."""
        word = self.text().lower()
        if word not in YES | NO:
            raise self.wrong(_("here belongs true or false."))
        return word in YES

    def number(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        word = self.text()
        if not (word.isascii() and word.isdigit() and low <= int(word) <= high):
            raise self.wrong(_("here belongs a number from %(low)d to %(high)d.") % {"low": low, "high": high})
        return int(word)

    def one_of(self, words: Collection[str]) -> str:
        """One of some words."""
        word = self.text()
        if word not in words:
            raise self.wrong(
                _("“%(word)s” is not possible here, only: %(names)s.") % {"word": word, "names": ", ".join(words)}
            )
        return word


def read_yaml(path: Path) -> Part:
    """The root of a YAML file; BadMapping where it is none."""
    try:
        node = yaml.compose(path.read_text("utf-8-sig"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 1
        what = {"line": line, "what": error.problem}
        raise BadMapping(_("line %(line)d: this is no YAML: %(what)s") % what) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadMapping(_("this is no YAML file in UTF-8.")) from error
    if node is None:
        raise BadMapping(_("the file is empty."))
    return Part(node)
