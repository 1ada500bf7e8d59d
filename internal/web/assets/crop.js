// Cutting a picture by drawing on it. What is sent are the numbers beside it: drawing writes them,
// and whoever types them sees the cut move.
const edges = ["left", "top", "width", "height"];

/** Lets the pictures of a form be cut by drawing, now and those that come. */
export function crops(form) {
  const field = (stage, edge) => form.elements[`crop_${edge}:${stage.dataset.crop}`];
  const whole = (stage) => ({ width: Number(field(stage, "width").max), height: Number(field(stage, "height").max) });
  const area = (stage) => Object.fromEntries(edges.map((edge) => [edge, Number(field(stage, edge).value)]));

  const draw = (stage) => {
    const all = whole(stage);
    const now = area(stage);
    const cut = stage.querySelector(".cut").style;
    cut.left = `${(now.left / all.width) * 100}%`;
    cut.top = `${(now.top / all.height) * 100}%`;
    cut.width = `${(now.width / all.width) * 100}%`;
    cut.height = `${(now.height / all.height) * 100}%`;
  };

  const put = (stage, next) => {
    const all = whole(stage);
    const width = Math.min(all.width, Math.max(1, Math.round(next.width)));
    const height = Math.min(all.height, Math.max(1, Math.round(next.height)));
    field(stage, "width").value = width;
    field(stage, "height").value = height;
    field(stage, "left").value = Math.min(all.width - width, Math.max(0, Math.round(next.left)));
    field(stage, "top").value = Math.min(all.height - height, Math.max(0, Math.round(next.top)));
    draw(stage);
  };

  // Where a pointer is, in dots of the picture.
  const place = (stage, event) => {
    const box = stage.getBoundingClientRect();
    const all = whole(stage);
    return {
      x: Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * all.width,
      y: Math.min(1, Math.max(0, (event.clientY - box.top) / box.height)) * all.height,
    };
  };

  form.addEventListener("pointerdown", (event) => {
    const stage = event.target.closest("[data-crop]");
    if (!stage || event.button) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    const from = place(stage, event);
    const was = area(stage);
    const all = whole(stage);
    const inside = from.x > was.left && from.x < was.left + was.width && from.y > was.top && from.y < was.top + was.height;
    // Within a cut the cut is moved; anywhere else, and where there is none yet, a new one is drawn.
    const moves = inside && (was.width < all.width || was.height < all.height);
    const follow = (move) => {
      const to = place(stage, move);
      if (moves) return put(stage, { ...was, left: was.left + to.x - from.x, top: was.top + to.y - from.y });
      put(stage, { left: Math.min(from.x, to.x), top: Math.min(from.y, to.y), width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) });
    };
    const end = () => {
      stage.removeEventListener("pointermove", follow);
      stage.removeEventListener("pointerup", end);
      stage.removeEventListener("pointercancel", end);
      // A mere press is no cut.
      if (area(stage).width < 2 || area(stage).height < 2) put(stage, was);
    };
    stage.addEventListener("pointermove", follow);
    stage.addEventListener("pointerup", end);
    stage.addEventListener("pointercancel", end);
  });

  // The largest part of a shape, from the middle.
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-shape]");
    if (!button) return;
    const stage = button.closest("details").querySelector("[data-crop]");
    const [across, down] = button.dataset.shape.split(":").map(Number);
    const all = whole(stage);
    const width = Math.min(all.width, (all.height * across) / down);
    const height = (width * down) / across;
    put(stage, { left: (all.width - width) / 2, top: (all.height - height) / 2, width, height });
  });

  form.addEventListener("input", (event) => {
    if (event.target.name?.startsWith("crop_")) draw(event.target.closest("details").querySelector("[data-crop]"));
  });
}
