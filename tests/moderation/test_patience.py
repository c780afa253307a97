"""The page on which a municipality says how long something may lie."""

from django.urls import reverse


def test_numbers_are_own_or_inherited_and_checked(login, town, neighbour):
    county = neighbour.municipality
    county.patience = {"accept": [6, 8]}
    county.save()
    town.municipality.parent = county
    town.municipality.save()
    client, address = login(town.admin), reverse("setup_patience")
    assert 'placeholder="6"' in client.get(address).content.decode()
    wrong = client.post(address, {"answer-first": "5", "answer-second": "2"})
    assert wrong.status_code == 422
    assert "mindestens so viele Tage" in wrong.content.decode()
    assert client.post(address, {"accept-second": "9", "answer-first": "0", "answer-second": "4"}).status_code == 302
    town.municipality.refresh_from_db()
    assert town.municipality.patience == {"accept": [6, 9], "answer": [0, 4]}
    assert client.post(address, {}).status_code == 302
    town.municipality.refresh_from_db()
    assert town.municipality.patience == {}, "all as the county has it again"
    assert login(town.manager).get(address).status_code == 403
