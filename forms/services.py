"""What other packages do with forms: publish them, ask, check and show answers."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from forms.answers import present, validate
from forms.build import build_form
from forms.definition import check_definition, describe
from forms.models import Form, FormVersion, PublishedVersion
from geo.models import Municipality

__all__ = [
    "Unsound",
    "build_form",
    "check_definition",
    "describe",
    "present",
    "publish",
    "put_form",
    "save_draft",
    "validate",
]


class Unsound(Exception):
    """A definition with problems; `problems` says them in words."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@transaction.atomic
def save_draft(*, form: Form, definition: dict[str, Any], at: datetime | None = None) -> FormVersion:
    """Writes the form's one draft, new or again. A draft may have problems."""
    Form.objects.select_for_update().get(pk=form.pk)
    draft = form.versions.filter(published_at__isnull=True).first()
    if draft is None:
        last = form.versions.order_by("-number").first()
        draft = FormVersion(form=form, number=last.number + 1 if last else 1, created_at=at or timezone.now())
    draft.definition = definition
    draft.save()
    return draft


@transaction.atomic
def publish(*, version: FormVersion, at: datetime | None = None) -> FormVersion:
    """Makes a draft the current version, for ever as it is.

    Raises `Unsound` when its definition has problems, `PublishedVersion` when it is published.
    """
    locked = FormVersion.objects.select_for_update().get(pk=version.pk)
    if locked.published_at is not None:
        raise PublishedVersion
    if problems := check_definition(locked.definition):
        raise Unsound(problems)
    locked.published_at = at or timezone.now()
    locked.save(update_fields=["published_at"])
    return locked


@transaction.atomic
def put_form(
    *,
    municipality: Municipality | None,
    slug: str,
    title: dict[str, str],
    definition: dict[str, Any],
    at: datetime | None = None,
) -> FormVersion:
    """The form with exactly this definition as its current version; the same again changes nothing.

    Raises `Unsound` when the definition has problems.
    """
    form, _created = Form.objects.get_or_create(municipality=municipality, slug=slug, defaults={"title": title})
    if form.title != title:
        form.title = title
        form.save(update_fields=["title"])
    current = form.current
    if current is not None and current.definition == definition:
        return current
    return publish(version=save_draft(form=form, definition=definition, at=at), at=at)
