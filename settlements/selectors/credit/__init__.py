"""What is read of credit: exposure, limits, standing, scores."""
