"""`/open311/`: each address answers in XML and JSON, and refuses as the standard does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from api.open311 import posting, posting_updates, reading, services, updates
from api.open311.asking import Asked, Problem
from api.open311.formats import Answer, errors, moment, respond
from api.open311.keys import key_of
from api.open311.policy import SPECIFICATION
from api.open311.reading import Where
from cases.errors import Conflict, Denied, Invalid, KeyReused, NoSuchEdge
from geo.models import Municipality

Reader = Callable[..., Answer]
NAMES: Final = {
    "text": "description",
    "point": "lat, long",
    "address": "address_string",
    "name": "first_name, last_name",
    "photos": "media",
    "category": "service_code",
    "stage": "status",
}
"""Fields of our verbs as the standard names them."""


def address(**methods: Reader) -> Callable[..., HttpResponse]:
    """A view out of one function for each method: `(request, asked, where, **parts of the address) -> Answer`."""
    allowed = ", ".join([*(name.upper() for name in methods), *(["HEAD"] if "get" in methods else []), "OPTIONS"])

    @csrf_exempt
    def view(request: HttpRequest, **parts: str | None) -> HttpResponse:
        method = "get" if request.method == "HEAD" else str(request.method).lower()
        if method == "options":
            return _preflight(allowed)
        parts.pop("form", None)
        if method not in methods:
            answer = errors(405, [_("This address does not know this method.")], {"Allow": allowed})
        else:
            answer = _answer(methods[method], request, parts)
        return respond(request, answer)

    return view


def _answer(read: Reader, request: HttpRequest, parts: dict[str, Any]) -> Answer:
    try:
        asked = Asked(request)
        return read(request, asked, where_of(request, asked), **parts)
    except Problem as problem:
        return errors(problem.status, problem.words, problem.headers)
    except Invalid as invalid:
        return errors(400, [f"{_named(field)}: {text}" for field, texts in invalid.errors.items() for text in texts])
    except KeyReused:
        return errors(409, [_("client_key: it was used for something else.")])
    except (NoSuchEdge, Conflict):
        return errors(409, [_("This is not possible in the present state.")])
    except Denied:
        return errors(403, [_("api_key: this key is not for that.")])


def _named(field: str) -> str:
    name, _dot, code = field.partition(".")
    return f"attribute[{code}]" if name == "answers" else NAMES.get(name, name)


def _preflight(allowed: str) -> HttpResponse:
    """What a browser asks before it sends from the page of another site."""
    response = HttpResponse(status=204)
    response["Allow"] = allowed
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = allowed
    response["Access-Control-Allow-Headers"] = "Accept-Language, Content-Type, Proof-Of-Work"
    response["Access-Control-Max-Age"] = "86400"
    return response


def where_of(request: HttpRequest, asked: Asked) -> Where:
    """The municipality named by `jurisdiction_id`, on any host; else that of the host. Raises Problem (404)."""
    of_host: Municipality = request.municipality  # type: ignore[attr-defined]
    slug = asked.text("jurisdiction_id")
    if not slug or slug == of_host.slug:
        return Where(of_host, named=bool(slug))
    rows = Municipality.objects.active().select_related("parent__parent")
    found = rows.defer("boundary", "parent__boundary", "parent__parent__boundary").filter(slug=slug[:50]).first()
    if found is None or found.slug != slug:
        raise Problem(404, _("jurisdiction_id: there is no jurisdiction “%(slug)s”.") % {"slug": slug[:50]})
    return Where(found, named=True)


def _discovery(request: HttpRequest, asked: Asked, where: Where) -> Answer:
    town = where.municipality
    contact = town.contact_email or town.website or town.base_url()
    value = {
        "changeset": moment(town.updated_at),
        "contact": _("%(name)s: %(contact)s") % {"name": town.title, "contact": contact},
        "key_service": _("The administration of the municipality gives keys: %(contact)s") % {"contact": contact},
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": request.build_absolute_uri("/open311/v2"),
                "changeset": moment(town.updated_at),
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return Answer("discovery", value, max_age=3600)


def _services(request: HttpRequest, asked: Asked, where: Where) -> Answer:
    return services.listed(where.municipality)


def _service(request: HttpRequest, asked: Asked, where: Where, code: str) -> Answer:
    return services.definition(where.municipality, code)


def _requests(request: HttpRequest, asked: Asked, where: Where) -> Answer:
    key_of(request, asked)
    return reading.listed(request, asked, where)


def _post_request(request: HttpRequest, asked: Asked, where: Where) -> Answer:
    return posting.post(request, asked, where.municipality, key_of(request, asked))


def _request(request: HttpRequest, asked: Asked, where: Where, number: str) -> Answer:
    key_of(request, asked)
    return reading.one(number, asked, where)


def _token(request: HttpRequest, asked: Asked, where: Where, number: str) -> Answer:
    return reading.token(number, where)


def _updates(request: HttpRequest, asked: Asked, where: Where) -> Answer:
    key_of(request, asked)
    return updates.listed(asked, where)


def _post_update(request: HttpRequest, asked: Asked, where: Where) -> Answer:
    return posting_updates.post(asked, where.municipality, key_of(request, asked))


def _nothing(request: HttpRequest, asked: Asked, where: Where) -> Answer:
    raise Problem(404, _("Nothing is here."))


discovery = address(get=_discovery)
service_list = address(get=_services)
service_definition = address(get=_service)
request_list = address(get=_requests, post=_post_request)
one_request = address(get=_request)
token = address(get=_token)
update_list = address(get=_updates, post=_post_update)
nothing = address(get=_nothing, post=_nothing, put=_nothing, patch=_nothing, delete=_nothing)
