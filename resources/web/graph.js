// Graph: servers as plates on a ring, their sessions around them, sources at the left, channels as wires.
import { MARKS } from "./talk.js";

const NS = "http://www.w3.org/2000/svg";

function put(parent, tag, more, text) {
  const made = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(more)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

export function places(things) {
  const of = (collection) => things.filter((t) => t.collection === collection);
  const at = new Map();
  const servers = of("servers");
  const columns = Math.max(1, Math.ceil(Math.sqrt(servers.length)));
  servers.forEach((t, i) => at.set(t.key, [240 + (i % columns) * 300, 120 + Math.floor(i / columns) * 220]));
  of("sources").forEach((t, i) => at.set(t.key, [40, 60 + i * 70]));
  const below = new Map();
  for (const t of of("sessions").concat(of("batches"))) {
    if (!at.has(t.parent)) continue;
    const n = below.get(t.parent) ?? 0;
    below.set(t.parent, n + 1);
    const [x, y] = at.get(t.parent);
    at.set(t.key, [x - 72 + (n % 4) * 48, y + 62 + Math.floor(n / 4) * 46]);
  }
  return at;
}

export function draw(svg, things, chosen, choose) {
  const held = svg.contains(document.activeElement) ? document.activeElement.dataset.key : "";
  svg.replaceChildren();
  const at = places(things), byKey = new Map(things.map((t) => [t.key, t]));
  const xs = [...at.values()].map((p) => p[0]), ys = [...at.values()].map((p) => p[1]);
  const left = Math.min(0, ...xs) - 40, top = Math.min(0, ...ys) - 20;
  svg.setAttribute("viewBox", `${left} ${top} ${Math.max(640, ...xs) - left + 140} ${Math.max(360, ...ys) - top + 60}`);
  for (const [key, [x, y]] of at) {
    const parent = at.get(byKey.get(key).parent);
    if (parent) put(svg, "path", { class: "link", d: `M${parent[0]} ${parent[1]} L${x} ${y}` });
  }
  const root = (key) => at.get(key) ?? at.get(key.split("/")[0].replace(/~.*/, "~"));
  for (const t of things.filter((one) => one.collection === "channels")) {
    const from = root(t.origin ?? ""), to = root(t.target ?? "");
    if (!from || !to) continue;
    const middle = (from[0] + to[0]) / 2;
    const wire = node(svg, t, chosen, choose);
    put(wire, "path", { class: "wire shape", fill: "none", d: `M${from} C${middle} ${from[1]} ${middle} ${to[1]} ${to}` });
    put(wire, "text", { x: middle, y: (from[1] + to[1]) / 2 - 6, "text-anchor": "middle" }, `${MARKS[t.health]} ${t.label}`);
  }
  for (const [key, [x, y]] of at) {
    const t = byKey.get(key), g = node(svg, t, chosen, choose);
    if (t.collection === "servers") {
      put(g, "path", { class: "shape", d: `M${x - 82} ${y}l16 -23h132l16 23l-16 23h-132z` });
      put(g, "text", { x, y: y - 2, "text-anchor": "middle" }, `${MARKS[t.health]} ${t.label}`);
      put(g, "text", { x, y: y + 14, "text-anchor": "middle", class: "soft" }, t.state);
    } else {
      const shape = t.collection === "batches" ? ["rect", { x: x - 10, y: y - 10, width: 20, height: 20, rx: 3 }] : ["circle", { cx: x, cy: y, r: 14 }];
      put(g, shape[0], { class: "shape", ...shape[1] });
      put(g, "text", { x, y: y + 4, "text-anchor": "middle" }, MARKS[t.health]);
      put(g, "text", { x, y: y + 28, "text-anchor": "middle", class: "soft" }, t.label);
    }
    if (t.progress !== null && !t.ended) {
      const long = 2 * Math.PI * 19;
      put(g, "circle", { class: "ring", cx: x, cy: y, r: 19, "stroke-dasharray": `${long * t.progress} ${long}` });
    }
  }
  if (held) svg.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

function node(svg, t, chosen, choose) {
  const g = put(svg, "g", { class: `node ${t.health}${t.key === chosen ? " chosen" : ""}`, tabindex: "0", role: "button", "aria-label": `${t.kind} ${t.label}, ${t.state}` });
  g.dataset.key = t.key;
  put(g, "title", {}, [`${t.kind} ${t.label}`, t.fact, t.state, t.problem].filter(Boolean).join("\n"));
  g.addEventListener("click", () => choose(t.key));
  g.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(t.key); } });
  return g;
}
