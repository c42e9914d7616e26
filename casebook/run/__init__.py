"""Running reports: parameters, plan, engine, record, rendering and publication."""
