"""The demonstration: two structured programs and two mesh programs, checked, measured and drawn.

Run it with ``python -m bise.demo``; ``python -m bise.demo --help`` lists the options.
"""
