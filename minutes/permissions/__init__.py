"""Who may do what with a record: each function gives the reason why not, or None."""
