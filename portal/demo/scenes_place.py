"""Pictures of rubbish, greens and public places. Each scene draws what was reported, or how it looks settled."""

from __future__ import annotations

import math

from portal.demo import backdrops
from portal.demo.canvas import (
    GRASS_DARK,
    INK,
    LEAF,
    LEAF_DARK,
    PAVING,
    RUST,
    STEEL,
    TRUNK,
    WHITE,
    WIDTH,
    WOOD,
    Canvas,
)

BLOOMS = ("#d7748c", "#e6b34f", "#efe6d8", "#a37bb8", "#d9603f")


def bags(c: Canvas, settled: bool) -> None:
    """Rubbish bags on the pavement; gone."""
    backdrops.street(c)
    if settled:
        return
    for x, y, size, tone in (
        (520.0, 700.0, 130, "#3b4a5e"),
        (760, 720, 150, "#47586e"),
        (1000, 700, 120, "#e3dfd3"),
        (660, 780, 110, "#54677f"),
    ):
        c.blob(x, y, size, tone, rough=0.09, flat=0.86)
        c.shape(
            [(x - 26, y - size * 0.8), (x + 30, y - size * 0.84), (x + 8, y - size * 1.2), (x - 30, y - size * 1.1)],
            tone,
        )
        c.line([(x - 20, y - size * 0.74), (x + 24, y - size * 0.78)], WHITE, 8)
    for _paper in range(14):
        x, y = c.random.uniform(380, 1250), c.random.uniform(790, 900)
        c.blob(x, y, c.random.uniform(10, 30), c.random.choice([WHITE, "#c9a877", "#8aa3b5"]), rough=0.4, flat=0.5)


def sofa(c: Canvas, settled: bool) -> None:
    """A sofa and a mattress at the edge of the wood."""
    backdrops.park(c)
    if settled:
        return
    c.shape([(980, 560), (1190, 600), (1090, 900), (880, 850)], "#d8d2c4")
    for stripe in range(5):
        c.line([(960 - stripe * 18, 620 + stripe * 52), (1160 - stripe * 18, 655 + stripe * 52)], "#b8b2a6", 8)
    c.box(380, 640, 1000, 830, "#a5675a", 40)
    c.box(330, 720, 460, 920, "#955a4e", 36)
    c.box(930, 720, 1060, 920, "#955a4e", 36)
    c.box(440, 800, 950, 900, "#b57768", 24)
    c.line([(690, 800), (690, 896)], "#8a5145", 8)
    c.blob(560, 850, 46, WHITE, rough=0.35, flat=0.6)


def rubble(c: Canvas, settled: bool) -> None:
    """Paint buckets and rubble."""
    backdrops.park(c)
    if settled:
        return
    for _stone in range(60):
        x, y = c.random.gauss(980, 150), c.random.gauss(860, 60)
        c.blob(
            x,
            y,
            c.random.uniform(24, 60),
            c.random.choice(["#b8aea2", "#a89b8d", "#c98f78", "#d8d3c8"]),
            rough=0.3,
            flat=0.8,
        )
    for x, y, tone in ((460, 860, "#4a7fb5"), (610, 900, WHITE), (740, 850, "#c75f4a")):
        c.box(x - 80, y - 170, x + 80, y, "#8b939d", 10)
        c.box(x - 80, y - 120, x + 80, y - 50, tone)
        c.oval(x, y - 170, 80, 24, "#6d757f")
        c.oval(x, y - 168, 66, 18, tone)


def bin(c: Canvas, settled: bool) -> None:  # noqa: A001
    """A litter bin that runs over; emptied."""
    backdrops.park(c)
    c.line([(1010, 980), (1010, 480)], "#4d5866", 26)
    c.shape([(760, 560), (1000, 560), (975, 900), (785, 900)], "#4f7a62")
    for bar in range(5):
        c.line([(790 + bar * 46, 575), (800 + bar * 42, 890)], "#426853", 9)
    c.oval(880, 560, 122, 30, "#2f4a3c")
    if settled:
        return
    for _piece in range(26):
        x, y = c.random.gauss(880, 70), c.random.uniform(440, 570)
        c.blob(
            x,
            y,
            c.random.uniform(22, 46),
            c.random.choice([WHITE, "#c9a877", "#c75f4a", "#8aa3b5", "#e8c25a"]),
            rough=0.35,
        )
    for _piece in range(16):
        x, y = c.random.gauss(860, 170), c.random.uniform(910, 1020)
        c.blob(x, y, c.random.uniform(14, 36), c.random.choice([WHITE, "#c9a877", "#8aa3b5"]), rough=0.4, flat=0.6)


