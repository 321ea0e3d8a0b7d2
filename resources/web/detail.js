// Detail: one thing, what it gave, code to be sent, and what else can be done with it.
import { acts, fill } from "./form.js";
import { MARKS, bar, get, make } from "./talk.js";

// As the window's menus have them.
const GROUPS = [["open", "Look"], ["act", "Do"], ["copy", "Copy"], ["change", "Change"], ["remove", "Remove"]];
const SENDS = { servers: "server.send", sessions: "session.send" };

let turn = 0;

export async function show(box, address, run) {
  const mine = ++turn;
  const t = await get("/api/things/" + address);
  if (mine !== turn) return;  // an answer that comes late shall not hide what was chosen since
  const held = box.querySelector("textarea")?.value ?? "";
  const same = box.dataset.address === address, typing = box.contains(document.activeElement);
  box.dataset.address = address;
  if (same && typing) {
    box.querySelector(".stands")?.replaceWith(stands(t));
    box.querySelector(".results")?.replaceChildren(...results(t));
    return;
  }
  box.replaceChildren(make("h1", `${t.kind} ${t.label}`), stands(t));
  // The cause says in words what the last line of a log says, where there is one.
  if (t.problem && !t.cause) box.append(make("p", t.problem, { class: "failed" }));
  if (t.cause) box.append(make("p", `Why: ${t.cause.words.replace(/[.]?$/, ".")} ${t.cause.remedy ?? ""}`, { class: "failed" }));
  if (t.code) box.append(make("h2", "Code"), make("pre", t.code));
  const found = make("div", "", { class: "results" });
  found.append(...results(t));
  box.append(found);
  if (SENDS[t.collection]) box.append(...sender(t, same ? held : "", run));
  for (const [group, words] of GROUPS) {
    const verbs = t.commands.filter((one) => one.group === group && !one.hidden);
    if (verbs.length) box.append(make("h2", words), buttons(verbs, t.address, run));
  }
}

function stands(t) {
  const line = make("p", `${MARKS[t.health]} ${t.state}${t.fact ? " · " + t.fact : ""}`, { class: `stands ${t.health}` });
  if (t.progress !== null && !t.ended) line.append(bar(t.progress), `${Math.round(t.progress * 100)} %`);
  return line;
}

// What is about no thing: servers, actions, sources to add, settings.
export async function showWorkspace(box, run) {
  const mine = ++turn;
  const verbs = [...(await acts()).values()].filter((one) => !one.on.length && !one.hidden);
  if (mine !== turn) return;
  box.dataset.address = "";
  box.replaceChildren(make("h1", "Workspace"), make("p", "Acts that are about no single thing.", { class: "soft" }));
  const nouns = new Map();
  for (const one of verbs) nouns.set(noun(one), [...(nouns.get(noun(one)) ?? []), one]);
  for (const [word, some] of nouns) box.append(make("h2", word[0].toUpperCase() + word.slice(1)), buttons(some, "", run));
  box.querySelector("button")?.focus();
}

const noun = (verb) => verb.name.split(".")[0];

// At once, or after its form ("…").
function buttons(verbs, address, run) {
  const row = make("div", "", { class: "row" });
  for (const c of verbs) {
    const does = (params) => run(c.name, address, params);
    const asks = () => fill(c.name, address, does).catch((error) => row.after(make("p", error.message, { class: "failed", role: "alert" })));
    const button = make("button", c.plugin ? `${c.title} [${c.plugin}]` : c.title, { title: c.why_not ?? "", onclick: () => c.title.endsWith("…") ? asks() : does({}) });
    button.disabled = Boolean(c.why_not);
    row.append(button);
  }
  return row;
}

function sender(t, held, run) {
  const code = make("textarea", "", { "aria-label": "Code to send", placeholder: "code; Ctrl+Enter sends", spellcheck: "false" });
  code.value = held;
  const kind = make("select", "", { "aria-label": "Language" });
  for (const name of ["pyspark", "sql", "spark", "sparkr"]) kind.append(make("option", name));
  const fire = () => { if (code.value.trim()) run(SENDS[t.collection], t.address, { code: code.value, kind: kind.value }); };
  code.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.ctrlKey) fire(); });
  const row = make("div", "", { class: "row" });
  row.append(kind, make("button", "Send", { class: "main", onclick: fire }));
  return [make("h2", "Send"), code, row];
}

export function results(t) {
  return (t.output ?? []).flatMap((part) => [make("h2", "Result"), one(part)]);
}

// The traceback as it came; what was raised stands once.
function failure(part) {
  const lines = part.traceback.map((line) => line.replace(/\n$/, "")), raised = `${part.name}: ${part.message}`;
  return (lines.join("\n").includes(part.message) && lines.length ? lines : [...lines, raised]).join("\n");
}

function one(part) {
  if (part.type === "Text") return make("pre", part.text);
  if (part.type === "Failure") return make("pre", failure(part), { class: "failed" });
  if (part.type === "Image" && /^image\/(png|jpeg|gif)$/.test(part.mime)) return make("img", "", { alt: "result", src: `data:${part.mime};base64,${part.base64}` });
  if (part.type !== "Table") return make("pre", JSON.stringify(part.value ?? part.mime, null, 2));
  const table = make("table"), head = make("tr"), box = make("div", "", { class: "scroll" });
  head.append(...part.columns.map((c) => make("th", c.unit ? `${c.name} [${c.unit}]` : c.name)));
  table.append(head);
  for (const cells of part.rows) {
    const row = make("tr");
    row.append(...cells.map((cell) => make("td", cell === null ? "" : typeof cell === "object" ? JSON.stringify(cell) : String(cell), { class: typeof cell === "number" ? "number" : "" })));
    table.append(row);
  }
  box.append(table);
  if (part.total > part.rows.length) box.append(make("p", `… ${part.total - part.rows.length} more rows`, { class: "soft" }));
  return box;
}
