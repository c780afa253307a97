"""A town in which everything that a page can show has happened once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from cases import files, following
from cases.change import Act, By
from cases.models import Case, Contact, Follow
from cases.policy import State
from cases.services import assign, confirm_contact, feedback, message, move, note, question, update
from forms.services import put_form
from pages.policy import Key
from pages.services import write_page
from reports.models import Category
from reports.services import attach_photo, attach_staff_photos, release_photo, release_text
from tests.conftest import Town, jpeg, make_category

HOURS = """
| Tag | Vormittag | Nachmittag |
|---|---|---|
| Donnerstag | geschlossen | 14 bis 18 Uhr |
| Freitag | 8 bis 12 Uhr | geschlossen |
"""
"""Office hours as a town writes them: a table that has to fit small phones, too."""
QUESTIONS = {
    "steps": [
        {
            "slug": "fragen",
            "title": {"de": "Fragen"},
            "fields": [
                {
                    "slug": "kaputt",
                    "type": "choice",
                    "label": {"de": "Was ist mit dem Deckel?"},
                    "required": True,
                    "options": [
                        {"value": "fehlt", "label": {"de": "Er fehlt"}},
                        {"value": "lose", "label": {"de": "Er ist lose"}},
                    ],
                },
                {
                    "slug": "verkehr",
                    "type": "yesno",
                    "label": {"de": "Fahren dort Autos?"},
                    "when": {"field": "kaputt", "is": "fehlt"},
                    "required": True,
                },
            ],
        }
    ]
}


def make_dangerous(town: Town) -> Category:
    """The category "Schachtdeckel": a danger, and it asks."""
    version = put_form(
        municipality=town.municipality, slug="deckel", title={"de": "Schachtdeckel"}, definition=QUESTIONS
    )
    return make_category(
        town.municipality,
        "deckel",
        "Schachtdeckel",
        icon="danger",
        frequent=True,
        danger=True,
        danger_text={"de": "Bitte sichern Sie die Stelle, wenn das ohne Gefahr geht."},
        form=version.form,
    )


@dataclass
class World:
    """Cases by what has happened to them."""

    town: Town
    public: Case
    """Released with a photo, in work, with an update and a photo of the yard, followed and supported."""
    settled: Case
    """Done, disputed by a citizen."""
    review: Case
    """New, with a photo, unconfirmed e-mail."""
    asked: Case
    """Waits for the reporter's answer."""
    contact: Contact
    """The unconfirmed one of `review`."""
    follow: Follow
    """Not confirmed yet."""
    following: Follow
    """Confirmed."""


def photo_of(case: Case, colour: str, at: datetime) -> Any:
    """A stored picture of one colour."""
    return files.store(upload=jpeg(colour), case=case, at=at)[0]


def make_world(town: Town, make_report: Callable[..., Case], work: Callable[[], None]) -> World:
    """Everything through the verbs, over the last days."""
    now = timezone.now()
    manager, citizen = By.staff(town.manager), By.citizen()

    write_page(municipality=town.municipality, key=Key.CONTACT, text={"de": HOURS}, at=now, by=town.admin)

    def ago(days: float) -> Act:
        return Act(at=now - timedelta(days=days))

    def reported(text: str, days: float, **facts: Any) -> Case:
        return make_report(text, at=now - timedelta(days=days), **facts)

    public = reported("Tiefes Loch vor der Schule, ein Kind ist gestürzt.", 6, email="erika@example.org")
    assert public.contact is not None
    confirm_contact(contact=public.contact, act=ago(6))
    attach_photo(case=public, file=photo_of(public, "darkorange", now), by=citizen, act=ago(5.9))
    release_text(case=public, by=manager, act=ago(5))
    for photo in public.report.photos.all():
        release_photo(photo=photo, by=manager, act=ago(5))
    move(case=public, by=manager, to=State.OPEN, act=ago(4))
    told = update(
        case=public,
        by=manager,
        text="Der Asphalt ist bestellt.",
        files=(photo_of(public, "steelblue", now),),
        act=ago(3),
    )
    attach_staff_photos(entry=told, files=list(told.files.all()), by=manager)
    note(case=public, by=manager, text="Bauhof anrufen.", act=ago(2))
    following.ask(case=public, email="paul@example.org", support=True, follow=True, language="de", at=now)
    confirmed = Follow.objects.get(case=public)
    following.confirm(token=confirmed.token, at=now)
    following.ask(case=public, email="ines@example.org", support=False, follow=True, language="de", at=now)

    settled = reported("Die Laterne ist aus.", 40, category=town.lamp)
    release_text(case=settled, by=manager, act=ago(39))
    move(case=settled, by=manager, to=State.DONE, text="Neues Leuchtmittel.", act=ago(9))
    feedback(case=settled, by=citizen, still_there=False, text="Sie leuchtet.", act=ago(6))

    asked = reported("Hier wackelt der Deckel.", 4)
    release_text(case=asked, by=manager, act=ago(3))
    message(case=asked, by=citizen, text="Es wird schlimmer.", act=ago(2.5))
    question(case=asked, by=manager, text="Auf welcher Straßenseite?", act=ago(2))
    assign(case=asked, by=manager, unit=town.greens, act=ago(1))

    review = reported("Scherben vor dem Tor, Tel. 0171 2345678.", 0.1, email="neu@example.org")
    attach_photo(case=review, file=photo_of(review, "seagreen", now), by=citizen)
    assert review.contact is not None
    work()
    for case in (public, settled, asked, review):
        case.refresh_from_db()
    return World(
        town=town,
        public=public,
        settled=settled,
        review=review,
        asked=asked,
        contact=review.contact,
        follow=Follow.objects.get(case=public, confirmed_at=None),
        following=confirmed,
    )
