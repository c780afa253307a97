"""The proposed tour: never longer than what was entered, and near the best there is."""

import random

import pytest

from dispatch.tours import distance, length, propose

DEPOT = (8.2270, 51.9520)


def shortest(points, start):
    """The best tour by dynamic programming over sets of stops (Held and Karp 1962)."""
    number = len(points)
    away = [distance(start, one) if start else 0.0 for one in points]
    best = {(1 << one, one): away[one] for one in range(number)}
    for visited in range(1, 1 << number):
        for last in range(number):
            known = best.get((visited, last))
            if known is None:
                continue
            for to in range(number):
                if visited >> to & 1:
                    continue
                key, now = (visited | 1 << to, to), known + distance(points[last], points[to])
                if now < best.get(key, float("inf")):
                    best[key] = now
    return min(best[(1 << number) - 1, last] + away[last] for last in range(number))


def stops(seed, number):
    """Places scattered over a town of some kilometres."""
    rng = random.Random(seed)
    return [(8.2270 + rng.gauss(0, 0.03), 51.9520 + rng.gauss(0, 0.02)) for _ in range(number)]


def test_a_kilometre_is_a_kilometre():
    assert distance((8.0, 52.0), (8.0, 52.0 + 1 / 111.195)) == pytest.approx(1000, abs=0.5)


@pytest.mark.parametrize("start", [DEPOT, None], ids=["depot", "open"])
def test_ten_stops_come_within_five_percent_of_the_best(start):
    for seed in range(6):
        points = stops(seed, 10)
        found = propose(points, start, start)
        assert sorted(found) == list(range(10))
        assert length(points, found, start, start) <= shortest(points, start) * 1.05, seed


def test_the_tour_is_never_longer_than_the_order_it_was_given():
    for seed in range(4):
        points = stops(100 + seed, 25)
        found = propose(points, DEPOT, DEPOT)
        assert length(points, found, DEPOT, DEPOT) <= length(points, range(25), DEPOT, DEPOT)
        again = [points[one] for one in found]
        assert length(again, propose(again, DEPOT, DEPOT), DEPOT, DEPOT) <= length(again, range(25), DEPOT, DEPOT)


def test_few_stops_and_equal_places_keep_their_order():
    assert propose([]) == []
    assert propose([DEPOT], DEPOT, DEPOT) == [0]
    assert propose([DEPOT] * 4, DEPOT, DEPOT) == [0, 1, 2, 3]
