"""Negotiations as pages, API and plans read them: the check of an offer, the ledger, rounds."""
