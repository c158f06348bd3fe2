"""What happened to the demo's customers, told by the demo's own years (1 to 4)."""

from dataclasses import dataclass

from accounts.demo.calendar import Story
from accounts.demo.records import Status


@dataclass(frozen=True, slots=True)
class Purchase:
    """Chain `bought` becomes part of chain `buyer`."""

    bought: str
    buyer: str
    on: Story


@dataclass(frozen=True, slots=True)
class BannerMerger:
    """The legal entity of one banner moves under another banner of the same chain."""

    chain: str
    closed: str
    kept: str
    on: Story


@dataclass(frozen=True, slots=True)
class Ending:
    """Sales stop; with `taken_back` that share of the last months comes back as returns."""

    on: Story
    status: Status
    taken_back: float = 0.0
    fades: bool = False


@dataclass(frozen=True, slots=True)
class Lapse:
    """The chain stops buying a category."""

    chain: str
    category: str
    on: Story


PURCHASES = (Purchase("RO02", "DE01", Story(2, 9, 17)),)

BANNER_MERGERS = (BannerMerger("CN02", "榕家生鲜", "青榕超市", Story(3, 4, 1)),)

STARTS = {
    "CN08": Story(1, 6),
    "SE03": Story(1, 9),
    "RO07": Story(2, 3),
    "VN06": Story(2, 6),
    "PL03": Story(2, 8),
}

ENDINGS = {
    "CN10": Ending(Story(3, 8), Status.CLOSED, fades=True),
    "FI12": Ending(Story(2, 8), Status.DORMANT),
    "EE03": Ending(Story(2, 11), Status.DORMANT),
    "VN08": Ending(Story(3, 3), Status.DORMANT),
    "PL03": Ending(Story(3, 1), Status.DORMANT, taken_back=0.55),
    "CN09": Ending(Story(4, 1), Status.CLOSED, taken_back=0.5),
}

LAPSES = (
    Lapse("FI03", "FIS", Story(3, 2)),
    Lapse("RO01", "BER", Story(2, 11)),
    Lapse("CN02", "SNK", Story(3, 6)),
    Lapse("SE01", "PRL", Story(3, 3)),
    Lapse("HU01", "RDY", Story(2, 5)),
    Lapse("SG01", "FIS", Story(4, 1)),
)
