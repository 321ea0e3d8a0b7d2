"""Placement: where a job would end first: what it requires of a server, and an estimate whose every part says whether
it was measured. It chooses nothing and moves nothing by itself.
"""
