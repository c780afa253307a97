"""Questions that are answered by writing: text, addresses of people, numbers, days."""

from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import formats
from django.utils.translation import gettext as _

from forms.field_type import Answer, Field, FieldType, with_unit, wrong_order
from forms.reading import (
    ISO_DATE,
    LONGEST,
    PATTERNS,
    PHONE,
    Invalid,
    clean_text,
    parse_date,
    parse_decimal,
    parse_whole,
)


class Text(FieldType):
    """One line."""

    keys = frozenset({"max_length", "pattern"})
    default_length = 200
    lines = False

    def check(self, field: Field) -> list[str]:
        problems = []
        length = field.get("max_length", self.default_length)
        if type(length) is not int or not 1 <= length <= LONGEST:
            problems.append(_("“max_length” must be a number from 1 to %(limit)d.") % {"limit": LONGEST})
        if "pattern" in field and (not isinstance(field["pattern"], str) or field["pattern"] not in PATTERNS):
            problems.append(_("“pattern” must be one of: %(names)s.") % {"names": ", ".join(PATTERNS)})
        return problems

    def parse(self, value: object, field: Field, today: date) -> Answer | None:
        limit = field.get("max_length", self.default_length)
        text = clean_text(value, limit, lines=self.lines)
        if "pattern" in field and text:
            pattern = PATTERNS[field["pattern"]]
            text = text.upper() if pattern.upper else text
            if not pattern.regex.fullmatch(text):
                raise Invalid(str(pattern.message))
        return text or None

    def widget(self, field: Field, language: str) -> forms.Widget:
        return forms.TextInput({"maxlength": field.get("max_length", self.default_length)})


class Textarea(Text):
    """Several lines."""

    keys = frozenset({"max_length"})
    default_length = 2000
    lines = True

    def widget(self, field: Field, language: str) -> forms.Widget:
        # Browsers count a line break as two characters, so the limit is left to the server.
        return forms.Textarea({"rows": 4})


class Email(Text):
    """An e-mail address."""

    keys = frozenset()
    default_length = 254

    def parse(self, value: object, field: Field, today: date) -> Answer | None:
        text = clean_text(value, self.default_length)
        if text:
            try:
                validate_email(text)
            except ValidationError:
                raise Invalid(_("Write the e-mail address as name@example.org."))
        return text or None

    def widget(self, field: Field, language: str) -> forms.Widget:
        return forms.EmailInput({"autocomplete": "email", "maxlength": self.default_length})


class Phone(Text):
    """A telephone number, kept as written."""

    keys = frozenset()
    default_length = 30

    def parse(self, value: object, field: Field, today: date) -> Answer | None:
        text = clean_text(value, self.default_length)
        if text and not PHONE.fullmatch(text):
            raise Invalid(_("Write the telephone number with digits, for example 05247 935-0."))
        return text or None

    def widget(self, field: Field, language: str) -> forms.Widget:
        return forms.TextInput({"type": "tel", "autocomplete": "tel", "maxlength": self.default_length})


class Number(FieldType):
    """A whole number."""

    keys = frozenset({"min", "max", "unit"})
    inputmode = "numeric"

    def read(self, value: object, field: Field) -> Decimal | None:
        """The number, or None when it is none of this type."""
        whole = parse_whole(value)
        return None if whole is None else Decimal(whole)

    def stored(self, number: Decimal) -> Answer:
        """The number as it is kept."""
        return int(number)

    def explain(self) -> str:
        """What to write."""
        return _("Write a whole number without dots, for example 12.")

    def check(self, field: Field) -> list[str]:
        bounds = {key: self.read(field[key], field) for key in ("min", "max") if key in field}
        if None in bounds.values() or any(isinstance(field.get(key), str) for key in bounds):
            return [_("“min” and “max” must be numbers.")]
        return wrong_order(bounds.get("min"), bounds.get("max"))

    def parse(self, value: object, field: Field, today: date) -> Answer | None:
        number = self.read(value, field)
        if number is None:
            raise Invalid(self.explain())
        low, high = (parse_decimal(field.get(key)) for key in ("min", "max"))
        if low is not None and number < low:
            raise Invalid(_("The number must be at least %(limit)s.") % {"limit": formats.number_format(low)})
        if high is not None and number > high:
            raise Invalid(_("The number must be at most %(limit)s.") % {"limit": formats.number_format(high)})
        return self.stored(number)

    def widget(self, field: Field, language: str) -> forms.Widget:
        return forms.TextInput({"inputmode": self.inputmode, "maxlength": 20})

    def show(self, answer: Answer, field: Field, language: str) -> str:
        number = parse_decimal(answer)
        text = str(answer) if number is None else formats.number_format(number, force_grouping=True)
        return with_unit(text, field, language)


class Fraction(Number):
    """A number with at most `decimals` places (2 unless told), so that 1.234 cannot mean two things."""

    keys = frozenset({"min", "max", "unit", "decimals"})
    inputmode = "decimal"

    def read(self, value: object, field: Field) -> Decimal | None:
        number = parse_decimal(value)
        if number is None or -int(number.as_tuple().exponent) > field.get("decimals", 2):
            return None
        return number

    def stored(self, number: Decimal) -> Answer:
        return str(number)

    def explain(self) -> str:
        return _("Write a number like 12,5 without thousands marks.")

    def check(self, field: Field) -> list[str]:
        places = field.get("decimals", 2)
        if type(places) is not int or not 0 <= places <= 6:
            return [_("“decimals” must be a number from 0 to 6.")]
        return super().check(field)

    def initial(self, answer: Answer) -> object:
        number = parse_decimal(answer)
        return answer if number is None else formats.number_format(number)


class Date(FieldType):
    """A day. `min` and `max` are days or "today"."""

    keys = frozenset({"min", "max"})

    def check(self, field: Field) -> list[str]:
        bounds = {}
        for key in ("min", "max"):
            if key in field and field[key] != "today":
                bounds[key] = parse_date(field[key]) if ISO_DATE.fullmatch(str(field[key])) else None
        if None in bounds.values():
            return [_("“min” and “max” must be days like 2026-05-04 or “today”.")]
        return wrong_order(bounds.get("min"), bounds.get("max"))

    def parse(self, value: object, field: Field, today: date) -> Answer | None:
        day = parse_date(value)
        if day is None:
            raise Invalid(_("Write the date as day.month.year, for example 4.5.2026."))
        low, high = (today if field.get(key) == "today" else parse_date(field.get(key)) for key in ("min", "max"))
        if low is not None and day < low:
            raise Invalid(_("The date must not be before %(limit)s.") % {"limit": shown_day(low)})
        if high is not None and day > high:
            raise Invalid(_("The date must not be after %(limit)s.") % {"limit": shown_day(high)})
        return day.isoformat()

    def widget(self, field: Field, language: str) -> forms.Widget:
        return forms.TextInput({"type": "date"})

    def show(self, answer: Answer, field: Field, language: str) -> str:
        day = parse_date(answer)
        return str(answer) if day is None else shown_day(day)


def shown_day(day: date) -> str:
    """A day in the active language."""
    return formats.date_format(day, "DATE_FORMAT")
