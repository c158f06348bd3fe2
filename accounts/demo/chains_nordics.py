"""The demo's customers in Finland, Sweden and Estonia. Every name is invented."""

from accounts.demo.blueprint import Banner, Chain, single
from accounts.demo.records import Channel

C = Channel

CHAINS = (
    Chain(
        "FI01",
        "Kuusipelto-yhtymä",
        "FI",
        24_900,
        0.030,
        (
            Banner("Kuusimarket", C.HYPERMARKET, "dc Vantaa, Espoo, Tampere, Oulu, Turku", 4.2),
            Banner(
                "Pelto-Valinta",
                C.SUPERMARKET,
                "dc Kempele, Porvoo, Jyväskylä, Seinäjoki",
                3.0,
            ),
            Banner("Tienposki", C.CONVENIENCE, "dc Kerava, Rovaniemi", 0.9),
            Banner("Kuusiovi", C.ONLINE, "dc Espoo", 0.6),
            Banner("Granängen", C.SUPERMARKET, "dc Västerås, Stockholm, Göteborg", 1.6, "SE"),
            Banner("Kuusevälja", C.SUPERMARKET, "dc Tallinn, Tartu", 0.9, "EE"),
        ),
        0.95,
    ),
    Chain(
        "FI02",
        "Halkopino-ryhmä",
        "FI",
        11_400,
        0.046,
        (
            Banner("Halkopino", C.DISCOUNT, "dc Lahti, Helsinki, Oulu, Joensuu", 3.4),
            Banner("Halkotukku", C.CASH_AND_CARRY, "Vantaa, Kuopio", 1.4),
        ),
        0.94,
    ),
    Chain(
        "FI03",
        "Vaskiharjun Osuuskauppa",
        "FI",
        4_700,
        0.010,
        (
            Banner("Vaskikulma", C.SUPERMARKET, "Tampere, Jyväskylä", 2.0),
            Banner("Vaskivalinta", C.CONVENIENCE, "Iisalmi", 0.8),
        ),
        0.98,
    ),
    Chain(
        "FI04",
        "Tuulenpesän Tukku",
        "FI",
        1_870,
        0.020,
        (
            Banner("Tuulenpesä Noutotukku", C.CASH_AND_CARRY, "Helsinki, Lahti", 1.6),
            Banner("Tuulenpesä Suurkeittiöt", C.OTHER, "dc Vantaa", 1.0),
        ),
        0.97,
    ),
    single("FI05", "Lähikeidas", "FI", 810, 0.045, C.CONVENIENCE, "Helsinki, Turku"),
    single("FI06", "Eväskorpi Verkkokauppa", "FI", 390, 0.210, C.ONLINE, "dc Kerava", price=1.02),
    single(
        "FI07",
        "Pöytäsaaren Ravintolapalvelut",
        "FI",
        550,
        -0.015,
        C.OTHER,
        company="Pöytäsaaren Ravintolapalvelut Oy",
    ),
    single(
        "FI08",
        "Saaristomeren ja Pohjanlahden Itsenäisten Päivittäistavarakauppiaiden Hankintaosuuskunta",
        "FI",
        310,
        -0.030,
        C.TRADITIONAL,
        "Parainen",
        company="Saaristomeren ja Pohjanlahden Itsenäisten Päivittäistavarakauppiaiden "
        "Hankintaosuuskunta osk",
        price=1.05,
    ),
    single("FI09", "Kotikaarre", "FI", 450, -0.110, C.SUPERMARKET, "Kuopio"),
    single("FI10", "Lapin Muonamatka", "FI", 250, 0.060, C.DISTRIBUTOR, "Kittilä"),
    single("FI11", "Nuoliportti Liikenneasemat", "FI", 0, 0.0, C.CONVENIENCE),
    single("FI12", "Vanhan Rantatorin Kauppahallit", "FI", 100, -0.05, C.TRADITIONAL, price=1.06),
    Chain(
        "SE01",
        "Granåkra Handel",
        "SE",
        3_850,
        0.030,
        (
            Banner("Granåkra", C.SUPERMARKET, "dc Örebro, Uppsala, Linköping", 2.4),
            Banner("Åkerlådan", C.DISCOUNT, "Malmö", 1.0),
        ),
        0.97,
    ),
    single("SE02", "Skärgårdslivs i Roslagen", "SE", 350, 0.015, C.DISTRIBUTOR),
    single("SE03", "Lingonlådan", "SE", 280, 0.160, C.ONLINE, "dc Västerås", price=1.02),
    single("SE04", "Norrskensköket Storhushåll", "SE", 0, 0.0, C.OTHER),
    Chain(
        "EE01",
        "Rukkilille Kaubandus",
        "EE",
        910,
        0.050,
        (
            Banner("Rukkilille", C.SUPERMARKET, "Tallinn, Pärnu", 2.0),
            Banner("Rukkinurk", C.CONVENIENCE, "Võru", 0.7),
        ),
    ),
    single("EE02", "Põhjakalda Hulgi", "EE", 220, 0.025, C.DISTRIBUTOR),
    single("EE03", "Kadakamäe Toidupood", "EE", 110, -0.020, C.TRADITIONAL),
)
