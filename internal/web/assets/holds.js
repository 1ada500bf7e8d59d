// The button that stops publishing is held for a second, by finger, mouse or key: nobody stops
// everything by leaning on something. A tick and a press say the same where scripts do not run, and
// for who cannot hold a button.
import { each, refresh } from "./page.js";

const second = 1000;

each("#freeze", (form) => {
  const button = form.querySelector("[data-hold]");
  const told = document.getElementById("hold-it");
  const sure = form.querySelector("[data-sure] input");
  sure.required = false;
  for (const e of form.querySelectorAll("[data-without-script]")) e.hidden = true;
  told.textContent = form.dataset.holdIt;

  let timer = 0;
  let held = false;
  const start = (event) => {
    if (timer || button.disabled || (event.type === "pointerdown" && event.button !== 0)) return;
    if (!form.reportValidity()) return;
    button.classList.add("holding");
    told.textContent = form.dataset.holding;
    timer = setTimeout(() => {
      stop();
      held = true;
      form.requestSubmit(button);
    }, second);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    button.classList.remove("holding");
    told.textContent = form.dataset.holdIt;
  };
  button.addEventListener("pointerdown", start);
  for (const end of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(end, stop);
  button.addEventListener("keydown", (event) => {
    if (sure.checked || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    start(event);
  });
  button.addEventListener("keyup", stop);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  // A short press is no press, whichever way the browser makes one of it.
  button.addEventListener("click", (event) => { if (!sure.checked) event.preventDefault(); });
  form.addEventListener("imprimatur:send", (event) => {
    if (held || sure.checked) {
      held = false;
      return;
    }
    event.preventDefault();
    button.focus();
  });

  // How much would stop is counted again for what is chosen.
  const count = () => {
    const chosen = new FormData(form);
    const scope = chosen.get("scope");
    const query = new URLSearchParams({ scope, target: chosen.get("target_" + scope) ?? "" });
    refresh(["freeze-count"], form.dataset.count + "?" + query);
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "scope" || event.target.name?.startsWith("target_")) count();
  });
});

// What was swapped in is for who has no scripts, too.
each("#freeze-count [data-without-script]", (e) => { e.hidden = true; });
