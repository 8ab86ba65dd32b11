"""Files of past events, read row by row: no database, no store, only rows."""
