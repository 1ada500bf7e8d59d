// A post is dragged to another day; the form beside it does the same.
import { each, send } from "./page.js";

let dragged = null;

each("[draggable=true][data-post]", (entry) => {
  entry.addEventListener("dragstart", (event) => {
    dragged = entry;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", entry.dataset.post);
  });
  entry.addEventListener("dragend", () => {
    dragged = null;
    for (const cell of document.querySelectorAll("td.over")) cell.classList.remove("over");
  });
});

each("td[data-date]", (cell) => {
  cell.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    cell.classList.add("over");
  });
  cell.addEventListener("dragleave", () => cell.classList.remove("over"));
  cell.addEventListener("drop", (event) => {
    const form = document.getElementById("calendar-move");
    if (!dragged || !form || cell.contains(dragged)) return;
    event.preventDefault();
    form.elements.post.value = dragged.dataset.post;
    form.elements.etag.value = dragged.dataset.etag;
    form.elements.publish_at.value = cell.dataset.date + "T" + dragged.dataset.clock;
    form.hidden = false; // a refusal is said in it
    send(form);
  });
});

each(".calendar .filters", (form) => {
  form.addEventListener("change", () => form.requestSubmit());
});

// Where nobody chose a view a narrow screen lists what comes next, and the tabs say so.
each(".calendar .tabs", (tabs) => {
  if (new URLSearchParams(location.search).has("view")) return;
  const narrow = matchMedia("(max-width: 860px)");
  const tell = () => {
    tabs.querySelector("[aria-current]")?.removeAttribute("aria-current");
    tabs.querySelector(`a[data-key="${narrow.matches ? "a" : "m"}"]`)?.setAttribute("aria-current", "page");
  };
  narrow.addEventListener("change", tell);
  tell();
});
