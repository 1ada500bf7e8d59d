// The library desk with scripts: one more row where rows are written, and what was tried is at hand.
import { each, send } from "./page.js";

let fresh = 0;
each("[data-adds]", (button) => {
  button.addEventListener("click", () => {
    const rows = button.closest("[data-adding], details").querySelector("[data-rows]");
    const row = rows.lastElementChild.cloneNode(true);
    fresh += 1;
    for (const field of row.querySelectorAll("input, textarea, select")) {
      field.value = "";
      if (field.matches("select")) field.selectedIndex = 0;
      const label = row.querySelector(`label[for="${CSS.escape(field.id)}"]`);
      field.id += `-${fresh}`;
      if (label) label.htmlFor = field.id;
    }
    rows.append(row);
    row.querySelector("input, textarea, select").focus();
  });
});

// Rows that were tried are imported without being chosen again, unless the page was left meanwhile.
let tried = null;
document.addEventListener("imprimatur:send", (event) => {
  if (event.target.matches("[data-tries]")) tried = event.target;
});
each("[data-tried]", (link) => link.addEventListener("click", async (event) => {
  if (!tried || !globalThis.crypto.randomUUID) return;
  event.preventDefault();
  // Another call than the trial's has an id of its own, the same one each time it is pressed here.
  tried.elements.request_id.value = link.dataset.tried ||= crypto.randomUUID();
  if (!await send(tried, tried.querySelector("[name=for][value=real]"))) location.href = link.href;
}));
