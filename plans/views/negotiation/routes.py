"""Addresses of negotiations, the ledger, offers, mandates and price rounds."""

from django.urls import path

from plans.views.negotiation import briefs, ledger, mandates, offers, rounds

_ONE = "negotiations/<int:pk>/"
_ROUND = "price-rounds/<int:pk>/"

urlpatterns = [
    path("negotiations/", briefs.negotiation_list, name="negotiation-list"),
    path("negotiations/new/", briefs.negotiation_create, name="negotiation-create"),
    path(_ONE, briefs.negotiation_detail, name="negotiation-detail"),
    path(f"{_ONE}edit/", briefs.negotiation_edit, name="negotiation-edit"),
    path(f"{_ONE}begin/", briefs.negotiation_begin, name="negotiation-begin"),
    path(f"{_ONE}close/", briefs.negotiation_conclude, name="negotiation-conclude"),
    path(f"{_ONE}issues/new/", briefs.issue_edit, name="issue-add"),
    path(f"{_ONE}issues/<int:issue_pk>/", briefs.issue_edit, name="issue-edit"),
    path(f"{_ONE}issues/<int:issue_pk>/remove/", briefs.issue_remove, name="issue-remove"),
    path(f"{_ONE}people/", briefs.decider_add, name="decider-add"),
    path(f"{_ONE}people/<int:decider_pk>/remove/", briefs.decider_remove, name="decider-remove"),
    path("gives-and-gets/", ledger.entry_list, name="entry-list"),
    path("accounts/<int:pk>/gives-and-gets/", ledger.entry_list, name="entry-account"),
    path("gives-and-gets/new/", ledger.entry_create, name="entry-create"),
    path("gives-and-gets/<int:pk>/", ledger.entry_edit, name="entry-edit"),
    path("gives-and-gets/<int:pk>/move/", ledger.entry_move, name="entry-move"),
    path("gives-and-gets/<int:pk>/remove/", ledger.entry_remove, name="entry-remove"),
    path("offers/", offers.offer_list, name="offer-list"),
    path("offers/waiting/", offers.offer_waiting, name="offer-waiting"),
    path("offers/new/", offers.offer_create, name="offer-create"),
    path("offers/check/", offers.offer_check, name="offer-check"),
    path("offers/<int:pk>/", offers.offer_detail, name="offer-detail"),
    path("offers/<int:pk>/decide/", offers.offer_decide, name="offer-decide"),
    path("offers/<int:pk>/withdraw/", offers.offer_withdraw, name="offer-withdraw"),
    path("mandates/", mandates.mandate_list, name="mandate-list"),
    path("mandates/<slug:subject>/", mandates.mandate_edit, name="mandate-edit"),
    path("price-rounds/", rounds.round_list, name="round-list"),
    path("price-rounds/new/", rounds.round_edit, name="round-create"),
    path(_ROUND, rounds.round_detail, name="round-detail"),
    path(f"{_ROUND}edit/", rounds.round_edit, name="round-edit"),
    path(f"{_ROUND}steps/", rounds.step_add, name="round-step-add"),
    path(f"{_ROUND}steps/<int:step_pk>/remove/", rounds.step_remove, name="round-step-remove"),
    path(f"{_ROUND}accounts/", rounds.accounts_add, name="round-accounts-add"),
    path(f"{_ROUND}accounts/<int:entry_pk>/", rounds.round_account, name="round-account"),
    path(
        f"{_ROUND}accounts/<int:entry_pk>/remove/",
        rounds.account_remove,
        name="round-account-remove",
    ),
    path(f"{_ROUND}begin/", rounds.round_begin, name="round-begin"),
    path(f"{_ROUND}finish/", rounds.round_finish, name="round-finish"),
    path(f"{_ROUND}cancel/", rounds.round_cancel, name="round-cancel"),
    path("accounts/<int:pk>/panels/negotiation/", briefs.panel, name="panel-negotiation"),
]
