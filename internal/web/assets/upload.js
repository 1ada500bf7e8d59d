// A large file goes to the service in parts, each of which is sent again until it arrived. What broke
// off goes on where it stopped, also when the button is pressed once more.
import { read } from "./page.js";

/** Up to this size a file goes with the form it belongs to. */
export const small = 4 << 20;
const part = 2 << 20;
const waits = [500, 1000, 2000, 4000, 8000];
const begun = new Map();
const keyOf = (file, at) => [at, file.size, file.lastModified, file.name].join("/");

/** What the service does not take, in its own words. */
class Refusal extends Error {}

async function answered(ask) {
  for (let turn = 0; ; turn++) {
    let answer = null;
    try {
      answer = await ask();
    } catch (broken) {
      if (turn === waits.length) throw broken;
    }
    if (answer?.ok && !answer.redirected) return answer.json();
    if (answer && (answer.status < 500 || turn === waits.length)) {
      throw new Refusal((await read(answer)).getElementById("refusal")?.textContent ?? document.body.dataset.failed);
    }
    await new Promise((done) => setTimeout(done, waits[turn]));
  }
}

/** Sends a file, tells how much of it is there, from 0 to 1, and returns the upload's name. */
export async function bring(file, at, tell) {
  const key = keyOf(file, at);
  try {
    if (!begun.has(key)) {
      const said = new URLSearchParams({ name: file.name, type: file.type, size: file.size, request_id: crypto.randomUUID?.() ?? "" });
      begun.set(key, await answered(() => fetch(at, { method: "POST", body: said })));
    }
    let one = begun.get(key);
    for (tell(0); one.offset < file.size; tell(one.offset / file.size)) {
      const { upload, offset } = one;
      one = await answered(() => fetch(`${at}/${upload}?offset=${offset}`, { method: "POST", body: file.slice(offset, offset + part) }));
      begun.set(key, one);
    }
    return one.upload;
  } catch (broken) {
    if (broken instanceof Refusal) begun.delete(key);
    throw broken instanceof Refusal ? broken : new Error(document.body.dataset.failed);
  }
}

/** Begins anew with a file that was sent and could not be used. */
export function forget(file, at) {
  begun.delete(keyOf(file, at));
}
