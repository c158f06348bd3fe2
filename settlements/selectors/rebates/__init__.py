"""What rebates come to: figures in SQL, the board, one rebate."""
