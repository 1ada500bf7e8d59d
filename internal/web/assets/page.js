// What every page gains where scripts run. Without them each link and each form does the same by
// loading a page; nothing here knows more than the page says, and no text becomes markup.
const html = document.documentElement;
html.classList.add("script");

const parser = new DOMParser();
const regions = ["nav", "marks", "pages", "holds", "told", "text"];

/** Reads an answer of this service as a page. */
export async function read(answer) {
  return parser.parseFromString(await answer.text(), "text/html");
}

/** Puts the parts of a page that differ in the place of those shown, by their ids. */
export function swap(page, ids = regions) {
  for (const id of ids) {
    const old = document.getElementById(id);
    const next = page.getElementById(id);
    if (!old || !next || old.isEqualNode(next)) continue;
    old.replaceWith(document.adoptNode(next));
  }
  ready(document);
}

/** Shows a page that was read, as if it had been opened. */
export function show(page, address, { push = true, focus = true } = {}) {
  document.title = page.title;
  // A page brings its own script; one that ran already does not run again.
  for (const script of page.querySelectorAll("script[type=module][src]")) import(script.src);
  if (push && address !== location.href) history.pushState(null, "", address);
  swap(page);
  document.body.dataset.here = page.body.dataset.here ?? "";
  if (focus) {
    document.getElementById("text")?.focus({ preventScroll: true });
    if (push) scrollTo(0, 0);
  }
}

/** Says a sentence that a screen reader hears, in the page's own line. */
export function say(words) {
  const told = document.getElementById("told");
  if (told) told.textContent = words;
  forget();
}

// What was just done is said for long enough to be read twice; then the line leaves the page free.
const spoken = 12000;
let forgetting;
function forget() {
  forgetting?.abort();
  forgetting = new AbortController();
  const { signal } = forgetting;
  const empty = () => document.getElementById("told")?.replaceChildren();
  setTimeout(() => { if (!signal.aborted) recede(document.getElementById("told"), empty, signal); }, spoken);
}

/**
 * Takes away a line that has said its words: at once where it lies over the page. Where it has room of
 * its own it waits for the next scroll, so that nothing moves away under a finger.
 */
export function recede(line, away, signal) {
  if (!line || getComputedStyle(line).position === "fixed") away();
  else addEventListener("scroll", away, { once: true, signal });
}

/**
 * Sends a form as its button asks, and shows what comes of it, unless a page shows that in its own
 * way; a refusal leaves all that was typed.
 */
export async function send(form, button, shown = show) {
  const body = new FormData(form, button);
  const multipart = form.enctype === "multipart/form-data";
  const buttons = [...form.querySelectorAll("button")].filter((b) => !b.disabled);
  for (const b of buttons) b.disabled = true;
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(button?.hasAttribute("formaction") ? button.formAction : form.action, {
      method: "POST", body: multipart ? body : new URLSearchParams(body), headers: { Accept: "text/html" },
    });
    const page = await read(answer);
    if (!answer.ok) {
      refused(form, page.getElementById("refusal")?.textContent ?? document.body.dataset.failed, page.getElementById("way"));
      return false;
    }
    form.removeAttribute("data-changed");
    shown(page, answer.url);
    return true;
  } catch {
    refused(form, document.body.dataset.failed);
    return false;
  } finally {
    for (const b of buttons) b.disabled = false;
    form.removeAttribute("aria-busy");
  }
}

/** Says beside a form why it was not done, and leads to what helps and back. */
export function refused(form, words, way) {
  let line = form.querySelector("[data-refusal]");
  if (!line) {
    line = document.createElement("p");
    line.className = "note";
    line.setAttribute("role", "alert");
    line.dataset.refusal = "";
    form.append(line);
  }
  line.hidden = false;
  line.textContent = words;
  if (way) {
    way = document.adoptNode(way);
    way.removeAttribute("id");
    way.search = new URLSearchParams({ back: location.pathname + location.search });
    line.append(" ", way);
  }
  line.scrollIntoView({ block: "nearest" });
}

/** Asks for a page again and replaces the parts named by ids, unless they are not to be by then. */
export async function refresh(ids, address = location.href, wanted = () => true) {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = await read(answer);
    if (wanted()) swap(page, ids);
  } catch {
    // The next look may find the service again; what is shown stays.
  }
}

const listeners = [];
/** Calls a function for each element that matches, now and whenever the page changes. */
export function each(selector, setUp) {
  listeners.push([selector, setUp]);
  ready(document);
}

