"""The run nobody watches: when it starts, what it keeps, and whom it tells."""
