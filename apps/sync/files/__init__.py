"""Files of a shop's data, read and written: no database, no store, only rows."""
