"""Static files: hashed names, compressed, and ES modules whose relative imports follow the hashed names."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage with Django's rewriting of `import … from "./x.js"` switched on."""

    support_js_module_import_aggregation = True
    manifest_strict = True
