"""Writes of credit: applications, limits, checks, holds, scores."""
