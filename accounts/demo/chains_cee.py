"""The demo's customers in Germany, Poland, Hungary and Romania. Every name is invented."""

from accounts.demo.blueprint import Banner, Chain, single
from accounts.demo.records import Channel

C = Channel

CHAINS = (
    Chain(
        "DE01",
        "Steinfurche Handelsgruppe",
        "DE",
        10_700,
        0.055,
        (
            Banner(
                "Steinfurche",
                C.DISCOUNT,
                "dc Hamburg, dc Nürnberg, Köln, Leipzig",
                3.2,
                company="Steinfurche Discount SE & Co. KG",
            ),
            Banner("Kamienna Miedza", C.DISCOUNT, "dc Stryków, Poznań", 1.5, "PL"),
            Banner("Kőbarázda", C.DISCOUNT, "dc Gödöllő, Debrecen", 0.9, "HU"),
            Banner("Brazda de Piatră", C.DISCOUNT, "dc Turda, Arad", 1.1, "RO"),
        ),
        0.92,
    ),
    Chain(
        "DE02",
        "Hanseblick Handelsgesellschaft",
        "DE",
        900,
        0.015,
        (
            Banner("Hanseblick Markt", C.SUPERMARKET, "Hamburg, Lübeck", 2.0),
            Banner("Hanseblick Kontor", C.CASH_AND_CARRY, "", 0.6),
        ),
    ),
    single(
        "DE03",
        "Einkaufsgenossenschaft Selbständiger Feinkost- und Lebensmittelkaufleute "
        "Nordwestdeutschlands",
        "DE",
        0,
        0.0,
        C.SUPERMARKET,
        company="Einkaufsgenossenschaft Selbständiger Feinkost- und Lebensmittelkaufleute "
        "Nordwestdeutschlands eG",
    ),
    Chain(
        "PL01",
        "Jarzębinowa Grupa Handlowa",
        "PL",
        1_710,
        0.090,
        (
            Banner("Jarzębinka", C.SUPERMARKET, "dc Radom, Kraków, Gdańsk", 2.2),
            Banner("Jarzębinka Express", C.CONVENIENCE, "Warszawa", 0.8),
        ),
        0.98,
    ),
    single("PL02", "Srebrny Kłosek", "PL", 500, 0.035, C.DISCOUNT, "dc Leszno", price=0.96),
    single("PL03", "Hurtownia Bursztynowy Targ", "PL", 150, 0.0, C.CASH_AND_CARRY),
    Chain(
        "HU01",
        "Napraforgó Élelmiszerlánc",
        "HU",
        970,
        0.025,
        (
            Banner("Napraforgó Áruház", C.HYPERMARKET, "Budapest, Győr", 2.0),
            Banner("Napraforgó Sarok", C.CONVENIENCE, "Szeged", 0.6),
        ),
    ),
    single("HU02", "Tiszakanyar Nagykereskedés", "HU", 210, -0.040, C.DISTRIBUTOR),
    Chain(
        "RO01",
        "Lunca Verde Retail",
        "RO",
        6_300,
        0.060,
        (
            Banner(
                "Lunca Verde Hipermarket",
                C.HYPERMARKET,
                "dc Otopeni, București, Cluj-Napoca, Timișoara, Iași",
                3.0,
                company="Lunca Verde Hipermarket S.A.",
            ),
            Banner("Lunca Verde Aproape", C.CONVENIENCE, "București, Constanța", 1.0),
        ),
        0.96,
    ),
    Chain(
        "RO02",
        "Grădina Bunicii Retail",
        "RO",
        4_350,
        0.070,
        (
            Banner(
                "Grădina Bunicii",
                C.SUPERMARKET,
                "dc Chitila, Brașov, Bacău",
                2.6,
                company="Grădina Bunicii Retail S.A.",
            ),
            Banner("Cămara Bunicii", C.CONVENIENCE, "București", 0.8),
        ),
        0.97,
    ),
    Chain(
        "RO03",
        "Piscul Cerbului",
        "RO",
        2_800,
        0.0,
        (
            Banner(
                "Piscul Cerbului Cash & Carry",
                C.CASH_AND_CARRY,
                "București, Târgu Mureș, Suceava",
                2.0,
                company="Piscul Cerbului Cash & Carry S.A.",
            ),
            Banner("Piscul Cerbului HoReCa", C.OTHER, "dc Ploiești", 0.7),
        ),
        0.96,
    ),
    single("RO04", "Stejarul Bătrân Market", "RO", 760, 0.040, C.SUPERMARKET, "Sibiu"),
    single("RO05", "Colțul Străzii Noastre", "RO", 420, 0.080, C.CONVENIENCE, "Târgoviște"),
    single(
        "RO06",
        "Dunărea de Sus Distribuție",
        "RO",
        600,
        -0.020,
        C.DISTRIBUTOR,
        "Brăila",
        company="Dunărea de Sus Distribuție S.R.L.",
    ),
    single("RO07", "Coșul cu Mărar Online", "RO", 170, 0.320, C.ONLINE, price=1.03),
    single("RO08", "Băcănia Fraților Ștețcu", "RO", 90, -0.010, C.TRADITIONAL, price=1.06),
    single("RO09", "Ulița cu Cireși", "RO", 120, 0.020, C.TRADITIONAL, price=1.05),
    single(
        "RO10",
        "Cooperativa de Consum și Aprovizionare a Comercianților Independenți din Argeș, "
        "Dâmbovița și Teleorman",
        "RO",
        190,
        -0.060,
        C.TRADITIONAL,
        company="Cooperativa de Consum și Aprovizionare a Comercianților Independenți din Argeș, "
        "Dâmbovița și Teleorman Soc. Coop.",
        price=1.04,
    ),
    single("RO11", "Șapte Izvoare Hoteluri și Restaurante", "RO", 0, 0.0, C.OTHER),
)
