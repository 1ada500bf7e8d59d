// The queue: one key decides, the next turn is there before the key is up, a decision waits five
// seconds for a change of mind, and nothing moves under the cursor.
import { each, read, recede, send, swap, say } from "./page.js";

const grace = 5000;
// A turn that is only passed is open to nobody; three minutes without a word end it (see ViewReview).
const glance = 1000;
const again = 60000;
const ready = new Map();
let held = null;
let receding;
// What was sent and has no outcome yet: a verdict until it is answered, a batch until each of its
// turns has one.
const sent = new Set();

const desk = () => document.querySelector("[data-queue]");
const turn = () => document.getElementById("turn");
const links = () => [...document.querySelectorAll("#turns a[data-turn]")];
const current = () => links().find((link) => link.hasAttribute("aria-current"));
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

/** Tells which row of the list is the one that is looked at. */
function mark(link) {
  for (const other of links()) {
    row(other).classList.toggle("current", other === link);
    if (other === link) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  }
  row(link).scrollIntoView({ block: "nearest" });
}

let looking = null;
/** Tells the service that the turn is served, and with a word to colleagues whether it is open here. */
function tell(one, look) {
  const body = new URLSearchParams({ review: one.review });
  if (look) body.set("look", look);
  fetch(one.address, { method: "POST", body, redirect: "manual", keepalive: look === "gone" }).catch(() => {});
}

/** Says that the turn is open, and says so again for as long as somebody can see it. */
function look() {
  clearTimeout(looking.timer);
  looking.timer = setTimeout(look, again);
  if (document.hidden) return;
  looking.told = true;
  tell(looking, "open");
  // Who has left without a word is told of until now.
  if (document.querySelector("[data-looked]")) soon();
}

/** Turns away from the turn: nobody is told any more that it is open here. */
function leave() {
  if (!looking) return;
  clearTimeout(looking.timer);
  if (looking.told) tell(looking, "gone");
  looking = null;
}
addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => { if (!document.hidden && looking?.told) look(); });

let going = 0;
/** Shows the turn of a row. Until it is there nothing can be decided: what the keys meant is gone. */
async function go(link, { push = true } = {}) {
  const mine = ++going;
  if (link !== current()) leave();
  mark(link);
  turn().setAttribute("aria-busy", "true");
  let page;
  try {
    page = await fetchTurn(link.href);
  } catch {
    location.href = link.href;
    return;
  }
  if (mine !== going) return;
  ready.delete(link.href);
  desk().classList.add("asked");
  swap(page, ["turn"]);
  if (push) history.pushState(null, "", link.href);
  turn().scrollTop = 0;
  turn().focus({ preventScroll: true });
  prefetch(link);
}

/** Goes on from a row that is done with: to the next, or the first that is left. */
function goOn(link) {
  const all = links();
  const next = all.slice(all.indexOf(link) + 1).find(open) ?? all.find(open);
  if (next) go(next);
  return next;
}

function move(step) {
  const all = links().filter((link) => open(link) || link.hasAttribute("aria-current"));
  const at = all.findIndex((link) => link.hasAttribute("aria-current"));
  const to = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
  if (to && !to.hasAttribute("aria-current")) go(to);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "x" && !event.repeat) document.querySelector(".task.current [data-tick]")?.click();
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

// The service keeps a receipt of what it showed to whom before it takes a verdict; who stays with it
// for a moment has it open.
each("#turn form[data-decide]", (form) => {
  if (turn().dataset.viewed) return;
  turn().dataset.viewed = "yes";
  const one = { address: form.action.replace(/[^/]*$/, "view"), review: form.elements.review.value };
  tell(one);
  if (looking?.address === one.address && looking.review === one.review) return;
  leave();
  looking = one;
  looking.timer = setTimeout(look, glance);
});

// Sheets and comparisons are tabs; where no script runs they stand below each other.
each("#turn [data-tabset]", (set) => {
  const tabs = [...set.querySelectorAll("[role=tab]")];
  let before = tabs[0];
  const select = (tab) => {
    const old = tabs.find((other) => other.getAttribute("aria-selected") === "true");
    if (old !== tab) before = old;
    for (const other of tabs) {
      other.setAttribute("aria-selected", other === tab);
      other.tabIndex = other === tab ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).classList.toggle("shown", other === tab);
    }
    if (tab.hasAttribute("data-key")) showedChange();
  };
  for (const tab of tabs) {
    // A key that asked for what changed leads back when it is pressed again.
    tab.addEventListener("click", (event) => select(!event.detail && tab.getAttribute("aria-selected") === "true" ? before : tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
      next.focus();
      select(next);
      event.preventDefault();
    });
  }
});

