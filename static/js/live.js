// A fragment that keeps itself fresh: asks its address again with the ETag it has, and waits while somebody is in it.
// One answer may bring several parts of the page, each by its name in data-part.

const EVERY = 10;
const ENDED = "This part is no longer available to you. Reload the page.";
const TOKEN = /name="csrfmiddlewaretoken" value="\w*"/g; // another in every answer
const waiting = new Map();
const stood = new WeakMap();

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

// What somebody folded stays folded.
function put(home, html) {
  const folded = [...home.querySelectorAll("details")].map((one) => one.open);
  home.innerHTML = html;
  const now = home.querySelectorAll("details");
  if (now.length === folded.length) now.forEach((one, place) => (one.open = folded[place]));
  dispatchEvent(new CustomEvent("threshold:swapped", { detail: home }));
}

const isHeld = (home) => home.contains(document.activeElement) || home.querySelector(":active");

// The newest answer waits for fingers and focus to leave.
function swap(home, html) {
  const waits = waiting.has(home);
  if (!isHeld(home)) {
    waiting.delete(home);
    return put(home, html);
  }
  waiting.set(home, html);
  if (!waits) leave(home);
}

function leave(home) {
  setTimeout(() => {
    if (!waiting.has(home)) return;
    if (isHeld(home)) leave(home);
    else swap(home, waiting.get(home));
  }, 250);
}

const bare = (html) => html.replace(TOKEN, "");

function fresh(home, html) {
  const told = new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-part]");
  if (!told.length) return swap(home, html);
  for (const one of told) {
    const part = document.querySelector(`[data-part="${one.dataset.part}"]`);
    if (!part || stood.get(part) === bare(one.innerHTML)) continue;
    stood.set(part, bare(one.innerHTML));
    swap(part, one.innerHTML);
  }
}

async function keepFresh(home) {
  const every = Number(home.dataset.pollEvery || EVERY) * 1000;
  let [tag, failures] = [home.dataset.pollTag ?? "", 0];
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
      fresh(home, await answer.text());
    } catch {
      failures = Math.min(failures + 1, 5);
      if (failures > 1) note(home, "Not connected. What you see may be out of date.");
    }
  }
}

for (const part of document.querySelectorAll("[data-part]")) stood.set(part, bare(part.innerHTML));
document.querySelectorAll("[data-poll]").forEach(keepFresh);
