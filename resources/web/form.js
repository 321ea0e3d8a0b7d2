// Form: what an act asks for, made from the schema of its parameters; errors stand beside their field.
import { get, make } from "./talk.js";

let known = null, logins = {}, wanted = 0;

// A form that is not there yet is wanted no more: it would cover what the person went on to.
export const leave = () => { wanted++; };
addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });

// Every act by its name, as the service tells them.
export async function acts() {
  if (!known) {
    const told = await get("/api/commands");
    known = new Map(told.commands.map((one) => [one.name, one]));
    logins = told.logins;
  }
  return known;
}

// Ask for an act's parameters and do it; `does` gives null, or the problem for which the form stays. It begins with what
// the thing has now.
export async function fill(name, on, does) {
  const mine = ++wanted, act = (await acts()).get(name), box = document.getElementById("form");
  const now = on ? (await get(`/api/starts/${name}?on=${encodeURIComponent(on)}`)).starts : {};
  if (mine !== wanted) return;
  const fields = Object.entries(act.params.properties ?? {}).map(([field, schema]) => control(field, schema, act.params, now[field]));
  const form = make("form"), said = make("p", "", { class: "failed", role: "alert" }), row = make("div", "", { class: "row" });
  const more = make("details"), folded = fields.filter((one) => one.advanced);
  form.append(make("h1", act.title.replace(/…$/, "") + (on ? ` · ${on}` : "")), make("p", act.help.split("\n\n")[0], { class: "soft" }));
  form.append(...fields.filter((one) => !one.advanced).map((one) => one.box));
  if (folded.length) {
    more.append(make("summary", `${folded.length} more`), ...folded.map((one) => one.box));
    form.append(more);
  }
  row.append(make("button", act.title.replace(/…$/, ""), { class: "main", type: "submit" }), make("button", "Close", { type: "button", onclick: () => box.close() }));
  form.append(said, row);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const params = {};
    said.textContent = "";
    for (const one of fields) {
      one.say("");
      const value = one.value();
      if (value !== undefined) params[one.name] = value;
    }
    const lacking = fields.filter((one) => one.needed && !(one.name in params));
    for (const one of lacking) one.say("This is needed.");
    if (lacking.length) { lacking[0].input.focus(); return; }
    const problem = await does(params);
    if (!problem) { box.close(); return; }
    const field = fields.find((one) => one.name === (problem.field ?? "").split(".")[0]);
    if (field?.advanced) more.open = true;
    if (field) field.say(problem.what); else said.textContent = [problem.what, problem.remedy].filter(Boolean).join(" ");
    (field?.input ?? row.firstChild).focus();
  });
  box.replaceChildren(form);
  box.showModal();
  (fields.find((one) => one.needed) ?? fields[0])?.input.focus();
}

function control(name, schema, all, now) {
  const plain = shape(schema, all), kind = schema.widget, start = now ?? schema.default ?? null;
  const needed = (all.required ?? []).includes(name);
  const id = `field-${name}`, wrong = make("small", "", { class: "failed", id: `${id}-wrong` });
  const many = plain.type === "array", pairs = plain.type === "object";
  let input;
  if (plain.enum) {
    input = make("select", "", { id });
    if (!needed) input.append(make("option", start === null ? "" : "default", { value: "" }));
    for (const one of plain.enum) input.append(make("option", String(one) || "none", { value: JSON.stringify(one) }));
    if (name === "login") for (const [word, title] of Object.entries(logins)) input.append(make("option", title, { value: JSON.stringify(word) }));
    if (now !== undefined) {
      if (![...input.options].some((one) => one.value === JSON.stringify(now))) input.append(make("option", String(now), { value: JSON.stringify(now) }));
      input.value = JSON.stringify(now);
    }
  } else if (plain.type === "boolean") {
    input = make("input", "", { id, type: "checkbox" });
    input.checked = start === true;
  } else if (many || pairs || kind === "code") {
    input = make("textarea", "", { id, spellcheck: "false", placeholder: pairs ? "name=value, one a line" : many ? "one a line" : "" });
    input.value = many ? (start ?? []).join("\n") : pairs ? Object.entries(start ?? {}).map(pair).join("\n") : start ?? "";
  } else {
    const number = plain.type === "integer" || plain.type === "number";
    input = make("input", "", { id, type: kind === "secret" ? "password" : number ? "number" : "text", autocomplete: "off" });
    if (number) input.step = plain.type === "integer" ? "1" : "any";
    if (start !== null && typeof start !== "object") input.value = String(start);
  }
  input.setAttribute("aria-describedby", wrong.id);
  const begun = input.type === "checkbox" ? input.checked : input.value;
  const box = make("div", "", { class: "field" });
  box.append(make("label", (schema.title ?? name) + (needed ? " *" : ""), { for: id }), input);
  if (schema.description) box.append(make("small", schema.description, { class: "soft" }));
  box.append(wrong);
  const say = (text) => { wrong.textContent = text; input.setAttribute("aria-invalid", Boolean(text)); };
  return { name, box, input, needed, advanced: Boolean(schema.advanced), say, value: () => {
    const now = input.type === "checkbox" ? input.checked : input.value;
    if (now === begun && !(needed && now !== "")) return undefined;
    if (input.type === "checkbox") return now;
    if (plain.enum) return now === "" ? undefined : JSON.parse(now);
    if (many) return lines(now);
    if (pairs) return Object.fromEntries(lines(now).map((line) => line.split("=")).map(([key, ...rest]) => [key.trim(), read(rest.join("="))]));
    if (plain.type === "integer" || plain.type === "number") return now === "" ? undefined : Number(now);
    return now;
  } };
}

const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

const pair = ([name, value]) => `${name}=${typeof value === "string" && read(value) === value ? value : JSON.stringify(value)}`;

function read(text) {
  try { return JSON.parse(text); } catch { return text; }
}

// The schema without "or null", and of a reference what it leads to; of several kinds the first with choices.
function shape(schema, all) {
  const of = (one) => one.$ref ? all.$defs?.[one.$ref.split("/").pop()] ?? {} : one;
  const kinds = (schema.anyOf ?? [schema]).map(of).filter((one) => one.type !== "null");
  return kinds.find((one) => one.enum) ?? kinds[0] ?? {};
}
