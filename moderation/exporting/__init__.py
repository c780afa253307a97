"""The filtered work list as CSV, XLSX or GeoJSON, however long it is. Never with contact data."""
