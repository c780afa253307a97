"""The password of a municipality's own mail relay: never in clear in its row."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from geo.models import Municipality

URL = "smtp+tls://melder:geheimes-wort@mail.example.org:587"


def in_the_row(municipality):
    with connection.cursor() as cursor:
        cursor.execute("SELECT smtp_relay FROM geo_municipality WHERE id = %s", [municipality.pk])
        return str(cursor.fetchone()[0])


def put_in_clear(municipality):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE geo_municipality SET smtp_relay = %s WHERE id = %s", [URL, municipality.pk])


def test_however_it_is_written_the_row_holds_no_password(town):
    row = town
    row.smtp_relay = URL
    row.save()
    assert "geheim" not in row.smtp_relay + in_the_row(row)
    assert row.relay_url() == URL
    Municipality.objects.filter(pk=row.pk).update(smtp_relay=URL)
    assert "geheim" not in in_the_row(row)
    again = Municipality.objects.get(pk=row.pk)
    assert "geheim" not in again.smtp_relay
    assert again.relay_url() == URL
    again.full_clean()
    again.save()
    assert again.relay_url() == URL


def test_the_migration_keeps_what_stands_there(town):
    put_in_clear(town)
    migration = import_module("geo.migrations.0002_seal_relay_passwords")
    migration.seal(apps, None)
    assert "geheim" not in in_the_row(town)
    assert Municipality.objects.get(pk=town.pk).relay_url() == URL


def test_a_new_key_takes_over(town, settings, capsys):
    row = town
    row.smtp_relay = URL
    row.save()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    call_command("reseal")
    settings.SECRET_KEY_FALLBACKS = []
    assert Municipality.objects.get(pk=row.pk).relay_url() == URL
    assert capsys.readouterr().out.startswith("1 ")


def test_a_password_that_does_not_fit_is_refused(town):
    town.smtp_relay = f"smtp://user:{'x' * 200}@mail.example.org"
    with pytest.raises(ValidationError) as refused:
        town.full_clean()
    assert list(refused.value.message_dict) == ["smtp_relay"]
