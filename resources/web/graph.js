// Graph: servers as plates, their sessions below them, sources at the left, channels as wires. d3 moves and zooms it.
import "./vendor/d3.min.js";
import { MARKS, make } from "./talk.js";

const NS = "http://www.w3.org/2000/svg";
const LEAST = 0.2, MOST = 8, STEP = 1.25, PAN = 60;
const d3 = globalThis.d3;

function put(parent, tag, more, text) {
  const made = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(more)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

// Dragging and the wheel, buttons, and keys: arrows move, + and - zoom, 0 shows all.
export function begin(svg, tools) {
  const view = put(svg, "g", { id: "view" });
  const zoom = d3.zoom().scaleExtent([LEAST, MOST]).on("zoom", (event) => view.setAttribute("transform", event.transform));
  const all = d3.select(svg).call(zoom).on("dblclick.zoom", null);
  const acts = {
    "+": () => all.call(zoom.scaleBy, STEP), "-": () => all.call(zoom.scaleBy, 1 / STEP), "0": () => all.call(zoom.transform, d3.zoomIdentity),
    ArrowLeft: () => all.call(zoom.translateBy, PAN, 0), ArrowRight: () => all.call(zoom.translateBy, -PAN, 0),
    ArrowUp: () => all.call(zoom.translateBy, 0, PAN), ArrowDown: () => all.call(zoom.translateBy, 0, -PAN),
  };
  acts["="] = acts["+"];
  svg.addEventListener("keydown", (event) => {
    const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : acts[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  for (const [key, sign, words] of [["+", "+", "Zoom in (+)"], ["-", "−", "Zoom out (-)"], ["0", "⤢", "Show all (0)"]]) tools.append(make("button", sign, { title: words, "aria-label": words, onclick: acts[key] }));
}

export function places(things) {
  const of = (collection) => things.filter((t) => t.collection === collection);
  const at = new Map();
  const servers = of("servers");
  const columns = Math.max(1, Math.ceil(Math.sqrt(servers.length)));
  const below = new Map();
  for (const t of of("sessions").concat(of("batches"))) below.set(t.parent, (below.get(t.parent) ?? 0) + 1);
  // A row is as high as its fullest server needs.
  let y = 120;
  for (let row = 0; row < servers.length; row += columns) {
    const these = servers.slice(row, row + columns);
    these.forEach((t, i) => at.set(t.key, [240 + i * 300, y]));
    y += 160 + 52 * Math.max(1, ...these.map((t) => Math.ceil((below.get(t.key) ?? 0) / 4)));
  }
  of("sources").forEach((t, i) => at.set(t.key, [40, 60 + i * 70]));
  const filled = new Map();
  for (const t of of("sessions").concat(of("batches"))) {
    if (!at.has(t.parent)) continue;
    const n = filled.get(t.parent) ?? 0;
    filled.set(t.parent, n + 1);
    const [x, top] = at.get(t.parent);
    at.set(t.key, [x - 72 + (n % 4) * 48, top + 62 + Math.floor(n / 4) * 52]);
  }
  return at;
}

export function draw(svg, things, chosen, choose) {
  const view = svg.querySelector("#view");
  const held = view.contains(document.activeElement) ? document.activeElement.dataset.key : "";
  view.replaceChildren();
  const at = places(things), byKey = new Map(things.map((t) => [t.key, t]));
  const xs = [...at.values()].map((p) => p[0]), ys = [...at.values()].map((p) => p[1]);
  const left = Math.min(0, ...xs) - 40, top = Math.min(0, ...ys) - 20;
  svg.setAttribute("viewBox", `${left} ${top} ${Math.max(640, ...xs) - left + 140} ${Math.max(360, ...ys) - top + 60}`);
  if (!at.size) put(view, "text", { x: 320, y: 180, "text-anchor": "middle", class: "soft" }, "There is no server yet. Workspace, above: Add server…");
  for (const [key, [x, y]] of at) {
    const parent = at.get(byKey.get(key).parent);
    if (parent) put(view, "path", { class: "link", d: `M${parent[0]} ${parent[1]} L${x} ${y}` });
  }
  const root = (key) => at.get(key) ?? at.get(key.split("/")[0].replace(/~.*/, "~"));
  for (const t of things.filter((one) => one.collection === "channels")) {
    const from = root(t.origin ?? ""), to = root(t.target ?? "");
    if (!from || !to) continue;
    const middle = (from[0] + to[0]) / 2;
    const wire = node(view, t, chosen, choose);
    put(wire, "path", { class: "wire shape", fill: "none", d: `M${from} C${middle} ${from[1]} ${middle} ${to[1]} ${to}` });
    put(wire, "text", { x: middle, y: (from[1] + to[1]) / 2 - 6, "text-anchor": "middle" }, `${MARKS[t.health]} ${t.label}`);
  }
  for (const [key, [x, y]] of at) plate(view, byKey.get(key), x, y, chosen, choose);
  if (held) view.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

function plate(view, t, x, y, chosen, choose) {
  const g = node(view, t, chosen, choose);
  if (t.collection === "servers") {
    put(g, "path", { class: "shape", d: `M${x - 82} ${y}l16 -23h132l16 23l-16 23h-132z` });
    put(g, "text", { x, y: y - 2, "text-anchor": "middle" }, `${MARKS[t.health]} ${short(t.label, 18)}`);
    put(g, "text", { x, y: y + 14, "text-anchor": "middle", class: "soft" }, short(t.state, 22));
  } else {
    const shape = t.collection === "batches" ? ["rect", { x: x - 10, y: y - 10, width: 20, height: 20, rx: 3 }] : ["circle", { cx: x, cy: y, r: 14 }];
    put(g, shape[0], { class: "shape", ...shape[1] });
    put(g, "text", { x, y: y + 4, "text-anchor": "middle" }, MARKS[t.health]);
    put(g, "text", { x, y: y + 28, "text-anchor": "middle", class: "soft" }, short(t.label.replace(/^(session|batch) /i, ""), 8));
  }
  if (t.progress !== null && !t.ended) {
    const long = 2 * Math.PI * 19;
    put(g, "circle", { class: "ring", cx: x, cy: y, r: 19, "stroke-dasharray": `${long * t.progress} ${long}` });
  }
}

const short = (text, most) => text.length > most ? text.slice(0, most - 1) + "…" : text;

function node(parent, t, chosen, choose) {
  const g = put(parent, "g", { class: `node ${t.health}${t.key === chosen ? " chosen" : ""}`, tabindex: "0", role: "button", "aria-label": `${t.kind} ${t.label}, ${t.state}` });
  g.dataset.key = t.key;
  put(g, "title", {}, [`${t.kind} ${t.label}`, t.fact, t.state, t.problem].filter(Boolean).join("\n"));
  g.addEventListener("click", () => choose(t.key));
  g.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(t.key); } });
  return g;
}
