// The library with scripts: what is shown follows what is typed and ticked. The pages are those a
// browser without scripts loads; only the parts that differ are put in the place of the old ones.
import { each, read, say, swap } from "./page.js";

/** Shows the parts of a GET form's page a moment after its fields change; the last wish wins. */
function follow(form, parts, status) {
  let timer, asked;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const address = form.action + "?" + new URLSearchParams(new FormData(form));
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: asked.signal });
      if (!form.isConnected) return;
      const page = await read(answer);
      if (!answer.ok) {
        say(page.getElementById("refusal")?.textContent ?? document.body.dataset.failed);
        return;
      }
      say("");
      history.replaceState(null, "", address);
      const line = document.getElementById(status);
      const said = page.getElementById(status);
      if (line && said) line.textContent = said.textContent;
      swap(page, parts);
    } catch {
      // A newer wish took its place, or the service will answer the next one.
    } finally {
      form.removeAttribute("aria-busy");
    }
  };
  const soon = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
  };
  form.addEventListener("input", (event) => soon(event.target.matches("input:not([type=checkbox], [type=radio])") ? 200 : 0));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    soon(0);
  });

}

each("[data-finder]", (form) => follow(form, ["shelf"], "found"));

// What is shown must be what is sent: while the preview is behind what is written, its buttons wait.
each("[data-choosing]", (form) => {
  follow(form, ["preview", "own"], "");
  form.querySelector("[data-show]").hidden = true;
  form.addEventListener("input", () => {
    for (const button of document.querySelectorAll("#preview button")) button.disabled = true;
  });
});
