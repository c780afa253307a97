"""Phones of crews: a code that works once, a PIN that may be wrong five times, shut out at once."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts import phones
from accounts.invitations import invite
from accounts.models import RuleChange, User
from accounts.policy import Role

AT = timezone.now()


@pytest.fixture
def made(town):
    return phones.make(unit=town.yard, name=" Kolonne  2 ", by=town.manager, at=AT)


def enrol(code, pin):
    """The phone and what it keeps."""
    done = phones.enrol(code=code, pin=pin, at=AT)
    assert done is not None
    return done


@pytest.fixture
def enrolled(made):
    return enrol(made[1], "2580")


def test_a_code_enrols_once(made, town):
    phone, code = made
    assert phone.user.name == "Kolonne 2"
    assert not phone.user.has_mailbox
    assert not phone.user.has_usable_password()
    assert phones.waiting(code, at=AT) == phone
    found, secret = enrol(code, "2580")
    assert found == phone
    assert phones.enrol(code=code, pin="2580", at=AT) is None
    assert phones.known(secret) == phone
    assert phones.unit_of(phone) == town.yard
    assert RuleChange.objects.filter(subject="phone", label=str(phone.user_id), actor=town.manager).exists()


def test_a_code_is_over_after_a_day(made):
    late = AT + phones.CODE_LIFETIME
    assert phones.waiting(made[1], at=late) is None
    assert phones.enrol(code=made[1], pin="2580", at=late) is None


@pytest.mark.parametrize("pin", ["", "123", "1234", "4321", "0000", "8901", "123456789", "12a4", "１２５８"])
def test_what_is_no_pin(made, pin):
    with pytest.raises(ValidationError):
        phones.enrol(code=made[1], pin=pin, at=AT)
    assert phones.waiting(made[1], at=AT)


def test_neither_code_nor_secret_nor_pin_is_stored(made, enrolled):
    phone, secret = enrolled
    phone.refresh_from_db()
    stored = " ".join(str(value) for value in vars(phone).values())
    assert made[1] not in stored
    assert secret not in stored
    assert "2580" not in phone.pin


def test_five_wrong_pins_lock_it_until_it_is_enrolled_anew(enrolled, town):
    phone, secret = enrolled
    assert phones.unlock(secret=secret, pin="2580", at=AT) == phone
    for left in (4, 3, 2, 1, 0, 0):
        with pytest.raises(phones.WrongPin) as wrong:
            phones.unlock(secret=secret, pin="9731", at=AT)
        assert wrong.value.left == left
    with pytest.raises(phones.WrongPin):
        phones.unlock(secret=secret, pin="2580", at=AT)
    code = phones.renew(phone=phone, by=town.manager, at=AT)
    assert phones.known(secret) is None
    _phone, other = enrol(code, "9731")
    assert phones.unlock(secret=other, pin="9731", at=AT) == phone


def test_a_right_pin_forgives_wrong_ones(enrolled):
    _phone, secret = enrolled
    for _round in range(3):
        with pytest.raises(phones.WrongPin):
            phones.unlock(secret=secret, pin="9731", at=AT)
        assert phones.unlock(secret=secret, pin="2580", at=AT)


def test_revoked_it_is_out(enrolled, town):
    phone, secret = enrolled
    assert phones.revoke(phone=phone, by=town.manager, at=AT).revoked_at == AT
    phones.revoke(phone=phone, by=town.manager, at=AT + timedelta(hours=1))
    assert phones.known(secret) is None
    assert phones.unlock(secret=secret, pin="2580", at=AT) is None
    assert not User.objects.get(pk=phone.user_id).is_active
    with pytest.raises(PermissionDenied):
        phones.renew(phone=phone, by=town.manager, at=AT)
    phone.refresh_from_db()
    assert phone.revoked_at == AT


def test_only_who_gives_the_unit_its_work(made, town, neighbour):
    phone, _code = made
    for by in (town.field, town.other_clerk, neighbour.admin, phone.user):
        with pytest.raises(PermissionDenied):
            phones.make(unit=town.yard, name="x", by=by, at=AT)
        with pytest.raises(PermissionDenied):
            phones.renew(phone=phone, by=by, at=AT)
        with pytest.raises(PermissionDenied):
            phones.revoke(phone=phone, by=by, at=AT)
    phones.revoke(phone=phone, by=town.clerk, at=AT)


def test_another_code_ends_whatever_the_old_phone_had(made, enrolled, town):
    phone, _secret = enrolled
    phone.user.set_password("selbst-gewaehlt-1")
    phone.user.save()
    Authenticator.objects.create(user=phone.user, type=Authenticator.Type.TOTP, data={})
    phones.renew(phone=phone, by=town.manager, at=AT)
    user = User.objects.get(pk=phone.user_id)
    assert not user.has_usable_password()
    assert user.sessions_ended_at == AT
    assert not Authenticator.objects.filter(user=user).exists()


def test_nobody_else_comes_by_the_address_of_a_phone(made, town):
    address = made[0].user.email
    with pytest.raises(ValidationError):
        invite(email=address, name="X", municipality=town.municipality, role=Role.MANAGER, by=town.admin)


def test_a_phone_needs_a_name_and_an_inner_unit(town):
    for name in ("", " ", "x" * 121):
        with pytest.raises(ValidationError):
            phones.make(unit=town.yard, name=name, by=town.manager, at=AT)
    town.yard.active = False
    with pytest.raises(ValidationError):
        phones.make(unit=town.yard, name="Kolonne", by=town.manager, at=AT)
