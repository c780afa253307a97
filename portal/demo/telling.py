"""Tells one story through the verbs that people use, each at its own time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.contrib.gis.geos import Point

from accounts.models import User
from cases import following, services
from cases.change import Act, By
from cases.models import Case, File, Follow, Stage, Support
from cases.policy import State
from geo.models import Municipality
from portal.demo.data import data
from portal.demo.pictures import Album, Shot
from portal.demo.stories import BERLIN, Story
from reports.categories import category_of
from reports.models import Category
from reports.services import Person, attach_staff_photos, release_photo, release_text, submit


class NotYet(Exception):
    """The next step would lie in the future, so the story is not as far yet."""


@dataclass(frozen=True)
class Place:
    """A house of the gazetteer."""

    point: Point
    street: str


@dataclass(frozen=True)
class Scenery:
    """What the stories of one town share: people by the name in their address, places, stages, categories."""

    town: Municipality
    staff: dict[str, User]
    units_of: dict[str, set[int]]
    places: list[Place]
    stages: dict[str, Stage]
    now: datetime
    album: Album

    def category(self, slug: str) -> Category:
        """The category that holds in the town."""
        found = category_of(self.town, slug)
        if found is None:
            raise LookupError(f"{self.town.slug} has no category {slug}")
        return found


class Clock:
    """Goes on from step to step; the town hall works on weekdays from half past seven to half past four."""

    def __init__(self, start: datetime, now: datetime, random: Random) -> None:
        self.at, self.now, self.random = start, now, random

    def later(self, low: float, high: float, *, office: bool = True) -> Act:
        """The circumstances of a step `low` to `high` hours later. Raises NotYet."""
        at = (self.at + timedelta(hours=self.random.uniform(low, high))).astimezone(BERLIN)
        if office:
            if at.hour * 60 + at.minute > 16 * 60 + 30:
                at = (at + timedelta(days=1)).replace(hour=7, minute=30 + self.random.randrange(30))
            elif at.hour * 60 + at.minute < 7 * 60 + 30:
                at = at.replace(hour=7, minute=30 + self.random.randrange(30))
            while at.weekday() > 4:
                at += timedelta(days=1)
        if at > self.now - timedelta(minutes=3):
            raise NotYet
        self.at = at
        return Act(at=at)


class Telling:
    """One story under way."""

    def __init__(self, scenery: Scenery, story: Story) -> None:
        self.scenery, self.story = scenery, story
        self.random = Random(story.seed)  # noqa: S311
        self.words: dict[str, Any] = data("reports")
        self.clock = Clock(story.submitted_at, scenery.now, self.random)
        self.case = self._handed_in()

    def tell(self) -> Case:
        """All steps that lie in the past."""
        with suppress(NotYet):
            PLOTS[self.story.plot](self)
            self._echo()
        return self.case

    # The beginning --------------------------------------------------------------------------------------------------
    def _handed_in(self) -> Case:
        story, scenery = self.story, self.scenery
        category = scenery.category(story.category)
        files = []
        if story.scene:
            files.append(scenery.album.store(Shot(story.scene, story.look), at=story.submitted_at))
        case, _new = submit(
            municipality=scenery.town,
            category=category,
            text=story.text,
            by=By.citizen(),
            act=Act(at=story.submitted_at, client_key=story.key),
            point=self._point(category),
            address=story.in_words,
            person=Person(story.email, story.name, "", story.public_name),
            answers=story.answers if category.form_id else {},
            files=files,
        )
        if case.contact is not None and story.confirmed:
            at = min(story.submitted_at + timedelta(minutes=self.random.uniform(2, 15)), scenery.now)
            services.confirm_contact(contact=case.contact, act=Act(at=at))
        return case

    def _point(self, category: Category) -> Point | None:
        """Somewhere at a house; words and matters without a place have none."""
        places = self.scenery.places
        if self.story.in_words or not places or (not category.rules.place_required and self.random.random() < 0.6):
            return None
        if not category.rules.public:
            return None
        place = self.random.choice(places)
        if self.story.plot == "rejected":
            return place.point
        shift = self.random.uniform(-4e-5, 4e-5), self.random.uniform(-2e-5, 2e-5)
        return Point(round(place.point.x + shift[0], 7), round(place.point.y + shift[1], 7), srid=4326)

    def _by(self) -> By:
        """Whoever works on it: somebody of the unit, else the complaint manager."""
        for local, units in self.scenery.units_of.items():
            if self.case.unit_id in units:
                return By.staff(self.scenery.staff[local])
        return self._manager()

    def _manager(self) -> By:
        return By.staff(self.scenery.staff["manager"])

    def _say(self, key: str) -> str:
        return str(self.random.choice(self.words[key]))

    def _release(self) -> None:
        """What came in during the last days was seen to at once, weekend or not, so that the start page is fresh."""
        fresh = self.scenery.now - self.story.submitted_at < timedelta(days=3)
        act = self.clock.later(0.1, 1, office=False) if fresh else self.clock.later(0.3, 14)
        release_text(case=self.case, by=self._manager(), act=act)
        if self.random.random() < 0.92:
            for photo in self.case.report.photos.select_related("report__case", "file"):
                release_photo(photo=photo, by=self._manager(), act=act)
            self.case.refresh_from_db()
        self._supported()

    def _supported(self) -> None:
        """Others noticed it too, or follow it; the last follower of a fresh report has not confirmed yet."""
        number = self.story.index * 40
        for person in range(self.story.supporters + self.story.followers):
            follow = person >= self.story.supporters
            email = f"nachbarschaft.{number + person}@buerger.example"
            at = min(self.clock.at + timedelta(hours=self.random.uniform(0.1, 30)), self.scenery.now)
            following.ask(case=self.case, email=email, support=not follow, follow=follow, language="de", at=at)
            if self.story.mailed and person == self.story.supporters + self.story.followers - 1:
                break
            rows: Any = Follow.objects.filter(email=email) if follow else Support.objects.filter(email=email)
            token = rows.filter(case=self.case).values_list("token", flat=True).first()
            if token is not None:
                following.confirm(token=token, at=at)

    def _move(self, state: State, stage: str, text: str, act: Act, **facts: Any) -> None:
        services.move(
            case=self.case, to=state, stage=self.scenery.stages[stage], by=self._by(), text=text, act=act, **facts
        )

    # How it goes on -------------------------------------------------------------------------------------------------
    def stays_new(self) -> None:
        """Released, and on the pile."""
        self._release()
        if self.random.random() < 0.3:
            self._move(State.NEW, "in-pruefung", "", self.clock.later(1, 10))

    def opened(self) -> None:
        """Somebody works on it."""
        self._release()
        self._move(State.OPEN, "in-bearbeitung", self._say("working"), self.clock.later(1, 40))
        if self.random.random() < 0.3:
            services.note(case=self.case, by=self._by(), text=self._say("notes"), act=self.clock.later(1, 30))
        if self.random.random() < 0.25:
            services.update(case=self.case, by=self._by(), text=self._say("updates"), act=self.clock.later(10, 70))

    def planned(self) -> None:
        """Scheduled, with a day that lies ahead."""
        self._release()
        act = self.clock.later(4, 90)
        day = self.scenery.now.astimezone(BERLIN).date() + timedelta(days=self.random.randrange(3, 30))
        self._move(State.OPEN, "eingeplant", self._say("planned"), act, expected_on=day)

    def asked(self) -> None:
        """Waiting for the reporter's answer."""
        self._release()
        services.question(
            case=self.case,
            by=self._by(),
            text=self._say("questions"),
            stage=self.scenery.stages["rueckfrage"],
            act=self.clock.later(3, 40),
        )

    def answered(self) -> None:
        """The reporter answered, work goes on."""
        self.asked()
        act = self.clock.later(1, 30, office=False)
        services.message(case=self.case, by=By.citizen(), text=self._say("replies"), act=act)

    def third(self) -> None:
        """Waiting for somebody else."""
        self.opened()
        self._move(State.WAITING, "wartet-auf-dritte", self._say("third"), self.clock.later(5, 60))

    def settled(self) -> None:
        """Done, mostly with a picture."""
        self._release()
        if self._outside():
            self._move(State.OPEN, "weitergeleitet", self._say("forwarded"), self.clock.later(1, 20))
        elif self.random.random() < 0.75:
            self._move(State.OPEN, "in-bearbeitung", self._say("working"), self.clock.later(1, 30))
        if self.random.random() < 0.15:
            services.update(case=self.case, by=self._by(), text=self._say("updates"), act=self.clock.later(8, 60))
        self._done(4, 150)

    def _outside(self) -> bool:
        return self.case.unit is not None and self.case.unit.external

    def _done(self, low: float, high: float) -> None:
        act = self.clock.later(low, high)
        text = self.random.choice(self.words["categories"][self.story.category]["done"])
        files: tuple[File, ...] = ()
        if self.story.scene and self.story.scene != "flowers":
            shot = Shot(self.story.scene, self.story.look, settled=True)
            files = (self.scenery.album.store(shot, at=act.at, case=self.case),)
        entry = services.move(
            case=self.case,
            to=State.DONE,
            stage=self.scenery.stages["erledigt"],
            by=self._by(),
            text=text,
            files=files,
            act=act,
        )
        if files:
            attach_staff_photos(entry=entry, files=files, by=self._manager())

    def rejected(self) -> None:
        """Closed with a reason."""
        reason = self.story.rejection
        if reason != "regelverstoss":
            self._release()
        text = self.random.choice(self.words["rejected"].get(reason, [""]))
        self._move(State.REJECTED, reason, text, self.clock.later(3, 80))

    def withdrawn(self) -> None:
        """Taken back before anything was public."""
        act = self.clock.later(0.5, 5, office=False)
        services.withdraw(case=self.case, by=By.citizen(), text=self._say("withdrawn"), act=act)

    def reopened(self) -> None:
        """Settled, but still there; somebody looks again."""
        self.settled()
        act = self.clock.later(20, 150, office=False)
        services.feedback(case=self.case, by=By.citizen(), still_there=True, text=self._say("still_there"), act=act)
        self._move(State.OPEN, "in-bearbeitung", self._say("reopened"), self.clock.later(2, 20))

    def settled_twice(self) -> None:
        """Settled, still there, and settled for good."""
        self.reopened()
        self._move(State.DONE, "erledigt", self._say("is_done"), self.clock.later(10, 90))

    def praised(self) -> None:
        """Praise is released, passed on and answered."""
        self._release()
        self._done(2, 60)

    def complained(self) -> None:
        """For the complaint management alone."""
        services.note(case=self.case, by=self._manager(), text=self._say("notes"), act=self.clock.later(2, 30))
        self._move(State.OPEN, "in-bearbeitung", "", self.clock.later(1, 10))
        services.message(
            case=self.case,
            by=self._manager(),
            text=self.words["to_critics"],
            act=self.clock.later(0.2, 3),
        )
        if self.random.random() < 0.7:
            self._done(20, 200)

    def unreleased(self) -> None:
        """Just came in."""

    def _echo(self) -> None:
        """Now and then: a word of thanks, a bounced mail, a colleague in charge."""
        chance = self.story.index % 17
        if self.story.index % 60 == 25 and self.case.contact is not None and not self.story.mailed:
            services.note_bounce(case=self.case, address_of="reporter", reason=self.words["bounced"], at=self.clock.at)
        elif chance == 3 and self.story.plot == "done":
            act = self.clock.later(10, 200, office=False)
            services.feedback(case=self.case, by=By.citizen(), still_there=False, text=self._say("is_done"), act=act)
        elif chance == 12 and self.story.plot in {"open", "planned"}:
            services.assign(
                case=self.case,
                by=self._manager(),
                unit=self.case.unit,
                assignee=self._by().user,
                act=Act(at=self.clock.at),
            )


PLOTS: dict[str, Callable[[Telling], None]] = {
    "unreleased": Telling.unreleased,
    "new": Telling.stays_new,
    "open": Telling.opened,
    "planned": Telling.planned,
    "question": Telling.asked,
    "answered": Telling.answered,
    "third": Telling.third,
    "done": Telling.settled,
    "rejected": Telling.rejected,
    "withdrawn": Telling.withdrawn,
    "reopened": Telling.reopened,
    "settled_twice": Telling.settled_twice,
    "praise": Telling.praised,
    "complaint": Telling.complained,
}