// What has changed since it was opened is shown before it can be approved.
function showedChange() {
  for (const button of turn().querySelectorAll("[data-off]")) button.disabled = false;
}
function showChange() {
  const tab = turn().querySelector("[role=tab][data-key]");
  if (tab?.getAttribute("aria-selected") === "false") tab.click();
  document.getElementById("since0")?.scrollIntoView({ block: "nearest" });
  showedChange();
}
each("#turn [data-off]", (button) => { button.disabled = true; });
each("[data-shown]", (link) => link.addEventListener("click", (event) => {
  event.preventDefault();
  showChange();
}));

each("#whyyou", (title) => title.addEventListener("click", () => title.focus()));

each("[data-reason]", (button) => button.addEventListener("click", () => {
  const field = document.getElementById(button.dataset.reason);
  field.value = (field.value.trim() ? field.value.trimEnd() + " " : "") + button.textContent + " ";
  field.focus();
}));

// A panel that opens takes the focus, and closes the others beside it; Escape closes it.
each("#turn details.panel", (panel) => {
  panel.addEventListener("toggle", () => {
    if (!panel.open) return;
    for (const other of panel.parentElement.querySelectorAll("details.panel[open]")) if (other !== panel) other.open = false;
    panel.querySelector("select, textarea")?.focus();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });
});

// Turns that other rules asked for are not decided together with those that are ticked.
function pairTicks() {
  const rules = document.querySelector("[data-tick]:checked")?.dataset.tick;
  for (const tick of document.querySelectorAll("[data-tick]")) {
    tick.disabled = row(tick).classList.contains("gone") || !tick.checked && Boolean(rules && tick.dataset.tick) && tick.dataset.tick !== rules;
  }
}

function countTicks() {
  pairTicks();
  const part = document.querySelector("[data-together]");
  if (!part) return;
  const ticked = document.querySelectorAll("[data-tick]:checked").length;
  part.querySelector("[data-ticked]").textContent = ticked || "";
  if (ticked) part.open = true;
}
each("[data-tick]", (tick) => tick.addEventListener("change", countTicks));

/** Strikes turns out of the list, or lets them stand again. */
function strike(tasks, out) {
  for (const task of tasks) document.getElementById("row-" + task)?.classList.toggle("gone", out);
  countTicks();
}

/** A request of its own: sent twice it is one batch, and what is ticked after it is another. */
function anew() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = bytes[6] & 0x0f | 0x40;
  bytes[8] = bytes[8] & 0x3f | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Tells beside the list how far a batch is, until each of its turns has an outcome; what was refused is open again. */
async function follow(one, page, address) {
  const reason = document.getElementById("batch-reason");
  if (reason?.value === one.body.get("reason")) reason.value = "";
  const line = document.querySelector("[data-came]");
  const link = document.createElement("a");
  link.href = address;
  line?.replaceChildren(link);
  if (line) line.hidden = false;
  try {
    for (;;) {
      const state = page.getElementById("batch-state");
      link.textContent = page.querySelector("h1").textContent + " · " + state.querySelector("p").textContent.trim();
      if (!state.hasAttribute("data-refresh")) break;
      await new Promise((then) => setTimeout(then, 1000));
      page = await read(await fetch(address, { headers: { Accept: "text/html" } }));
    }
    if (!held) say(link.textContent);
  } catch {
    // The page of the batch tells it when the service is back.
  }
}

/** Sends a decision that was held, or several, and says what came of it. */
async function letGo({ leaving = false } = {}) {
  const one = held;
  if (!one) return;
  held = null;
  clearTimeout(one.timer);
  const line = document.getElementById("undo");
  line.querySelector("button")?.remove();
  receding = new AbortController();
  recede(line, () => { line.hidden = true; }, receding.signal);
  let words = document.body.dataset.failed;
  for (const task of one.tasks) sent.add(task);
  try {
    // Where it leads does not matter here: what was refused is answered, not led elsewhere.
    const answer = await fetch(one.action, { method: "POST", body: one.body, headers: { Accept: "text/html" }, keepalive: leaving, redirect: one.together ? "follow" : "manual" });
    if (leaving) return;
    if (one.together && answer.ok && answer.redirected) {
      await follow(one, await read(answer), answer.url);
      soon();
      return;
    }
    if (answer.type === "opaqueredirect") {
      outdate();
      soon();
      return;
    }
    words = (await read(answer)).getElementById("refusal")?.textContent ?? words;
  } catch {
    // The service was not reached: nothing was said.
  } finally {
    for (const task of one.tasks) sent.delete(task);
  }
  if (!held) line.hidden = true;
  say(one.title + " " + words);
  strike(one.tasks, false);
  soon();
}

