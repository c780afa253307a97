"""`/verwaltung/einrichtung/`: an administrator walks through the steps; each is saved, checked and resumable."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Membership, SetUpStep, Unit, User
from accounts.policy import Role
from accounts.services import grant
from cases.models import Case, Responsibility, Topic
from cases.routing import unit_for
from geo.models import Municipality
from net.sealed import is_sealed
from notifications.models import Delivery
from outbox.work import run_all
from reports.categories import category_of
from tests.conftest import Town, make_municipality

Login = Callable[[User], Client]
PAGES = [
    "setup",
    "setup_name",
    "setup_look",
    "setup_mail",
    "setup_units",
    "setup_unit_new",
    "setup_categories",
    "setup_categories_quick",
    "setup_people",
    "setup_person_new",
    "setup_embed",
]


@pytest.fixture
def admin(login: Login, town: Town) -> Client:
    """The administrator, logged in; there is a unit for the rest."""
    Responsibility.objects.create(municipality=town.municipality, unit=town.yard)
    return login(town.admin)


def test_the_menu_calls_only_the_work_list_so(admin: Client) -> None:
    def current(name: str) -> list[str]:
        return [entry["name"] for entry in admin.get(reverse(name)).context["staff_menu"] if entry["current"]]

    assert current("desk") == ["desk"]
    for name in ("setup", "desk_pages", "operations"):
        assert current(name) == [], name


def fresh(town: Town) -> Municipality:
    return Municipality.objects.get(pk=town.municipality.pk)


def filled(client: Client, step: str, /, **typed: Any) -> dict[str, Any]:
    """The form of a step as the page offers it, with own entries."""
    form = client.get(reverse(step)).context["form"]
    values = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    return {**values, **typed}


def test_only_administrators_of_this_house(client: Client, login: Login, town: Town, neighbour: Town) -> None:
    for name in PAGES:
        address = reverse(name)
        assert client.get(address).status_code == 302, "to the login"
        assert login(town.admin).get(address).status_code == 200
        for user in (town.manager, town.clerk, town.field, town.editor, neighbour.admin):
            assert login(user).get(address).status_code == 403
    assert login(neighbour.admin).post(reverse("setup_name"), {"name": "Fremd"}).status_code == 403


def test_the_steps_lead_on_and_are_resumable(admin: Client, town: Town) -> None:
    answer = admin.post(
        reverse("setup_name"), filled(admin, "setup_name", name="Neustadt", first_answer_days=5, proof_of_work="on")
    )
    assert answer["Location"] == reverse("setup_look")
    assert (fresh(town).name, fresh(town).first_answer_days) == ("Neustadt", 5)
    assert fresh(town).proof_of_work
    page = admin.get(reverse("setup")).content.decode()
    assert "1 von 6" in page
    assert "Weiter: Aussehen" in page
    again = admin.post(reverse("setup_name"), filled(admin, "setup_name", name="Altstadt"))
    assert again["Location"] == reverse("setup"), "a settled step leads back"
    for step in ("look", "mail", "units", "categories", "people"):
        admin.post(reverse("setup_on", args=[step]))
    assert SetUpStep.objects.filter(municipality=town.municipality).count() == 6
    assert "ist eingerichtet" in admin.get(reverse("setup")).content.decode()


def test_what_is_wrong_is_said_at_the_field(admin: Client, town: Town) -> None:
    answer = admin.post(reverse("setup_name"), filled(admin, "setup_name", name="", contact_email="kein Mensch"))
    assert answer.status_code == 422
    assert {"name", "contact_email"} <= set(answer.context["form"].errors)
    assert fresh(town).name == "Harsewinkel"
    assert not SetUpStep.objects.exists()


def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(admin: Client, town: Town) -> None:
    answer = admin.post(reverse("setup_look"), {"accent": "#FFDD00"})
    assert answer.status_code == 422
    instead = answer.context["instead"]
    assert instead in answer.content.decode()
    assert admin.post(reverse("setup_look"), {"accent": instead}).status_code == 302
    assert fresh(town).accent == instead
    assert admin.post(reverse("setup_look"), {"accent": "red; }"}).status_code == 422


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 1100)) -> SimpleUploadedFile:
    buffer = BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", size, "navy").save(buffer, kind)
    return SimpleUploadedFile(f"wappen.{kind.lower()}", buffer.getvalue())


def test_arms_are_drawn_anew_and_replaced(
    admin: Client, client: Client, town: Town, django_capture_on_commit_callbacks: Any
) -> None:
    accent = town.municipality.accent
    admin.post(reverse("setup_look"), {"accent": accent, "arms": picture("JPEG")})
    first = fresh(town).coat_of_arms
    assert first.startswith("upload/")
    page = client.get("/").content.decode()
    address = reverse("geo:arms", args=[first.removeprefix("upload/")])
    assert f'src="{address}"' in page
    shown = client.get(address)
    assert shown["Content-Type"] == "image/png"
    with Image.open(BytesIO(b"".join(shown.streaming_content))) as drawn:  # type: ignore[attr-defined]
        assert max(drawn.size) == 512
    for bad in (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"GIF89a", b""):
        upload = SimpleUploadedFile("wappen.png", bad or b" ")
        assert admin.post(reverse("setup_look"), {"accent": accent, "arms": upload}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(reverse("setup_look"), {"accent": accent, "remove": "on"})
    assert fresh(town).coat_of_arms == ""
    assert client.get(address).status_code == 404
    assert not default_storage.listdir("arms")[1]
    assert client.get("/wappen/..%2fsecret_key.png").status_code == 404


def test_mail_keeps_the_password_to_its_machine(admin: Client, town: Town) -> None:
    own = {"scheme": "smtp+tls", "host": "mail.example.org", "port": "587", "user": "amt"}

    def send(**typed: str) -> Any:
        return admin.post(reverse("setup_mail"), filled(admin, "setup_mail", **own | typed))

    assert "password" in send().context["form"].errors
    assert send(password="geheim/1").status_code == 302
    stored = fresh(town).smtp_relay
    assert "geheim" not in stored
    assert is_sealed(stored.split(":")[2].split("@")[0])
    assert fresh(town).relay_url() == "smtp+tls://amt:geheim%2F1@mail.example.org:587"
    assert "geheim" not in admin.get(reverse("setup_mail")).content.decode()
    assert send(port="2525").status_code == 302, "the same machine keeps it"
    assert fresh(town).relay_url() == "smtp+tls://amt:geheim%2F1@mail.example.org:2525"
    assert "password" in send(host="anderswo.example.org").context["form"].errors
    assert send(scheme="").status_code == 302
    assert fresh(town).smtp_relay == ""


@pytest.mark.django_db(transaction=True)
def test_the_test_mail_says_what_became_of_it(login: Login, town: Town) -> None:
    admin = login(town.admin)
    answer = admin.post(reverse("setup_mail"), filled(admin, "setup_mail", sender_name="Rathaus", probe="1"))
    assert answer["Location"] == reverse("setup_mail")
    assert "geht gleich hinaus" in admin.get(reverse("setup_mail")).content.decode()
    run_all()
    delivery = Delivery.objects.get()
    assert "Rathaus" in delivery.headers.get("From", "Rathaus")
    assert "angenommen" in admin.get(reverse("setup_mail")).content.decode()
    assert not SetUpStep.objects.exists(), "trying is not finishing"


def test_units_are_made_changed_and_kept_from_being_the_last(admin: Client, town: Town, neighbour: Town) -> None:
    admin.post(reverse("setup_unit_new"), {"name": "Stadtgärtnerei", "email": "gruen@example.org"})
    unit = Unit.objects.get(slug="stadtgaertnerei")
    assert unit.municipality == town.municipality
    assert admin.post(reverse("setup_unit_new"), {"name": "stadtgärtnerei"}).status_code == 422
    admin.post(reverse("setup_unit", args=[unit.pk]), {"name": "Gärtnerei", "external": "on"})
    unit.refresh_from_db()
    assert (unit.name, unit.external, unit.slug) == ("Gärtnerei", True, "stadtgaertnerei")
    assert admin.get(reverse("setup_unit", args=[neighbour.yard.pk])).status_code == 404
    assert admin.post(reverse("setup_unit_switch", args=[neighbour.yard.pk]), {"active": "0"}).status_code == 404
    for one in Unit.objects.filter(municipality=town.municipality):
        admin.post(reverse("setup_unit_switch", args=[one.pk]), {"active": "0"})
    assert Unit.objects.filter(municipality=town.municipality, active=True).count() == 1


def test_categories_are_switched_and_routed_also_inherited_ones(admin: Client, login: Login, town: Town) -> None:
    child = make_municipality("dorf", "Dorf", "DRF", lon=9, lat=52, parent=town.municipality)
    sexton = User.objects.create_user("amt@dorf.example", "geheim-geheim-1", name="Amt")
    grant(user=sexton, municipality=child, role=Role.ADMIN)
    yard = Unit.objects.create(municipality=child, slug="hof", name="Hof")
    typed = filled(admin, "setup_categories_quick", **{"unit-laterne": str(town.greens.pk)})
    del typed["on-idee"]
    assert admin.post(reverse("setup_categories_quick"), typed).status_code == 302
    assert category_of(town.municipality, "idee") is None
    assert unit_for(municipality=town.municipality, topic=town.lamp.topic, point=None) == town.greens
    village = Client(headers={"host": child.host})
    village.force_login(sexton)
    typed = filled(village, "setup_categories_quick", rest=str(yard.pk))
    del typed["on-laterne"]
    assert village.post(reverse("setup_categories_quick"), typed).status_code == 302
    assert category_of(child, "laterne") is None
    assert category_of(town.municipality, "laterne") is not None, "the county's stays on"
    assert village.post(reverse("setup_categories_quick"), {**typed, "on-laterne": "on"}).status_code == 302
    assert category_of(child, "laterne") is not None
    assert Topic.objects.filter(municipality=child).count() == 1
    nothing = {key: value for key, value in typed.items() if not key.startswith("on-")}
    assert village.post(reverse("setup_categories_quick"), nothing).status_code == 422


def test_people_are_invited_reminded_and_dismissed(admin: Client, client: Client, town: Town) -> None:
    typed = {"name": "Ida Neu", "email": "Ida@Example.org", "role": "clerk"}
    assert admin.post(reverse("setup_person_new"), typed).status_code == 422, "a clerk works for a unit"
    assert admin.post(reverse("setup_person_new"), {**typed, "unit": str(town.yard.pk)}).status_code == 302
    row = Membership.objects.get(user__email="ida@example.org")
    assert (row.role, row.unit) == ("clerk", town.yard)
    mail = Delivery.objects.get()
    link = next(line for line in mail.text.splitlines() if "/konto/einladung/" in line).strip()
    assert "noch nicht gekommen" in admin.get(reverse("setup_people")).content.decode()
    admin.post(reverse("setup_person_remind", args=[row.pk]))
    assert Delivery.objects.count() == 2
    path = link.partition(town.municipality.base_url())[2]
    weak = {"name": "Ida", "password1": "kurz", "password2": "kurz"}
    assert client.post(path, weak).status_code == 422
    assert client.post(path, {**weak, "password2": "anders"}).status_code == 422
    done = client.post(path, {"name": "Ida", "password1": "moor-und-heide-7", "password2": "moor-und-heide-7"})
    assert done["Location"].startswith(reverse("account_login"))
    assert client.get(path).status_code == 404
    assert client.get(path[:-3] + "x/").status_code == 404
    admin.post(reverse("setup_person_leave", args=[row.pk]))
    assert not Membership.objects.filter(pk=row.pk).exists()
    last = Membership.objects.get(user=town.admin)
    admin.post(reverse("setup_person_leave", args=[last.pk]))
    assert Membership.objects.filter(pk=last.pk).exists(), "somebody must be left"


def test_an_invitation_never_sets_the_password_of_somebody_who_has_one(admin: Client, neighbour: Town) -> None:
    before = neighbour.clerk.password
    typed = {"name": "Wer auch immer", "email": neighbour.clerk.email, "role": "editor"}
    assert admin.post(reverse("setup_person_new"), typed).status_code == 302
    assert "/konto/einladung/" not in Delivery.objects.get().text
    neighbour.clerk.refresh_from_db()
    assert neighbour.clerk.password == before
    assert neighbour.clerk.name != "Wer auch immer"


def test_a_role_elsewhere_cannot_be_touched(admin: Client, neighbour: Town) -> None:
    row = Membership.objects.get(user=neighbour.editor)
    for name in ("setup_person_leave", "setup_person_remind"):
        assert admin.post(reverse(name, args=[row.pk])).status_code == 404
    assert Membership.objects.filter(pk=row.pk).exists()
    assert not Case.objects.exists()
