"""Negotiations: briefs, gives and gets, offers with their check, mandates, price rounds."""
