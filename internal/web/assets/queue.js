// The queue: one key decides, the next turn is there before the key is up, a decision waits five
// seconds for a change of mind, and nothing moves under the cursor.
import { each, read, swap, say, refresh } from "./page.js";

const grace = 5000;
const ready = new Map();
let held = null;

const desk = () => document.querySelector("[data-queue]");
const links = () => [...document.querySelectorAll("#turns a[data-turn]")];
const row = (link) => link.closest(".task");
const open = (link) => !row(link).classList.contains("gone");

/** Asks for a turn, or has it already. */
function fetchTurn(address) {
  if (!ready.has(address)) {
    const alone = new URL(address);
    alone.searchParams.set("only", "turn");
    const page = fetch(alone, { headers: { Accept: "text/html" } }).then(async (answer) => {
      if (!answer.ok) throw new Error(answer.statusText);
      return read(answer);
    });
    ready.set(address, page);
    page.catch(() => ready.delete(address));
  }
  return ready.get(address);
}

/** Has the turn after a link ready. */
function prefetch(link) {
  const all = links();
  const next = all.slice(all.indexOf(link) + 1).find(open);
  if (next) fetchTurn(next.href).catch(() => {});
}

async function go(link, { push = true } = {}) {
  let page;
  try {
    page = await fetchTurn(link.href);
  } catch {
    location.href = link.href;
    return;
  }
  ready.delete(link.href);
  for (const other of links()) {
    const here = other === link;
    row(other).classList.toggle("current", here);
    if (here) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  }
  desk().classList.add("asked");
  swap(page, ["turn"]);
  if (push) history.pushState(null, "", link.href);
  row(link).scrollIntoView({ block: "nearest" });
  document.getElementById("turn").scrollTop = 0;
  prefetch(link);
}

function move(step) {
  const all = links().filter(open);
  const at = all.findIndex((l) => l.hasAttribute("aria-current"));
  const to = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
  if (to && !to.hasAttribute("aria-current")) go(to);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select") || document.querySelector("dialog[open]")) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "x") document.querySelector(".task.current [data-tick]")?.click();
  else return;
  event.preventDefault();
});

each("#turns a[data-turn]", (link) => {
  link.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || matchMedia("(max-width: 860px)").matches) return;
    event.preventDefault();
    go(link);
  });
});

// The service keeps a receipt of what it showed to whom before it takes a verdict.
each("#turn form[data-decide]", (form) => {
  if (form.closest("#turn").dataset.viewed) return;
  form.closest("#turn").dataset.viewed = "yes";
  const body = new URLSearchParams({ review: form.elements.review.value });
  fetch(form.action.replace(/decide$/, "view"), { method: "POST", body, redirect: "manual" }).catch(() => {});
});

// What has changed since it was opened is shown before it can be approved.
each("#turn [data-off]", (button) => { button.disabled = true; });
each("[data-shown]", (link) => link.addEventListener("click", () => {
  for (const details of document.querySelectorAll("#since details:first-of-type")) details.open = true;
  for (const button of document.querySelectorAll("#turn [data-off]")) button.disabled = false;
}));

each("[data-reason]", (button) => button.addEventListener("click", () => {
  const field = document.getElementById(button.dataset.reason);
  field.value = (field.value.trim() ? field.value.trimEnd() + " " : "") + button.textContent + " ";
  field.focus();
}));

// A panel that opens takes the focus; Escape closes it.
each("#turn .decide details", (panel) => {
  panel.addEventListener("toggle", () => {
    if (!panel.open) return;
    for (const other of document.querySelectorAll("#turn .decide details[open]")) if (other !== panel) other.open = false;
    panel.querySelector("textarea")?.focus();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });
});

each("[data-together]", (part) => {
  const count = () => {
    const ticked = document.querySelectorAll("[data-tick]:checked").length;
    part.querySelector("[data-ticked]").textContent = ticked || "";
    if (ticked) part.open = true;
  };
  for (const tick of document.querySelectorAll("[data-tick]")) tick.addEventListener("change", count);
});

/** Sends a decision that was held, and says what came of it. */
async function letGo({ leaving = false } = {}) {
  const one = held;
  if (!one) return;
  held = null;
  clearTimeout(one.timer);
  document.getElementById("undo").hidden = true;
  try {
    const answer = await fetch(one.action, { method: "POST", body: one.body, headers: { Accept: "text/html" }, keepalive: leaving });
    if (leaving) return;
    if (answer.ok) {
      refresh(["nav"], answer.url);
      return;
    }
    say(one.title + ": " + ((await read(answer)).getElementById("refusal")?.textContent ?? document.body.dataset.failed));
  } catch {
    say(one.title + ": " + document.body.dataset.failed);
  }
  one.row?.classList.remove("gone");
}

