// The docs page: the OpenAPI document as a list that can be searched.
import { get, make } from "./talk.js";

const box = document.getElementById("docs"), find = document.getElementById("find");
const filter = () => {
  for (const one of box.querySelectorAll("details")) one.hidden = !one.textContent.toLowerCase().includes(find.value.toLowerCase());
};
find.addEventListener("input", filter);
try {
  const told = await get("/api/openapi.json");
  for (const [path, verbs] of Object.entries(told.paths)) {
    for (const [verb, what] of Object.entries(verbs)) {
      const one = make("details"), head = make("summary");
      head.append(make("code", `${verb.toUpperCase()} ${path}`), make("span", `  ${what.summary}`, { class: "soft" }));
      one.append(head, make("p", what.description ?? ""));
      const schema = what.requestBody?.content["application/json"].schema;
      if (schema) one.append(make("pre", JSON.stringify(schema, null, 2)));
      one.append(make("p", Object.entries(what.responses).map(([status, r]) => `${status} ${r.description}`).join(" · "), { class: "soft" }));
      box.append(one);
    }
  }
  filter();  // what was typed while they came
} catch (error) {
  box.append(make("p", error.message, { class: "failed" }));
}
