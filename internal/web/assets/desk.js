// The library desk with scripts: one more row where rows are written, and what was tried is at hand.
import { each, refused, send } from "./page.js";
import { bring, forget, small } from "./upload.js";

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

// A large file goes ahead of the form it belongs to.
document.addEventListener("imprimatur:send", async (event) => {
  const form = event.target;
  const field = form.querySelector("[data-uploads]");
  const file = field?.files[0];
  if (!form.matches("[data-carries]") || !file || file.size <= small) return;
  event.preventDefault();
  const [button, progress] = [form.querySelector("button"), form.querySelector("progress")];
  button.disabled = true;
  progress.hidden = false;
  try {
    form.elements.upload.value = await bring(file, field.dataset.uploads, (share) => { progress.value = share * 100; });
    field.disabled = true; // the form names it
    const sent = send(form, button);
    field.disabled = false;
    if (!await sent) forget(file, field.dataset.uploads);
  } catch (broken) {
    refused(form, broken.message);
  } finally {
    form.elements.upload.value = "";
    button.disabled = false;
    progress.hidden = true;
  }
});
