// Findings underlined where somebody writes. A field cannot hold marks, so the same text lies behind it,
// without ink, in the same letters and lines, and only what is found is underlined there. It is made of
// text alone; who listens to a page hears nothing of it, and finds the reasons in the list beneath.

// What the lines of a text depend on.
const metrics = [
  "fontFamily", "fontSize", "fontWeight", "fontStyle", "fontStretch", "fontKerning", "fontVariantLigatures", "fontFeatureSettings", "lineHeight", "letterSpacing",
  "wordSpacing", "textIndent", "textTransform", "tabSize", "paddingTop", "paddingRight", "paddingBottom", "paddingLeft", "wordBreak", "overflowWrap", "lineBreak", "hyphens",
];
const weights = ["BLOCKS", "NEEDS_REVIEW", "ADVICE"];
const inked = /[^\s\p{C}\p{Z}]/u;
const segments = globalThis.Intl?.Segmenter ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;

/** Moves places of one text to where they are in another; what was written into is not what was judged. */
export function moved(places, was, now) {
  if (was === now) return places;
  const most = Math.min(was.length, now.length);
  let head = 0;
  while (head < most && was[head] === now[head]) head++;
  let tail = 0;
  while (tail < most - head && was[was.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const by = now.length - was.length;
  return places.flatMap((one) => {
    if (one.to <= head) return [one];
    if (one.from >= was.length - tail) return [{ ...one, from: one.from + by, to: one.to + by }];
    return [];
  });
}

/** Widens a place to whole letters as people see them, and to their neighbours where it has no ink. */
function seen(text, { from, to }) {
  if (!inked.test(text.slice(from, to))) {
    from = Math.max(0, from - 1);
    to = Math.min(text.length, to + 1);
  }
  // What begins with a plain letter goes on with nothing before it: most places are whole already.
  const plain = (at) => !(text.charCodeAt(at) >= 0x300);
  if (!segments || plain(from) && plain(to)) return { from, to };
  const all = segments.segment(text);
  const last = all.containing(to - 1);
  return { from: all.containing(from)?.index ?? from, to: last ? last.index + last.segment.length : to };
}

/** Cuts a text into what is underlined and what is not: where two overlap, by the graver. */
function cut(text, places) {
  const spans = places.map((one) => ({ ...seen(text, one), weight: one.weight }));
  const ends = [...new Set([0, text.length, ...spans.flatMap((one) => [one.from, one.to])])].sort((a, b) => a - b);
  return ends.slice(1).map((end, i) => {
    const over = spans.filter((one) => one.from <= ends[i] && one.to >= end);
    return { weight: weights.find((w) => over.some((one) => one.weight === w)) ?? "", words: text.slice(ends[i], end) };
  });
}

/** Gathers what was cut by the paragraphs of the text, each with what tells it from others. */
function paragraphs(parts) {
  const all = [[]];
  for (const { weight, words } of parts) {
    words.split("\n").forEach((piece, i) => {
      if (i) all.push([]);
      const line = all.at(-1);
      if (line.at(-1)?.weight === weight) line.at(-1).words += piece;
      else if (piece) line.push({ weight, words: piece });
    });
  }
  return all.map((line) => ({ line, key: JSON.stringify(line) }));
}

/** Draws a paragraph, of text alone. */
function drawn({ line }) {
  const paragraph = document.createElement("div");
  paragraph.dir = "auto";
  for (const { weight, words } of line) {
    const span = weight ? document.createElement("span") : null;
    if (span) {
      span.className = weight;
      span.textContent = words;
    }
    paragraph.append(span ?? words);
  }
  // One without words is a line as well.
  paragraph.append("\n");
  return paragraph;
}

/** Puts the layer behind a field. */
function layer(field) {
  const behind = document.createElement("div");
  behind.className = "behind";
  behind.setAttribute("aria-hidden", "true");
  behind.dir = "auto";
  field.before(behind);
  field.classList.add("over");
  let places = [];
  let text = field.value;
  let wide, high;

  const fit = () => {
    const style = getComputedStyle(field);
    for (const one of metrics) behind.style[one] = style[one];
    behind.style.left = `${field.offsetLeft + field.clientLeft}px`;
    behind.style.top = `${field.offsetTop + field.clientTop}px`;
    [wide, high] = [field.clientWidth, field.clientHeight];
    behind.style.width = `${wide}px`;
    behind.style.height = `${high}px`;
    follow();
  };
  const follow = () => {
    behind.scrollTop = field.scrollTop;
    behind.scrollLeft = field.scrollLeft;
  };
  // A paragraph that is as it was stays: a letter lays one of them out anew, not the text.
  let lines = [];
  const draw = () => {
    behind.lang = field.lang;
    const now = places.length ? paragraphs(cut(text, places)) : [];
    const most = Math.min(lines.length, now.length);
    let head = 0;
    while (head < most && lines[head] === now[head].key) head++;
    let tail = 0;
    while (tail < most - head && lines[lines.length - 1 - tail] === now[now.length - 1 - tail].key) tail++;
    const old = [...behind.children];
    for (const line of old.slice(head, old.length - tail)) line.remove();
    const fresh = now.slice(head, now.length - tail).map(drawn);
    if (head) behind.children[head - 1].after(...fresh);
    else behind.prepend(...fresh);
    lines = now.map((line) => line.key);
    // A bar that came or went has made the lines shorter or longer.
    if (wide !== field.clientWidth || high !== field.clientHeight) fit();
    else follow();
  };

  field.addEventListener("input", () => {
    places = moved(places, text, field.value);
    text = field.value;
    if (places.length || lines.length) draw();
  });
  field.addEventListener("scroll", follow, { passive: true });
  new ResizeObserver(fit).observe(field);
  // Letters that come late have other widths.
  document.fonts?.ready.then(fit);

  return {
    field,
    judge(found, judgedText) {
      text = field.value;
      places = moved(found, judgedText, text);
      draw();
    },
    /** Selects a place, where it still is, and brings it into sight. */
    show(number) {
      const place = places.find((one) => one.number === number);
      field.focus();
      if (!place) return;
      field.setSelectionRange(place.from, place.to);
      const paragraph = behind.children[text.slice(0, place.from).split("\n").length - 1];
      if (paragraph) field.scrollTop = paragraph.offsetTop - field.clientHeight / 3;
      field.scrollIntoView({ block: "nearest" });
    },
  };
}

/** Underlines what is listed beneath in the fields of a form, and again whenever the list is another. */
export function underlines(form) {
  const layers = new Map();
  const draw = (texts) => {
    for (const field of form.querySelectorAll("[data-underlined]")) {
      if (layers.get(field.id)?.field !== field) layers.set(field.id, layer(field));
    }
    const found = [...form.querySelectorAll("#compose-findings li[data-box]")].map((li, number) => {
      li.dataset.number = number;
      return { box: li.dataset.box, from: Number(li.dataset.from), to: Number(li.dataset.to), weight: li.className, number };
    });
    for (const [id, one] of layers) one.judge(found.filter((f) => f.box === id), texts.get(id) ?? one.field.value);
  };
  draw(new Map());
  form.addEventListener("click", (event) => {
    const li = event.target.closest("[data-place]")?.closest("li");
    const one = li && layers.get(li.dataset.box);
    if (!one) return;
    const fold = one.field.closest("details");
    if (fold) fold.open = true;
    one.show(Number(li.dataset.number));
  });
  return draw;
}
