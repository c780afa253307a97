"""Pictures of roads, lamps and signs. Each scene draws what was reported, or how it looks settled."""

from __future__ import annotations

import math

from portal.demo import backdrops
from portal.demo.backdrops import lamp_post
from portal.demo.canvas import (
    ASPHALT,
    ASPHALT_DARK,
    GRASS,
    HEIGHT,
    INK,
    JOINT,
    KERB,
    LEAF,
    LEAF_DARK,
    PAVING,
    STEEL,
    WHITE,
    WIDTH,
    WOOD,
    Canvas,
)

RED, ORANGE, YELLOW, BLUE = "#c0473f", "#dd8a3c", "#e8c25a", "#4a7fb5"


def pothole(c: Canvas, settled: bool) -> None:
    """A hole in the road; a fresh patch."""
    backdrops.asphalt(c)
    c.box(0, 70, WIDTH, 100, "#d8d8d2")
    if settled:
        c.shape([(480, 400), (1130, 380), (1160, 860), (450, 850)], "#4a4f58")
        return
    c.blob(800, 640, 330, ASPHALT_DARK, rough=0.16, flat=0.72)
    c.blob(805, 655, 270, "#463f3a", rough=0.18, flat=0.7)
    c.blob(815, 690, 190, "#7b8fa0", rough=0.12, flat=0.6)
    for _crumb in range(40):
        x, y = c.random.gauss(800, 300), c.random.gauss(640, 200)
        c.blob(x, y, c.random.uniform(6, 18), "#524c47", rough=0.3)
    for turn in range(5):
        angle = turn * 1.3 + 0.3
        points = [
            (800 + math.cos(angle) * r, 640 + math.sin(angle) * r * 0.7 + c.random.uniform(-20, 20))
            for r in (300, 420, 520, 640)
        ]
        c.line(points, "#4d525b", 6)


def slab(c: Canvas, settled: bool) -> None:
    """A slab that stands up; laid straight."""
    backdrops.paving(c)
    if settled:
        c.box(665, 445, 875, 655, "#ddd8cc", 8)
        return
    c.shape([(640, 470), (870, 420), (900, 640), (655, 680)], "#6c665d")
    c.shape([(650, 440), (885, 400), (905, 615), (665, 650)], "#dcd6ca")
    c.shape([(650, 440), (665, 650), (655, 680), (640, 470)], "#8d867a")
    c.line([(740, 425), (770, 520), (750, 636)], "#8d867a", 7)
    c.line([(1000, 250), (1090, 420), (1060, 640)], "#9a9386", 6)


def cyclepath(c: Canvas, settled: bool) -> None:
    """Roots lift a cycle path; new asphalt."""
    backdrops.park(c, path=False)
    c.shape([(660, 600), (860, 600), (1420, HEIGHT), (180, HEIGHT)], "#a5534a" if not settled else "#8d4a43")
    c.line([(760, 620), (800, HEIGHT)], WHITE, 10)
    backdrops.tree(c, 1330, 820, 300)
    if settled:
        return
    for start, end in (((1180, 800), (420, 900)), ((1240, 930), (500, 1060)), ((1150, 720), (620, 740))):
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 40)
        c.line([start, middle, end], "#5d4033", 34)
        c.line([(start[0], start[1] - 10), (middle[0], middle[1] - 10), (end[0], end[1] - 10)], "#7d4a40", 14)


def bollard(c: Canvas, settled: bool) -> None:
    """A bollard that was run over."""
    backdrops.street(c)
    for x in (320, 1280):
        _post(c, x, 900, 0)
    _post(c, 800, 900, 0 if settled else 250)


def _post(c: Canvas, x: float, foot: float, lean: float) -> None:
    high = 300 - lean * 0.7
    c.line([(x, foot), (x + lean, foot - high)], RED, 54)
    for share in (0.3, 0.62):
        a, b = share, share + 0.14
        c.line([(x + lean * a, foot - high * a), (x + lean * b, foot - high * b)], WHITE, 54)
    c.oval(x, foot + 8, 60, 16, ASPHALT_DARK)


