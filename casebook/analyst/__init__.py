"""What an analyst is helped with at the command line: describing a table, and comparing two packs."""
