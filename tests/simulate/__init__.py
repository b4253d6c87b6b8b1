"""Exchanges with providers as their documents describe them: fixtures of origin `simulated`.

    PYTHONPATH=tests python -m simulate [--check]

Nothing in here knows modelmix. What it asks, how a request must look, what the reply is and how a fixture lies on disk
are all stated here a second time, so that a mistake of either side is a difference.
"""