function takeBack() {
  const one = held;
  if (!one) return;
  held = null;
  clearTimeout(one.timer);
  const line = document.getElementById("undo");
  say(line.dataset.undone);
  line.hidden = true;
  strike(one.tasks, false);
  if (one.together) {
    for (const task of one.tasks) for (const tick of document.querySelectorAll(`#row-${task} [data-tick]`)) tick.checked = true;
    countTicks();
  }
  const link = document.querySelector(`#row-${one.from} a[data-turn]`);
  if (link) go(link);
}

/** Holds a decision, or one on several turns, for as long as a change of mind may take, and goes on. */
function hold(form, button, together) {
  letGo();
  receding?.abort();
  const link = current();
  const line = document.getElementById("undo");
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "plainly";
  undo.dataset.key = "u";
  undo.textContent = line.dataset.words;
  undo.addEventListener("click", takeBack);
  const from = turn().dataset.task;
  const tasks = together ?? [from];
  const title = together ? button.dataset.undo + " " + together.length : button.dataset.undo;
  line.replaceChildren(title + " ", undo);
  line.hidden = false;
  say("");
  const body = new URLSearchParams(new FormData(form, button));
  // On a phone the list stays when turns are decided from it.
  const moves = tasks.includes(from) && turn().checkVisibility();
  held = { action: form.action, body, tasks, from: moves ? from : "", title, together: Boolean(together), timer: setTimeout(letGo, grace) };
  if (together) {
    body.set("request_id", anew());
    for (const tick of form.querySelectorAll("[data-tick]:checked")) tick.checked = false;
  }
  strike(tasks, true);
  if (moves && (!link || !goOn(link))) {
    leave();
    for (const part of turn().querySelectorAll(".decide")) part.remove();
  }
}

/** Shows what came of a form of the turn: the turn as it is now, or the next when it is not here any more. */
function came(page) {
  const shown = turn();
  const now = page.getElementById("turn");
  outdate();
  swap(page, ["nav", "told"]);
  ready.clear();
  if (now?.dataset.task === shown.dataset.task) {
    const top = shown.scrollTop;
    swap(page, ["turn"]);
    turn().scrollTop = top;
    soon();
    return;
  }
  const link = current();
  if (link) row(link).classList.add("gone");
  if (link && goOn(link)) return;
  // Nothing is left to go on with: what stands there now is shown instead of what was.
  leave();
  swap(page, ["turn"]);
}

