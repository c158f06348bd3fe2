"""Names and words of the demo's people at customers, in the scripts of their countries."""

from __future__ import annotations

from accounts.demo.chance import Dice

_FAMILY: dict[str, tuple[str, ...]] = {
    "FI": ("Mäkelä", "Lehtinen", "Salminen", "Heikkilä", "Kärkkäinen", "Nurmi", "Laaksonen",
           "Öhman", "Peltola", "Hämäläinen", "Rantanen", "Turunen"),
    "SE": ("Lindström", "Åkesson", "Bergqvist", "Öberg", "Hallgren", "Sandberg", "Wallin",
           "Nyström", "Ekdahl", "Holmgren"),
    "EE": ("Tamm", "Kask", "Mägi", "Sepp", "Põder", "Rebane", "Kütt", "Õunapuu"),
    "DE": ("Hoffmann", "Krüger", "Schröder", "Weiß", "Jäger", "Böhm", "Schäfer", "Lindner"),
    "PL": ("Kowalczyk", "Zieliński", "Wójcik", "Dąbrowska", "Król", "Wróbel", "Żak", "Górska"),
    "HU": ("Szabó", "Tóth", "Kovács", "Horváth", "Németh", "Fekete", "Szűcs", "Balogh"),
    "RO": ("Ionescu", "Dumitrașcu", "Stănescu", "Țurcanu", "Bălan", "Popa", "Șerban",
           "Constantinescu", "Niță", "Mureșan"),
    "CN": ("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"),
    "VN": ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ"),
    "SG": ("Tan", "Lim", "Lee", "Ng", "Ong", "Goh", "Chua", "Koh"),
}  # fmt: skip
_GIVEN: dict[str, tuple[str, ...]] = {
    "FI": ("Päivi", "Jukka", "Sari", "Timo", "Anu", "Mikko", "Riikka", "Ville", "Kaisa", "Jarno"),
    "SE": ("Åsa", "Björn", "Malin", "Göran", "Karin", "Jonas", "Ingrid", "Mårten"),
    "EE": ("Kadri", "Märt", "Liis", "Jüri", "Piret", "Tõnu"),
    "DE": ("Jürgen", "Annette", "Stefan", "Käthe", "Uwe", "Birgit"),
    "PL": ("Agnieszka", "Łukasz", "Małgorzata", "Paweł", "Ewa", "Grzegorz"),
    "HU": ("Zoltán", "Erzsébet", "Gábor", "Ágnes", "Péter", "Réka"),
    "RO": ("Mihaela", "Ștefan", "Ioana", "Răzvan", "Cătălina", "Bogdan", "Ileana", "Vlăduț"),
    "CN": ("志强", "晓燕", "国华", "丽娟", "建军", "雪梅", "海涛", "思敏", "文博", "佳怡"),
    "VN": ("Thị Thu Hà", "Văn Hùng", "Minh Tuấn", "Thị Ngọc Bích", "Quốc Đạt", "Thị Hồng Nhung",
           "Đức Thịnh", "Hoài Phương"),
    "SG": ("Wei Ming", "Hui Ling", "Jun Jie", "Siew Lan", "Kok Wai", "Mei Fen"),
}  # fmt: skip
FAMILY_FIRST = frozenset({"CN", "VN", "SG", "HU"})
LANGUAGES = {
    "FI": "fi", "SE": "sv", "EE": "et", "DE": "de", "PL": "pl", "HU": "hu", "RO": "ro",
    "CN": "zh-hans", "VN": "vi", "SG": "en",
}  # fmt: skip

# Function, title, influence, decision roles, and the place in this list of the boss.
ORGANISATION: tuple[tuple[str, str, int, tuple[str, ...], int | None], ...] = (
    ("management", "Commercial director", 5, ("economic_buyer", "sponsor"), None),
    ("merchandising", "Head of buying, fresh food", 5, ("decision_maker",), 0),
    ("merchandising", "Category manager, dairy", 4, ("decision_maker", "influencer"), 1),
    ("merchandising", "Category manager, bakery", 4, ("decision_maker",), 1),
    ("merchandising", "Assistant buyer", 2, ("gatekeeper",), 2),
    ("operations", "Operations director", 4, ("influencer",), 0),
    ("operations", "Shelf planning", 3, ("user",), 5),
    ("logistics", "Supply chain manager", 3, ("technical_evaluator",), 5),
    ("marketing", "Head of marketing", 3, ("influencer",), 0),
    ("marketing", "Campaign planner", 2, ("user",), 8),
    ("quality", "Quality manager", 3, ("technical_evaluator", "gatekeeper"), 0),
    ("finance", "Accounts payable", 2, ("gatekeeper",), 0),
    ("it", "Data exchange", 1, ("technical_evaluator",), 7),
)
EVIDENCE = (
    "Asked for our category study after the range review and used it in their board paper.",
    "Said in the annual talk that two suppliers are enough for this shelf.",
    "Called us first when the competitor could not deliver at midsummer.",
    "Turned down the second placement in spring without looking at the figures.",
    "Invited us to plan the spring campaign together.",
    "Asks for the lowest price before every other question.",
)
NOTES = (
    "Is said to leave within the year. Get to know the successor before that.",
    "Was hurt by the delivery problems of last winter. An apology in person helped.",
    "Decides late and by feeling; bring samples, not slides.",
)
STEPS = (
    ("Sensory test", "Test kitchen at the head office", 10),
    ("Shortlist", "Category team", 2),
    ("Range decision", "Category committee, every second Tuesday", 1),
    ("Prices and terms", "Annual negotiation", 0),
)


def name_of(country: str, dice: Dice, taken: set[str], near: set[str]) -> str:
    """Return a name that nobody has yet, in the order of the country.

    `near` is the given names of the same account, which are not used twice while others are left.
    """
    code = country if country in _FAMILY else "SG"
    for _attempt in range(200):
        family, given = dice.pick(_FAMILY[code]), dice.pick(_GIVEN[code])
        parts = (family, given) if code in FAMILY_FIRST else (given, family)
        name = ("" if code == "CN" else " ").join(parts)
        if name not in taken and (given not in near or len(near) >= len(_GIVEN[code])):
            break
    taken.add(name)
    near.add(given)
    return name
