"""Steps 3 to 5 of the report flow: is it one of these, who are you, and sending."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import following
from cases.errors import Denied, Invalid
from cases.models import Case, Draft
from forms.services import present
from geo.localized import localized
from geo.proof.asking import fresh, refusal
from geo.proof.policy import Purpose
from reports import flow, throttle
from reports.flow_forms import ContactForm, EmailForm
from reports.flow_pages import address_of, client, go, language, page, remember, wanted
from reports.nearby import nearby
from reports.showing import PublicReport, readable

#: Which step a refusal of the verb belongs to.
STEP_OF = {
    "category": flow.WHAT,
    "text": flow.WHAT,
    "photos": flow.WHAT,
    "point": flow.PLACE,
    "address": flow.PLACE,
    "email": flow.CONTACT,
    "name": flow.CONTACT,
    "phone": flow.CONTACT,
}


# Step 3: similar reports nearby -------------------------------------------------------------------------------------
def similar(request: HttpRequest, draft: Draft) -> HttpResponse:
    """At most three open reports of the same kind nearby: one of them, or something else."""
    gap = flow.first_gap(draft)
    if gap in (flow.PLACE, flow.WHAT, flow.MORE):
        return redirect(address_of(draft, gap, wanted(request)))
    numbers = flow.look_around(draft)
    if not numbers:
        return redirect(address_of(draft, flow.CONTACT, wanted(request)))
    if request.method == "POST":
        number = request.POST.get("same", "")
        if number in numbers:
            with flow.editing(draft) as changed:
                changed.same = number
            return redirect(address_of(draft, flow.SAME))
        return go(request, draft, flow.CONTACT)
    found = _around(draft)
    return page(
        request,
        draft,
        flow.SIMILAR,
        _("Is it one of these?") if len(found) > 1 else _("Is it this report?"),
        back=address_of(draft, _before(draft)),
        found=found,
    )


def _before(draft: Draft) -> str:
    """The last page of step 2."""
    chosen = flow.category(draft, flow.read(draft))
    return flow.MORE if chosen is not None and flow.needs_more(chosen) else flow.WHAT


def _around(draft: Draft) -> list[tuple[PublicReport, int]]:
    typed = flow.read(draft)
    chosen, point = flow.category(draft, typed), typed.where()
    if chosen is None or point is None:
        return []
    return nearby(municipality=draft.municipality, category=chosen, point=point)


def same(request: HttpRequest, draft: Draft) -> HttpResponse:
    """It is one of these: support and follow it instead of reporting it again."""
    number = flow.read(draft).same
    case = readable().filter(number=number).first() if number else None
    if case is None:
        return redirect(address_of(draft, flow.SIMILAR))
    form = EmailForm(request.POST if request.method == "POST" else None, initial={"email": flow.read(draft).email})
    if request.method == "POST" and "end" in request.POST:
        flow.discard(draft=draft)
        return redirect(reverse("report_thanks", args=[number]))
    status = 200
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if words := refusal(request, Purpose.INTEREST):
            form.add_error(None, words)
            status = 429
        elif throttle.may_ask(address=client(request), email=email):
            try:
                following.ask(
                    case=case,
                    email=email,
                    support=case.topic.category.rules.supportable,
                    follow=True,
                    language=language(),
                    at=timezone.now(),
                )
            except Denied:
                return redirect(address_of(draft, flow.SIMILAR))
            flow.discard(draft=draft)
            return redirect(reverse("report_thanks", args=[number]) + "?mail")
        else:
            form.add_error(None, _("That was a lot at once. Please try again in an hour; nothing you typed is lost."))
            status = 429
    return page(
        request,
        draft,
        flow.SAME,
        _("Shall we keep you posted?"),
        back=address_of(draft, flow.SIMILAR),
        form=form,
        status=status,
        report=next((report for report, _metres in _around(draft) if report.number == number), None),
    )


# Step 4: contact ----------------------------------------------------------------------------------------------------
def contact(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Who reports; without an address where the municipality allows it."""
    gap = flow.first_gap(draft)
    if gap in (flow.PLACE, flow.WHAT, flow.MORE):
        return redirect(address_of(draft, gap, wanted(request)))
    typed, municipality = flow.read(draft), draft.municipality
    found = flow.look_around(draft)
    if request.method == "POST" and "anonymous" in request.POST and municipality.allow_anonymous:
        with flow.editing(draft) as changed:
            changed.email = changed.name = changed.phone = ""
            changed.public_name, changed.contact_seen = False, True
        return redirect(address_of(draft, flow.CHECK))
    if request.method == "POST":
        form = ContactForm(request.POST, municipality=municipality)
        if form.is_valid():
            with flow.editing(draft) as changed:
                changed.email, changed.name = form.cleaned_data["email"], form.cleaned_data["name"]
                changed.phone = form.cleaned_data["phone"]
                changed.public_name = form.cleaned_data["public_name"]
                changed.contact_seen = True
            return redirect(address_of(draft, flow.CHECK))
    else:
        kept = ("email", "name", "phone", "public_name")
        form = ContactForm(initial={name: getattr(typed, name) for name in kept}, municipality=municipality)
    before = flow.SIMILAR if found else _before(draft)
    chosen = flow.category(draft, typed)
    searched = typed.point is not None and chosen is not None and chosen.rules.supportable
    return page(
        request,
        draft,
        flow.CONTACT,
        _("How can we reach you?"),
        back=address_of(draft, before),
        form=form,
        public=chosen is not None and chosen.rules.public,
        skipped=flow.numbered(flow.SIMILAR)[0] if not found else None,
        announce=_("No similar report nearby") if searched and not found else "",
    )


