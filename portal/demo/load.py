"""Loads the demo part by part. Each part makes what is missing, so an interrupted run is completed by the next."""

from __future__ import annotations

from datetime import datetime

from outbox.work import run_all
from portal.demo.catalogue import put_catalogue
from portal.demo.days import put_days
from portal.demo.followed import put_subscriptions
from portal.demo.gazetteer import put_gazetteer
from portal.demo.maps import put_maps
from portal.demo.municipalities import Say, put_municipalities
from portal.demo.pages import put_pages
from portal.demo.people import put_people, put_responsibilities
from portal.demo.reports import put_reports


def load(say: Say, now: datetime) -> int:
    """Everything; returns how many reports were told. A second run changes nothing."""
    say("Municipalities")
    put_municipalities(say)
    say("People and categories")
    put_people()
    put_catalogue()
    put_pages()
    say("Streets")
    put_gazetteer(say)
    put_responsibilities()
    say("Maps")
    put_maps(say)
    say("Reports")
    told = put_reports(say, now)
    put_days(now)
    put_subscriptions(now)
    if told:
        say("Mails of the youngest reports")
        run_all()
    return told
