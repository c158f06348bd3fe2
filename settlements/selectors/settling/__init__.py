"""Questions to settlement statements: what they would come to, where they stand, what waits."""
