"""The set-up of a municipality and the texts of its pages."""
