"""Tables: xlsx workbooks and csv files."""
