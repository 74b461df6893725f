"""What leaves the tool: maps, tables, reports."""
