"""Saved views: kept under a name, private or shared with a unit, changed by whoever saved them."""

from django.urls import reverse

from moderation.models import SavedView
from tests.moderation.test_desk import DESK


def names(client):
    return [view["name"] for view in client.get(DESK).context["views"]["rows"]]


def save(client, name="Löcher", unit="", query="liste=alle&kategorie=schlagloch&seite=3&unsinn=1"):
    return client.post(reverse("desk_view_save"), {"name": name, "ansicht": query, "einheit": unit})


def test_a_view_holds_the_filters_without_page_and_nonsense(manager, town):
    answer = save(manager)
    assert answer["Location"] == f"{DESK}?liste=alle&kategorie=schlagloch"
    page = manager.get(answer["Location"])
    assert page.context["views"]["rows"][0]["current"]
    save(manager, query="liste=alle&kategorie=laterne")
    save(manager, "Erika", query="liste=alle&q=erika@example.org")
    assert SavedView.objects.get().query == "liste=alle&kategorie=laterne", "the same name takes its place"


def test_private_views_are_seen_by_nobody_else_and_shared_ones_by_the_unit(login, town, neighbour):
    clerk, manager, other = login(town.clerk), login(town.manager), login(town.other_clerk)
    save(clerk, "Privat")
    save(clerk, "Für den Hof", town.yard.pk)
    assert names(clerk) == ["Privat", "Für den Hof"]
    assert names(login(town.field)) == ["Für den Hof"], "works for the same unit"
    assert names(manager) == ["Für den Hof"], "looks after the whole municipality"
    assert names(other) == names(login(neighbour.manager)) == []


def test_nobody_shares_with_a_foreign_unit_or_changes_what_others_saved(login, town, neighbour):
    clerk = login(town.clerk)
    assert save(clerk, "Fremd", town.greens.pk).status_code == 404
    assert save(clerk, "Fremd", neighbour.yard.pk).status_code == 404
    save(clerk, "Privat")
    save(clerk, "Für den Hof", town.yard.pk)
    private, shared = SavedView.objects.order_by("position")
    for user, view in ((town.manager, private), (town.field, shared), (neighbour.admin, shared)):
        for tun in ("loeschen", "speichern", "hoch"):
            answer = login(user).post(reverse("desk_views"), {"pk": view.pk, "tun": tun, "name": "Neu"})
            assert answer.status_code == 404, (user, view, tun)
    assert set(SavedView.objects.values_list("name", flat=True)) == {"Privat", "Für den Hof"}
    login(town.admin).post(reverse("desk_views"), {"pk": shared.pk, "tun": "loeschen"})
    assert names(clerk) == ["Privat"]


def test_views_are_renamed_moved_and_deleted(manager, town):
    save(manager, "Erste")
    save(manager, "Zweite")
    page = reverse("desk_views")
    second = SavedView.objects.get(name="Zweite")
    manager.post(page, {"pk": second.pk, "tun": "hoch"})
    assert names(manager) == ["Zweite", "Erste"]
    manager.post(page, {"pk": second.pk, "tun": "speichern", "name": "  Neuer   Name ", "einheit": town.yard.pk})
    second.refresh_from_db()
    assert (second.name, second.unit) == ("Neuer Name", town.yard)
    refused = manager.post(page, {"pk": second.pk, "tun": "speichern", "name": " "})
    assert refused.status_code == 422
    assert "Bitte geben Sie der Ansicht einen Namen." in refused.content.decode()
    manager.post(page, {"pk": second.pk, "tun": "loeschen"})
    assert names(manager) == ["Erste"]
