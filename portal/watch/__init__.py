"""How the platform watches over itself.

`facts` counts, `judging` decides what is wrong (the only place that does), and four doors show it: `metrics` for
Prometheus, `page` for people, `alerts` by mail, `doctor` on the shell. `beats` notes who is alive, `slow` what takes
too long. What /readyz asks stands in `portal.health`, and the doctor asks the same.
"""
