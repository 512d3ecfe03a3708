// Keeps what is typed in a form in this tab until the server has taken it: after an error, a sign-out, a lost network.
// Only this tab can read it, only the same person gets it back, and passwords, codes and files are never kept.
// A form of a meeting (data-draft="kept") is kept on the server too, so that a browser that dies loses a second of it.

const person = document.body.dataset.person;
const PAUSE = 1000;
const NEVER = ["password", "file", "hidden", "submit", "button", "image", "reset"];

function forms() {
  return [...document.querySelectorAll('form[method="post"]')].filter(
    (form) => form.dataset.draft !== "off" && form.elements.namedItem("_key"),
  );
}

// An address that says what the form is about has a draft of its own: its facts are filled in from that.
function nameOf(form) {
  const asked = new URLSearchParams(location.search);
  const about = asked.get("about") ?? asked.get("passage");
  const page = about ? `${location.pathname}?${about}` : location.pathname;
  return `draft:${person}:${page}:${form.id || forms().indexOf(form)}`;
}

function kept(form) {
  return [...form.elements].filter(
    (one) =>
      one.name && !NEVER.includes(one.type) && one.autocomplete !== "one-time-code" && !one.closest("[data-autosave]"),
  );
}

function read(form) {
  const fields = {};
  for (const one of kept(form)) {
    const choice = one.type === "radio" || one.type === "checkbox";
    fields[one.name] ??= [];
    if (!choice || one.checked) fields[one.name].push(one.value);
  }
  return fields;
}

function save(form) {
  const record = { key: form.elements._key.value, version: form.elements._version?.value, at: Date.now(), fields: read(form) };
  try {
    sessionStorage.setItem(nameOf(form), JSON.stringify(record));
  } catch {
    /* the tab's store is full: the page itself still has the text */
  }
}

// What was typed in a part of the form that is folded away is shown again.
function unfold(field) {
  for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
}

function offers(list, value) {
  return [...list.options].some((one) => one.value && one.value === value);
}

// Puts the values back; returns the texts for which this page has no field.
function write(form, fields) {
  const homeless = [];
  let changed = false;
  const inputs = kept(form);
  for (const [name, values] of Object.entries(fields)) {
    const mine = inputs.filter((one) => one.name === name);
    if (!mine.length) homeless.push(...values.filter((value) => value.trim()));
    mine.forEach((one, place) => {
      if (one.type === "radio" || one.type === "checkbox") {
        const ticked = values.includes(one.value);
        changed ||= one.checked !== ticked;
        one.checked = ticked;
      } else if (one.tagName === "SELECT" && !offers(one, values[place])) {
        // nothing was chosen, or it is not offered any more: what the page has chosen stands
      } else if (one.value !== (values[place] ?? "")) {
        one.value = values[place] ?? "";
        if (one.value) unfold(one);
        changed = true;
      }
    });
  }
  return { changed: changed || homeless.length > 0, homeless };
}

function tell(form, at, homeless) {
  form.dataset.restored = "1";
  const note = document.createElement("div");
  note.className = "kept no-print";
  note.setAttribute("role", "status");
  const time = new Date(at).toLocaleTimeString("en-GB", { timeZone: "Europe/London", hour: "2-digit", minute: "2-digit" });
  note.append(`What you typed at ${time} was kept and is back in the form. It is not saved yet. `);
  const remove = document.createElement("button");
  remove.dataset.remove = "";
  remove.type = "button";
  remove.className = "link-button";
  remove.textContent = "Remove it";
  remove.addEventListener("click", () => {
    sessionStorage.removeItem(nameOf(form));
    send(form, "0").finally(() => location.reload());
  });
  note.append(remove);
  for (const text of homeless) {
    const line = document.createElement("p");
    line.className = "clash__text";
    line.textContent = text;
    note.append(line);
  }
  form.before(note);
}

