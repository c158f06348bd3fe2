"""Pages of imports: one step a page, each works without scripts."""
