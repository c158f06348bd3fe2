"""Loss scenarios: defaults from the data, facts of the books, results, who may compare what."""
