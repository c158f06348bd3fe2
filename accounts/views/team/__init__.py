"""Pages of promises, the account's team, requests to it, handovers."""
