"""Login by the municipality's own directory (OpenID Connect), built on django-allauth's provider."""