function takeBack() {
  const one = held;
  if (!one) return;
  held = null;
  clearTimeout(one.timer);
  const line = document.getElementById("undo");
  say(line.dataset.undone);
  line.hidden = true;
  one.row?.classList.remove("gone");
  if (one.link) go(one.link);
}

document.addEventListener("imprimatur:send", (event) => {
  const form = event.target;
  if (!form.matches("[data-decide]")) return;
  event.preventDefault();
  letGo();
  const button = event.detail;
  const body = new URLSearchParams(new FormData(form, button));
  const link = links().find((l) => l.hasAttribute("aria-current"));
  const line = document.getElementById("undo");
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "plainly";
  undo.dataset.key = "u";
  undo.textContent = line.dataset.words;
  undo.addEventListener("click", takeBack);
  line.replaceChildren(button.dataset.undo + " ", undo);
  line.hidden = false;
  say("");
  held = { action: form.action, body, link, row: link && row(link), title: button.dataset.undo, timer: setTimeout(letGo, grace) };
  held.row?.classList.add("gone");
  const all = links();
  const next = all.slice(all.indexOf(link) + 1).find(open) ?? all.find(open);
  if (next) go(next);
  else for (const part of document.querySelectorAll("#turn .decide")) part.remove();
});

// Whoever leaves has decided.
addEventListener("pagehide", () => letGo({ leaving: true }));

/** Brings the list up to date: what is there stays where it is, what is new comes last. */
async function update() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (answer.redirected && new URL(answer.url).pathname.startsWith("/sign-in")) return;
  const page = await read(answer);
  const rows = document.querySelector("#turns .turnlist");
  const fresh = page.querySelector("#turns .turnlist");
  if (rows && fresh) {
    for (const old of rows.querySelectorAll(".task")) {
      const now = page.getElementById(old.id);
      if (!now) old.classList.add("gone");
      else if (!old.classList.contains("current")) {
        now.querySelector("[data-tick]")?.toggleAttribute("checked", old.querySelector("[data-tick]")?.checked ?? false);
        if (held?.row !== old) old.replaceWith(document.adoptNode(now));
      }
    }
    for (const now of [...fresh.querySelectorAll(".task")]) {
      if (!document.getElementById(now.id)) {
        rows.querySelector(".empty")?.closest("li").remove();
        rows.append(document.adoptNode(now));
      }
    }
  }
  swap(page, ["nav", "holds"]);
  changed(page.getElementById("turn"));
}

/** Switches approving off when the bytes on the screen are not those under review any more. */
function changed(now) {
  const shown = document.getElementById("turn");
  if (!now || !shown || !shown.dataset.digest || now.dataset.task !== shown.dataset.task) return;
  const gone = !now.querySelector(".decide") && shown.querySelector(".decide");
  if (now.dataset.digest === shown.dataset.digest && !gone) return;
  if (shown.querySelector("[data-moved]")) return;
  for (const button of shown.querySelectorAll(".decide button, .decide summary")) {
    button.disabled = true;
    button.setAttribute("aria-disabled", "true");
    button.removeAttribute("data-key");
  }
  const note = document.createElement("p");
  note.className = "note";
  note.setAttribute("role", "alert");
  note.dataset.moved = "";
  const show = document.createElement("button");
  show.type = "button";
  show.className = "btn";
  show.textContent = desk().dataset.show;
  show.addEventListener("click", () => {
    shown.replaceWith(document.adoptNode(now));
    swap(document, []);
    for (const details of document.querySelectorAll("#since details:first-of-type")) details.open = true;
    document.getElementById("since")?.scrollIntoView({ block: "center" });
  });
  note.append(desk().dataset.moved + " ", show);
  shown.prepend(note);
}

each("[data-events]", (part) => {
  const source = new EventSource(part.dataset.events);
  let late;
  source.addEventListener("turns", () => {
    clearTimeout(late);
    late = setTimeout(() => { if (part.isConnected) update().catch(() => {}); }, 150);
  });
  source.addEventListener("open", () => { part.dataset.live = ""; });
  addEventListener("pagehide", () => source.close());
  const current = links().find((l) => l.hasAttribute("aria-current"));
  if (current) prefetch(current);
});
