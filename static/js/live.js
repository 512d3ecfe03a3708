// A fragment that keeps itself fresh: asks its address again with the ETag it has, and waits while somebody is in it.

const EVERY = 10;
const ENDED = "This part is no longer available to you. Reload the page.";

function note(home, words) {
  let line = home.nextElementSibling;
  if (!line?.classList.contains("poll-note")) {
    line = document.createElement("p");
    line.className = "poll-note";
    line.setAttribute("role", "status");
    home.after(line);
  }
  if (line.textContent !== words) line.textContent = words;
}

function swap(home, html) {
  const put = () => {
    home.innerHTML = html;
    dispatchEvent(new CustomEvent("threshold:swapped", { detail: home }));
  };
  if (!home.contains(document.activeElement)) return put();
  home.addEventListener("focusout", () => setTimeout(() => swap(home, html)), { once: true });
}

async function keepFresh(home) {
  const every = Number(home.dataset.pollEvery || EVERY) * 1000;
  let [tag, failures] = ["", 0];
  while (home.isConnected) {
    await new Promise((next) => setTimeout(next, Math.min(every * 2 ** failures, 60000)));
    if (document.hidden) continue;
    try {
      const headers = { "X-Background": "1", ...(tag && { "If-None-Match": tag }) };
      const answer = await fetch(home.dataset.poll, { headers, cache: "no-store", redirect: "manual" });
      if ([401, 403, 404].includes(answer.status) || answer.type === "opaqueredirect") return note(home, ENDED);
      if (answer.status >= 500) throw new Error(answer.statusText);
      if (failures) note(home, "");
      failures = 0;
      if (answer.status !== 200) continue;
      tag = answer.headers.get("ETag") ?? "";
      swap(home, await answer.text());
    } catch {
      failures = Math.min(failures + 1, 5);
      if (failures > 1) note(home, "Not connected. What you see may be out of date.");
    }
  }
}

document.querySelectorAll("[data-poll]").forEach(keepFresh);
