"""Jobs that write while they read: somebody else's write in between does not stop them."""

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from cases.change import Act, By
from cases.models import Case, File
from cases.pieces import in_pieces
from cases.policy import State
from cases.redacting import delete_originals
from cases.services import move
from tests.conftest import AT

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 230


def test_originals_of_many_files_go_while_others_write(make_report, monkeypatch):
    case = make_report()
    move(case=case, to=State.DONE, by=By.system(), text="Fertig", act=Act(at=AT))
    File.objects.bulk_create(
        File(case=case, key=f"k{one}", format="JPEG", bytes=1, sha256="0", created_at=AT, ready_at=AT)
        for one in range(MANY)
    )
    deleted = []

    def elsewhere():
        Case.objects.filter(pk=case.pk).update(file_number=str(len(deleted)))
        connection.close()

    def delete(name):
        deleted.append(name)
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()

    monkeypatch.setattr("cases.redacting.default_storage", SimpleNamespace(delete=delete))
    assert delete_originals(at=AT + timedelta(days=1000)) == MANY
    assert deleted == [f"originals/k{one}" for one in range(MANY)]


def test_pieces_keep_the_order_and_leave_out_what_is_gone(make_report):
    cases = [make_report() for _one in range(3)]
    rows = in_pieces(Case.objects.order_by("-pk"), size=1)
    first = next(rows)
    Case.objects.filter(pk=cases[1].pk).update(state=State.DONE.value)
    assert [first.pk, *(case.pk for case in rows)] == [case.pk for case in reversed(cases)]
    opened = in_pieces(Case.objects.order_by("pk").exclude(state=State.DONE.value), size=1)
    next(opened)
    Case.objects.filter(pk=cases[2].pk).update(state=State.DONE.value)
    assert list(opened) == []
