"""People at accounts: lists, the stakeholder map, coverage, the relationship matrix."""
