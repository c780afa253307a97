"""The page of the crews' phones at the desk."""

from django.urls import reverse
from django.utils import timezone

from accounts import phones
from accounts.models import Phone
from dispatch.models import Presence


def test_a_phone_is_handed_out_seen_and_revoked(client, town):
    client.force_login(town.manager)
    page = client.get(reverse("desk_phones"))
    assert "Noch ist kein Telefon ausgegeben." in page.text
    assert client.post(reverse("desk_phones"), {"name": "", "team": str(town.yard.pk)}).status_code == 422
    made = client.post(reverse("desk_phones"), {"name": "Kolonne 2", "team": str(town.yard.pk)}, follow=True)
    phone = Phone.objects.get()
    assert made.request["PATH_INFO"] == reverse("desk_phone_code", args=[phone.pk])
    assert "data:image/svg+xml" in made.text
    code = client.session["crew_codes"][str(phone.pk)]
    assert f"{town.municipality.base_url()}{reverse('field_enrol', args=[code])}" in made.text
    phones.enrol(code=code, pin="2580", at=timezone.now())
    again = client.get(reverse("desk_phone_code", args=[phone.pk]), follow=True)
    assert "data:image/svg+xml" not in again.text
    Presence.objects.create(user=phone.user, unit=town.yard, seen_at=timezone.now(), waiting=3)
    assert "3 Einträge nicht gesendet" in client.get(reverse("desk_phones")).text
    assert "3 Einträge nicht gesendet" in client.get(reverse("desk_planning")).text
    client.post(reverse("desk_phone", args=[phone.pk]), {"tun": "sperren"})
    assert Phone.objects.get().revoked_at
    assert "gesperrt am" in client.get(reverse("desk_phones")).text
    client.post(reverse("desk_phone", args=[phone.pk]), {"tun": "neu"})
    assert Phone.objects.get().code is None


def test_phones_are_those_of_the_teams_one_plans_for(client, town, neighbour):
    mine, _code = phones.make(unit=town.yard, name="Kolonne 2", by=town.manager, at=timezone.now())
    phones.make(unit=town.greens, name="Gärtner", by=town.manager, at=timezone.now())
    client.force_login(town.clerk)
    page = client.get(reverse("desk_phones"))
    assert "Kolonne 2" in page.text
    assert "Gärtner" not in page.text
    for user in (town.field, neighbour.admin, town.other_clerk):
        client.force_login(user)
        assert client.post(reverse("desk_phone", args=[mine.pk]), {"tun": "sperren"}).status_code == 404
        assert client.get(reverse("desk_phone_code", args=[mine.pk])).status_code == 404
    assert Phone.objects.get(pk=mine.pk).revoked_at is None


def test_a_phone_is_no_person_of_the_set_up(client, town):
    phone, _code = phones.make(unit=town.yard, name="Kolonne 2", by=town.manager, at=timezone.now())
    client.force_login(town.admin)
    assert "Kolonne 2" not in client.get(reverse("setup_people")).text
    role = phone.user.memberships.get()
    assert client.post(reverse("setup_person_remind", args=[role.pk])).status_code == 404
