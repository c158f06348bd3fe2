"""Promises, the account's team, requests to it, handovers."""
