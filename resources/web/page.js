// The live page: things by key, drawn as tree and graph whenever an event says that they changed.
import { MARKS, act, bar, enter, get, make } from "./talk.js";
import { begin, draw } from "./graph.js";
import { show, showWorkspace } from "./detail.js";
import { leave } from "./form.js";

const things = new Map();
const $ = (id) => document.getElementById(id);
let chosen = "", planned = false;
// Address of what an act made: its answer may be here before the thing itself.
let awaited = "";

function plan() {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => { planned = false; tree(); draw($("graph"), [...things.values()], chosen, choose); });
}

function ordered() {
  const below = new Map();
  for (const t of things.values()) {
    const above = things.has(t.parent) ? t.parent : "";
    if (!below.has(above)) below.set(above, []);
    below.get(above).push(t);
  }
  const out = [];
  const walk = (key, depth) => {
    for (const t of (below.get(key) ?? []).sort((a, b) => rank(a) - rank(b) || a.address.localeCompare(b.address, undefined, { numeric: true }))) {
      out.push([t, depth]);
      walk(t.key, depth + 1);
    }
  };
  walk("", 0);
  return out;
}

const rank = (t) => ["servers", "sources", "channels", "sessions", "batches"].indexOf(t.collection) + 1 || 9;

function tree() {
  const rows = ordered().map(([t, depth]) => {
    const row = make("div", "", { role: "treeitem", id: "row-" + t.key, "aria-level": depth + 1, "aria-selected": t.key === chosen, title: t.problem, onclick: () => choose(t.key) });
    row.style.paddingLeft = `${8 + depth * 16}px`;
    row.append(make("span", MARKS[t.health], { class: `mark ${t.health}` }), make("span", t.label));
    if (t.progress !== null && !t.ended) row.append(bar(t.progress));
    row.append(make("span", ` ${t.fact} ${t.state}`, { class: "soft" }));
    return row;
  });
  $("tree").replaceChildren(...rows);
  if (chosen) $("tree").setAttribute("aria-activedescendant", "row-" + chosen);
}

function choose(key) {
  leave();
  go(key);
}

function go(key) {
  awaited = "";
  chosen = key;
  plan();
  look();
}

function arrive() {
  const made = awaited && [...things.values()].find((t) => t.address === awaited);
  if (made) go(made.key);
  return Boolean(made);
}

function look() {
  const t = things.get(chosen);
  if (t) show($("detail"), t.address, run).catch((error) => say(error.message, "failed"));
}

// The problem of what failed, for a form that stays; null if it is done or was left.
async function run(name, on, params) {
  try {
    const done = await act(name, on, params, ask);
    say(done.text || `${name}: ${done.state}`, "ok");
    awaited = done.focus ?? "";
    if (!arrive()) look();
    return null;
  } catch (error) {
    say(error.message, "failed");
    return error.problem ?? { what: error.message };
  }
}

function ask(question) {
  const box = $("ask");
  box.querySelector("p").textContent = question.text;
  return new Promise((resolve) => {
    const buttons = question.choices.map((choice) => make("button", choice, { onclick: () => box.close(choice) }));
    box.querySelector(".row").replaceChildren(...buttons);
    box.returnValue = "";
    box.onclose = () => resolve(box.returnValue);
    box.showModal();
    buttons[question.choices.indexOf(question.default)]?.focus();
  });
}

function say(text, health = "soft", when = new Date()) {
  const day = when.toDateString() === new Date().toDateString() ? "" : `${when.toLocaleDateString()} `;
  const line = make("li", `${day}${when.toLocaleTimeString()}  ${text}`, { class: health });
  $("log").prepend(line);
  while ($("log").children.length > 500) $("log").lastChild.remove();
}

$("tree").addEventListener("keydown", (event) => {
  const keys = ordered().map(([t]) => t.key), here = keys.indexOf(chosen);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: keys.length - 1 }[event.key];
  if (to === undefined || !keys.length) return;
  event.preventDefault();
  choose(keys[Math.max(0, Math.min(keys.length - 1, to))]);
  requestAnimationFrame(() => document.getElementById("row-" + chosen)?.scrollIntoView({ block: "nearest" }));
});

function follow() {
  const events = new EventSource("/api/events");
  events.onopen = () => { $("live").textContent = "live"; $("live").className = "ok"; };
  events.onerror = () => { $("live").textContent = "no answer; trying again"; $("live").className = "warn"; };
  events.addEventListener("reset", (event) => {
    things.clear();
    for (const t of JSON.parse(event.data).things) things.set(t.key, t);
    plan();
    if (!arrive()) look();
  });
  events.addEventListener("delta", (event) => {
    const change = JSON.parse(event.data);
    for (const key of change.removed) things.delete(key);
    for (const t of change.things) things.set(t.key, t);
    plan();
    if (!arrive() && change.things.some((t) => t.key === chosen || t.parent === chosen)) look();
  });
  events.addEventListener("run", (event) => {
    const news = JSON.parse(event.data);
    if (["done", "failed", "cancelled"].includes(news.state) && news.line) say(`${news.line}  # ${news.state}${news.problem ? ": " + news.problem.what : ""}`, news.state === "failed" ? "failed" : "soft");
  });
}

$("workspace").addEventListener("click", () => { leave(); showWorkspace($("detail"), run).then(() => { chosen = ""; plan(); }).catch((error) => say(error.message, "failed")); });

try {
  begin($("graph"), $("tools"));
  await enter();
  const told = await get("/api/journal?limit=50");
  // Of an act its end; what it sent has lines of its own there.
  for (const row of told.rows.reverse()) if (row.run === row.act && row.line && !["INTENT", "ACK"].includes(row.state)) say(`${row.line}  # ${row.state.toLowerCase()}`, row.state === "FAILED" ? "failed" : "soft", new Date(row.time));
  follow();
} catch (error) {
  $("live").textContent = error.status === 401 ? "This page opens by the link that astrolabnet web prints, once: start it again for a new one." : error.message;
  $("live").className = "failed";
}
