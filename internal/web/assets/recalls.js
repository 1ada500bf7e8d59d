// How many posts came of an item is counted when it is chosen.
import { each, refresh } from "./page.js";

each("#recall", (form) => {
  const item = form.querySelector("select");
  item.addEventListener("change", () => {
    refresh(["recall-count"], form.dataset.count + "?" + new URLSearchParams({ item: item.value }));
  });
});
each("#recall [data-without-script]", (e) => { e.hidden = true; });
