"""`/verwaltung/zahlen/`: each figure says what its list holds, on few queries, for nobody but who sees the cases."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib.gis.geos import Point
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from cases.change import Act, By
from cases.models import Case
from cases.policy import State
from cases.services import assign, feedback, move
from geo.models import District
from moderation.worklist.lists import Query, Worklist
from tests.conftest import square

PAGE = reverse("numbers")
FIGURE = re.compile(r'<a href="(/verwaltung/\?[^"]*)" data-figure="([^"]*)"')


@pytest.fixture
def history(town, make_report):
    """Two months of cases in every state, in two units and districts, some of them at one corner."""
    now = timezone.now().replace(microsecond=0)
    by = By.staff(town.manager)
    inner = square(town.middle.x, town.middle.y, 0.01)
    District.objects.create(municipality=town.municipality, name="Mitte", slug="mitte", boundary=inner)
    corner = Point(town.middle.x + 0.02, town.middle.y, srid=4326)

    def done(case, days, to=State.DONE, text="Fertig."):
        move(case=case, to=to, by=by, text=text, act=Act(at=case.submitted_at + timedelta(days=days)))

    for days in (1, 2, 3, 4, 5, 9):
        done(make_report(at=now - timedelta(days=20), email=f"p{days}@example.org"), days)
    for days in (1, 8):
        done(make_report(at=now - timedelta(days=50), category=town.lamp), days)
    done(make_report(at=now - timedelta(days=10)), 2, State.REJECTED, "Das ist Sache des Kreises.")
    for age in (0, 8, 40, 100, 400):
        make_report(point=corner, address="Am Markt 3", at=now - timedelta(days=age))
    late = make_report(at=now - timedelta(days=25), category=town.lamp)
    assign(case=late, by=by, unit=town.greens)
    settled = list(Case.objects.filter(state=State.DONE.value).order_by("pk"))
    for case, still_there in ((settled[0], False), (settled[1], False), (settled[6], False)):
        feedback(case=case, by=By.citizen(), still_there=still_there, own=True)
    feedback(case=settled[5], by=By.citizen(), still_there=True, text="Wackelt wieder.", own=True)
    feedback(case=settled[3], by=By.citizen(), still_there=True, text="Sagt ein Fremder.")
    make_report("Intern", at=now - timedelta(days=3))
    Case.objects.filter(pk=Case.objects.latest("pk").pk).update(part_of=late, unit=town.greens)
    Case.objects.filter(submitted_at=settled[4].submitted_at).update(district=District.objects.get())
    return now


def listed(user, address):
    """How many cases the list of an address holds."""
    query = Query.read(QueryDict(unescape(address).split("?")[1]), user)
    return Worklist(user, query, timezone.now()).found().count()


def figures(page):
    return FIGURE.findall(page.content.decode())


def test_every_figure_is_the_length_of_its_list(manager, town, history):
    for asked in (
        "",
        "?zeitraum=12monate&vergleich=vorjahr&alle=1",
        "?kategorie=schlagloch&quelle=web",
        f"?zeitraum=monat&stelle={town.yard.pk}&vergleich=ohne",
        f"?zeitraum=jahr&stadtteil=keiner&vvon={timezone.localdate() - timedelta(days=9)}",
    ):
        found = figures(manager.get(PAGE + asked))
        counts = {address: int(value) for address, value in found if value.isdecimal()}
        assert len(counts) > 20, asked
        assert counts == {address: listed(town.manager, address) for address in counts}, asked
        assert any(counts.values()), asked


def test_the_figures_are_right(manager, history):
    page = manager.get(PAGE)
    now, flow, other = page.context["page"].now, page.context["page"].flow, page.context["page"].other
    # Six of 20 days ago, one rejected, three of the corner, one late one; one reporter had it taken up again.
    assert (flow.received, flow.settled, flow.without_action) == (10, 5, 1)
    assert (other.received, other.settled) == (3, 2)
    assert (flow.settle_median, flow.settle_most) == (pytest.approx(3, abs=0.01), pytest.approx(5, abs=0.01))
    assert other.settle_median is None
    assert (now.open, now.ages) == (7, (1, 3, 1, 1, 1))
    assert (page.context["page"].said[0].settled, page.context["page"].said[0].still_there) == (3, 1)
    (spot,) = [one for one in page.context["spots"] if one.place == "Am Markt"]
    assert spot.figure.value == 2
    words = page.content.decode()
    for said in ("Kalendertage", "7 bis 29 Tage", "Am Markt"):
        assert said in words


def test_a_clerk_sees_the_cases_of_the_own_unit_alone(login, town, neighbour, history):
    page = login(town.other_clerk).get(PAGE)
    assert page.context["page"].flow.received == 2  # the late one, and the internal part
    assert "Ihrer Stellen" in page.content.decode()
    assert all(int(value) == listed(town.other_clerk, url) for url, value in figures(page) if value.isdecimal())
    assert login(neighbour.manager).get(PAGE).context["page"].now.open == 0


def test_who_is_no_staff_sees_nothing(client, town):
    assert client.get(PAGE).status_code == 302
    assert client.get(reverse("numbers_monthly")).status_code == 302


@pytest.mark.parametrize(
    "nonsense",
    [
        "von=x&bis=0001-01-01&feld=99-1",
        "von=2026-05-09&bis=1990-05-01&vvon=1990-01-01",
        "zeitraum=nie&vergleich=x",
        "stelle=%27&kategorie=%00",
    ],
)
def test_nonsense_is_left_out_and_an_empty_town_has_figures(manager, nonsense):
    assert manager.get(f"{PAGE}?{nonsense}").status_code == 200


def test_the_number_of_queries_is_bounded(manager, history, django_assert_max_num_queries):
    with django_assert_max_num_queries(24):
        manager.get(PAGE, {"zeitraum": "12monate"})


def test_a_month_in_words_on_the_page_and_as_pdf(manager, town, make_report):
    by = By.staff(town.manager)
    for day in range(1, 7):
        case = make_report(at=datetime(2026, 2, day, 9, tzinfo=UTC), address=f"Am Markt {day}")
        move(case=case, to=State.DONE, by=by, text="Fertig.", act=Act(at=case.submitted_at + timedelta(days=day)))
    make_report(at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))  # already February in Berlin
    make_report(at=datetime(2025, 2, 9, 9, tzinfo=UTC))
    make_report(at=datetime(2026, 1, 9, 9, tzinfo=UTC))
    page = manager.get(reverse("numbers_monthly"), {"monat": "2026-02"})
    text = page.content.decode()
    for words in (
        "Bericht für Februar 2026",
        "Im Februar 2026 sind 7 Vorgänge eingegangen.",
        "Das sind 6 mehr als im Januar 2026 und 6 mehr als im Februar 2025.",
        "6 Vorgänge wurden erledigt (6 mehr als im Januar 2026), 0 ohne Maßnahme abgeschlossen.",
        "bei der Hälfte höchstens 3,5 Tage, bei neun von zehn höchstens 6 Tage.",
        "Am häufigsten ging es um: Schlagloch (7).",
        "<strong>Am Markt</strong>",
    ):
        assert words in text, " ".join(page.context["report"].paragraphs())[200:]
    counts = {url: int(value) for url, value in figures(page) if value.isdecimal()}
    assert counts == {url: listed(town.manager, url) for url in counts}
    paper = manager.get(page.context["report"].pdf_url)
    assert paper["Content-Disposition"] == 'attachment; filename="monatsbericht-2026-02.pdf"'
    assert paper.content.startswith(b"%PDF-")
    assert paper.content.count(b"/Type /Page\n") >= 1
    for nonsense in ("", "2999-01", "x", "2026-13"):
        assert manager.get(reverse("numbers_monthly"), {"monat": nonsense}).status_code == 200
