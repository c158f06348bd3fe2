"""Settlement statements from draft to ledger."""
