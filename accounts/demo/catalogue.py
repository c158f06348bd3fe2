"""What the demo company sells: categories, products, prices in euro, seasons."""

from decimal import Decimal

from accounts.demo.records import Category, Product

EUROPE = ("FI", "SE", "EE", "DE", "PL", "HU", "RO")
ASIA = ("CN", "VN", "SG")

CATEGORIES = (
    Category("DAI", "Dairy"),
    Category("BAK", "Bakery"),
    Category("BER", "Frozen berries"),
    Category("OAT", "Oat drinks"),
    Category("FIS", "Fish"),
    Category("RDY", "Ready meals"),
    Category("SNK", "Snacks"),
    Category("PRL", "Private label"),
)


def _product(
    code: str, name: str, unit: str, price: str, cost: str, markets: tuple[str, ...] = ()
) -> Product:
    return Product(code, name, code[:3], unit, Decimal(price), Decimal(cost), markets)


PRODUCTS = (
    _product("DAI-101", "Butter, salted, 500 g × 20", "carton", "74.00", "52.40"),
    _product("DAI-102", "Butter, unsalted block, 10 kg", "carton", "68.50", "49.10"),
    _product("DAI-103", "Meadow cheese, 350 g × 12", "carton", "38.40", "24.90"),
    _product("DAI-104", "Cream cheese with dill, 200 g × 10", "carton", "17.90", "10.80", EUROPE),
    _product("DAI-105", "Skyr, plain, 450 g × 8", "tray", "12.80", "7.95", EUROPE),
    _product("DAI-106", "UHT whipping cream 35 %, 1 L × 12", "carton", "44.50", "30.20"),
    _product("DAI-107", "Lactose-free milk, 1 L × 12", "carton", "13.90", "9.75", EUROPE),
    _product("DAI-108", "全脂奶粉 Whole milk powder, 400 g × 24", "carton", "82.00", "55.30", ASIA),
    _product("BAK-201", "Rye crispbread, 250 g × 18", "carton", "23.40", "13.60"),
    _product("BAK-202", "Rye bread, sliced, 500 g × 10", "tray", "17.20", "10.35", EUROPE),
    _product("BAK-203", "Cinnamon buns, frozen, 80 g × 60", "carton", "31.50", "18.20"),
    _product("BAK-204", "Karelian pasties, frozen, 70 g × 48", "carton", "24.90", "15.10", EUROPE),
    _product("BAK-205", "Oat rolls, six-pack × 8", "tray", "13.60", "8.40", EUROPE),
    _product("BAK-206", "Butter biscuits, gift tin, 400 g × 12", "carton", "49.80", "27.90"),
    _product("BER-301", "Wild bilberries, 400 g × 10", "carton", "41.00", "27.60"),
    _product("BER-302", "Lingonberries, 500 g × 10", "carton", "28.50", "18.75"),
    _product("BER-303", "Cloudberries, 200 g × 12", "carton", "96.00", "69.40"),
    _product("BER-304", "Berry mix, 500 g × 10", "carton", "30.20", "19.30"),
    _product("BER-305", "Sea buckthorn, 250 g × 12", "carton", "57.00", "37.80"),
    _product("BER-306", "Bilberries, bulk box, 5 kg", "box", "36.50", "25.90"),
    _product("OAT-401", "Oat drink, original, 1 L × 12", "carton", "15.60", "8.90"),
    _product("OAT-402", "Oat drink, barista, 1 L × 12", "carton", "18.90", "10.20"),
    _product("OAT-403", "Oat drink, chocolate, 250 ml × 24", "carton", "22.80", "13.30"),
    _product("OAT-404", "Oat yoghurt, bilberry, 400 g × 6", "tray", "10.80", "6.60", EUROPE),
    _product("OAT-405", "Oat cream, 250 ml × 15", "carton", "16.20", "9.40", EUROPE),
    _product("OAT-406", "Oat porridge cups, 60 g × 12", "carton", "14.40", "8.10"),
    _product(
        "OAT-407", "燕麦奶 咖啡大师 Oat barista, 1 L × 6", "carton", "9.90", "5.45", ("CN", "SG")
    ),
    _product("OAT-408", "Sữa yến mạch ít đường, 180 ml × 48", "carton", "21.50", "12.60", ("VN",)),
    _product("FIS-501", "Cold-smoked salmon, sliced, 200 g × 10", "carton", "52.00", "38.10"),
    _product("FIS-502", "Gravad salmon with dill, 150 g × 10", "carton", "46.50", "33.70", EUROPE),
    _product("FIS-503", "Herring in mustard sauce, 240 g × 12", "carton", "21.60", "12.90", EUROPE),
    _product("FIS-504", "Rainbow trout fillet, frozen", "kg", "11.90", "8.65"),
    _product("FIS-505", "Fish fingers, 450 g × 12", "carton", "32.40", "21.20", EUROPE),
    _product("FIS-506", "Pollock fillets, frozen, 800 g × 10", "carton", "47.50", "34.20"),
    _product("FIS-507", "Vendace roe, 100 g × 12", "carton", "118.00", "84.50"),
    _product("RDY-601", "Salmon soup, 300 g × 8", "tray", "22.40", "14.10", EUROPE),
    _product("RDY-602", "Macaroni casserole, 400 g × 8", "tray", "15.80", "10.05", EUROPE),
    _product("RDY-603", "Meatballs and mash, 350 g × 8", "tray", "20.60", "13.40", EUROPE),
    _product("RDY-604", "Vegetable lasagne, frozen, 350 g × 10", "carton", "24.30", "14.95"),
    _product("RDY-605", "Pea soup, 520 g × 12", "carton", "19.40", "11.70"),
    _product("SNK-701", "Rye chips, sea salt, 150 g × 16", "carton", "21.90", "12.10"),
    _product("SNK-702", "Oat bars, bilberry, 30 g × 40", "carton", "24.60", "13.40"),
    _product("SNK-703", "Salty liquorice, 150 g × 20", "carton", "27.40", "15.20", EUROPE),
    _product("SNK-704", "Dried berry mix, 80 g × 24", "carton", "39.60", "22.70"),
    _product("SNK-705", "Xylitol pastilles, 38 g × 36", "carton", "30.80", "15.90"),
    _product("SNK-706", "Chocolate lingonberries, 120 g × 20", "carton", "43.00", "25.30"),
    _product("PRL-801", "Private-label rye bread, 500 g × 10", "tray", "13.10", "10.05", EUROPE),
    _product("PRL-802", "Private-label butter, 500 g × 20", "carton", "62.00", "52.10", EUROPE),
    _product(
        "PRL-803", "Private-label fish fingers, 450 g × 12", "carton", "25.40", "20.60", EUROPE
    ),
    _product("PRL-804", "Private-label oat drink, 1 L × 12", "carton", "11.20", "8.70", EUROPE),
    _product("PRL-805", "Private-label berry mix, 500 g × 10", "carton", "24.10", "18.90", EUROPE),
)

