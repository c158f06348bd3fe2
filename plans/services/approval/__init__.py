"""The way of a plan: submitted, approved by another, active, revised, closed or cancelled."""
