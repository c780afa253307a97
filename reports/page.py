"""The public page of a report, and what everybody may do there: support, follow, say how it looks.

The page itself has no form, session or token, so that shared caches may keep it; each form has a page of its own.
"""

from __future__ import annotations

import uuid
from functools import partial
from io import BytesIO
from typing import Any

import segno
from django.conf import settings
from django.contrib.gis.geos import Point
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from cases.change import Act, By
from cases.errors import Denied, Invalid, KeyReused
from cases.following import ask
from cases.models import Case
from cases.policy import Actor, Deed, State
from cases.services import feedback as give_feedback
from cases.services import feedback_until
from geo.localized import localized
from geo.proof.asking import refusal
from geo.proof.policy import Purpose
from geo.sketch import surroundings
from reports.asking import here, too_often
from reports.ideas import goal_of
from reports.policy import KIND
from reports.public_forms import FeedbackForm, InterestForm, tell
from reports.showing import Moment, Picture, PublicReport, again, public_report, readable, timeline, why_again
from reports.throttle import may_ask
from reports.together import original_of, pictures_of_duplicates

FEEDBACKS_PER_HOUR = 10
SCHEMES = {"hell": False, "dunkel": True}
"""Light and dark pictures, by their address."""


def public_case(request: HttpRequest, number: str) -> Case:
    """The public case of a number, of any municipality; 404 for everything else, without a difference."""
    case = readable().filter(number=number).first()
    if case is None:
        raise Http404
    return case


def elsewhere(request: HttpRequest, case: Case, path: str) -> HttpResponseRedirect | None:
    """Where a report of another municipality has its page; None when it belongs to this site."""
    if case.municipality_id in here(request).family_ids():
        return None
    return HttpResponseRedirect(case.municipality.base_url() + path)


def in_review(number: str) -> Case | None:
    """A report that waits for its release: only this and since when may be told.

    Confidential, withdrawn and hidden ones are like unknown ones.
    """
    return (
        Case.objects.filter(number=number, kind=KIND, public_at=None, confidential=False, part_of=None)
        .real()
        .exclude(state=State.WITHDRAWN.value)
        .exclude(stage__hides=True)
        .first()
    )


