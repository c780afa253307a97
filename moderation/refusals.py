"""Which answer a refused verb gets at the desk."""

from cases.errors import Conflict, Denied, Invalid, KeyReused, NoSuchEdge, Refused

STATUS: dict[type[Refused], int] = {Denied: 403, Conflict: 409, KeyReused: 409, NoSuchEdge: 409, Invalid: 422}
