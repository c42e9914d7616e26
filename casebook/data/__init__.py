"""What goes in: the catalogue of tables, the checks made from it, and the tables themselves."""
