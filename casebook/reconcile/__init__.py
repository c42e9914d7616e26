"""What papers print, worked out again: formulas, workings, and the case of each printed figure."""
