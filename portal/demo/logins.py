"""The logins of the demo, for the login page and `manage.py demo --logins`."""

from __future__ import annotations

from django.conf import settings

from accounts.models import User
from geo.models import Municipality
from portal.demo.data import data, password, towns


def demo_logins(municipality: Municipality | None = None) -> list[dict[str, str]]:
    """Who may log in, of one municipality or of all towns that are shown in full; [] outside of the demo.

    Keys: town, url, role (and label, the same), name, email, password. A small member of the county has
    one login, its manager's.
    """
    if not settings.DEMO:
        return []
    known = Municipality.objects.defer("boundary").in_bulk(field_name="slug")
    slugs = [row["slug"] for row in towns()] if municipality is None else [municipality.slug]
    wanted = [(known[slug], role) for slug in slugs if slug in known for role in data("towns")["roles"]]
    emails = {f"{role['local']}@{town.slug}.example" for town, role in wanted}
    names = dict(User.objects.filter(email__in=emails, is_active=True).values_list("email", "name"))
    found = []
    for town, role in wanted:
        email = f"{role['local']}@{town.slug}.example"
        if email in names:
            found.append(
                {
                    "town": town.title,
                    "url": town.base_url(),
                    "role": str(role["title"]),
                    "label": str(role["title"]),
                    "name": names[email],
                    "email": email,
                    "password": password(),
                }
            )
    return found


def as_text() -> str:
    """The logins for a terminal: the default town in full, the others in a line each."""
    logins = demo_logins()
    if not logins:
        return "The demo is not loaded; run manage.py demo first."
    lines = [f"Demo logins, all with the password {password()}", ""]
    first = logins[0]
    lines.append(f"{first['town']}  {first['url']}/verwaltung/")
    width = max(len(login["role"]) for login in logins)
    lines += [f"  {one['role']:<{width}}  {one['email']}" for one in logins if one["town"] == first["town"]]
    lines += ["", "The same names elsewhere:"]
    others = {one["town"]: one for one in logins if one["town"] != first["town"]}
    width = max((len(town) for town in others), default=0)
    lines += [f"  {town:<{width}}  {one['url']}  …@{one['email'].partition('@')[2]}" for town, one in others.items()]
    return "\n".join(lines)
