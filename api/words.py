"""Messages of Django REST framework that we say in our own German.

Its German addresses people as "du". The catalogue of this package comes before the framework's (see INSTALLED_APPS), so
what is listed here is taken from ours; a test looks through the framework's whole catalogue for what is missing.
"""

from typing import Final

from django.utils.translation import gettext_noop as _

OURS: Final = (
    _('"{input}" is not a valid choice.'),
    _("A valid integer is required."),
    _("A valid number is required."),
    _("Could not satisfy the request Accept header."),
    _("Date has wrong format. Use one of these formats instead: {format}."),
    _("Datetime has wrong format. Use one of these formats instead: {format}."),
    _("Duration has wrong format. Use one of these formats instead: {format}."),
    _("Ensure that there are no more than {max_decimal_places} decimal places."),
    _("Ensure that there are no more than {max_digits} digits in total."),
    _("Ensure that there are no more than {max_whole_digits} digits before the decimal point."),
    _("Ensure this field has at least {min_length} characters."),
    _("Ensure this field has no more than {max_length} characters."),
    _("Ensure this filename has at most {max_length} characters (it has {length})."),
    _("Ensure this value is greater than or equal to {min_value}."),
    _("Ensure this value is less than or equal to {max_value}."),
    _('Enter a valid "slug" consisting of Unicode letters, numbers, underscores, or hyphens.'),
    _('Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'),
    _("Enter a valid URL."),
    _("Enter a valid email address."),
    _('Expected a dictionary of items but got type "{input_type}".'),
    _('Expected a list of items but got type "{input_type}".'),
    _("Invalid data. Expected a dictionary, but got {datatype}."),
    _("Malformed request."),
    _('Method "{method}" not allowed.'),
    _("Must be a valid boolean."),
    _("Must be a valid UUID."),
    _("No data provided"),
    _("Not a valid string."),
    _("Not found."),
    _("Request was throttled."),
    _("The submitted data was not a file. Check the encoding type on the form."),
    _("This dictionary may not be empty."),
    _("This field is required."),
    _("This field may not be blank."),
    _("This field may not be null."),
    _("Time has wrong format. Use one of these formats instead: {format}."),
    _('Unsupported media type "{media_type}" in request.'),
    _("Upload a valid image. The file you uploaded was either not an image or a corrupted image."),
    _("Value must be valid JSON."),
)
