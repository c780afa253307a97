"""Sound beginnings of the pages, as Markdown with placeholders, one file per page and language."""