def containers(c: Canvas, settled: bool) -> None:
    """Bottle banks with bottles beside them; tidy."""
    backdrops.street(c)
    for left, tone in ((300, "#5d7d54"), (660, "#8a6a48"), (1020, "#c9ced1")):
        c.box(left, 390, left + 300, 790, tone, 60)
        c.oval(left + 150, 520, 52, 52, "#23282f")
        c.box(left + 60, 640, left + 240, 720, WHITE, 8)
    if settled:
        return
    for _bottle in range(34):
        x, y = c.random.uniform(260, 1360), c.random.uniform(790, 960)
        tone = c.random.choice(["#5d7d54", "#8a6a48", "#cfdcd6", "#48683f"])
        if c.random.random() < 0.5:
            c.box(x, y - 70, x + 26, y, tone, 8)
            c.box(x + 8, y - 104, x + 18, y - 66, tone)
        else:
            c.box(x, y - 26, x + 74, y, tone, 8)
            c.box(x + 70, y - 18, x + 104, y - 8, tone)


def shards(c: Canvas, settled: bool) -> None:
    """Broken glass on a path; swept."""
    backdrops.paving(c, 180)
    if settled:
        return
    for _shard in range(60):
        x, y, size = c.random.gauss(800, 240), c.random.gauss(600, 150), c.random.uniform(12, 46)
        turn = c.random.uniform(0, 6)
        c.shape(
            [
                (x + math.cos(turn + k * 2.1) * size * c.random.uniform(0.5, 1), y + math.sin(turn + k * 2.1) * size)
                for k in range(3)
            ],
            c.random.choice(["#6f8f4e", "#87a564", "#567a3d", "#a9c48b"]),
        )
    c.box(700, 540, 860, 610, "#6f8f4e", 18)
    c.shape([(860, 545), (930, 560), (905, 580), (940, 600), (860, 606)], "#6f8f4e")


def dogbags(c: Canvas, settled: bool) -> None:
    """An empty dispenser for dog bags; filled."""
    backdrops.park(c)
    c.line([(800, 1010), (800, 330)], STEEL, 24)
    c.box(690, 300, 910, 640, "#4f7a62", 16)
    c.box(730, 340, 870, 430, WHITE, 8)
    c.box(740, 480, 860, 590, "#23332a", 8)
    c.oval(780, 388, 34, 22, INK)
    c.oval(822, 372, 18, 16, INK)
    if settled:
        c.shape([(765, 520), (835, 520), (850, 690), (750, 690)], "#c9525a")
    c.box(690, 690 if not settled else 720, 910, 960, "#3f5c4d", 20)


def bike(c: Canvas, settled: bool) -> None:
    """A rusty bicycle at a railing; gone."""
    backdrops.street(c)
    c.line([(200, 560), (1400, 560)], STEEL, 18)
    for x in (220, 620, 1000, 1380):
        c.line([(x, 560), (x, 790)], STEEL, 18)
    if settled:
        return
    c.ring(1020, 700, 130, "#4c4640", 12)
    for spoke in range(6):
        angle = spoke * math.pi / 6
        dx, dy = math.cos(angle) * 122, math.sin(angle) * 122
        c.line([(1020 - dx, 700 - dy), (1020 + dx, 700 + dy)], "#8f867c", 3)
    for part in (
        [(1020, 700), (820, 690), (740, 520), (960, 530), (820, 690)],
        [(1020, 700), (940, 480)],
        [(740, 520), (620, 740)],
    ):
        c.line([(float(x), float(y)) for x, y in part], RUST, 18)
    c.line([(895, 476), (990, 480)], INK, 18)
    c.line([(735, 470), (690, 440), (650, 470)], "#4c4640", 12)
    c.line([(740, 520), (735, 470)], RUST, 14)


