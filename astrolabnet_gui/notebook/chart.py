"""Chart: the graph of servers with their sessions as SVG, laid out as in the window; plain shapes and escaped text."""

from __future__ import annotations

from ..model.kind import Health
from ..model.thing import Thing
from ..net.graph import BOX, Graph
from .html import COLOURS, text

_MARGIN = 24.0
_DOT, _PER_ROW, _MOST = 14.0, 11, 22
_LINE, _FACE, _INK = "#9aa7b4", "#f6f8fa", "#22303c"


def svg(graph: Graph) -> str:
    """The picture."""
    places = graph.places()
    if not places:
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text x="8" y="24">no servers</text></svg>'
        )
    left = min(x for x, _ in places.values()) + BOX[0] - _MARGIN
    top = min(y for _, y in places.values()) + BOX[1] - _MARGIN
    right = max(x for x, _ in places.values()) + BOX[2] + _MARGIN
    bottom = max(y for _, y in places.values()) + BOX[3] + _MARGIN
    parts = []
    for a, b in graph.edges:
        (ax, ay), (bx, by) = places[a], places[b]
        parts.append(f'<line x1="{ax:.1f}" y1="{ay:.1f}" x2="{bx:.1f}" y2="{by:.1f}" stroke="{_LINE}"/>')
    for a, b in graph.flows:
        (ax, ay), (bx, by) = places[a], places[b]
        parts.append(
            f'<line x1="{ax:.1f}" y1="{ay:.1f}" x2="{bx:.1f}" y2="{by:.1f}" stroke="{COLOURS[Health.FLOW]}" '
            f'stroke-width="3" stroke-dasharray="8 4"/>'
        )
    for thing in graph.servers:
        parts.append(_server(thing, graph.sessions(thing), *places[thing.key]))
    box = f"{left:.1f} {top:.1f} {right - left:.1f} {bottom - top:.1f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="graph of servers" viewBox="{box}" '
        f'width="{min(900.0, right - left):.0f}" font-family="sans-serif" font-size="12">{"".join(parts)}</svg>'
    )


def _server(thing: Thing, sessions: list[Thing], x: float, y: float) -> str:
    left, top, right, bottom = BOX
    colour = COLOURS[thing.health]
    parts = [
        f"<g><title>{text(' '.join((thing.label, thing.state, thing.problem)), 300)}</title>",
        f'<rect x="{x + left:.1f}" y="{y + top:.1f}" width="{right - left}" height="{bottom - top}" rx="8" '
        f'fill="{_FACE}" stroke="{colour}" stroke-width="2"/>',
        f'<circle cx="{x + left + 16:.1f}" cy="{y + top + 16:.1f}" r="5" fill="{colour}"/>',
        f'<text x="{x + left + 28:.1f}" y="{y + top + 20:.1f}" fill="{_INK}">{text(thing.label, 18)}</text>',
    ]
    for n, session in enumerate(sessions[:_MOST]):
        at = x + left + 16 + n % _PER_ROW * _DOT, y + top + 38 + n // _PER_ROW * _DOT
        parts.append(
            f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="4.5" fill="{COLOURS[session.health]}">'
            f"<title>{text(f'{session.label} {session.fact} {session.state}', 200)}</title></circle>"
        )
    if len(sessions) > _MOST:
        parts.append(f'<text x="{x + right - 34:.1f}" y="{y + top + 20:.1f}">+{len(sessions) - _MOST}</text>')
    return "".join((*parts, "</g>"))
