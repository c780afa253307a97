"""The mail with the link to confirm, once more."""

from django.db import transaction

from cases.models import Contact
from cases.services import confirm_contact
from notifications.plans import plan
from notifications.policy import Purpose
from notifications.services import happening_of
from outbox.events import emit


def asked(case):
    with transaction.atomic():
        event = emit("case.confirmation_asked", case=case.pk)
    return plan(happening_of(event))


def test_goes_to_the_unconfirmed_address_and_to_no_other(make_report):
    case = make_report(email="eva@example.org")
    (mail,) = asked(case)
    assert mail.purpose is Purpose.RECEIPT
    assert mail.to.address == "eva@example.org"
    assert case.contact.token in mail.facts["confirm_url"]
    confirm_contact(contact=Contact.objects.get(pk=case.contact.pk))
    assert asked(case) == []
    assert asked(make_report()) == []
