// Talk: the link's one-time ticket becomes a cookie, then JSON goes both ways. Server text is data: textContent only.

export async function enter() {
  const ticket = location.hash.slice(1);
  if (!ticket) return;
  history.replaceState(null, "", location.pathname);
  await send("/api/enter", { ticket });
}

export async function get(path) {
  return answer(await fetch(path));
}

export async function send(path, body) {
  return answer(await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  }));
}

async function answer(reply) {
  const told = await reply.json();
  if (reply.ok) return told;
  const error = new Error([told.problem.server, told.problem.what, told.problem.remedy].filter(Boolean).join(" "));
  error.problem = told.problem;
  error.status = reply.status;
  throw error;
}

// An act; what it asks is put to `ask`, which gives a choice or "" to leave it.
export async function act(name, on, params, ask) {
  const answers = {};
  for (;;) {
    try {
      return await send(`/api/commands/${name}`, { ...(on ? { on } : {}), params, answers });
    } catch (error) {
      const question = error.problem?.question;
      if (!question) throw error;
      const choice = await ask(question);
      if (!choice) return { state: "cancelled", text: "Nothing was done." };
      answers[question.text] = choice;
    }
  }
}

export function make(tag, text = "", more = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(more)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  return made;
}

export const MARKS = { ok: "●", busy: "◔", pending: "○", warn: "▲", failed: "⊠", gone: "⊘", unknown: "◇", flow: "»" };

const NS = "http://www.w3.org/2000/svg";

export function bar(progress) {
  const svg = document.createElementNS(NS, "svg"), rect = document.createElementNS(NS, "rect");
  svg.setAttribute("class", "bar");
  svg.setAttribute("role", "progressbar");
  svg.setAttribute("aria-label", "progress");
  svg.setAttribute("aria-valuenow", Math.round(progress * 100));
  rect.setAttribute("width", `${progress * 100}%`);
  rect.setAttribute("height", "100%");
  svg.append(rect);
  return svg;
}
