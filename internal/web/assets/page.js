// The two things a page cannot do without a script: copy a text, and sign in with a
// secret that is in the fragment so that it never reaches a server's log.
(() => {
  "use strict";
  document.documentElement.classList.add("script");

  for (const button of document.querySelectorAll("[data-copy]")) {
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
  }

  const room = document.querySelector("[data-sign-in]");
  if (!room) return;
  const find = (name) => room.querySelector("[data-" + name + "]");
  const secret = location.hash.slice(1);

  const step = (name) => {
    for (const part of room.querySelectorAll("[data-step]")) part.hidden = part.dataset.step !== name;
    const shown = room.querySelector(`[data-step="${name}"]`);
    document.title = shown.querySelector("h1").textContent + " · Imprimatur";
    shown.focus();
  };
  // What a link could do is done: nothing may lead back to it, nor away from the token.
  const forget = () => {
    history.replaceState(null, "", location.pathname + location.search);
    for (const links of document.querySelectorAll("[data-keep-fragment]")) links.hidden = true;
  };

  // The door that networks send people back to knows by this who is here. Without it the token is
  // asked for there.
  const remember = (token) => {
    fetch("/connect/session", { method: "POST", body: new URLSearchParams({ token }) }).catch(() => {});
  };

  const welcome = (session) => {
    find("name").textContent = session.displayName ?? session.display_name ?? "";
    find("token").textContent = session.token;
    for (const role of session.roles ?? []) {
      const chip = find("roles").querySelector(`[data-role="${CSS.escape(role)}"]`);
      if (chip) chip.hidden = false;
    }
    const until = new Date(session.expireTime ?? session.expire_time);
    find("until").dateTime = until.toISOString();
    find("until").textContent = until.toLocaleString(document.documentElement.lang === "fr" ? "fr-FR" : "en-GB", { dateStyle: "long", timeStyle: "short" });
    step("done");
  };

  if (!secret) {
    step("missing");
    return;
  }
  // A language link must not lose the secret.
  for (const link of document.querySelectorAll("[data-keep-fragment] a")) link.hash = location.hash;

  const go = find("go");
  const label = go.textContent;
  go.disabled = false;
  go.addEventListener("click", async () => {
    go.disabled = true;
    go.textContent = go.dataset.wait;
    find("failed").hidden = true;
    try {
      const answer = await fetch("/v1/sessions", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ link_secret: secret }),
      });
      if (answer.ok) {
        const session = await answer.json();
        forget();
        remember(session.token);
        welcome(session);
        return;
      }
      // 4xx is an answer about the link; anything else may pass.
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
        forget();
        step("refused");
        return;
      }
      throw new Error("answer " + answer.status);
    } catch {
      find("failed").hidden = false;
      go.disabled = false;
      go.textContent = label;
    }
  });
})();
