"""The names of jobs, before anything of the platform is imported: where each is, and what it measures."""

JOBS = {
    "map-far": ("maps", "the map's data, the whole town at zoom 11"),
    "map-mid": ("maps", "a part of town at zoom 14"),
    "map-near": ("maps", "some streets at zoom 17"),
    "map-filtered": ("maps", "a part of town at zoom 14, one state and one category"),
    "list": ("pages", "the public list, first page"),
    "search": ("pages", "the public list with a word, frequent and rare ones"),
    "worklist": ("pages", "the work list with three filters: category, unit, state"),
    "case": ("pages", "the page of one case at the desk"),
    "create": ("writing", "a report by the interface, with an address to confirm"),
    "create-photos": ("writing", "the same with three photos"),
    "import": ("writing", "a file of 1,000 reports"),
    "addresses": ("pages", "a keystroke in the address search"),
    "followers": ("background", "a report with 10,000 followers is settled: until the last mail is out"),
    "nightly": ("background", "the jobs of the night, one after the other"),
    "numbers": ("pages", "the page of figures, thirty days"),
    "export": ("background", "all cases as CSV: until the last byte, and what the server grows by"),
}
GROUPS = {"map": ("map-far", "map-mid", "map-near", "map-filtered")}
BEYOND = (*GROUPS["map"], "list")
"""What is measured at sizes above a million where no jobs are named."""
SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1M": 1_000_000, "10M": 10_000_000}
DEFAULT_SIZES = "10k,100k,1M"
COLUMNS = ("job", "size", "queries", "median_ms", "p95_ms", "rps", "bytes", "cpu_ms", "ratio_to_sql")


def jobs(text: str) -> list[str]:
    """The jobs of a list with commas, in the order of JOBS. Raises ValueError naming those that exist."""
    wanted: set[str] = set()
    for name in filter(None, (part.strip() for part in text.split(","))):
        if name not in JOBS and name not in GROUPS:
            raise ValueError(f"There is no job “{name}”. Jobs: {', '.join([*GROUPS, *JOBS])}")
        wanted.update(GROUPS.get(name, (name,)))
    if not wanted:
        raise ValueError(f"No job is named. Jobs: {', '.join([*GROUPS, *JOBS])}")
    return [name for name in JOBS if name in wanted]


def sizes(text: str) -> list[int]:
    """Sizes of a list with commas ("10k,1M" or plain numbers), the smallest first. Raises ValueError."""
    found = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        many = {"k": 1_000, "M": 1_000_000}.get(part[-1:], 1)
        digits = part[:-1] if many > 1 else part
        number = int(digits) * many if digits.isdecimal() else 0
        if not 50 <= number <= 50_000_000:
            raise ValueError(f"“{part}” is no size. Sizes: {', '.join(SIZES)}, or any from 50 to 50M")
        found.add(number)
    if not found:
        raise ValueError(f"No size is named. Sizes: {', '.join(SIZES)}")
    return sorted(found)
