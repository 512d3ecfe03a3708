// A field that saves itself: soon after a pause and within a second while typing goes on, one request at a time, so
// that a browser that dies loses a second at most. Losing the network keeps the text and says so; a clash is shown
// side by side and nobody's words are lost; changes of different sentences the server puts together. A save whose
// answer was lost is known by its page and turn.

const PAUSE = 600;
const LONGEST = 800;
const LONGEST_WAIT = 8000;
const TOLD = 15000;
const PAGE = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
const person = document.body.dataset.person;
const fields = new Map();
let token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { timeZone: "Europe/London" });

async function freshToken() {
  const answer = await fetch(document.body.dataset.stay, { headers: { Accept: "application/json" }, redirect: "manual" });
  if (answer.ok) token = (await answer.json()).token;
  return answer.ok;
}

class Field {
  constructor(home) {
    this.home = home;
    this.url = home.dataset.autosave;
    this.version = Number(home.dataset.version || 0);
    this.inputs = [...home.querySelectorAll("textarea, select, input:not([type=hidden])")];
    this.parameter = home.dataset.autosaveName || "text";
    this.state = home.querySelector("[data-save-state]") ?? this.makeState();
    this.isText = this.parameter === "text";
    this.box = this.url.replace(/marking\/$/, ""); // as which the poll tells of it
    this.printed = home.querySelector("input[data-printed]");
    this.saved = this.text;
    this.failures = 0;
    [this.page, this.turn] = [PAGE, 0];
    for (const input of this.inputs) {
      input.addEventListener("input", () => this.typed());
      input.addEventListener("blur", () => this.send());
    }
    this.restore();
  }

  makeState() {
    const made = document.createElement("p");
    made.className = "save-state";
    this.home.append(made);
    return made;
  }

  get choices() {
    return ["radio", "checkbox"].includes(this.inputs[0]?.type);
  }

  get text() {
    if (this.choices) return this.inputs.filter((one) => one.checked).map((one) => one.value).join("\n");
    return this.inputs[0].value;
  }

  set text(text) {
    if (this.choices) {
      const ticked = text.split("\n");
      for (const one of this.inputs) one.checked = ticked.includes(one.value);
      return;
    }
    const input = this.inputs[0];
    const [old, start, end] = [input.value, input.selectionStart, input.selectionEnd];
    input.value = text;
    if (document.activeElement === input && start !== null) input.setSelectionRange(moved(start, old, text), moved(end, old, text));
  }

  get dirty() {
    return this.text !== this.saved;
  }

  get draft() {
    return `auto:${person}:${this.url}`;
  }

  say(words, kind) {
    this.state.textContent = words;
    this.state.className = `save-state save-state--${kind}`;
  }

  emit(name, detail) {
    this.home.dispatchEvent(new CustomEvent(`threshold:${name}`, { bubbles: true, detail }));
  }

  // Text that an earlier page of this tab could not save: the server knows whether somebody else wrote meanwhile.
  restore() {
    const stored = sessionStorage.getItem(this.draft);
    if (!stored) return;
    const { text, version, page, turn, saved } = JSON.parse(stored);
    if (text === this.saved) return sessionStorage.removeItem(this.draft);
    if (!this.isText && saved !== undefined) this.saved = saved;
    [this.text, this.version, this.page, this.turn] = [text, version, page ?? PAGE, turn ?? 0];
    this.say("Not saved yet. Saving…", "saving");
    this.schedule(0);
  }

  keep() {
    if (this.gone) return;
    const { text, version, page, turn } = this;
    const saved = this.isText ? undefined : this.saved; // a choice is told with what it was before
    try {
      sessionStorage.setItem(this.draft, JSON.stringify({ text, version, page, turn, saved }));
    } catch {
      /* full: the field itself still has it */
    }
  }

  typed() {
    this.keep();
    if (this.clashing) return;
    if (this.failures === 0) this.say("Saving…", "saving");
    this.scheduleTyped();
    this.tellTyping();
  }

  scheduleTyped() {
    this.since ??= Date.now();
    this.schedule(Math.max(0, Math.min(PAUSE, this.since + LONGEST - Date.now())));
  }