def zebra(c: Canvas, settled: bool) -> None:
    """A crossing that can hardly be seen; painted anew."""
    backdrops.street(c)
    tone = "#f3f3ee" if settled else "#878c95"
    for number in range(7):
        x = 250 + number * 160
        c.shape(
            [(x, 830), (x + 80, 830), (x + 80 + (number - 3) * 34, HEIGHT), (x - 30 + (number - 3) * 34, HEIGHT)], tone
        )
    if not settled:
        for _worn in range(60):
            c.blob(c.random.uniform(230, 1400), c.random.uniform(840, 1180), c.random.uniform(12, 40), ASPHALT)


def bridge(c: Canvas, settled: bool) -> None:
    """A footbridge with a missing board."""
    backdrops.park(c, path=False)
    c.shape([(0, 760), (WIDTH, 700), (WIDTH, 980), (0, 1010)], "#7fa3b8")
    for number in range(13):
        if number != 7 or settled:
            top = 640 + number * 44
            spread = number * 22
            c.shape(
                [(560 - spread, top), (1040 + spread, top), (1050 + spread, top + 36), (550 - spread, top + 36)], WOOD
            )
    for side in (-1, 1):
        rail = [(800 + side * 250, 480), (800 + side * 540, 1120)]
        c.line(rail, "#8a6540", 22)
        for share in (0.05, 0.35, 0.65, 0.95):
            x, y = rail[0][0] + (rail[1][0] - rail[0][0]) * share, rail[0][1] + (rail[1][1] - rail[0][1]) * share
            c.line([(x, y), (x, y + 170)], "#8a6540", 18)


def site(c: Canvas, settled: bool) -> None:
    """A pit whose fence has fallen over; the fence stands."""
    backdrops.street(c)
    c.shape([(420, 860), (1230, 850), (1330, 1100), (330, 1110)], "#6b543f")
    c.shape([(470, 885), (1190, 876), (1260, 1060), (400, 1068)], "#3f3227")
    c.blob(1330, 1000, 150, "#8a6b4d", flat=0.5)
    for number in range(3):
        x = 330 + number * 330
        if settled or number != 1:
            _fence(c, [(x, 800), (x + 300, 800), (x + 300, 1010), (x, 1010)])
        else:
            _fence(c, [(x - 60, 1020), (x + 250, 1000), (x + 340, 1130), (x + 10, 1160)])


def _fence(c: Canvas, corners: list[tuple[float, float]]) -> None:
    one, two, three, four = corners
    for share in (0.0, 0.5, 1.0):
        left = one[0] + (four[0] - one[0]) * share, one[1] + (four[1] - one[1]) * share
        right = two[0] + (three[0] - two[0]) * share, two[1] + (three[1] - two[1]) * share
        c.line([left, right], RED if share != 0.5 else WHITE, 22)
    c.line([one, four], STEEL, 14)
    c.line([two, three], STEEL, 14)


def lampnight(c: Canvas, settled: bool) -> None:
    """A dark lamp between lit ones; all are lit."""
    backdrops.night(c)
    for x, foot, lit in ((180, 780, True), (760, 900, settled), (1290, 780, True)):
        light = lamp_post(c, x, foot, colour="#10141f" if not lit else "#39425a")
        if lit:
            c.glow(light[0], light[1] + 60, 380, "#ffd98a", 0.75)
            c.glow(light[0], foot + 30, 300, "#c9a865", 0.35)
            c.oval(light[0], light[1], 60, 12, "#fff1c9")


def lampbent(c: Canvas, settled: bool) -> None:
    """A lamp post that was hit."""
    backdrops.street(c)
    lamp_post(c, 700, 860, lean=0 if settled else 210)
    if not settled:
        c.shape([(640, 860), (780, 850), (840, 880), (600, 890)], "#9a8f80")
        for _shard in range(14):
            c.blob(
                c.random.uniform(560, 980), c.random.uniform(860, 960), c.random.uniform(6, 16), "#b9c4cc", rough=0.4
            )


