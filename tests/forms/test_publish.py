"""Versions: drafts change, published ones never."""

from datetime import UTC, datetime

import pytest

from forms.models import Form, FormVersion, PublishedVersion
from forms.services import Unsound, publish, put_form, save_draft
from tests.forms.conftest import form_of, question, text

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
ONE, TWO = form_of(question("a")), form_of(question("a"), question("b"))


@pytest.fixture
def form():
    return Form.objects.create(slug="laterne", title=text("Laterne"))


def test_a_draft_becomes_the_current_version(form):
    draft = save_draft(form=form, definition=ONE, at=AT)
    assert form.current is None
    publish(version=draft, at=AT)
    assert form.current == draft
    assert form.current.published_at == AT


def test_a_published_version_never_changes(form):
    version = publish(version=save_draft(form=form, definition=ONE))
    version.definition = TWO
    with pytest.raises(PublishedVersion):
        version.save()
    with pytest.raises(PublishedVersion):
        version.delete()
    with pytest.raises(PublishedVersion):
        publish(version=version)
    with pytest.raises(PublishedVersion):
        FormVersion.objects.filter(pk=version.pk).update(definition=TWO)
    with pytest.raises(PublishedVersion):
        FormVersion.objects.all().delete()
    with pytest.raises(PublishedVersion):
        form.versions.update(published_at=None)
    assert FormVersion.objects.get().definition == ONE


def test_an_object_that_remembers_the_draft_cannot_change_it_either(form):
    stale = save_draft(form=form, definition=ONE)
    publish(version=stale)
    stale.definition = TWO
    with pytest.raises(PublishedVersion):
        stale.save()


def test_drafts_change_and_go(form):
    first = save_draft(form=form, definition=ONE)
    again = save_draft(form=form, definition=TWO)
    assert (again.pk, again.number, again.definition) == (first.pk, 1, TWO)
    again.delete()
    assert not FormVersion.objects.exists()


def test_a_new_draft_leaves_the_published_one_current(form):
    first = publish(version=save_draft(form=form, definition=ONE))
    second = save_draft(form=form, definition=TWO)
    assert second.number == 2
    assert form.current == first


def test_a_definition_with_problems_is_not_published(form):
    draft = save_draft(form=form, definition=form_of(question("a", "hologram")))
    with pytest.raises(Unsound) as caught:
        publish(version=draft)
    assert len(caught.value.problems) == 1
    assert form.current is None


def test_the_same_form_twice_is_one_version():
    first = put_form(municipality=None, slug="laterne", title=text("Laterne"), definition=ONE, at=AT)
    assert put_form(municipality=None, slug="laterne", title=text("Laterne"), definition=ONE) == first
    second = put_form(municipality=None, slug="laterne", title=text("Lampe"), definition=TWO)
    assert (second.number, second.form.title["de"]) == (2, "Lampe")
    assert FormVersion.objects.count() == 2