# Step 5: check and send ---------------------------------------------------------------------------------------------
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Everything once, then sending. The browser that sends by itself asks for JSON and gets number and receipt."""
    gap = flow.first_gap(draft)
    if gap is not None:
        if _as_json(request):
            return JsonResponse({"next": address_of(draft, gap)}, status=422)
        return redirect(address_of(draft, gap))
    flow.look_around(draft)
    if request.method != "POST":
        return _check_page(request, draft)
    if request.POST.get("website"):
        # A field that people do not see was filled in. A person whose browser did that just sends again.
        return _check_page(request, draft, problems=[("", _("Please press “Send report” once more."))], status=422)
    if words := refusal(request, Purpose.REPORT):
        return _unproven(request, draft, words)
    if not throttle.may_send(address=client(request), email=flow.read(draft).email):
        wait = _("Many reports came from your connection. Your entries are kept: please send them in an hour.")
        return _check_page(request, draft, problems=[("", wait)], status=429)
    try:
        case = flow.send(draft=draft, at=timezone.now(), language=language())
    except Invalid as invalid:
        return _check_page(request, draft, problems=_led(draft, invalid.errors), status=422)
    return sent(request, case)


def _unproven(request: HttpRequest, draft: Draft, words: str) -> HttpResponse:
    """A browser that sends by itself gets the challenge, a person the page with everything in it."""
    if not _as_json(request):
        return _check_page(request, draft, problems=[("", words)], status=429)
    challenge = fresh(request, Purpose.REPORT)
    return JsonResponse({"errors": {"": [words]}, "next": request.path, "challenge": challenge}, status=429)


def sent(request: HttpRequest, case: Case) -> HttpResponse:
    """On to the receipt, which shows the number and the secret link."""
    remember(request, case.secret)
    receipt = reverse("report_receipt", args=[case.secret])
    if _as_json(request):
        return JsonResponse({"number": case.number, "state": case.state, "receipt": receipt})
    return redirect(receipt)


def _as_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _led(draft: Draft, errors: dict[str, list[str]]) -> list[tuple[str, str]]:
    """(address of the step, message) of what the verb refused."""
    found = []
    for name, messages in errors.items():
        step = flow.MORE if name.startswith("answers.") else STEP_OF.get(name, flow.WHAT)
        found += [(address_of(draft, step, flow.CHECK), message) for message in messages]
    return found


def _check_page(request: HttpRequest, draft: Draft, **context: Any) -> HttpResponse:
    typed = flow.read(draft)
    chosen = flow.category(draft, typed)
    assert chosen is not None, "first_gap() is None"
    version = flow.questions(chosen)
    problems = context.get("problems", [])
    status = context.pop("status", 200)
    if status != 200 and _as_json(request):
        told = [message for _url, message in problems]
        return JsonResponse({"errors": {"": told}, "next": request.path}, status=status)
    return page(
        request,
        draft,
        flow.CHECK,
        _("Is everything right?"),
        back=address_of(draft, flow.CONTACT),
        status=status,
        category_name=localized(chosen.topic.name),
        category_icon=chosen.icon,
        public=chosen.rules.public and not chosen.topic.confidential,
        has_more=flow.needs_more(chosen),
        answers=present(version.definition, typed.answers, language(), public=False) if version else [],
        anonymous=not (typed.email or typed.name or typed.phone),
        change={step: address_of(draft, step, flow.CHECK) for step in (flow.PLACE, flow.WHAT, flow.MORE, flow.CONTACT)},
        **{"problems": [], **context},
    )
