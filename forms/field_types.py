"""The table of the types of question a form can ask.

Answers are plain JSON: str, int, bool or a list of str. Decimals and dates are strings ("12.50",
"2026-05-04"), so that nothing is lost on the way through a database. To add a type, write a class and add
it here.
"""

from forms.choice_types import Agree, Choice, Choices, YesNo
from forms.field_type import FieldType
from forms.value_types import Date, Email, Fraction, Number, Phone, Text, Textarea

TYPES: dict[str, FieldType] = {
    "text": Text(),
    "textarea": Textarea(),
    "email": Email(),
    "phone": Phone(),
    "date": Date(),
    "integer": Number(),
    "decimal": Fraction(),
    "choice": Choice(),
    "choices": Choices(),
    "yesno": YesNo(),
    "agree": Agree(),
}
