// Starts the design systems' components, stops a second click, and warns before signing out.
// Every page works without scripts. docs/interface.md has the contract of the data attributes.

const body = document.body;

// The design system sets aria-expanded on radios, which ARIA does not know there: take it off again.
function tidyRadios(root) {
  const strip = (radio) => radio.removeAttribute("aria-expanded");
  for (const radio of root.querySelectorAll('input[type="radio"][aria-controls]')) {
    strip(radio);
    new MutationObserver(() => radio.hasAttribute("aria-expanded") && strip(radio)).observe(radio, {
      attributeFilter: ["aria-expanded"],
    });
  }
}

async function startComponents() {
  for (const id of ["govuk-js", "moj-js"]) {
    try {
      (await import(document.getElementById(id).href)).initAll();
    } catch (error) {
      console.warn(`Components of ${id} did not start`, error);
    }
  }
  tidyRadios(document);
}

// A form that was sent is not sent again by a second click; the server would answer it with the first result anyway.
function stopSecondClick() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 10000);
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}

// A page that stays open says so as well when nobody checks the deadlines any more; the server says it on a new page.
const LOOK_EVERY = 60;
const STALE =
  "Warnings about deadlines have not been checked for more than five minutes. " +
  "The times on these pages are still right; letters may be late. Tell your administrator.";

function watchHeartbeat() {
  if (!body.dataset.health) return;
  let said = null;
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(body.dataset.health, { cache: "no-store" }).catch(() => null);
    const well = (await answer?.json().catch(() => null))?.sweep?.well;
    if (well) said = said?.remove();
    if (well !== false || document.querySelector(".house-banner")) return;
    said = document.createElement("div");
    said.className = "house-banner govuk-width-container";
    said.setAttribute("role", "status");
    said.innerHTML = '<strong class="govuk-tag govuk-tag--red">Attention</strong> ';
    said.append(STALE);
    document.getElementById("main-content").before(said);
  }, LOOK_EVERY * 1000);
}

// Idle sign-out: typing counts as being there; five minutes before the end everything is saved and one question asked.
const WARN = 300;
const ASK_EVERY = 240;

function watchIdle() {
  const dialog = document.getElementById("idle");
  if (!dialog || !body.dataset.stay) return;
  const limit = Number(body.dataset.idleSeconds) - 60; // the server notes presence once a minute
  const left = dialog.querySelector("[data-idle-left]");
  let [touched, asking, ended] = [0, false, false];
  const seen = () => Number(localStorage.getItem("threshold:seen") || 0);
  const note = () => localStorage.setItem("threshold:seen", String(Date.now()));
  const touch = () => (touched = Date.now());
  note();
  for (const name of ["keydown", "input", "pointerdown"]) addEventListener(name, touch, { passive: true });
  addEventListener("threshold:saved", note);

  function post(address) {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
    return fetch(address, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" }).catch(() => null);
  }

  async function stay() {
    if (asking) return;
    asking = true;
    const answer = await post(body.dataset.stay);
    asking = false;
    if (answer?.ok) note();
    else if (answer) signedOut();
    if (answer?.ok && dialog.open) dialog.close();
  }

  async function signedOut() {
    if (ended) return;
    ended = true;
    dispatchEvent(new Event("threshold:save"));
    const out = document.querySelector("form[data-sign-out]");
    if (out) await post(out.action);
    const here = encodeURIComponent(location.pathname + location.search);
    location.assign(`${body.dataset.signIn}?next=${here}&kept=1`);
  }

  dialog.querySelector("[data-idle-stay]").addEventListener("click", stay);
  setInterval(() => {
    const quiet = (Date.now() - seen()) / 1000;
    const minutes = Math.max(Math.ceil((limit - quiet) / 60), 1);
    if (quiet < limit - WARN) {
      if (dialog.open) dialog.close(); // another tab stayed
      if (quiet > ASK_EVERY && Date.now() - touched < ASK_EVERY * 1000) stay();
    } else if (quiet < limit) {
      left.textContent = minutes === 1 ? "in a minute" : `in ${minutes} minutes`;
      if (!dialog.open) {
        dispatchEvent(new Event("threshold:save"));
        dialog.showModal();
      }
    } else signedOut();
  }, 5000);
}

// On a narrow screen the agenda gives way to the step, and reasons to the clocks themselves.
function fold() {
  const close = (selector) => document.querySelectorAll(selector).forEach((one) => (one.open = false));
  if (matchMedia("(max-width: 64em)").matches) close(".meeting__fold");
  if (matchMedia("(max-width: 40em)").matches) close("details[data-fold]");
}

// A table that scrolls on a phone can be reached and scrolled by the keyboard.
function openTables() {
  for (const table of document.querySelectorAll(".govuk-table")) {
    if (table.scrollWidth > table.clientWidth + 1) table.tabIndex = 0;
    else table.removeAttribute("tabindex");
  }
}

startComponents();
fold();
openTables();
addEventListener("resize", openTables);
addEventListener("threshold:swapped", openTables);
stopSecondClick();
watchIdle();
watchHeartbeat();
