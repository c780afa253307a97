"""The log tells what happened, not who somebody is."""

import json
import logging

from cases.change import By
from cases.following import ask
from reports.services import release_text
from tests.conftest import AT


def test_requests_are_logged_with_an_id_and_without_secrets(client, town, make_report, caplog, capfd):
    case = make_report(email="anna.geheim@example.org")
    release_text(case=case, by=By.system())
    ask(case=case, email="bert.geheim@example.org", support=True, follow=True, language="de", at=AT)
    with caplog.at_level(logging.INFO):
        client.get(f"/meine/{case.secret}/")
        client.get(f"/bestaetigen/{case.contact.token}/")
        client.get("/karte/", {"q": "Wilhelmine Geheimrat", "status": "new"})
    told = caplog.text + "".join(capfd.readouterr())
    assert "request_id" in told
    assert case.secret not in told
    assert case.contact.token not in told
    assert "geheim@example.org" not in told
    assert "Geheimrat" not in told
    assert "q=…&status=…" in told
    assert json.dumps("…")[1:-1] in told or "…" in told