def car(c: Canvas, settled: bool) -> None:
    """A car without plates; an empty place."""
    backdrops.street(c)
    if settled:
        return
    body = "#6a86a3"
    c.shape(
        [(330, 830), (350, 740), (520, 720), (650, 610), (980, 610), (1110, 720), (1270, 750), (1290, 860), (330, 860)],
        body,
    )
    c.shape([(560, 722), (670, 634), (790, 634), (790, 722)], "#bed0da")
    c.shape([(820, 722), (820, 634), (965, 634), (1060, 722)], "#93a7b3")
    c.line([(880, 640), (930, 700), (900, 722)], WHITE, 5)
    c.blob(430, 800, 50, RUST, rough=0.3, flat=0.5)
    c.blob(1180, 820, 60, RUST, rough=0.3, flat=0.4)
    for x, flat in ((520, 1.0), (1100, 0.72)):
        c.oval(x, 872, 88, 84 * flat, "#23272e")
        c.oval(x, 872, 44, 40 * flat, STEEL)
    c.box(1230, 800, 1292, 836, "#4f6478")


def pond(c: Canvas, settled: bool) -> None:
    """A film on the water; clear."""
    backdrops.park(c, path=False)
    c.oval(800, 860, 620, 230, "#86a9b8")
    c.oval(800, 850, 560, 190, "#95b7c4")
    for reed in range(24):
        x = 210 + reed * 18 + c.random.uniform(-8, 8)
        c.line([(x, 900), (x + c.random.uniform(-20, 20), 700 + c.random.uniform(0, 60))], LEAF_DARK, 8)
    if not settled:
        for tone, size in (("#a58ab3", 330), ("#d6a97a", 240), ("#8fb59a", 160), ("#c1879b", 90)):
            c.blob(880, 860, size, tone, rough=0.14, flat=0.36)


def hedge(c: Canvas, settled: bool) -> None:
    """A hedge over half the pavement; cut."""
    backdrops.street(c)
    depth = 110 if settled else 330
    c.shape([(0, 420), (1000, 470), (1000, 620), (0, 650 + depth * 0.6)], LEAF_DARK)
    if settled:
        c.shape([(0, 400), (1000, 460), (1000, 500), (0, 470)], LEAF)
        return
    for _tuft in range(46):
        x = c.random.uniform(0, 1000)
        c.blob(
            x,
            c.random.uniform(430, 640 + (1000 - x) * 0.2),
            c.random.uniform(50, 110),
            c.random.choice([LEAF, LEAF_DARK, "#7fa561"]),
            rough=0.2,
        )


def tree(c: Canvas, settled: bool) -> None:
    """A broken branch over the path; removed."""
    backdrops.park(c)
    backdrops.tree(c, 420, 960, 440)
    if settled:
        c.oval(480, 560, 26, 34, "#d9c19a")
        return
    c.line([(450, 560), (700, 600), (900, 800), (1060, 980)], TRUNK, 44)
    c.line([(700, 600), (860, 620)], TRUNK, 24)
    for x, y, size in ((960, 860, 130), (1110, 960, 150), (880, 690, 110), (1030, 1040, 120)):
        c.blob(x, y, size, c.random.choice([LEAF, LEAF_DARK]), rough=0.2)


def oak(c: Canvas, settled: bool) -> None:
    """A web of caterpillars on an oak."""
    backdrops.park(c)
    c.shape([(560, 1130), (1040, 1130), (960, 0), (640, 0)], "#7d6a55")
    for groove in range(9):
        top = 620 + groove * 45
        c.line([(top, 0), (top + c.random.uniform(-20, 20), 600), (top - 10, 1110)], "#6a5946", 10)
    if settled:
        return
    c.blob(790, 470, 190, "#e6e2d8", rough=0.14, flat=1.3)
    c.blob(800, 480, 150, "#d5d0c4", rough=0.14, flat=1.3)
    for number in range(16):
        x, y = 700 + c.random.uniform(0, 190), 320 + number * 20
        c.line([(x, y), (x + 46, y + 8)], "#6b6257", 13)


def bed(c: Canvas, settled: bool) -> None:
    """A withered flower bed; planted anew."""
    backdrops.park(c, path=False)
    c.oval(800, 880, 560, 220, "#8d6c4d" if settled else "#b39a78")
    for _plant in range(150 if settled else 60):
        angle, far = c.random.uniform(0, 6.28), math.sqrt(c.random.random())
        x, y = 800 + math.cos(angle) * far * 520, 880 + math.sin(angle) * far * 190
        if settled:
            c.line([(x, y), (x, y - 40)], LEAF_DARK, 7)
            c.blob(x, y - 50, 22, c.random.choice(BLOOMS), rough=0.2)
        else:
            c.line([(x, y), (x + c.random.uniform(-40, 40), y - c.random.uniform(20, 70))], "#8f7a55", 6)


