"""The jobs of `bench.run`, each a function of a Bench that returns figures. Names and order: `bench.names`."""
