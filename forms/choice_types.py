"""Questions that are answered by choosing."""

from datetime import date
from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from forms.field_type import Answer, Field, FieldType, has_text, wrong_order
from forms.reading import Invalid
from geo.localized import localized

RADIO_LIMIT = 7


class Choice(FieldType):
    """One of several options: buttons, or a list to open when there are many."""

    keys = frozenset({"options"})

    def check(self, field: Field) -> list[str]:
        options = field.get("options")
        if not isinstance(options, list) or not options or not all(isinstance(one, dict) for one in options):
            return [_("There are no options to choose from.")]
        problems = []
        values = [one.get("value") for one in options]
        if not all(isinstance(value, str) and 0 < len(value) <= 100 for value in values):
            problems.append(_("Every option needs a value of 1 to 100 characters."))
        elif len(set(values)) < len(values):
            problems.append(_("Two options have the same value."))
        for option in options:
            if not has_text(option.get("label")):
                problems.append(_("The option “%(value)s” has no German label.") % {"value": option.get("value")})
            if unknown := sorted(map(str, option.keys() - {"value", "label"})):
                problems.append(_("Nobody knows “%(key)s” of an option.") % {"key": "”, “".join(unknown)})
        return problems

    def labels(self, field: Field, language: str) -> dict[str, str]:
        """Value to label."""
        return {option["value"]: localized(option["label"], language) for option in field["options"]}

    def parse(self, value: object, field: Field, today: date) -> Answer | None:
        if not isinstance(value, str) or all(value != option["value"] for option in field["options"]):
            raise Invalid(_("Please choose one of the options."))
        return value

    def widget(self, field: Field, language: str) -> forms.Widget:
        choices = list(self.labels(field, language).items())
        if len(choices) > RADIO_LIMIT:
            return forms.Select(choices=[("", _("Please choose")), *choices])
        return forms.RadioSelect(choices=choices + no_answer(field))

    def show(self, answer: Answer, field: Field, language: str) -> str:
        return self.labels(field, language).get(str(answer), str(answer))


class Choices(Choice):
    """Any number of options; `min` and `max` say how many."""

    keys = frozenset({"options", "min", "max"})
    many = True

    def check(self, field: Field) -> list[str]:
        bounds = [field[key] for key in ("min", "max") if key in field]
        if not all(type(bound) is int and bound >= 0 for bound in bounds):
            return [*super().check(field), _("“min” and “max” must be numbers.")]
        return [*super().check(field), *wrong_order(field.get("min"), field.get("max"))]

    def parse(self, value: object, field: Field, today: date) -> Answer | None:
        chosen = [value] if isinstance(value, str) else value
        known = [option["value"] for option in field["options"]]
        if not isinstance(chosen, list) or len(chosen) > len(known) or any(one not in known for one in chosen):
            raise Invalid(_("Please choose one of the options."))
        answer = [one for one in known if one in chosen]
        low, high = field.get("min"), field.get("max")
        if answer and low is not None and len(answer) < low:
            raise Invalid(ngettext("Choose at least %(count)d.", "Choose at least %(count)d.", low) % {"count": low})
        if high is not None and len(answer) > high:
            raise Invalid(ngettext("Choose at most %(count)d.", "Choose at most %(count)d.", high) % {"count": high})
        return answer or None

    def widget(self, field: Field, language: str) -> forms.Widget:
        return forms.CheckboxSelectMultiple(choices=list(self.labels(field, language).items()))

    def show(self, answer: Answer, field: Field, language: str) -> str:
        labels = self.labels(field, language)
        return ", ".join(labels.get(one, one) for one in answer) if isinstance(answer, list) else str(answer)


class YesNo(FieldType):
    """Yes or no, both are answers."""

    words: ClassVar[dict[str, bool]] = {"yes": True, "true": True, "no": False, "false": False}

    def parse(self, value: object, field: Field, today: date) -> Answer | None:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in self.words:
            return self.words[value]
        raise Invalid(_("Please choose yes or no."))

    def widget(self, field: Field, language: str) -> forms.Widget:
        yes, no = pgettext("answer", "Yes"), pgettext("answer", "No")
        return forms.RadioSelect(choices=[("yes", yes), ("no", no), *no_answer(field)])

    def initial(self, answer: Answer) -> object:
        return "yes" if answer else "no"

    def show(self, answer: Answer, field: Field, language: str) -> str:
        return pgettext("answer", "Yes") if answer else pgettext("answer", "No")


class Agree(YesNo):
    """A box to tick. Not ticked is no answer."""

    def parse(self, value: object, field: Field, today: date) -> Answer | None:
        if value == "on" or super().parse(value, field, today):
            return True
        return None

    def widget(self, field: Field, language: str) -> forms.Widget:
        return forms.CheckboxInput()

    def initial(self, answer: Answer) -> object:
        return bool(answer)


def no_answer(field: Field) -> list[tuple[str, str]]:
    """The way back out of radio buttons where no answer is needed."""
    return [] if field.get("required") else [("", _("No answer"))]
