"""Sessions that have run out are deleted, others stay."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.tasks import forget_sessions


@pytest.mark.django_db
def test_ended_sessions_go():
    now = timezone.now()
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(days=days))
    forget_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