def lampday(c: Canvas, settled: bool) -> None:
    """A lamp that burns at noon."""
    backdrops.street(c)
    light = lamp_post(c, 660, 860)
    c.oval(1330, 150, 70, 70, "#f6dd8c")
    if not settled:
        c.glow(light[0], light[1] + 30, 230, "#ffe9a8", 0.9)
        c.oval(light[0], light[1], 62, 14, "#fffbe8")


def trafficlight(c: Canvas, settled: bool) -> None:
    """A traffic light without light."""
    backdrops.street(c)
    for x in (420, 1120):
        c.line([(x, 960), (x, 380)], "#4a525e", 24)
        c.box(x - 70, 170, x + 70, 540, "#2a2f38", 22)
        for number, tone in enumerate((RED, "#e0b24a", "#5f9c62")):
            lit = settled and number == 2
            c.oval(x, 235 + number * 118, 46, 46, tone if lit else "#3d434d")
            if lit:
                c.glow(x, 235 + number * 118, 120, "#bfe6b8", 0.6)


def sign(c: Canvas, settled: bool) -> None:
    """A sign behind leaves; cut free."""
    backdrops.street(c)
    c.line([(800, 980), (800, 300)], STEEL, 24)
    c.shape([(800, 560), (1010, 200), (590, 200)], RED)
    c.shape([(800, 505), (950, 240), (650, 240)], WHITE)
    if not settled:
        for dx, dy, size in ((-190, -20, 170), (-90, 130, 190), (-240, 200, 200), (-40, -70, 120), (90, 170, 110)):
            c.blob(800 + dx, 330 + dy, size, c.random.choice([LEAF, LEAF_DARK]), rough=0.18)
    c.blob(500, 720, 150, LEAF_DARK, rough=0.18)
    c.blob(620, 760, 110, LEAF, rough=0.18)


def drain(c: Canvas, settled: bool) -> None:
    """A drain under leaves and water; free."""
    c.box(0, 0, WIDTH, 420, PAVING)
    for joint in range(0, WIDTH, 200):
        c.line([(joint, 0), (joint, 420)], JOINT, 4)
    c.box(0, 410, WIDTH, 500, KERB)
    c.box(0, 500, WIDTH, HEIGHT, ASPHALT)
    if not settled:
        c.blob(800, 760, 560, "#6d8394", rough=0.08, flat=0.46)
        c.blob(760, 740, 430, "#7f97a8", rough=0.08, flat=0.4)
    c.box(560, 530, 1040, 850, "#3c424b", 14)
    for bar in range(8):
        c.box(590 + bar * 56, 560, 618 + bar * 56, 820, "#20242b", 8)
    if not settled:
        for _leaf in range(70):
            x, y = c.random.gauss(790, 190), c.random.gauss(700, 100)
            c.blob(
                x, y, c.random.uniform(18, 40), c.random.choice(["#a8713a", "#c08a3e", "#8d5a34"]), rough=0.3, flat=0.6
            )


def manhole(c: Canvas, settled: bool) -> None:
    """An open shaft, the cover beside it; closed."""
    backdrops.asphalt(c)
    c.oval(800, 620, 300, 250, "#4b5058")
    if settled:
        _cover(c, 800, 620)
        return
    c.oval(800, 620, 262, 216, "#15181d")
    c.oval(800, 650, 250, 180, "#0c0e12")
    _cover(c, 1290, 840)
    c.line([(830, 640), (760, 200)], "#7a5f49", 22)
    c.blob(740, 190, 70, LEAF, rough=0.3)


def _cover(c: Canvas, x: float, y: float) -> None:
    c.oval(x, y, 262, 216, "#6a7079")
    c.oval(x, y, 236, 192, "#565c65")
    for row in range(-2, 3):
        for column in range(-2, 3):
            c.box(x + column * 74 - 24, y + row * 58 - 14, x + column * 74 + 24, y + row * 58 + 14, "#6a7079", 6)


