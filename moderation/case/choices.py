"""What the desk's forms offer for a case: categories, stages, units, people, text blocks."""

from __future__ import annotations

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Absence, Membership, Unit, User
from accounts.policy import GRANTS, WHOLE_MUNICIPALITY, Permission, Role
from accounts.units import in_order
from cases import routing
from cases.models import STATES, Case, Stage, TextBlock
from cases.policy import EDGES, State
from geo.localized import localized
from geo.models import Municipality
from reports.categories import Group, tree

Option = tuple[str, str]


def categories(case: Case) -> list[Group]:
    """The tree of the case's municipality without those that only tell whom to ask."""
    groups = [
        Group(group.topic, [one for one in group.categories if not one.redirect_text])
        for group in tree(case.municipality)
    ]
    return [group for group in groups if group.categories]


def grouped(groups: list[Group]) -> list[tuple[str, list[Option]]]:
    """Choices for a select with groups."""
    return [
        (localized(group.topic.name), [(str(one.pk), localized(one.topic.name)) for one in group.categories])
        for group in groups
    ]


def by_slug(municipality: Municipality) -> list[tuple[str, list[Option]]]:
    """Categories whose reports may become public, with groups, by their slug: what a link can name."""
    found = []
    for group in tree(municipality):
        offered = [
            one.topic for one in group.categories if one.rules.public and not one.redirect_text and not one.staff_only
        ]
        if offered:
            found.append((localized(group.topic.name), [(topic.slug, localized(topic.name)) for topic in offered]))
    return found


def stage_value(state: State, stage: Stage | None) -> str:
    """The value of a stage in a select; a state without stages stands for itself."""
    return str(stage.pk) if stage is not None else f"={state.value}"


def stages(case: Case, only: frozenset[State] | None = None) -> dict[State, list[tuple[str, Stage | None]]]:
    """By state the stages the case may go to, in the order of the workflow; one query."""
    reachable = EDGES[State(case.state)] & (only if only is not None else frozenset(State))
    rows = routing.stages(case.municipality)
    found: dict[State, list[tuple[str, Stage | None]]] = {}
    for state in State:
        if state in reachable:
            of_state: list[Stage | None] = [row for row in rows if row.state == state.value]
            found[state] = [(stage_value(state, stage), stage) for stage in of_state or [None]]
    return found


def stage_choices(found: dict[State, list[tuple[str, Stage | None]]]) -> list[tuple[str, list[Option]]]:
    """Choices for a select, grouped by state."""
    words = {value: str(label) for value, label in STATES}
    return [
        (
            words[state.value],
            [(value, localized(stage.label) if stage else words[state.value]) for value, stage in rows],
        )
        for state, rows in found.items()
    ]


def first_stage(case: Case, state: State) -> str:
    """The value of the first stage of a state for a form that moves there; one query."""
    return stage_value(state, next(iter(routing.stages(case.municipality, state)), None))


def units(case: Case) -> list[Unit]:
    """Active units of the municipality and its county, each with its teams behind it, and the one it has."""
    active = Q(municipality__in=case.municipality.chain_ids(), active=True)
    return in_order(Unit.objects.filter(active | Q(pk=case.unit_id)))


def people(case: Case) -> list[tuple[User, str]]:
    """Who may see cases of this municipality or of a unit of it, with their units in words."""
    seeing = [role.value for role, grants in GRANTS.items() if Permission.SEE in grants]
    rows = (
        Membership.objects.filter(municipality=case.municipality_id, role__in=seeing, user__is_active=True)
        .filter(user__api_key=None)
        .select_related("user", "unit")
        .order_by("user__name", "user_id", "unit__name")
    )
    found: dict[int, tuple[User, list[str]]] = {}
    for row in rows:
        words = found.setdefault(row.user_id, (row.user, []))[1]
        if row.unit is not None and Role(row.role) not in WHOLE_MUNICIPALITY:
            words.append(row.unit.name)
    return [(user, ", ".join(words)) for user, words in found.values()]


def person_words(person: User, units: str, away: Absence | None) -> str:
    """A person in a select: name, units, and until when they are away with who stands in."""
    words = f"{person} ({units})" if units else str(person)
    if away is None:
        return words
    return _("%(person)s: away until %(day)s, deputy: %(deputy)s") % {
        "person": words,
        "day": date_format(away.until_on, "DATE_FORMAT"),
        "deputy": away.deputy,
    }


def blocks(case: Case, state: State | None = None) -> list[TextBlock]:
    """Text blocks for the category in their order: first those for the state it has or goes to, then those for any."""
    rows = routing.text_blocks(case.municipality, topic=case.topic)
    wanted = state.value if state is not None else case.state
    rank = {wanted: 0, "": 1}
    return sorted(rows, key=lambda row: (rank.get(row.state, 2), row.position, row.title))


def block_choices(
    rows: list[TextBlock], case: Case, state: State | None = None
) -> list[Option | tuple[str, list[Option]]]:
    """Choices for a select, those for other states in a group of their own."""
    fitting = {state.value if state is not None else case.state, ""}
    near = [(str(row.pk), row.title) for row in rows if row.state in fitting]
    far = [(str(row.pk), row.title) for row in rows if row.state not in fitting]
    return [*near, *([(_("For other states"), far)] if far else [])]
