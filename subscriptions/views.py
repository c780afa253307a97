"""Pages of subscriptions: ask, confirm, manage, end. A GET changes nothing, for link scanners follow GETs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cases.errors import Invalid
from geo.models import Municipality
from geo.proof.asking import refusal
from geo.proof.policy import Purpose
from reports.asking import gone, here, private
from reports.public_forms import tell
from subscriptions import services
from subscriptions.describing import Describing, rows_of
from subscriptions.forms import RhythmForm, SubscribeForm
from subscriptions.models import RHYTHMS, Subscriber, Subscription
from subscriptions.policy import PENDING_DAYS, Rhythm
from subscriptions.throttle import may_ask
from subscriptions.wanted import Wanted

METHODS = ["GET", "HEAD", "POST"]
_OF = "subscriber__municipality__parent__parent"


@never_cache
@require_http_methods(METHODS)
def subscribe(request: HttpRequest) -> HttpResponse:
    """Which reports, how often, which address; the map's address bar fills it in."""
    municipality = here(request)
    sent = request.method == "POST"
    form = SubscribeForm(request.POST if sent else request.GET, municipality=municipality, bound=sent)
    if sent and form.is_valid() and _asked(request, municipality, form):
        context = {"email": form.cleaned_data["email"], "days": PENDING_DAYS}
        return render(request, "subscriptions/asked.html", context)
    context = {"form": form, "feed": form.wanted.query()}
    return render(request, "subscriptions/subscribe.html", context, status=422 if sent else 200)


def _asked(request: HttpRequest, municipality: Municipality, form: SubscribeForm) -> bool:
    typed = form.cleaned_data
    if words := refusal(request, Purpose.SUBSCRIBE):
        form.add_error(None, words)
        return False
    if not may_ask(address=request.META.get("REMOTE_ADDR", ""), email=typed["email"]):
        form.add_error(None, _("That was often within a short time. Please try again in an hour."))
        return False
    try:
        services.ask(
            municipality=municipality,
            email=typed["email"],
            wanted=form.wanted,
            rhythm=Rhythm(typed["rhythm"]),
            language=get_language() or "de",
            at=timezone.now(),
        )
    except Invalid as invalid:
        tell(form, invalid)
        return False
    return True


@private
@require_http_methods(METHODS)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail. Confirming again is the same."""
    row = Subscription.objects.select_related(_OF).filter(token=token).first()
    if row is None:
        return gone(request)
    if request.method == "POST":
        services.confirm(subscription=row, at=timezone.now())
    context = {
        "row": row,
        "done": row.confirmed_at is not None,
        "selection": Describing(row.subscriber.municipality).line(Wanted.from_json(row.wanted)),
    }
    return render(request, "subscriptions/confirm.html", context)


@private
@require_http_methods(METHODS)
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """All subscriptions of an address; a POST changes one, ends one, or ends all."""
    subscriber = Subscriber.objects.select_related("municipality__parent__parent").filter(token=token).first()
    if subscriber is None:
        ended = "ende" in request.GET
        return render(request, "subscriptions/ended.html", {"rhythm": ""}) if ended else gone(request)
    if request.method != "POST":
        said = {"rhythmus": _("It is changed."), "beendet": _("The subscription is ended.")}
        context = {
            "subscriber": subscriber,
            "rows": rows_of(subscriber),
            "rhythms": RHYTHMS,
            "said": said.get(request.GET.get("fertig", ""), ""),
        }
        return render(request, "subscriptions/manage.html", context)
    done = _managed(subscriber, request)
    there = redirect("subscriptions", token)
    gone_now = not Subscriber.objects.filter(pk=subscriber.pk).exists()
    there["Location"] += "?ende" if gone_now else f"?fertig={done}"
    return there


def _managed(subscriber: Subscriber, request: HttpRequest) -> str:
    """Do what a button of the page says; what is gone already stays gone."""
    if "all" in request.POST:
        services.end_rhythm(subscriber=subscriber)
        return "beendet"
    known = request.POST.get("subscription", "")
    whole = known.isascii() and known.isdigit() and len(known) < 19
    row = subscriber.subscriptions.filter(pk=int(known)).first() if whole else None
    if row is None:
        return ""
    if "end" in request.POST:
        services.end(subscription=row)
        return "beendet"
    if row.confirmed_at is None and "confirm" in request.POST:
        services.confirm(subscription=row, at=timezone.now())
        return ""
    form = RhythmForm(request.POST)
    if not form.is_valid():
        return ""
    services.change_rhythm(subscription=row, rhythm=Rhythm(form.cleaned_data["rhythm"]))
    return "rhythmus"


@csrf_exempt
@private
@require_http_methods(METHODS)
def stop(request: HttpRequest, token: str, rhythm: str) -> HttpResponse:
    """One click of the mail program (RFC 8058) or the button ends the mails of one rhythm. Again is the same."""
    known = rhythm in set(Rhythm)
    subscriber = Subscriber.objects.select_related("municipality__parent__parent").filter(token=token).first()
    if request.method == "POST" and known:
        if subscriber is not None:
            services.end_rhythm(subscriber=subscriber, rhythm=Rhythm(rhythm))
        return render(request, "subscriptions/ended.html", {"rhythm": rhythm})
    if subscriber is None or not known:
        return gone(request)
    rows = [one for one in rows_of(subscriber) if one["row"].rhythm == rhythm]
    return render(request, "subscriptions/stop.html", {"subscriber": subscriber, "rows": rows})
