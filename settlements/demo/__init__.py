"""What the demo company is owed: its revenue as invoices, and customers with habits of paying."""
