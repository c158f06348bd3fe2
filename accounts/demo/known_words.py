"""What the demo's people have written down about their customers. Everything is invented."""

from __future__ import annotations

ORIGIN = {
    "FI": "Founded by shopkeepers; decisions are slow until everybody agrees, then they hold.",
    "SE": "A family firm that its members still vote on; consensus before speed.",
    "EE": "Grew out of a village cooperative in the nineties; young managers, short ways.",
    "DE": "A buying group of independent merchants; contracts are read to the last line.",
    "PL": "Started as a market stall wholesaler; the founder still signs every new supplier.",
    "HU": "Franchise of local merchants; the head office proposes, the merchants choose.",
    "RO": "Built by a regional wholesaler, later backed by a fund that wants growth.",
    "CN": "From one fresh-food market to a city chain in ten years; trust comes before contract.",
    "VN": "A household name of its city; family members lead buying and finance.",
    "SG": "An importer that became a retailer; English contracts, family ownership.",
}
STATEMENTS = {
    "deciding": (
        "The category committee meets every second Thursday; operations may object for two weeks.",
        "New items need a test in five stores for eight weeks before they are listed.",
        "The commercial director decides alone above 100,000 a year; below that the buyer does.",
        "Quality has a veto: without their audit no supplier is approved.",
    ),
    "negotiating": (
        "Opens with a price demand in October and comes back to volume in December.",
        "Always brings figures of two competitors; expects ours for the whole category.",
        "Keeps to what was shaken on, and remembers what was not.",
        "Sends a junior first and the decision maker in the last round.",
    ),
    "corporate": (
        "Wants to double the number of small stores within three years.",
        "Cuts suppliers per category from five to three.",
        "Invests in its own online delivery; stores are to become pick-up points.",
    ),
    "category": (
        "Plant-based drinks are to have a quarter more shelf space next year.",
        "Own label is to reach 30 percent of frozen food.",
        "Berries are a destination category: wide range, weekly promotions.",
    ),
    "operations": (
        "Orders by noon, delivery next morning; below 97 percent on time in full costs a penalty.",
        "Measures shelf availability by store every Monday; suppliers below 95 percent are called.",
        "All orders go through their portal; invoices only as electronic files.",
    ),
    "responsibility": (
        "No plastic trays for fresh products from next year.",
        "Asks suppliers for emission figures per product; ours are missing for fish.",
        "Food waste per store is part of every manager's bonus.",
    ),
}
EVIDENCE = (
    "Said by their commercial director in the autumn review.",
    "Their annual report, page on suppliers.",
    "Supplier day presentation.",
    "Letter to all suppliers.",
    "Seen in three stores last month.",
)
CONFIDENTIAL = (
    "Their buyer expects to change jobs after the range review; keep close to the deputy.",
    "They would rather lose us in snacks than in dairy: use it only inside the team.",
    "The owner is said to look for a buyer of the online business.",
)
COMPETITORS = (
    # name, country, categories, countries where it sells
    ("Havrefjord Mat", "SE", ("OAT", "BAK"), ("FI", "SE", "EE", "DE", "PL")),
    ("Ostmärgel Feinkost", "DE", ("DAI", "FIS"), ("DE", "PL", "HU", "FI")),
    ("Biały Gaj Mleczarnie", "PL", ("DAI", "PRL"), ("PL", "HU", "RO", "DE")),
    ("Pakkaskorpi Marjat", "FI", ("BER", "SNK"), ("FI", "SE", "EE")),
    ("Câmp Verde Alimente", "RO", ("RDY", "BAK"), ("RO", "HU")),
    ("Tihlavik Seafood", "EE", ("FIS", "RDY"), ("FI", "EE", "SE", "CN", "SG")),
    ("禾岸食品", "CN", ("OAT", "SNK"), ("CN", "SG")),
    ("Lúa Vàng Miền Nam", "VN", ("OAT", "DAI", "SNK"), ("VN", "SG")),
    ("Straits Larder", "SG", ("BER", "DAI"), ("SG", "VN", "CN")),
)
SHARE_SOURCES = (
    "Their buyer, autumn review",
    "Counted facings in six stores",
    "Scanner data of the chain",
    "Our own guess from their tenders",
)
SEEN_WHERE = ("Shelf, main store", "Weekly leaflet", "Offer shown by the buyer", "Online shop")
TERMS = (
    "3 percent rebate above 100,000 a year",
    "60 days net, no bonus",
    "Free first order for new stores",
    "Joint leaflet twice a year, half paid by them",
)
MOVES = (
    ("launch", "Launched a barista line at a tenth below our price."),
    ("listing", "Won two shelf metres in all large stores."),
    ("delisting", "Lost its fish range after late deliveries in spring."),
    ("price", "Raised prices by four percent from the first of the quarter."),
    ("promotion", "Three for two in every second leaflet since summer."),
    ("people", "A new key account manager, before that with a large dairy."),
)
MARKET_MOVE = (
    ("entered", "Opened a sales office and hired four people from the trade."),
    ("other", "Its owners are said to look for a buyer."),
)
MARKET_SOURCES = ("Food trade association, yearbook", "National statistics office", "Trade press")
TRENDS = {
    "OAT": "Barista drinks grow, sweetened ones shrink; unsweetened is asked for.",
    "DAI": "Lactose-free is the normal choice of young households.",
    "BER": "Frozen berries are bought for smoothies all year round.",
    "RDY": "Smaller portions and shorter lists of ingredients sell better.",
}
PROGRAMME = {
    # code: what exactly, cost and saving and worth per thousand of our revenue, ratings, evidence
    "volume-discount": ("2 percent on everything above the yearly volume", 14, 0, 14, (0, 1)),
    "rebate": ("1.5 percent, paid in January", 11, 0, 11, (1, 2)),
    "private-label": ("Bread and butter under their own name", 9, 2, 22, (3, 5)),
    "own-units": ("Half pallets that go to the shelf as they are", 4, 1, 9, (3, 4)),
    "integrated-delivery": ("Into their depot's time slots, mixed pallets", 6, 3, 8, (2, 4)),
    "information": ("Weekly sell-out report by store", 1, 0, 3, (1, 2)),
    "one-contact": ("One desk for orders, claims and invoices", 2, 1, 2, (0, 2)),
    "reorder-points": ("We watch their stock and send what is missing", 3, 2, 9, (4, 5)),
    "joint-teams": ("Quarterly team for the cold chain", 2, 1, 4, (2, 4)),
    "service-levels": ("98 percent on time in full, with a penalty", 3, 0, 5, (1, 3)),
    "priority-ordering": ("First served in the berry season", 0, 0, 6, (2, 3)),
}
SWITCHING_EVIDENCE = (
    "Their packing line is set for it; a change would take about a year.",
    "Their depot manager says that two others could do the same.",
    "They asked for it in the last tender: nobody else offered it.",
    "Their system orders from ours; moving it costs them a project.",
)
WORTH_EVIDENCE = (
    "Counted together with their logistics in spring.",
    "Our estimate from their cost of handling.",
    "Said by their controller in the yearly review.",
)
