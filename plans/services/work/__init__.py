"""Writes of the work of a plan: objectives, initiatives, actions, targets of measures."""
