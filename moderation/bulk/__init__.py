"""One deed for many cases, tried beforehand and done in the background."""
