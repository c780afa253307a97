"""Every page of staff by the name of its address: who opens it and with which arguments.

A new address under /verwaltung/ belongs into `PAGES`, or with its reason into `NO_PAGES`: a test (test_every_page.py)
says so. The pages are judged by axe in tests/browser/test_every_staff_page.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from accounts.units import save_unit
from cases.change import By
from cases.forwarding import forward
from cases.models import Case, Forward, Responsibility, Stage, TextBlock
from geo.models import Municipality
from intake.models import IncomingMail
from intake.services import receive
from moderation.bulk.services import choose, start
from moderation.models import Bulk
from moderation.tasks import drain_bulks
from reports.models import Emergency
from tests.browser.world import World, make_dangerous, make_world
from tests.conftest import Town
from tests.intake.mails import Scene as MailScene
from tests.intake.mails import examples


@dataclass
class Scene:
    """A town in which there is something on every page."""

    world: World
    twin: Case
    """Reported again, close to `world.public`."""
    bulks: list[Bulk]
    """To be filled in, and done."""
    mail: IncomingMail
    forward: Forward
    team: int
    """Id of a team."""

    @property
    def town(self) -> Town:
        """Where it is."""
        return self.world.town

    def row(self, model: Any) -> int:
        """Id of a row of the town."""
        return int(model.objects.filter(municipality=self.town.municipality).order_by("pk")[0].pk)


def make_scene(town: Town, make_report: Callable[..., Case], work: Callable[[], None]) -> Scene:
    """The world, and what stands on the pages beside the cases."""
    make_dangerous(town)
    world = make_world(town, make_report, work)
    now, manager = timezone.now(), town.manager
    twin = make_report("Vor der Schule ist ein tiefes Loch", at=world.public.submitted_at, address="Kirchplatz 1")
    team = save_unit(municipality=town.municipality, name="Kolonne 1", parent=town.yard, mail_rhythm="digest")
    TextBlock.objects.create(municipality=town.municipality, slug="dank", title="Dank", text={"de": "Danke, {nummer}"})
    Municipality.objects.filter(pk=town.municipality.pk).update(intake_address="melder@stadt.example")
    scene = MailScene("melder@stadt.example", "melder@stadt.example", "<x@y>", "erika@example.org", "x@y.example")
    receive(raw=next(one.raw for one in examples(scene) if one.name == "new-outlook-de"), at=now)
    held = forward(
        case=world.asked, by=By.staff(manager), name="Stadtwerke", email="netz@example.org", text="Bitte prüfen."
    )
    marked = [f"{world.review.pk}-{world.review.version}", f"{twin.pk}-{twin.version}"]
    bulks = [
        choose(user=manager, deed=deed, marked=marked, everything=False, query="", at=now)
        for deed in ("status", "zuweisen")
    ]
    bulks[1].data = {"unit": str(town.greens.pk), "assignee": ""}
    bulks[1].save()
    start(bulk=bulks[1], user=manager, without=[], at=now, task=drain_bulks)
    work()
    del held
    Emergency.objects.create(
        municipality=town.municipality,
        slug="hochwasser",
        name={"de": "Hochwasser"},
        notice={"de": "Bleiben Sie zu Hause."},
        phones=[["Bürgertelefon", "05247 9350"]],
        topics=[town.lamp.topic.slug],
    )
    return Scene(world, twin, bulks, IncomingMail.objects.get(), Forward.objects.get(), team.pk)


Arguments = Callable[[Scene], list[Any]]


@dataclass(frozen=True)
class Opened:
    """How a page is opened."""

    who: str = "manager"
    """The person of the town, "operator" for who runs the platform, "" for anybody."""
    arguments: Arguments = lambda scene: []
    query: str = ""

    def address(self, name: str, scene: Scene) -> str:
        """Where the page is."""
        return reverse(name, args=self.arguments(scene)) + self.query


def _case(scene: Scene) -> list[Any]:
    return [scene.world.public.pk]


ADMIN = Opened("admin")
CATEGORY = Opened("admin", lambda scene: ["deckel"])
PAGES: dict[str, Opened] = {
    # The desk
    "desk": Opened(query="?liste=alle"),
    "desk_views": Opened(),
    "desk_bulk_fill": Opened(arguments=lambda scene: [scene.bulks[0].pk]),
    "desk_bulk_look": Opened(arguments=lambda scene: [scene.bulks[0].pk]),
    "desk_bulk_progress": Opened(arguments=lambda scene: [scene.bulks[1].pk]),
    "desk_case": Opened(arguments=_case),
    "desk_redact": Opened(
        arguments=lambda scene: [scene.world.public.pk, scene.world.public.report.photos.order_by("pk")[0].pk]
    ),
    "desk_paper": Opened(arguments=_case),
    "desk_narrow": Opened(arguments=_case),
    "desk_compare": Opened(arguments=lambda scene: [scene.twin.pk, scene.world.public.pk]),
    "desk_new": Opened(),
    "desk_absence": Opened(),
    "desk_planning": Opened(),
    "desk_phones": Opened(),
    "desk_day_list": Opened(arguments=lambda scene: [scene.team, timezone.localdate().isoformat()]),
    "numbers": Opened(),
    "numbers_monthly": Opened(),
    "handbook": Opened(),
    "handbook_page": Opened(arguments=lambda scene: ["sichten"]),
    "practice": Opened(),
    "intake": Opened(),
    "intake_mail": Opened(arguments=lambda scene: [scene.mail.pk]),
    "forwarded": Opened("", lambda scene: [scene.forward.token]),
    # Duties
    "duties": ADMIN,
    "duties_terms": ADMIN,
    "duties_terms_topic": Opened("admin", lambda scene: [scene.town.pothole.topic_id]),
    "duties_person": Opened("admin", query="?adresse=erika@example.org"),
    "duties_record": ADMIN,
    # Rules and set-up
    "setup": ADMIN,
    "setup_name": ADMIN,
    "setup_look": ADMIN,
    "setup_mail": ADMIN,
    "setup_units": ADMIN,
    "setup_unit_new": ADMIN,
    "setup_unit": Opened("admin", lambda scene: [scene.town.yard.pk]),
    "setup_people": ADMIN,
    "setup_person_new": ADMIN,
    "setup_account": Opened("admin", lambda scene: [scene.town.clerk.pk]),
    "setup_embed": ADMIN,
    "setup_intake": ADMIN,
    "setup_directory": ADMIN,
    "setup_keys": ADMIN,
    "setup_ideas": ADMIN,
    "setup_patience": ADMIN,
    "setup_workdays": ADMIN,
    "setup_log": ADMIN,
    "setup_rules": ADMIN,
    "emergencies": Opened(),
    "emergency_new": ADMIN,
    "emergency_edit": Opened("admin", lambda scene: [scene.row(Emergency)]),
    "setup_posters": ADMIN,
    "setup_stages": ADMIN,
    "setup_stage_new": ADMIN,
    "setup_stage": Opened("admin", lambda scene: [scene.row(Stage)]),
    "setup_blocks": ADMIN,
    "setup_block_new": ADMIN,
    "setup_block": Opened("admin", lambda scene: [scene.row(TextBlock)]),
    "setup_responsibility": ADMIN,
    "setup_responsibility_new": ADMIN,
    "setup_responsibility_row": Opened("admin", lambda scene: [scene.row(Responsibility)]),
    "setup_categories": ADMIN,
    "setup_categories_quick": ADMIN,
    "rules_category_new": ADMIN,
    "rules_group_new": ADMIN,
    "rules_group": Opened("admin", lambda scene: ["strasse"]),
    "rules_category": CATEGORY,
    "rules_questions": CATEGORY,
    "rules_question_new": CATEGORY,
    "rules_question": Opened("admin", lambda scene: ["deckel", "kaputt"]),
    "desk_pages": ADMIN,
    "desk_statement": ADMIN,
    "desk_video": ADMIN,
    "desk_page": Opened("admin", lambda scene: ["kontakt"]),
    # Whoever runs the platform
    "operations": Opened("operator"),
    "platform": Opened("operator"),
    "platform_town": Opened("operator", lambda scene: [scene.town.municipality.slug]),
}
NO_PAGES: dict[str, str] = {
    **dict.fromkeys(
        (
            "desk_bulk",
            "desk_bulk_undo",
            "desk_view_save",
            "desk_absence_end",
            "desk_contact",
            "desk_watch",
            "desk_planning_do",
            "desk_phone",
            "emergency_on",
            "emergency_off",
            "emergency_remove",
            "desk_planning_order",
            "duties_forget",
            "intake_take",
            "intake_answer",
            "intake_close",
            "practice_start",
            "practice_end",
            "platform_switch",
            "platform_leave",
            "platform_stay",
            "operations_mails",
            "operations_jobs",
            "rules_category_back",
            "setup_account_switch",
            "setup_account_factor",
            "setup_account_give",
            "setup_block_deed",
            "setup_directory_let_go",
            "setup_key_revoke",
            "setup_keys_need",
            "setup_on",
            "setup_person_leave",
            "setup_person_remind",
            "setup_responsibility_remove",
            "setup_stage_deed",
            "setup_unit_switch",
        ),
        "takes a form and leads back to a page",
    ),
    "desk_phone_code": "one paragraph and a picture, for the session that made the code",
    "desk_deed": "takes a form; its panels are judged in test_accessibility",
    **dict.fromkeys(
        ("desk_live", "desk_near", "desk_presence", "setup_responsible_here", "setup_responsibility_areas"),
        "data or a piece of a page for a script",
    ),
    **dict.fromkeys(
        ("desk_export", "desk_original", "handbook_picture", "intake_picture", "intake_source", "setup_rules_file"),
        "a file or a picture",
    ),
}
BESIDE = ("forwarded",)
"""Pages that belong to the desk's work and stand elsewhere: an outside body has no account."""


def names() -> set[str]:
    """The names of all addresses under /verwaltung/."""
    return {name for path, name in _walk(get_resolver().url_patterns) if path.startswith("verwaltung/")}


def _walk(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    for one in patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, path)
        else:
            yield path, str(one.name)


def person(scene: Scene, who: str) -> User:
    """Who opens a page."""
    if who == "operator":
        User.objects.filter(pk=scene.town.admin.pk).update(is_superuser=True)
        return scene.town.admin
    user: User = getattr(scene.town, who)
    return user
