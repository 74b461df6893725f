"""Where the place of each record is: parsed, looked up in reference tables, and never pretended."""
