"""The pack of reports as data: what it lists, what it holds, what is stale in it, what changed, and its log."""
