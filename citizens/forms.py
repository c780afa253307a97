"""What somebody types to get the link."""

from reports.flow_forms import EmailForm
from reports.public_forms import HoneypotForm


class AskForm(EmailForm, HoneypotForm):
    """The address."""
