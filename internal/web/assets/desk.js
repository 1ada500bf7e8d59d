// The editor of a library item: one more row where rows are written.
import { each } from "./page.js";

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
