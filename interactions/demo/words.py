"""What the demo's people wrote down about their contacts. Everything is invented."""

from __future__ import annotations

SUMMARIES: dict[str, tuple[str, ...]] = {
    "call": (
        "Order for next week and the open credit note",
        "Promotion volumes of week {week}",
        "Short call on the late delivery to the depot",
        "Price list questions before the range review",
        "Which stores get the second placement",
        "Forecast for the holiday season",
        "Feedback on the new packaging",
        "Called to hear how the launch runs",
    ),
    "visit": (
        "Store walk with the category manager",
        "Shelf check and talk with the store manager",
        "Visit at their head office: spring range",
        "Morning at the depot: pallets and slots",
        "Two stores in one afternoon, placement of the new line",
        "Talk on out-of-stocks on the spot",
    ),
    "meeting": (
        "Quarterly review of sales and availability",
        "Range review: our proposal for the category",
        "Annual negotiation, second round",
        "Joint forecast with their supply chain",
        "Campaign plan for the next season",
        "Quality audit: what remains to be done",
        "New category manager introduces herself",
        "Data exchange: order messages and invoices",
    ),
    "email": (
        "Sent the planogram proposal",
        "Sent sell-out figures and our reading of them",
        "Asked for the dates of the range review",
        "Confirmed the prices agreed last week",
        "Answer on the allergen sheets",
        "Sent samples list and tasting dates",
    ),
    "event": (
        "Supplier day at their head office",
        "Trade fair: an hour at our stand",
        "Tasting evening for the buying team",
    ),
    "message": (
        "Quick question on a delivery slot",
        "Photo of the shelf from the store manager",
        "Asked for a call back tomorrow",
        "Wished a good start in the new role",
    ),
    "store_check": (
        "Checked the agreed facings in the store",
        "Checked the promotion: displays up, labels missing",
        "Availability round before the weekend",
    ),
}
FIRST_TALKS = (
    "First talk: who decides what they buy, and when",
    "Showed our range and left samples",
    "Heard who supplies them today and until when",
)
LAST_TALKS = (
    "They order nothing for now and will call",
    "Talk on the last open deliveries",
)
TEXTS = (
    "They were well prepared and had our figures on the table. Wants a proposal in writing.",
    "Went through the open points one by one; two are left on our side.",
    "Friendly, but in a hurry. Decision will be taken by the category committee.",
    "Asked twice about delivery reliability. Logistics should join the next meeting.",
    "Sees room for one more line if rotation holds until the summer.",
    "Compared us with two competitors on service, not on price. That is new.",
    "Store staff like the crates; the labels come off in the cold room.",
    "Wants fewer promotions but deeper ones. Marketing is not convinced yet.",
)
# What they need: kind, text, importance, function of whoever would say so.
NEEDS: tuple[tuple[str, str, int, str], ...] = (
    ("need", "Smaller delivery units for city stores", 4, "logistics"),
    ("need", "One order portal for all our product groups", 3, "operations"),
    ("need", "Allergen and origin data in their own format", 4, "quality"),
    ("need", "Sales staff who help to set up displays in the first week", 3, "operations"),
    ("need", "A longer shelf life at delivery: at least two thirds", 5, "merchandising"),
    ("need", "Shopper insights for the category, not only our brands", 3, "merchandising"),
    ("need", "Own label for oat drinks from one supplier", 5, "merchandising"),
    ("challenge", "Too many out-of-stocks on Saturdays", 5, "operations"),
    ("challenge", "Waste in fresh bakery is above four percent", 4, "operations"),
    ("challenge", "Their depot is full from October to December", 3, "logistics"),
    ("challenge", "Invoices do not match their goods receipts", 3, "finance"),
    ("challenge", "Young shoppers leave the category", 3, "marketing"),
    ("goal", "Ten percent more category margin within two years", 5, "management"),
    ("goal", "Plastic-free trays for all fresh products", 4, "quality"),
    ("goal", "Double online pick-up within a year", 3, "marketing"),
    ("goal", "Five instead of eight suppliers in the category", 4, "merchandising"),
)
NOTES: dict[str, tuple[str, ...]] = {
    "concern": (
        "Third late delivery this month",
        "Pallets arrive with broken film",
        "Nobody answers the service number after four",
        "Two invoices were wrong again",
        "Labels fall off in the cold room",
    ),
    "market": (
        "They expect the category to grow by three percent next year",
        "Opens four small stores before summer",
        "Their own label gets a new brand family in spring",
        "Shoppers trade down to smaller packs",
    ),
    "competitor": (
        "A competitor offers a fourth brand free of listing fees",
        "The local dairy was there last week with a full range",
        "The market leader has lost a chiller to own label",
        "Competitor's promotion starts one week before ours",
    ),
    "price": (
        "Competitor's crackers at 1.79 on the shelf, 1.49 in promotion",
        "Own label porridge ten cents below ours",
        "Berries of a competitor at 2.99, two for 5",
    ),
    "agreement": (
        "Second placement in twelve stores from the first of the month",
        "Deliveries on Tuesday and Thursday before ten",
        "Joint forecast every first Monday",
        "Test of the new crate in three stores",
    ),
    "promise": (
        "We send the shelf layout by Friday",
        "They send sell-out by store every Monday",
        "We bring samples to the next meeting",
    ),
}
CONFIDENTIAL = (
    "Between us: the buyer is talking to another chain",
    "Talk on the reorganisation of their buying team",
    "They may sell the convenience stores; not public yet",
)
ANSWERS = (
    "Offered with the next range review; they think about it.",
    "Not possible before the new line runs; told them so.",
    "Our logistics and theirs look at it together.",
)
CLOSED = (
    "Solved with the new delivery calendar.",
    "No longer on their agenda after the change of the buyer.",
)
