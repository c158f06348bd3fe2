"""Words of other systems for functions and decision roles of people."""

from __future__ import annotations

import re

from accounts.choices import DecisionRole, Function

# The first whose word stands in the text: titles name the function somewhere.
_FUNCTIONS: tuple[tuple[str, str], ...] = (
    ("category manag|merchandis|purchas|buyer|buying|procure|sourcing|assortment|osto|采购|achiz",
     Function.MERCHANDISING),
    ("market|brand|campaign|promotion|markkinoin|市场|tiếp thị", Function.MARKETING),
    ("financ|payable|account|controller|treasur|talous|财务|tài chính|financiar", Function.FINANCE),
    ("logistic|supply|transport|warehouse|shipping|物流|hậu cần", Function.LOGISTICS),
    ("quality|laatu|质量|chất lượng|calitate", Function.QUALITY),
    ("operation|production|facilit|toiminta|运营|vận hành", Function.OPERATIONS),
    (r"\bit\b|information|data|network|systems|database", Function.IT),
    ("store|shop|outlet|myymälä|门店|cửa hàng|magazin", Function.STORE),
    (
        "owner|president|chief|ceo|cfo|director|manager|management|executive|johtaja|总|giám đốc",
        Function.MANAGEMENT,
    ),
)  # fmt: skip
_ROLES = {
    **{value: value for value in DecisionRole.values},
    **{value.replace("_", " "): value for value in DecisionRole.values},
    **dict.fromkeys(("decider", "approver", "signs"), DecisionRole.DECISION_MAKER),
    **dict.fromkeys(("budget holder", "economic", "buyer"), DecisionRole.ECONOMIC_BUYER),
    **dict.fromkeys(("evaluator", "technical"), DecisionRole.TECHNICAL_EVALUATOR),
    **dict.fromkeys(("end user",), DecisionRole.USER),
    **dict.fromkeys(("coach", "champion or coach"), DecisionRole.CHAMPION),
    **dict.fromkeys(("opponent",), DecisionRole.BLOCKER),
}


def function_in(text: str) -> str:
    """Return the function that a title names; empty where it names none."""
    plain = text.casefold()
    if plain.strip() in Function.values:
        return plain.strip()
    return next((name for words, name in _FUNCTIONS if re.search(words, plain)), "")


def function_word(text: str) -> str | None:
    """Return the function, or None for a word that names none."""
    return function_in(text) or None


def role_words(text: str) -> str | None:
    """Return decision roles, separated by commas, or None where one of them is unknown."""
    words = (
        " ".join(word.replace("-", " ").split()) for word in re.split(r"[,;/|]", text.casefold())
    )
    found = [_ROLES.get(word, _ROLES.get(word.replace(" ", "_"), "")) for word in words if word]
    return None if "" in found else ",".join(sorted(set(found)))