@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Released: the page. Not yet: "in Prüfung seit". A former number leads to the present one. Else 404."""
    case = readable().filter(number=number).first()
    if case is not None:
        return elsewhere(request, case, request.path) or _page(request, case)
    if (waiting := in_review(number)) is not None:
        response = render(request, "reports/in_review.html", {"number": waiting.number, "since": waiting.submitted_at})
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response
    known = (
        Case.objects.public().filter(number__iexact=number).first()
        or Case.objects.public()
        .filter(former_number=number, municipality__in=here(request).family_ids())
        .order_by(F("pk").asc())
        .first()
    )
    if known is None or known.number == number:
        raise Http404
    return redirect("report", known.number)


@cache_control(public=True, max_age=0, s_maxage=30)
@conditional_page
def _page(request: HttpRequest, case: Case) -> HttpResponse:
    report, original = public_report(case), original_of(case)
    pictures = [*report.pictures, *pictures_of_duplicates(case)]
    context = {
        "report": report,
        "stage_text": localized(case.stage.public_text) if case.stage else "",
        "photos": [drawn(one, index, report) for index, one in enumerate(pictures, 1) if one.ready],
        "moments": [told(moment, report) for moment in timeline(case)],
        "goal": goal_of(case),
        "tiled": bool(settings.TILE_URL),
        "map_source": settings.TILE_ATTRIBUTION if settings.TILE_URL else "",
        "original": original if original is not None and original.url else None,
    }
    return render(request, "reports/report.html", context)


def drawn(picture: Picture, index: int, report: PublicReport) -> dict[str, Any]:
    """A released picture as the template tags `photo` and `gallery` draw it."""
    alt = (
        _("Photo %(n)d of report %(number)s: %(what)s")
        if not picture.by_staff
        else _("Photo %(n)d of report %(number)s by the town hall: %(what)s")
    )
    return {
        "src": picture.medium_jpeg,
        "webp": picture.medium,
        "large": picture.large_jpeg,
        "width": picture.width,
        "height": picture.height,
        "alt": alt % {"n": index, "number": report.number, "what": report.category},
    }


def told(moment: Moment, report: PublicReport) -> dict[str, Any]:
    """A moment as the template tag `timeline` draws it."""
    title = moment.label
    if moment.deed == Deed.SUBMITTED.value:
        title = _("Reported")
    elif moment.again:
        title = again(moment.label)
    elif not title:
        title = _("News")
    who = ""
    if moment.deed == Deed.SUBMITTED.value:
        who = report.reporter
    elif moment.who == Actor.STAFF.value:
        who = report.unit
    return {
        "at": moment.at,
        "title": title[:1].upper() + title[1:],
        "state": moment.look,
        "text": moment.text or (why_again(moment.deed, report.on_site) if moment.again else ""),
        "who": who,
        "photos": [drawn(one, index, report) for index, one in enumerate(moment.pictures, 1) if one.ready],
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def interest(request: HttpRequest, number: str) -> HttpResponse:
    """ "Mir auch aufgefallen" and "Folgen": an e-mail address, confirmed by a link."""
    case = public_case(request, number)
    if (away := elsewhere(request, case, request.path)) is not None:
        return away
    report = public_report(case)
    wish = "support" if report.supportable and "auch" in request.GET else "follow"
    data = request.POST if request.method == "POST" else None
    form = InterestForm(data, supportable=report.supportable, wish=wish)
    if form.is_valid() and _asked(request, case, form):
        context = {"report": report, "email": form.cleaned_data["email"]}
        return render(request, "reports/interest_sent.html", context)
    context = {"report": report, "form": form, "supporting": wish == "support"}
    return render(request, "reports/interest.html", context, status=422 if form.is_bound else 200)


def _asked(request: HttpRequest, case: Case, form: InterestForm) -> bool:
    typed = form.cleaned_data
    if words := refusal(request, Purpose.INTEREST):
        form.add_error(None, words)
        return False
    if not may_ask(address=request.META.get("REMOTE_ADDR", ""), email=typed["email"]):
        form.add_error(None, _("That was often within a short time. Please try again in an hour."))
        return False
    try:
        ask(
            case=case,
            email=typed["email"],
            support=bool(typed.get("support")),
            follow=bool(typed.get("follow")),
            language=get_language() or "de",
            at=timezone.now(),
        )
    except Invalid as invalid:
        tell(form, invalid)
        return False
    except Denied:
        raise Http404
    return True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, number: str) -> HttpResponse:
    """ "Ist noch da?" and "Ist erledigt?" by anybody."""
    case = public_case(request, number)
    if (away := elsewhere(request, case, request.path)) is not None:
        return away
    report = public_report(case)
    if not report.on_site:
        return redirect("report", report.number)
    if request.method != "POST":
        asked = {"still_there": "0" if "erledigt" in request.GET else "1", "client_key": uuid.uuid4()}
        return _feedback_page(request, case, report, FeedbackForm(initial=asked, closed=report.closed))
    form = FeedbackForm(request.POST, closed=report.closed)
    if form.is_valid() and _said(request, case, form):
        # Read anew, since the answer may have taken it up again.
        report = public_report(public_case(request, number))
        context = {"report": report, "still_there": form.cleaned_data["still_there"] == "1"}
        return render(request, "reports/feedback_sent.html", context)
    return _feedback_page(request, case, report, form, status=422)


def _feedback_page(
    request: HttpRequest, case: Case, report: PublicReport, form: FeedbackForm, status: int = 200
) -> HttpResponse:
    until = feedback_until(case)
    context = {"report": report, "form": form, "until": until if until and until > timezone.now() else None}
    return render(request, "reports/feedback.html", context, status=status)


def _said(request: HttpRequest, case: Case, form: FeedbackForm) -> bool:
    typed = form.cleaned_data
    if too_often(request, "feedback", limit=FEEDBACKS_PER_HOUR):
        form.add_error(None, _("That was often within a short time. Please try again in an hour."))
        return False
    say = partial(
        give_feedback, case=case, by=By.citizen(), still_there=typed["still_there"] == "1", text=typed["text"]
    )
    try:
        say(act=Act(client_key=typed["client_key"]))
    except KeyReused:
        say()  # back, other words, sent again: a second answer
    except Invalid as invalid:
        tell(form, invalid)
        return False
    return True


@require_safe
@cache_control(public=True, max_age=3600)
def qr(request: HttpRequest, number: str) -> HttpResponse:
    """The address of the public page as a QR code (SVG)."""
    report = public_report(public_case(request, number))
    drawing = BytesIO()
    segno.make(report.url, error="m").save(drawing, kind="svg", scale=8, border=4, dark="#000", light="#fff")
    return HttpResponse(drawing.getvalue(), content_type="image/svg+xml")


@require_safe
@cache_control(public=True, max_age=3600)
@conditional_page
def place(request: HttpRequest, number: str, scheme: str) -> HttpResponse:
    """The surroundings of the public place as a picture, `scheme` "hell" or "dunkel"; 404 without a place."""
    case = public_case(request, number)
    if (away := elsewhere(request, case, request.path)) is not None:
        return away
    at = public_report(case).point
    if at is None or scheme not in SCHEMES:
        raise Http404
    picture = surroundings(case.municipality, Point(*at, srid=4326), dark=SCHEMES[scheme])
    return HttpResponse(picture.body, content_type=picture.kind)


@require_safe
def redirect_bare(request: HttpRequest) -> HttpResponse:
    """`/meldungen/` without a number is the list, with the filters of the address."""
    filters = request.GET.urlencode()
    return redirect(reverse("map") + (f"?{filters}" if filters else ""))
