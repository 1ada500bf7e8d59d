// The editor of rules with scripts: what is refused by its line leads there.
import { each } from "./page.js";

const most = 5;

/** Shows a line of a field, and marks it. */
function show(field, line) {
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  field.scrollTop = (line - 4) * parseFloat(getComputedStyle(field).lineHeight);
  field.scrollLeft = 0;
}

each("form[data-document]", (form) => {
  const field = form.querySelector("textarea");
  const told = form.querySelector("[data-refusal]");
  const watch = new MutationObserver(() => offer());
  const offer = () => {
    watch.disconnect();
    const named = new Set([...told.textContent.matchAll(/^\s*(?:Line|Ligne) (\d+)/gm)].map((found) => Number(found[1])));
    for (const line of [...named].slice(0, most)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn";
      button.dataset.line = line;
      button.textContent = form.dataset.document.replace("{line}", line);
      button.addEventListener("click", () => show(field, line));
      told.append(" ", button);
    }
    watch.observe(told, { childList: true });
  };
  offer();
});
