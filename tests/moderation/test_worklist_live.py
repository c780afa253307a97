"""What an open page asks again and again."""

from django.urls import reverse

from tests.moderation.test_desk import DESK


def test_counts_and_arrivals_without_a_second_answer_to_the_same(
    manager, make_report, town, django_assert_max_num_queries
):
    make_report()
    page = manager.get(DESK)
    newest = page.context["newest"]
    address = f"{reverse('desk_live')}?liste=pruefen&nach={newest}"
    with django_assert_max_num_queries(6):
        first = manager.get(address)
    assert first.json()["counts"]["pruefen"] == 1
    assert first.json()["new"] == 0
    again = manager.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    make_report("Noch eines")
    make_report("Dunkel", category=town.lamp)
    fresh = manager.get(address, headers={"if-none-match": first["ETag"]})
    assert (fresh.status_code, fresh.json()["new"], fresh.json()["counts"]["alle"]) == (200, 2, 3)
    assert manager.get(f"{address}&kategorie=laterne").json()["new"] == 1
    assert manager.get(f"{reverse('desk_live')}?nach=x").status_code == 200


def test_strangers_learn_nothing(client, login, make_report, town, neighbour):
    make_report()
    assert client.get(reverse("desk_live")).status_code == 302
    assert login(neighbour.manager).get(reverse("desk_live")).json()["counts"]["alle"] == 0
