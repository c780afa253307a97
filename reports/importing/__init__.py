"""Reports out of another system: a file and a mapping become cases, entries and photos.

`mapping` says what a column means, `source` reads rows, `keys` names them for ever, `checking` refuses what makes no
sense, `places` finds owner, district, address and unit for many points at once, `writing` stores a batch, `run` holds
it together. Nobody is mailed: history emits no events but `file.stored`.
"""