def swing(c: Canvas, settled: bool) -> None:
    """A swing with a torn chain; whole."""
    backdrops.park(c, path=False)
    c.oval(800, 1000, 620, 120, "#e0cfa6")
    for x in (330, 1270):
        c.line([(x, 380), (x - 120, 1010)], WOOD, 34)
        c.line([(x, 380), (x + 120, 1010)], WOOD, 34)
    c.line([(310, 380), (1290, 380)], WOOD, 34)
    for x, broken in ((560, False), (1000, not settled)):
        c.line([(x - 80, 390), (x - 80, 840)], STEEL, 9)
        if broken:
            c.line([(x + 80, 390), (x + 86, 560)], STEEL, 9)
            c.line([(x - 80, 840), (x - 20, 950)], "#a5483f", 26)
        else:
            c.line([(x + 80, 390), (x + 80, 840)], STEEL, 9)
            c.line([(x - 84, 840), (x + 84, 840)], "#a5483f", 26)


def bench(c: Canvas, settled: bool) -> None:
    """A bench without slats; repaired."""
    backdrops.park(c)
    for x in (480, 1120):
        c.line([(x, 1000), (x, 640)], "#454e5a", 30)
        c.line([(x - 10, 820), (x + 70, 1010)], "#454e5a", 26)
    for number, y in enumerate((650, 720, 830, 870)):
        if settled or number not in (1, 2):
            c.box(400, y, 1200, y + 34, WOOD, 8)
        elif number == 1:
            c.shape([(400, y), (640, y + 6), (600, y + 40), (400, y + 34)], WOOD)
    if not settled:
        c.shape([(700, 980), (1080, 1020), (1074, 1052), (694, 1012)], WOOD)


def ideabench(c: Canvas, settled: bool) -> None:
    """Where a bench could stand; it stands."""
    backdrops.park(c)
    backdrops.tree(c, 1250, 900, 330)
    if settled:
        for x in (640, 1000):
            c.line([(x, 960), (x, 740)], "#454e5a", 22)
        for y in (740, 790, 860):
            c.box(590, y, 1060, y + 26, WOOD, 6)
        return
    for start in range(590, 1060, 60):
        c.line([(start, 740), (start + 30, 740)], WHITE, 8)
        c.line([(start, 930), (start + 30, 930)], WHITE, 8)
    for start in range(740, 930, 60):
        c.line([(590, start), (590, start + 30)], WHITE, 8)
        c.line([(1060, start), (1060, start + 30)], WHITE, 8)


def fountain(c: Canvas, settled: bool) -> None:
    """A fountain that does not run; it runs."""
    backdrops.street(c)
    c.box(0, 600, WIDTH, 1200, PAVING)
    c.oval(800, 960, 500, 150, "#a69f93")
    c.oval(800, 940, 450, 120, "#9fc0cc" if settled else "#8a9a5b")
    c.box(750, 560, 850, 930, "#b5aea2", 10)
    c.oval(800, 560, 190, 46, "#a69f93")
    if settled:
        for dx in (-170, -90, 90, 170):
            c.line([(800, 440), (800 + dx * 0.6, 460), (800 + dx, 560), (800 + dx * 1.2, 900)], "#cfe3ea", 12)


def flowers(c: Canvas, settled: bool) -> None:
    """A square full of flowers."""
    backdrops.street(c)
    c.box(0, 800, WIDTH, 1200, PAVING)
    for x in (260, 800, 1340):
        c.shape([(x - 190, 800), (x + 190, 800), (x + 140, 1010), (x - 140, 1010)], "#9a7a5a")
        for _bloom in range(46):
            px, py = x + c.random.uniform(-190, 190), c.random.uniform(630, 800)
            c.blob(px, py + 10, 24, c.random.choice([LEAF, LEAF_DARK, GRASS_DARK]), rough=0.3)
            c.blob(px, py, 20, c.random.choice(BLOOMS), rough=0.2)