  tellTyping() {
    const url = this.home.dataset.lockUrl;
    if (!url || Date.now() - (this.told ?? 0) < 2000) return;
    this.told = Date.now();
    this.post(url, { typing: "1" }).catch(() => {});
  }

  schedule(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  post(url, values, keepalive = false) {
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    return fetch(url, { method: "POST", headers, body: new URLSearchParams(values), redirect: "manual", keepalive });
  }

  async send(leaving = false) {
    clearTimeout(this.timer);
    if (this.gone || this.clashing || (this.busy && !leaving) || !this.dirty) return;
    this.busy = true;
    this.since = undefined;
    const sent = this.text;
    try {
      const small = sent.length < 20000; // browsers hold at most 64 kB for requests that outlive a page
      this.turn += 1;
      this.keep();
      const values = { [this.parameter]: sent, version: this.version, page: this.page, turn: this.turn };
      if (!this.isText) values.was = this.saved;
      const answer = await this.post(this.url, values, leaving && small);
      await this.answered(answer, sent);
    } catch {
      this.failed("Not saved – offline. Your text is kept in this tab");
    } finally {
      this.busy = false;
    }
    if (this.dirty && !this.clashing && this.failures === 0 && !this.refused) this.scheduleTyped();
  }

  async answered(answer, sent) {
    this.refused = false;
    if (answer.status === 401 || answer.type === "opaqueredirect") return this.signedOut();
    if (answer.status >= 500 || answer.status === 429) return this.failed("Not saved. Your text is kept in this tab");
    const json = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
    if (answer.status === 403 && !json && !this.renewed) {
      this.renewed = true; // signing in again changes the form token
      if (await freshToken()) return this.schedule(0);
      return this.signedOut();
    }
    this.renewed = false;
    if (answer.status === 409 && json) return this.clash(json);
    if (!answer.ok) {
      this.refused = true;
      return this.say(`Not saved. ${json?.sentence ?? "Your text is kept in this tab."}`, "failed");
    }
    this.accepted(json ?? {}, sent);
  }

  // The form around the field is sent with what the field stands on, as if it were printed now.
  print() {
    if (this.printed) this.printed.value = this.isText ? this.version : this.saved;
    const earlier = this.home.closest(".cell")?.querySelector("[data-earlier]");
    if (this.isText && earlier) earlier.hidden = this.version < 2;
  }

  // `own` is the version that is what was sent, without the words that were merged into `version`: whoever typed on
  // meanwhile has not seen those, so their next save goes on from `own`.
  accepted({ version, own, saved_at: at, text, sentence, merged }, sent) {
    this.failures = 0;
    this.answeredAt = performance.now();
    const typedOn = this.text !== sent && text !== sent;
    this.version = (typedOn ? own : version) ?? version ?? this.version;
    this.saved = sent;
    this.page = PAGE;
    if (text !== undefined && text !== sent && this.text === sent) this.text = this.saved = text;
    this.print();
    if (this.dirty) this.keep();
    else {
      sessionStorage.removeItem(this.draft);
      if (sentence) this.say(sentence, "failed");
      else this.say(this.savedWords(at ?? Date.now(), "", merged), "saved");
    }
    this.emit("saved", { version: this.version });
  }

  // Whose words came in is said for a while: whoever types on saves again within a second.
  savedWords(at, by, merged) {
    if (merged) this.merge = { words: merged, since: Date.now() };
    const isNews = this.merge && Date.now() - this.merge.since < TOLD;
    return `Saved ${at ? clock(at) : ""}${by ? ` by ${by}` : ""}${isNews ? `, merged with ${this.merge.words}` : ""}`;
  }

  failed(words) {
    this.failures += 1;
    this.keep();
    this.say(words, "failed");
    this.emit("offline", {});
    this.schedule(Math.min(1000 * 2 ** (this.failures - 1), LONGEST_WAIT));
  }

  signedOut() {
    this.failures += 1;
    this.keep();
    if (this.signIn?.isConnected) return; // one who is pressing it must not have it replaced under the pointer
    this.say("Not saved. You are signed out. Your text is kept in this tab. ", "failed");
    const link = (this.signIn = document.createElement("a"));
    link.className = "govuk-link";
    link.href = `${document.body.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}&kept=1`;
    link.textContent = "Sign in";
    this.state.append(link);
  }

  clash({ version, text, by, saved_at: at }) {
    this.clashing = true;
    this.keep();
    this.say("Not saved: somebody changed this at the same time", "failed");
    this.emit("clash", { version, text, by });
    this.panel?.remove();
    this.panel = document.createElement("section");
    this.panel.className = "clash";
    this.panel.setAttribute("role", "alert");
    const [mine, base] = [this.text, this.saved];
    const sides = document.createElement("div");
    sides.className = "clash__sides";
    const who = `${by || "Somebody else"} wrote${at ? ` at ${clock(at)}` : ""}`;
    sides.append(side(who, text), side("You wrote", mine));
    const actions = document.createElement("div");
    actions.className = "clash__actions";
    actions.append(
      choice("Keep both", () => this.settle(version, text, this.choices ? this.text : this.both(text, base, by, at))),
      choice("Keep mine", () => this.settle(version, text, this.text)),
      choice("Take theirs", () => this.setAside(version, text)),
    );
    this.panel.append(heading("Both texts are here. Choose, or change yours first."), sides, actions);
    this.home.append(this.panel);
  }

  // Both texts, parted by a line that says who wrote what and when; what was only added is not said twice.
  both(theirs, base, by, at) {
    const mine = base && this.text.startsWith(base) ? this.text.slice(base.length).trim() : this.text;
    if (!theirs) return this.text;
    const [me, now] = [this.home.dataset.person, clock(Date.now())];
    const above = `${by || "somebody else"} wrote what stands above${at ? ` at ${clock(at)}` : ""}`;
    return `${theirs}\n\n(${me ? `${me} wrote` : "Written"} at ${now}, while ${above}:)\n${mine}`;
  }

  // Theirs stands; mine is kept among the earlier texts before it leaves the box.
  async setAside(version, theirs) {
    if (!this.isText) return this.settle(version, theirs, theirs);
    const values = { text: this.text, version, aside: "1" };
    const answer = await this.post(this.url, values).catch(() => null);
    if (!answer?.ok) {
      if (answer?.status === 409) return this.clash(await answer.json());
      return this.say("Not saved. Both texts are kept here: try again", "failed");
    }
    this.settle((await answer.json()).version ?? version, theirs, theirs);
  }

  settle(version, theirs, text) {
    this.panel.remove();
    this.panel = undefined;
    this.clashing = false;
    this.version = version;
    this.saved = theirs;
    this.print();
    this.text = text;
    this.inputs[0].focus();
    if (this.dirty) this.send();
    else {
      sessionStorage.removeItem(this.draft);
      this.say("Saved", "saved");
    }
  }

  // Somebody else's newer text, when this field has no words of its own waiting.
  receive(told, asked) {
    if (!this.isText) return this.receiveChoice(told[this.parameter], asked);
    const { version, text, by, saved_at: at, typing, merged } = told;
    this.showTyping(typing);
    if (!(version > this.version) || this.dirty || this.busy || this.clashing) return;
    this.version = version;
    if (text !== undefined && text !== this.text) this.text = text;
    this.saved = this.text;
    this.print();
    this.say(this.savedWords(at, by, merged), "saved");
  }

  // A choice has no version: what was asked before the last save was answered may be older than that save.
  receiveChoice(chosen, asked) {
    if (chosen === undefined || chosen === this.saved || asked < (this.answeredAt ?? 0)) return;
    if (this.dirty || this.busy) return;
    this.text = this.saved = chosen;
    this.print();
    this.say("Changed by somebody else", "saved");
  }

  showTyping(name) {
    this.typing ??= this.home.appendChild(Object.assign(document.createElement("p"), { className: "typing" }));
    const words = name && name !== this.home.dataset.person ? `${name} is typing here` : "";
    if (this.typing.textContent !== words) this.typing.textContent = words;
    this.typing.hidden = !words;
  }
}

function heading(words) {
  return Object.assign(document.createElement("h3"), { className: "govuk-heading-s", textContent: words });
}

function side(who, text) {
  const made = Object.assign(document.createElement("div"), { className: "clash__side" });
  made.append(
    Object.assign(document.createElement("p"), { className: "govuk-body-s govuk-!-font-weight-bold", textContent: who }),
    Object.assign(document.createElement("p"), { className: "clash__text", textContent: text || "(empty)" }),
  );
  return made;
}

function choice(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "govuk-button govuk-button--secondary";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

function start(root) {
  for (const home of root.querySelectorAll("[data-autosave]")) {
    if (!fields.has(home)) fields.set(home, new Field(home));
  }
  for (const home of fields.keys()) if (!home.isConnected) fields.delete(home);
}

// Where the caret goes when somebody else's words come into its text before it, or after it.
function moved(place, old, text) {
  let same = 0;
  while (same < Math.min(old.length, text.length) && old[same] === text[same]) same += 1;
  return place <= same ? place : Math.max(same, text.length - (old.length - place));
}

// What somebody typed that was not saved: their text without what it begins and ends with as saved.
function added(saved, text) {
  let [start, end] = [0, 0];
  while (start < Math.min(saved.length, text.length) && saved[start] === text[start]) start += 1;
  while (end < Math.min(saved.length, text.length) - start && saved.at(-1 - end) === text.at(-1 - end)) end += 1;
  return text.slice(start, text.length - end);
}

// Access was taken away: nothing of the record stays on the screen, or in the tab, but somebody's own last words.
function takeAway() {
  const main = document.getElementById("main-content");
  const own = [...fields.values()].filter((field) => field.dirty && !field.choices);
  const words = own.map((field) => added(field.saved, field.text)).filter((text) => text.trim());
  for (const field of fields.values()) {
    clearTimeout(field.timer);
    field.gone = true;
    sessionStorage.removeItem(field.draft);
  }
  fields.clear();
  const told = heading("You can no longer see this record");
  const more = Object.assign(document.createElement("p"), {
    className: "govuk-body",
    textContent: "Your access to it has ended. What was saved is kept in the record.",
  });
  main.replaceChildren(told, more, ...(words.length ? [side("You typed this, and it was not saved", words.join("\n\n"))] : []));
  main.setAttribute("role", "alert");
  main.focus();
}

async function listen(home) {
  let tag = "";
  let waits = 1500;
  for (;;) {
    await new Promise((next) => setTimeout(next, waits));
    if (document.hidden || !home.isConnected) continue;
    try {
      const headers = { "X-Background": "1", Accept: "application/json", ...(tag && { "If-None-Match": tag }) };
      const asked = performance.now();
      const answer = await fetch(home.dataset.autosavePoll, { headers, cache: "no-store", redirect: "manual" });
      waits = 1500;
      if ([403, 404].includes(answer.status)) return takeAway();
      if (answer.status === 401 || answer.type === "opaqueredirect") {
        waits = LONGEST_WAIT; // signed out: whoever signs in again, here or in another tab, goes on
        continue;
      }
      if (answer.status !== 200) continue;
      tag = answer.headers.get("ETag") ?? "";
      const told = (await answer.json()).fields ?? {};
      for (const field of fields.values()) if (told[field.box]) field.receive(told[field.box], asked);
      home.dispatchEvent(new CustomEvent("threshold:told", { bubbles: true, detail: told }));
    } catch {
      waits = Math.min(waits * 2, LONGEST_WAIT);
    }
  }
}

const flush = (leaving) => fields.forEach((field) => field.send(leaving));
const tryAgain = () => fields.forEach((field) => field.failures && field.schedule(0));

start(document);
document.querySelectorAll("[data-autosave-poll]").forEach(listen);
addEventListener("threshold:swapped", () => start(document));
addEventListener("threshold:save", () => flush(false));
addEventListener("online", tryAgain);
addEventListener("focus", tryAgain);
addEventListener("pagehide", () => flush(true));
document.addEventListener("visibilitychange", () => document.hidden && flush(true));
addEventListener("beforeunload", (event) => {
  if ([...fields.values()].some((field) => field.dirty && field.failures)) event.preventDefault();
});
