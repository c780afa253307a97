"""The demo platform: invented towns' life on real boundaries, loaded by `manage.py demo`.

Data stand in YAML files beside the modules. Everything is deterministic but the days, which count back from the day of
loading, so that "this month" is never empty. Parts, in the order of `portal.demo.load`: municipalities, people,
catalogue, streets, reports.
"""