document.addEventListener("imprimatur:send", (event) => {
  const form = event.target;
  const ticked = form.id === "batch" ? [...form.querySelectorAll("[data-tick]:checked")].map((tick) => tick.value.replace(/^.*\//, "")) : [];
  if (ticked.length) {
    event.preventDefault();
    hold(form, event.detail, ticked);
    return;
  }
  if (!form.closest("#turn")) return;
  event.preventDefault();
  // The keys of a turn that is on its way out mean nothing for the one that comes.
  if (turn().hasAttribute("aria-busy")) return;
  if (form.matches("[data-decide]")) hold(form, event.detail);
  else send(form, event.detail, came);
});

// Whoever leaves has decided.
addEventListener("pagehide", () => letGo({ leaving: true }));

/** Puts a row as it is now, or that of the round that came after, in the place of an old one. */
function renew(old, now) {
  const was = old.querySelector("[data-turn]");
  const is = now.querySelector("[data-turn]");
  old.classList.toggle("gone", Boolean(held?.tasks.includes(was.dataset.turn)) || sent.has(was.dataset.turn));
  // What is ticked was opened with the digest that stands beside it: another one is ticked anew.
  const digest = (part) => part.querySelector("[name^=digest-]")?.value;
  if (old.id === now.id && digest(old) === digest(now)) {
    if (!was.isEqualNode(is)) was.replaceChildren(...is.childNodes);
    return;
  }
  now.classList.toggle("current", old.classList.contains("current"));
  const focused = document.activeElement === was;
  if (was.hasAttribute("aria-current")) is.setAttribute("aria-current", "true");
  else is.removeAttribute("aria-current");
  old.replaceWith(document.adoptNode(now));
  if (focused) is.focus();
}

// How often the list was asked for, and since when an answer counts: one that was on its way while
// something was done, or overtaken, would bring back what is not so any more.
let asked = 0;
let since = 0;
const outdate = () => { since = ++asked; };

/** Brings the list up to date: what is there stays where it is, what is new comes last. */
async function update() {
  const mine = ++asked;
  ready.clear();
  const link = current();
  const answer = await fetch(link?.href ?? location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || (answer.redirected && new URL(answer.url).pathname.startsWith("/sign-in"))) return;
  const page = await read(answer);
  if (mine < since) {
    soon();
    return;
  }
  since = mine;
  const rows = document.querySelector("#turns .turnlist");
  const fresh = page.querySelector("#turns .turnlist");
  if (rows && fresh) {
    const others = [...fresh.querySelectorAll(".task")].filter((now) => !document.getElementById(now.id));
    for (const old of rows.querySelectorAll(".task")) {
      const now = page.getElementById(old.id);
      const heir = now ?? others.find((other) => other.dataset.of === old.dataset.of);
      if (heir) renew(old, heir);
      else old.classList.add("gone");
    }
    for (const now of [...fresh.querySelectorAll(".task")]) {
      if (document.getElementById(now.id)) continue;
      rows.querySelector(".empty")?.closest("li").remove();
      now.classList.remove("current");
      now.querySelector("[data-turn]").removeAttribute("aria-current");
      rows.append(document.adoptNode(now));
    }
    countTicks();
  }
  swap(page, ["nav", "holds"]);
  changed(page.getElementById("turn"));
  const here = current();
  if (here) prefetch(here);
}

let late;
/** Brings the list up to date, once for several changes in short order. */
function soon() {
  clearTimeout(late);
  late = setTimeout(() => { if (desk()) update().catch(() => {}); }, 150);
}

/** Tells whether somebody writes in a part of the page. */
const written = (part) => part.contains(document.activeElement) || [...part.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);

/**
 * Keeps the turn on the screen true: who signed and what was said is renewed in its place; when the
 * bytes, or where their links lead, are others by now, nothing can be decided until that was shown.
 */
function changed(now) {
  const shown = turn();
  if (!now || !shown?.dataset.digest || shown.hasAttribute("aria-busy") || shown.querySelector("[data-moved]")) return;
  if (current()?.dataset.turn !== shown.dataset.task) {
    moved(shown);
    return;
  }
  if (now.dataset.task !== shown.dataset.task) return;
  const part = (page, id) => page.querySelector("#" + id);
  const same = now.dataset.digest === shown.dataset.digest && part(now, "turn-links")?.textContent === part(shown, "turn-links")?.textContent;
  const decided = !now.querySelector(".decide") && shown.querySelector(".decide");
  if (!same || decided) {
    moved(shown);
    return;
  }
  const etag = now.querySelector("form [name=etag]")?.value;
  for (const field of shown.querySelectorAll(".decide [name=etag], .side [name=etag]")) if (etag) field.value = etag;
  for (const id of ["turn-facts", "turn-now", "turn-talk"]) {
    const [old, next] = [part(shown, id), part(now, id)];
    if (old && next && !written(old) && !old.querySelector("details[open]")) old.replaceWith(document.adoptNode(next));
  }
  swap(document, []);
}

/** Switches a turn off that is not what it was, and offers it as it is now. */
function moved(shown) {
  for (const button of shown.querySelectorAll(".decide button, .decide summary")) {
    button.disabled = true;
    button.setAttribute("aria-disabled", "true");
    button.removeAttribute("data-key");
  }
  for (const panel of shown.querySelectorAll(".decide details")) panel.open = false;
  const note = document.createElement("p");
  note.className = "note";
  note.setAttribute("role", "alert");
  note.dataset.moved = "";
  const show = document.createElement("button");
  show.type = "button";
  show.className = "btn";
  show.textContent = desk().dataset.show;
  show.dataset.key = "d";
  show.addEventListener("click", async () => {
    const link = current();
    if (!link) return;
    ready.clear();
    await go(link, { push: link.href !== location.href });
    showChange();
  });
  note.append(desk().dataset.moved + " ", show);
  for (const tab of shown.querySelectorAll("[role=tab][data-key]")) tab.removeAttribute("data-key");
  shown.prepend(note);
}

let source;
each("[data-events]", (part) => {
  // A page that was put in the place of another follows alone: browsers keep few such lines open.
  source?.close();
  source = new EventSource(part.dataset.events);
  source.addEventListener("turns", soon);
  source.addEventListener("open", () => { part.dataset.live = ""; });
  const link = current();
  if (link) prefetch(link);
});
addEventListener("pagehide", () => source?.close());
