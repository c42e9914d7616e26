"""What an analyst is helped with at the command line: describing a table, a new report, comparing two packs."""
