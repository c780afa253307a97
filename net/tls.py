"""One TLS configuration for every way out."""

import ssl
from functools import lru_cache


@lru_cache(maxsize=1)
def context() -> ssl.SSLContext:
    """Certificates and names are checked against the system's authorities; SSL_CERT_FILE adds an own one."""
    result = ssl.create_default_context()
    result.minimum_version = ssl.TLSVersion.TLSv1_2
    return result
