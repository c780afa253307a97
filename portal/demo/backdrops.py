"""What stands behind the things in the demo's pictures: street, park, ground from above, wall, night."""

from __future__ import annotations

from portal.demo.canvas import (
    ASPHALT,
    ASPHALT_DARK,
    GRASS,
    GRASS_DARK,
    HEIGHT,
    JOINT,
    KERB,
    LEAF,
    LEAF_DARK,
    PAVING,
    ROOFS,
    SKIES,
    TRUNK,
    WALLS,
    WHITE,
    WIDTH,
    Canvas,
)


def sky(c: Canvas, until: float = 700) -> None:
    """A friendly or a grey day."""
    c.fade(*c.random.choice(SKIES), until)


def street(c: Canvas) -> None:
    """Houses, a pavement (600 to 790), a kerb, the road (below 815)."""
    sky(c, 600)
    x = -60.0
    while x < WIDTH:
        wide, high = c.random.uniform(230, 380), c.random.uniform(230, 380)
        wall, roof = c.random.choice(WALLS), c.random.choice(ROOFS)
        c.box(x, 600 - high, x + wide, 600, wall)
        c.shape([(x - 14, 600 - high), (x + wide / 2, 600 - high - 130), (x + wide + 14, 600 - high)], roof)
        for row in range(2):
            for column in range(3):
                left, top = x + wide * (0.12 + 0.29 * column), 600 - high + 34 + row * high * 0.42
                c.box(left, top, left + wide * 0.17, top + high * 0.22, WHITE)
                c.box(left + 5, top + 5, left + wide * 0.17 - 5, top + high * 0.22 - 5, "#8fa3b3")
        x += wide + c.random.uniform(0, 40)
    for bush in range(9):
        c.blob(bush * 200 + c.random.uniform(-60, 60), 600, c.random.uniform(30, 62), LEAF_DARK)
    c.box(0, 600, WIDTH, 800, PAVING)
    for joint in range(-4, 22):
        c.line([(joint * 90, 600), (joint * 120 - 220, 800)], JOINT, 3)
    c.line([(0, 690), (WIDTH, 690)], JOINT, 3)
    c.box(0, 790, WIDTH, 818, KERB)
    c.box(0, 818, WIDTH, HEIGHT, ASPHALT)
    for dash in range(5):
        c.box(dash * 380 + 60, 1050, dash * 380 + 260, 1068, "#d8d8d2")


def park(c: Canvas, *, path: bool = True) -> None:
    """Trees at the edge of a meadow, a path if wanted."""
    sky(c, 620)
    for number in range(14):
        x, size = number * 125 + c.random.uniform(-40, 40), c.random.uniform(90, 170)
        c.box(x - 9, 520, x + 9, 620, TRUNK)
        c.blob(x, 480, size, c.random.choice([LEAF, LEAF_DARK]), rough=0.12)
    c.box(0, 600, WIDTH, HEIGHT, GRASS)
    for _tuft in range(90):
        x, y = c.random.uniform(0, WIDTH), c.random.uniform(620, HEIGHT)
        c.line([(x, y), (x + c.random.uniform(-8, 8), y - 16)], GRASS_DARK, 4)
    if path:
        c.shape([(640, 600), (720, 600), (1330, HEIGHT), (330, HEIGHT)], "#d9cdb5")


def asphalt(c: Canvas) -> None:
    """A road seen from above."""
    c.box(0, 0, WIDTH, HEIGHT, ASPHALT)
    for _stone in range(1300):
        x, y, size = c.random.uniform(0, WIDTH), c.random.uniform(0, HEIGHT), c.random.uniform(2, 5)
        c.oval(x, y, size, size, c.random.choice([ASPHALT_DARK, "#858b95", "#6b717b"]))


def paving(c: Canvas, size: int = 220) -> None:
    """A pavement of slabs seen from above."""
    c.box(0, 0, WIDTH, HEIGHT, JOINT)
    for row in range(-1, HEIGHT // size + 2):
        for column in range(-1, WIDTH // size + 2):
            x, y = column * size + (row % 2) * size / 2, row * size
            tone = c.random.choice([PAVING, "#d4cec2", "#c6c0b4"])
            c.box(x + 5, y + 5, x + size - 5, y + size - 5, tone, 8)


def wall(c: Canvas) -> None:
    """A brick wall behind a pavement."""
    c.box(0, 0, WIDTH, 900, "#b97a5f")
    for row in range(0, 900, 60):
        for column in range(-1, 12):
            x = column * 150 + (row // 60 % 2) * 75
            tone = c.random.choice(["#b97a5f", "#c2856a", "#ad7057", "#b5765c"])
            c.box(x + 3, row + 3, x + 147, row + 57, tone)
    c.box(0, 900, WIDTH, HEIGHT, PAVING)
    for joint in range(10):
        c.line([(joint * 190, 900), (joint * 260 - 350, HEIGHT)], JOINT, 4)


def night(c: Canvas) -> None:
    """A street after dark; windows are lit."""
    c.fade("#141b30", "#2a3350", 640)
    x = -40.0
    while x < WIDTH:
        wide, high = c.random.uniform(250, 380), c.random.uniform(220, 340)
        c.box(x, 640 - high, x + wide, 640, "#1d2438")
        c.shape([(x - 12, 640 - high), (x + wide / 2, 640 - high - 120), (x + wide + 12, 640 - high)], "#171d2e")
        for column in range(3):
            lit = c.random.random() < 0.4
            left = x + wide * (0.14 + 0.28 * column)
            c.box(left, 640 - high + 50, left + wide * 0.16, 640 - high + 120, "#e9c46a" if lit else "#2b344e")
        x += wide + 30
    c.box(0, 640, WIDTH, 830, "#343b52")
    c.box(0, 830, WIDTH, 850, "#454d66")
    c.box(0, 850, WIDTH, HEIGHT, "#272d40")


def lamp_post(c: Canvas, x: float, foot: float, *, colour: str = "#3d4654", lean: float = 0) -> tuple[float, float]:
    """A street lamp; returns the place of its light."""
    top = x + lean
    c.line([(x, foot), (top, foot - 620)], colour, 22)
    c.line([(top, foot - 620), (top + 130, foot - 650)], colour, 16)
    c.shape(
        [
            (top + 90, foot - 672),
            (top + 250, foot - 660),
            (top + 240, foot - 628),
            (top + 96, foot - 636),
        ],
        colour,
    )
    c.box(x - 26, foot - 90, x + 26, foot, colour, 6)
    return top + 170, foot - 626


def tree(c: Canvas, x: float, foot: float, size: float) -> None:
    """A tree with a round crown."""
    c.shape([(x - size * 0.1, foot), (x + size * 0.1, foot), (x + size * 0.06, foot - size)], TRUNK)
    c.shape([(x - size * 0.1, foot), (x - size * 0.06, foot - size), (x + size * 0.06, foot - size)], TRUNK)
    for dx, dy, share, tone in ((-0.35, -1.2, 0.5, LEAF_DARK), (0.35, -1.25, 0.5, LEAF_DARK), (0, -1.5, 0.62, LEAF)):
        c.blob(x + dx * size, foot + dy * size, size * share, tone, rough=0.1)
