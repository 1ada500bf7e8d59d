// How many posts came of an item is counted when it is chosen.
import { each, refresh } from "./page.js";

each("#recall", (form) => {
  const item = form.querySelector("select");
  item.addEventListener("change", () => {
    refresh(["recall-count"], form.dataset.count + "?" + new URLSearchParams({ item: item.value }));
  });
});
each("#recall [data-without-script]", (e) => { e.hidden = true; });

// The clock runs by itself between two looks. It counts from what the service said, so the clock of
// the browser may be wrong.
each("[data-clock]", (clock) => {
  const begun = performance.now() - Number(clock.dataset.clock) * 1000;
  const two = (n) => String(n).padStart(2, "0");
  const timer = setInterval(() => {
    if (!clock.isConnected) return clearInterval(timer);
    const s = Math.floor((performance.now() - begun) / 1000);
    const rest = Math.floor(s / 60);
    clock.textContent = rest < 60 ? `${rest}:${two(s % 60)}` : `${Math.floor(rest / 60)}:${two(rest % 60)}:${two(s % 60)}`;
  }, 1000);
});
