"""Results a notebook works with: they take tables, call methods and speak English (``casebook.english``)."""