// Tells the server what is typed so far ("1"), or to forget it ("0"); says who else is typing here.
async function send(form, what) {
  if (form.dataset.draft !== "kept") return;
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  body.set("_draft", what);
  const state = stateOf(form);
  const answer = await fetch(form.getAttribute("action") || location.pathname + location.search, {
    method: "POST", body, redirect: "manual", headers: { Accept: "application/json" },
  }).catch(() => null);
  if (answer?.ok) {
    const time = new Date().toLocaleTimeString("en-GB", { timeZone: "Europe/London", hour: "2-digit", minute: "2-digit" });
    state.className = "save-state save-state--saved";
    state.textContent = `Kept at ${time}. It is not in the record until you press the button.`;
    tellOthers((await answer.json()).others);
  } else if (answer?.type !== "opaqueredirect") {
    state.className = "save-state save-state--failed";
    state.textContent = "Kept in this tab only: the connection is lost.";
  }
}

function stateOf(form) {
  let state = form.querySelector("[data-draft-state]");
  if (!state) {
    state = document.createElement("p");
    state.dataset.draftState = "";
    state.setAttribute("role", "status");
    form.append(state);
  }
  return state;
}

function tellOthers(names) {
  const note = document.querySelector("[data-writing]");
  if (!note) return;
  note.hidden = !names.length;
  const said = names.length ? `${names.join(", ")} ${names.length > 1 ? "are" : "is"} typing here too.` : "";
  if (note.textContent.trim() !== said) note.textContent = said;
}

// The server names in a short-lived cookie the form that it has taken.
function takenKey() {
  const found = document.cookie.split("; ").find((part) => part.startsWith("sent="));
  if (found) document.cookie = "sent=; max-age=0; path=/; samesite=lax";
  return found?.slice(5);
}

function records() {
  return Object.keys(sessionStorage).filter((name) => name.startsWith("draft:") || name.startsWith("auto:"));
}

function forgetTakenAndOthers() {
  const taken = takenKey();
  for (const name of records()) {
    const others = person && name.split(":")[1] !== person;
    if (others || (taken && sessionStorage.getItem(name).includes(`"key":"${taken}"`))) sessionStorage.removeItem(name);
  }
}

// What this tab kept, or what the server did from another one: whichever is newer.
function newest(form) {
  const mine = JSON.parse(sessionStorage.getItem(nameOf(form)));
  const kept = form.dataset.draft === "kept" && document.getElementById("kept-draft");
  const theirs = kept ? JSON.parse(kept.textContent) : null;
  return theirs && !(mine && mine.at >= theirs.at) ? theirs : mine;
}

function restore(form) {
  const record = newest(form);
  if (!record) return;
  if (record.key === form.elements._key.value) return; // the server has just given it back, with what is wrong
  const { changed, homeless } = write(form, record.fields);
  if (!changed) return;
  if (record.version && form.elements._version) form.elements._version.value = record.version;
  save(form);
  tell(form, record.at, homeless);
}

function watch(form) {
  let timer, sending;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => save(form), 250);
    sending ??= setTimeout(() => {
      sending = undefined;
      send(form, "1");
    }, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    clearTimeout(sending);
    save(form);
  });
  form.addEventListener("threshold:form-saved", () => {
    clearTimeout(timer);
    timer = undefined;
    sessionStorage.removeItem(nameOf(form));
    document.querySelectorAll(".kept").forEach((note) => note.querySelector(".clash__text") || note.remove());
  });
  const now = () => timer && save(form);
  addEventListener("pagehide", now);
  addEventListener("threshold:save", now);
}

// Signing out on purpose leaves nothing behind on a shared computer; it says so first.
function watchSignOut() {
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", (event) => {
    const left = records();
    const question = "Text that you typed in this tab is not sent yet. Signing out removes it. Sign out?";
    if (left.length && !confirm(question)) event.preventDefault();
    else left.forEach((name) => sessionStorage.removeItem(name));
  });
}

forgetTakenAndOthers();
for (const form of forms()) {
  restore(form);
  watch(form);
}
watchSignOut();
