"""Pure functions: numbers in, numbers out, each with its formula and source. No files, no charts."""
