"""Pages of a plan's way: its acts, comments, snapshots and what differs between two."""