# January to December; each row is brought to a mean of one.
_SEASONS = {
    "DAI": (96, 94, 101, 104, 99, 96, 92, 94, 100, 103, 106, 118),
    "BAK": (92, 93, 99, 101, 98, 95, 90, 97, 103, 104, 106, 122),
    "BER": (98, 90, 92, 90, 88, 96, 112, 118, 104, 98, 102, 124),
    "OAT": (94, 93, 97, 101, 108, 115, 118, 112, 101, 95, 92, 90),
    "FIS": (80, 84, 108, 118, 92, 112, 88, 82, 90, 96, 108, 146),
    "RDY": (112, 108, 104, 96, 90, 82, 80, 93, 104, 110, 112, 104),
    "SNK": (86, 86, 94, 97, 102, 110, 112, 102, 95, 98, 106, 124),
    "PRL": (99, 97, 100, 101, 100, 100, 99, 99, 101, 101, 101, 103),
}
# Where the lunar new year empties February and fills the weeks before it.
_LUNAR = (142, 66, 84, 92, 96, 98, 94, 100, 118, 96, 104, 112)


def _to_mean_one(row: tuple[int, ...]) -> tuple[float, ...]:
    mean = sum(row) / len(row)
    return tuple(value / mean for value in row)


SEASONS = {code: _to_mean_one(row) for code, row in _SEASONS.items()}
LUNAR_SEASON = _to_mean_one(_LUNAR)
