"""The questions that customers are asked, one for each topic, and the scale of their answers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from interactions.choices import VoiceTopic

QUESTIONS = {
    VoiceTopic.OVERALL: _("How satisfied are you with working with us, all in all?"),
    VoiceTopic.PRODUCTS: _("How satisfied are you with our products and their quality?"),
    VoiceTopic.DELIVERY: _("How satisfied are you with our deliveries: complete and on time?"),
    VoiceTopic.SERVICE: _("How satisfied are you with our customer service?"),
    VoiceTopic.COMMUNICATION: _("How well do we listen, inform and answer?"),
    VoiceTopic.INVOICING: _("How satisfied are you with our invoices and credit notes?"),
    VoiceTopic.TERMS: _("How satisfied are you with our prices and terms?"),
    VoiceTopic.INNOVATION: _("How satisfied are you with the new ideas that we bring?"),
}
SCALE = [
    (1, _("1, very dissatisfied")),
    (2, _("2, dissatisfied")),
    (3, _("3, neither")),
    (4, _("4, satisfied")),
    (5, _("5, very satisfied")),
]
