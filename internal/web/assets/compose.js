// Writing: what is typed is looked at and kept while somebody writes, and nothing of it is ever
// put in the place of what stands in a field, but for a remedy that was asked for.
import { crops } from "./crop.js";
import { each, read, refused, say, show } from "./page.js";
import { bring, forget, small } from "./upload.js";
import { underlines } from "./underline.js";

const looked = ["compose-counters", "compose-findings", "compose-preview", "compose-signers"];
const kept = ["compose-keys", "compose-saved", "compose-conflict"];

function swapParts(form, page, ids) {
  for (const id of ids) {
    const old = document.getElementById(id);
    const next = page.getElementById(id);
    if (!old || !next || old.isEqualNode(next)) continue;
    // Where somebody presses buttons the focus stays, as near as it can be.
    const held = old.contains(document.activeElement) ? document.activeElement : null;
    const at = held ? [...old.querySelectorAll("button, input, textarea, select, summary")].indexOf(held) : -1;
    old.replaceWith(document.adoptNode(next));
    if (held) (next.querySelectorAll("button, input, textarea, select, summary")[at] ?? form.elements.text).focus();
  }
}

each("#compose", (form) => {
  const seen = new Set();
  const underline = underlines(form);
  let working = Promise.resolve();
  let typed = 0;
  let timer;

  const ask = async (what, { button, to = form.action, multipart = false, looking = [], upload = "" } = {}) => {
    const body = new FormData(form, null);
    body.set("do", what);
    if (upload) {
      body.delete("file");
      body.set("upload", upload);
    }
    for (const link of looking) body.append("looking", link);
    if (!looking.length) for (const link of seen) body.append("looked", link);
    if (!multipart) body.delete("file");
    const answer = await fetch(to, { method: "POST", body: multipart ? body : new URLSearchParams(body), headers: { Accept: "text/html" } });
    const page = await read(answer);
    const fresh = page.getElementById("compose");
    if (!form.isConnected) return null;
    if (!fresh) {
      if (answer.ok) {
        form.removeAttribute("data-changed");
        show(page, answer.url);
        return null;
      }
      if (button) refused(form, page.getElementById("refusal")?.textContent ?? document.body.dataset.failed);
      return null;
    }
    const line = form.querySelector("[data-refusal]");
    if (line) line.hidden = true;
    return { answer, page, fresh };
  };

  // The fast route is offered once the post is kept. Why it cannot wait is being written there.
  const offer = (page) => { if (!document.querySelector("#compose-fast details")) swapParts(form, page, ["compose-fast"]); };

  // One question at a time: an answer never overtakes a later one, and an etag is used once.
  const queue = (work) => {
    working = working.then(work).catch(() => { form.querySelector("#compose-saved").textContent = form.dataset.unsaved; });
    return working;
  };

  // What was noticed is about the text as it was sent, which the answer holds beside it.
  const judged = (got, parts) => {
    const texts = new Map([...got.fresh.querySelectorAll("[data-underlined]")].map((field) => [field.id, field.value]));
    swapParts(form, got.page, parts);
    underline(texts);
  };

  const autosave = () => queue(async () => {
    const keys = document.getElementById("compose-keys");
    const at = typed;
    // While two texts stand beside each other somebody chooses first.
    const keeps = keys.dataset.autosave === "true" && !document.querySelector("#compose-conflict section");
    const got = await ask(keeps ? "autosave" : "peek");
    if (!got) return;
    if (at === typed) judged(got, looked);
    if (!keeps) return;
    swapParts(form, got.page, kept);
    offer(got.page);
    const address = document.getElementById("compose-keys").dataset.address;
    if (got.answer.ok && address) {
      if (address !== location.pathname + location.search) history.replaceState(null, "", address);
      if (at === typed) form.removeAttribute("data-changed");
    }
    document.querySelector("#compose-conflict section")?.scrollIntoView({ block: "nearest" });
  });

  form.addEventListener("input", (event) => {
    if (event.target.type === "file" || event.target.name?.startsWith("crop_")) return;
    typed++;
    clearTimeout(timer);
    timer = setTimeout(autosave, 900);
  });

  // Where a link leads is looked at once, when it is written to its end. Nobody waits for it.
  const look = async (left) => {
    const links = [];
    for (const field of form.querySelectorAll("#compose-text, [name^='own:'], [name=variant_text], [name=link]")) {
      const whole = field === left || field !== document.activeElement;
      links.push(...(field.value.match(whole ? /https?:\/\/\S+/g : /https?:\/\/\S+(?=\s)/g) ?? []));
    }
    const fresh = [...new Set(links.map((link) => link.replace(/[.,;:!?)\]}»”"']+$/, "")))].filter((link) => !seen.has(link)).slice(0, 5);
    if (!fresh.length || seen.size >= 20) return;
    for (const link of fresh) seen.add(link);
    const at = typed;
    try {
      const got = await ask("look", { looking: fresh });
      if (got && at === typed) judged(got, looked);
    } catch {
      // The service may be back when something is saved.
    }
  };
  form.addEventListener("input", (event) => {
    if (/\s$/.test(event.data ?? " ")) look(event.inputType === "insertFromPaste" ? event.target : null);
  });
  form.addEventListener("change", (event) => look(event.target));

  const press = (button, upload) => queue(async () => {
    const what = button.value || "check";
    const files = what === "upload";
    const progress = form.querySelector("#compose-progress");
    if (files && progress) {
      progress.hidden = false;
      progress.removeAttribute("value");
    }
    form.setAttribute("aria-busy", "true");
    try {
      const got = await ask(what, { button, to: button.hasAttribute("formaction") ? button.formAction : form.action, multipart: files, upload });
      if (upload && !got?.answer.ok) forget(form.elements.file.files[0], form.elements.file.dataset.uploads);
      if (!got) return;
      if (["save", "mine"].includes(what) && got.answer.ok) {
        form.removeAttribute("data-changed");
        show(got.page, got.answer.url, { push: false });
        history.replaceState(null, "", got.answer.url);
        return;
      }
      if (what.startsWith("fix:")) refill(got.fresh);
      judged(got, [...looked, ...kept, "compose-card", "compose-media", "compose-coauthors"]);
      offer(got.page);
      if (files) form.elements.file.value = "";
      say("");
      const alarm = form.querySelector("#compose-signers [role=alert], #compose-media [role=alert], #compose-card [role=alert], #compose-conflict section");
      alarm?.scrollIntoView({ block: "nearest" });
      if (/^(fix|drop|crop|upload|link)/.test(what)) {
        typed++;
        form.setAttribute("data-changed", "");
        clearTimeout(timer);
        timer = setTimeout(autosave, 900);
      }
    } catch {
      refused(form, document.body.dataset.failed);
    } finally {
      if (progress) progress.hidden = true;
      form.removeAttribute("aria-busy");
    }
  });

  // A remedy is the only thing that changes what stands in a field.
  const refill = (fresh) => {
    for (const field of form.querySelectorAll("textarea, input[name=link], select[name=disclosure]")) {
      const mended = fresh.querySelector(`[id="${CSS.escape(field.id)}"]`);
      if (mended && mended.value !== field.value) field.value = mended.value;
    }
  };

  // A large file is on its way for minutes, in which writing goes on and is kept. Nothing that leaves
  // the page is done without it.
  let carrying = false;
  const carry = async (button) => {
    const field = form.elements.file;
    const file = field.files[0];
    if (!file || file.size <= small) return press(button);
    const progress = form.querySelector("#compose-progress");
    carrying = true;
    progress.hidden = false;
    field.disabled = true;
    form.setAttribute("data-changed", "");
    try {
      const upload = await bring(file, field.dataset.uploads, (share) => { progress.value = share * 100; });
      field.disabled = false;
      if (form.isConnected) await press(button, upload);
    } catch (broken) {
      refused(form, broken.message);
    } finally {
      carrying = field.disabled = false;
      progress.hidden = true;
    }
  };

  form.addEventListener("imprimatur:send", (event) => {
    event.preventDefault();
    const button = event.detail ?? form.querySelector("button");
    if (carrying && ["upload", "save", "mine", "submit", "expedite"].includes(button.value)) {
      refused(form, form.elements.file.dataset.carrying);
      return;
    }
    clearTimeout(timer);
    if (button.value === "upload") carry(button);
    else press(button);
  });

  crops(form);

  form.elements.file?.addEventListener("change", () => {
    if (form.elements.file.files.length) carry(form.querySelector("[value=upload]"));
  });

  // Ctrl and Enter submit from wherever somebody writes, and on the fast route where its reason is written.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    (event.target.closest("#compose-fast")?.querySelector("button") ?? form.querySelector("#compose-submit"))?.click();
  });
});