const known = new WeakMap();
function ready(root) {
  for (const [selector, setUp] of listeners) {
    for (const element of root.querySelectorAll(selector)) {
      const done = known.get(element) ?? new Set();
      if (done.has(setUp)) continue;
      known.set(element, done.add(setUp));
      setUp(element);
    }
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-plain") || form.closest("dialog[open] form[method=dialog]")) return;
  if (!document.body.classList.contains("app") || form.matches(".choices, [action$='/sign-out']")) return;
  event.preventDefault();
  const before = new CustomEvent("imprimatur:send", { cancelable: true, bubbles: true, detail: event.submitter });
  if (form.dispatchEvent(before)) send(form, event.submitter);
});

// Pages that were swapped in are behind the back button too.
addEventListener("popstate", async () => {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  show(await read(answer), location.href, { push: false });
});

each("[data-copy]", (button) => {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = button.dataset.copied;
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = button.dataset.failed;
    }
    setTimeout(() => { button.textContent = label; }, 3000);
  });
});

// The secret of a one-time link stands behind the # so that it reaches no server's log, and no
// history once it is used.
each("[data-sign-in]", (form) => {
  const secret = location.hash.slice(1);
  if (!secret) return;
  form.elements.secret.value = secret;
  history.replaceState(null, "", location.pathname + location.search);
  for (const e of document.querySelectorAll("[data-without-secret]")) e.hidden = true;
  for (const e of document.querySelectorAll("[data-with-secret]")) e.hidden = false;
});

// Where the navigation, or the parts of a page, are wider than the window, what is shown is in sight.
each("#nav [aria-current], .tabs [aria-current], .pills [aria-current], .views [aria-current]", (entry) => {
  const [strip, at] = [entry.parentElement, entry.getBoundingClientRect()];
  strip.scrollLeft += at.left - strip.getBoundingClientRect().left - (strip.clientWidth - at.width) / 2;
});

// A menu closes where people expect it to.
each("[data-menu]", (menu) => {
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

// A dialog is opened by whatever names it.
each("[data-opens]", (button) => {
  button.addEventListener("click", (event) => {
    const dialog = document.getElementById(button.dataset.opens);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
    dialog.querySelector("[autofocus], textarea, input:not([type=hidden]), select")?.focus();
  });
});
each("[data-closes]", (button) => button.addEventListener("click", () => button.closest("dialog").close()));

// Parts that change by themselves are asked for again while somebody looks. An answer can come late: it
// takes away neither what a newer one brought nor what somebody has begun to fill in meanwhile.
each("[data-refresh]", (part) => {
  const untouched = () => part.isConnected && !part.contains(document.activeElement);
  let asking = false;
  const timer = setInterval(async () => {
    if (!part.isConnected) clearInterval(timer);
    if (asking || document.hidden || !untouched()) return;
    asking = true;
    await refresh([part.id], part.dataset.from, untouched);
    asking = false;
  }, Number(part.dataset.refresh) * 1000);
});

each("#told", forget);

// Text that was changed is not lost by leaving.
each("form[data-guard]", (form) => form.addEventListener("input", () => form.setAttribute("data-changed", "")));
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-changed]")) event.preventDefault();
});

// Keys. What has one says so with data-key; the words of the list are the element's own.
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
document.addEventListener("keydown", (event) => {
  // A key that is held down is pressed once: nobody approves what comes next by a slow finger.
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    event.preventDefault();
    keyList();
    return;
  }
  const key = event.shiftKey && event.key.length === 1 ? "Shift+" + event.key.toUpperCase() : event.key;
  const target = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((e) => !e.disabled && e.checkVisibility());
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, textarea, select")) target.focus();
  else target.click();
});

function keyList() {
  const dialog = document.querySelector("[data-keys]");
  if (!dialog) return;
  const list = dialog.querySelector("dl");
  list.replaceChildren();
  const listed = new Set();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (!element.checkVisibility() || listed.has(element.dataset.key)) continue;
    listed.add(element.dataset.key);
    const term = document.createElement("dt");
    const key = document.createElement("kbd");
    key.textContent = element.dataset.key;
    term.append(key);
    const words = document.createElement("dd");
    words.textContent = element.dataset.keyWords ?? element.getAttribute("aria-label") ?? labelOf(element);
    list.append(term, words);
  }
  dialog.showModal();
}

function labelOf(element) {
  const copy = element.cloneNode(true);
  for (const kbd of copy.querySelectorAll("kbd, .count")) kbd.remove();
  return copy.textContent.trim();
}
