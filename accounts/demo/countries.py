"""The demo's countries: currency, cities by region, taste, and how places are named there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """`company`, `store`, `depot` are name patterns; `taste` weighs the categories."""

    currency: str
    company: str
    store: str
    depot: str
    regions: dict[str, str]
    taste: dict[str, float]
    price_level: float
    lunar: bool = False


def _taste(*weights: float) -> dict[str, float]:
    codes = ("DAI", "BAK", "BER", "OAT", "FIS", "RDY", "SNK", "PRL")
    return dict(zip(codes, weights, strict=True))


def _regions(*lines: str) -> dict[str, str]:
    """Turn lines of `Region: City, City` into city → region."""
    pairs = (line.split(": ") for line in lines)
    return {city: region for region, cities in pairs for city in cities.split(", ")}


COUNTRIES = {
    "FI": Country(
        "EUR",
        "{} Oy",
        "{} {}",
        "{} keskusvarasto {}",
        _regions(
            "Uusimaa: Helsinki, Espoo, Vantaa, Porvoo, Kerava",
            "Varsinais-Suomi: Turku, Salo, Naantali, Parainen",
            "Pirkanmaa: Tampere, Nokia",
            "Pohjois-Pohjanmaa: Oulu, Kempele",
            "Pohjois-Savo: Kuopio, Iisalmi",
            "Keski-Suomi: Jyväskylä",
            "Päijät-Häme: Lahti",
            "Etelä-Pohjanmaa: Seinäjoki",
            "Lappi: Rovaniemi, Kittilä",
            "Pohjois-Karjala: Joensuu",
        ),
        _taste(25, 18, 9, 11, 12, 13, 8, 4),
        1.0,
    ),
    "SE": Country(
        "SEK",
        "{} AB",
        "{} {}",
        "{} centrallager {}",
        _regions(
            "Svealand: Stockholm, Uppsala, Västerås, Örebro",
            "Götaland: Göteborg, Malmö, Jönköping, Linköping",
            "Norrland: Umeå, Luleå, Sundsvall",
        ),
        _taste(10, 14, 16, 24, 12, 8, 12, 4),
        1.02,
    ),
    "EE": Country(
        "EUR",
        "{} OÜ",
        "{} {}",
        "{} keskladu {}",
        _regions(
            "Põhja-Eesti: Tallinn, Rakvere",
            "Lõuna-Eesti: Tartu, Võru",
            "Lääne-Eesti: Pärnu, Haapsalu",
        ),
        _taste(20, 16, 8, 10, 16, 16, 10, 4),
        0.96,
    ),
    "DE": Country(
        "EUR",
        "{} GmbH",
        "{} {}",
        "{} Zentrallager {}",
        _regions(
            "Nord: Hamburg, Bremen, Lübeck, Kiel",
            "West: Köln, Dortmund, Münster",
            "Süd: München, Nürnberg, Würzburg",
            "Ost: Leipzig, Magdeburg",
        ),
        _taste(8, 12, 20, 22, 12, 6, 10, 10),
        0.94,
    ),
    "PL": Country(
        "PLN",
        "{} Sp. z o.o.",
        "{} {}",
        "{} centrum dystrybucyjne {}",
        _regions(
            "Mazowsze: Warszawa, Radom",
            "Wielkopolska: Poznań, Leszno",
            "Małopolska: Kraków, Tarnów",
            "Pomorze: Gdańsk, Gdynia",
            "Dolny Śląsk: Wrocław",
            "Łódzkie: Łódź, Stryków",
        ),
        _taste(12, 10, 12, 16, 22, 8, 12, 8),
        0.9,
    ),
    "HU": Country(
        "HUF",
        "{} Kft.",
        "{} {}",
        "{} elosztóközpont {}",
        _regions(
            "Közép-Magyarország: Budapest, Gödöllő",
            "Alföld: Szeged, Debrecen, Kecskemét",
            "Dunántúl: Győr, Pécs",
        ),
        _taste(10, 12, 10, 14, 22, 10, 14, 8),
        0.9,
    ),
    "RO": Country(
        "RON",
        "{} S.R.L.",
        "{} {}",
        "Depozit central {} {}",
        _regions(
            "București-Ilfov: București, Otopeni, Chitila",
            "Muntenia: Ploiești, Pitești, Târgoviște, Brăila",
            "Oltenia: Craiova",
            "Transilvania: Cluj-Napoca, Brașov, Sibiu, Târgu Mureș, Turda",
            "Moldova: Iași, Bacău, Suceava, Galați",
            "Banat: Timișoara, Arad",
            "Crișana: Oradea",
            "Dobrogea: Constanța",
        ),
        _taste(14, 12, 8, 14, 24, 8, 14, 6),
        0.9,
    ),
    "CN": Country(
        "CNY",
        "{}商业有限公司",
        "{}{}店",
        "{}{}配送中心",
        _regions(
            "华东: 上海, 杭州, 苏州, 南京, 宁波, 济南",
            "华南: 广州, 深圳, 佛山, 厦门",
            "华北: 北京, 天津, 石家庄",
            "华中: 武汉, 长沙, 郑州",
            "西南: 成都, 重庆, 昆明",
        ),
        _taste(24, 6, 16, 28, 12, 2, 12, 0),
        1.12,
        lunar=True,
    ),
    "VN": Country(
        "VND",
        "Công ty TNHH {}",
        "{} {}",
        "Trung tâm phân phối {} {}",
        _regions(
            "Miền Bắc: Hà Nội, Hải Phòng, Bắc Ninh",
            "Miền Trung: Đà Nẵng, Huế, Nha Trang, Hội An",
            "Miền Nam: Thành phố Hồ Chí Minh, Bình Dương, Cần Thơ, Biên Hòa",
        ),
        _taste(30, 8, 12, 20, 14, 2, 14, 0),
        1.08,
        lunar=True,
    ),
    "SG": Country(
        "SGD",
        "{} Pte. Ltd.",
        "{} {}",
        "{} Distribution Centre {}",
        _regions("Central: Orchard, Novena", "East: Tampines, Changi", "West: Jurong, Clementi"),
        _taste(22, 8, 14, 24, 16, 4, 12, 0),
        1.14,
        lunar=True,
    ),
}
