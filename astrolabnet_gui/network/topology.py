"""Topology: the things of a store as a directed graph of Keys: what holds what, which server knows which."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

from ..model.key import Key
from ..model.server import Server
from ..model.thing import Thing

HOLDS, KNOWS = "holds", "knows"


def topology(things: Iterable[Thing]) -> nx.DiGraph[Key]:
    """Graph with an edge ``holds`` from each parent to its child and ``knows`` from a server to those it knows.

    Nodes carry ``thing``. Servers that are known but not in the workspace are left out.
    """
    graph: nx.DiGraph[Key] = nx.DiGraph()
    for thing in things:
        graph.add_node(thing.key, thing=thing)
    for key in list(graph):
        parent = key.parent
        if parent is not None and parent in graph:
            graph.add_edge(parent, key, kind=HOLDS)
        server = graph.nodes[key]["thing"].payload
        if isinstance(server, Server):
            for uuid in server.knows:
                if Key(uuid) in graph and uuid != server.uuid:
                    graph.add_edge(key, Key(uuid), kind=KNOWS)
    return graph


def between_servers(graph: nx.DiGraph[Key]) -> tuple[tuple[Key, Key], ...]:
    """Edges from server to server, each pair once, in a fixed order: what the layout pulls together."""
    pairs = {tuple(sorted((a.root, b.root))) for a, b in graph.edges if a.server != b.server}
    return tuple(sorted((a, b) for a, b in pairs))
