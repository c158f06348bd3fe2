"""Plans and business reviews as papers: for whoever may read them, and for the customer."""