def flood(c: Canvas, settled: bool) -> None:
    """A street under water; dry again."""
    backdrops.street(c)
    if settled:
        return
    c.box(0, 760, WIDTH, HEIGHT, "#7d95a6")
    for wave in range(26):
        x, y = c.random.uniform(0, WIDTH), 790 + wave * 15
        c.line([(x, y), (x + 160, y + 5)], "#a5b8c4", 6)
    c.shape([(560, 740), (640, 660), (900, 660), (1000, 740), (1090, 760), (1090, 850), (500, 850)], BLUE)
    c.shape([(650, 735), (690, 680), (770, 680), (770, 735)], "#cfdbe3")
    c.shape([(790, 735), (790, 680), (880, 680), (940, 735)], "#cfdbe3")
    c.box(480, 840, 1120, 900, "#7d95a6")


def snow(c: Canvas, settled: bool) -> None:
    """A street under snow; cleared."""
    backdrops.street(c)
    c.box(0, 600, WIDTH, HEIGHT, "#eef2f5")
    c.shape([(0, 640), (WIDTH, 640), (WIDTH, 700), (0, 720)], "#dfe7ec")
    if settled:
        c.box(0, 850, WIDTH, HEIGHT, ASPHALT)
        c.box(0, 680, WIDTH, 770, PAVING)
    else:
        for track in (900, 1040):
            c.line([(0, track), (700, track - 14), (WIDTH, track + 10)], "#cdd8df", 36)
    for _flake in range(150):
        size = c.random.uniform(4, 9)
        c.oval(c.random.uniform(0, WIDTH), c.random.uniform(0, HEIGHT), size, size, "#ffffff")


def scooters(c: Canvas, settled: bool) -> None:
    """Hired scooters across the pavement; put aside."""
    backdrops.street(c)
    places = [(360, 760, 0), (760, 770, 1), (1060, 750, 0)] if not settled else [(1240, 690, 0), (1380, 690, 0)]
    for x, y, lying in places:
        if lying:
            c.line([(x, y), (x + 300, y + 14)], "#3e8f86", 20)
            c.line([(x + 300, y + 14), (x + 390, y - 60)], INK, 16)
        else:
            c.line([(x, y), (x + 190, y)], "#3e8f86", 22)
            c.line([(x + 190, y), (x + 140, y - 240)], INK, 16)
            c.line([(x + 95, y - 245), (x + 185, y - 235)], INK, 14)
        for wheel in (x, x + 195 + lying * 110):
            c.oval(wheel, y + 14, 30, 30, INK)
            c.oval(wheel, y + 14, 12, 12, STEEL)


def graffiti(c: Canvas, settled: bool) -> None:
    """Scrawls on a wall; cleaned."""
    backdrops.wall(c)
    if settled:
        c.shape([(190, 250), (1400, 230), (1420, 720), (210, 740)], "#c79079")
        return
    for tone, width, shift in (("#33518a", 46, 0), ("#d7dde6", 16, -8)):
        x = 260 + shift
        for letter in range(5):
            left = x + letter * 230
            points = [(left + c.random.uniform(-10, 190), c.random.uniform(280, 700)) for _ in range(5)]
            c.line(points, tone, width)
    c.line([(240, 770), (800, 730), (1380, 790)], "#8a3f6d", 30)
    for drop in range(8):
        x = 300 + drop * 140
        c.line([(x, 640), (x, 640 + c.random.uniform(60, 190))], "#33518a", 9)


def busstop(c: Canvas, settled: bool) -> None:
    """A shelter with a broken pane."""
    backdrops.street(c)
    c.box(420, 330, 1180, 370, "#465262", 10)
    for x in (440, 800, 1146):
        c.box(x, 370, x + 16, 800, "#5b6675")
    for number, x in enumerate((456, 816)):
        c.box(x, 380, x + 330, 660, "#bcd3dc")
        if number == 1 and not settled:
            c.blob(x + 165, 520, 120, "#93aab6", rough=0.4)
            for turn in range(12):
                angle = turn * 0.55
                c.line([(x + 165, 520), (x + 165 + math.cos(angle) * 190, 520 + math.sin(angle) * 150)], WHITE, 4)
    c.box(500, 690, 1080, 716, WOOD)
    c.line([(1300, 800), (1300, 330)], STEEL, 16)
    c.oval(1300, 300, 62, 62, "#e6c14d")
    c.oval(1300, 300, 50, 50, "#4f8a5b")
    c.box(0, 1110, WIDTH, HEIGHT, GRASS)
