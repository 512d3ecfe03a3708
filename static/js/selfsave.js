// A form that saves itself: after a pause in the typing it is sent as its button would send it, with a header that
// says so, and the answer is JSON. Losing the network or the sign-in keeps everything in this tab (drafts.js) and says
// so; somebody else's newer answers are shown beside these, and nobody's words are lost. The button works all the same.

const LONGEST = 4000;
const OURS = ["csrfmiddlewaretoken", "_key", "_version"];
const NOT_OURS = ["_find", "_looked_for"]; // what is looked for is no answer
const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { timeZone: "Europe/London" });
const made = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

class SelfSaving {
  constructor(form) {
    this.form = form;
    this.pause = Number(form.dataset.selfSave) || 900;
    this.home = form.querySelector("[data-self-save-state]");
    this.state = this.home.querySelector(".save-state");
    this.failures = 0;
    this.saved = this.content();
    form.addEventListener("input", () => this.typed());
    form.addEventListener("submit", () => {
      this.leaving = true; // the button says it all
      clearTimeout(this.timer);
    });
    if (form.dataset.restored || "unsaved" in form.dataset) {
      this.saved = null;
      this.schedule(0);
    }
  }

  content() {
    const typed = [...new FormData(this.form)].filter(([name, value]) => !OURS.includes(name) && !NOT_OURS.includes(name) && typeof value === "string");
    return new URLSearchParams(typed).toString();
  }

  get dirty() {
    return this.content() !== this.saved;
  }

  say(words, kind) {
    if (this.state.textContent !== words) this.state.textContent = words;
    this.state.className = `save-state save-state--${kind}`;
  }

  typed() {
    if (this.panel || this.shut) return;
    if (!this.failures) this.say("Saving…", "saving");
    this.since ??= Date.now();
    const longest = Math.max(LONGEST, this.pause);
    this.schedule(Math.max(0, Math.min(this.pause, this.since + longest - Date.now())));
  }

  schedule(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  body() {
    const ours = OURS.map((name) => [name, this.form.elements.namedItem(name)?.value ?? ""]);
    return new URLSearchParams([...ours, ...new URLSearchParams(this.content())]);
  }

  async send(last = false) {
    clearTimeout(this.timer);
    if (this.panel || this.shut || this.leaving || (this.busy && !last)) return;
    if (!this.dirty) return this.failures ? this.rest() : this.say("Saved", "saved");
    this.busy = true;
    this.since = undefined;
    const sent = this.content();
    try {
      const keepalive = last && sent.length < 60000; // what outlives a page may hold 64 kB
      const headers = { "X-Self-Save": "1", Accept: "application/json" };
      const asked = { method: "POST", headers, body: this.body(), redirect: "manual", keepalive };
      await this.answered(await fetch(location.pathname, asked), sent);
    } catch {
      this.failed("Not saved: no connection. What you typed is kept in this tab and is sent when you are connected again");
    } finally {
      this.busy = false;
    }
    if (this.dirty && !this.failures && !this.panel && !this.shut) this.schedule(this.pause);
  }

  async answered(answer, sent) {
    if (answer.status === 401 || answer.type === "opaqueredirect") return this.signedOut();
    const json = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
    if (answer.status === 403 && !json) return this.renew();
    if (answer.status === 409 && json?.clashes) return this.clash(json);
    if (answer.ok && json) return this.accepted(json, sent);
    if (answer.status >= 500 || answer.status === 429 || answer.ok)
      return this.failed("Not saved. What you typed is kept in this tab and is sent again");
    this.shut = true;
    this.say(`Not saved. ${json?.sentence ?? "This section can no longer change."} Copy what you need from this page.`, "failed");
  }

  accepted({ version, saved_at: at, unsaved = [], warnings = [], finished }, sent) {
    this.failures = 0;
    this.renewed = false;
    this.form.elements._version.value = version;
    this.saved = sent;
    this.tellUnsaved(unsaved, warnings);
    if (this.dirty) return;
    const words = unsaved.length ? `Saved ${clock(at)}, but for what is named below` : `Saved ${clock(at)}`;
    this.say(finished || unsaved.length ? words : `${words}. Not all is answered yet`, unsaved.length ? "failed" : "saved");
    if (!unsaved.length && !warnings.some((one) => one.startsWith("Somebody who")))
      this.form.dispatchEvent(new Event("threshold:form-saved", { bubbles: true }));
    dispatchEvent(new Event("threshold:saved"));
  }

  // What is wrong is said under the form with a way to its field; what is being typed is not judged yet.
  tellUnsaved(unsaved, warnings) {
    this.list?.remove();
    const active = document.activeElement?.name ?? "";
    const wrong = unsaved.filter((one) => one.final || !active || !active.startsWith(one.name));
    if (!wrong.length && !warnings.length) return;
    this.list = made("ul", "govuk-list self-save__list");
    for (const { name, sentence } of wrong) {
      const item = made("li", "self-save__wrong");
      const link = made("a", "govuk-link", `Not saved: ${sentence}`);
      const field = this.form.elements.namedItem(name) ?? this.form.elements.namedItem(`${name}_day`);
      link.href = `#${(field?.[0] ?? field)?.id ?? ""}`;
      item.append(link);
      this.list.append(item);
    }
    for (const words of warnings) this.list.append(made("li", "", words));
    this.home.append(this.list);
  }

  failed(words) {
    this.failures += 1;
    this.say(words, "failed");
    this.schedule(Math.min(1000 * 2 ** (this.failures - 1), 30000));
  }

  rest() {
    this.failures = 0;
    this.say("Saved", "saved");
  }

  // Signing in again, here or in another tab, changes the form's token.
  async renew() {
    if (this.renewed) return this.signedOut();
    this.renewed = true;
    const answer = await fetch(document.body.dataset.stay, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (!answer.ok) return this.signedOut();
    this.form.elements.csrfmiddlewaretoken.value = (await answer.json()).token;
    this.schedule(0);
  }

  signedOut() {
    this.failures += 1;
    this.renewed = false;
    if (this.signIn?.isConnected) return; // one who is pressing it must not have it replaced under the pointer
    this.say("Not saved: you are signed out. What you typed is kept in this tab. ", "failed");
    const link = (this.signIn = made("a", "govuk-link", "Sign in and go on"));
    link.href = `${document.body.dataset.signIn}?next=${encodeURIComponent(location.pathname)}&kept=1`;
    this.state.append(link);
  }

  clash({ version, clashes }) {
    this.say("Not saved: somebody else changed this section while you were writing", "failed");
    this.panel = made("section", "clash");
    this.panel.setAttribute("role", "alert");
    this.panel.append(made("h2", "govuk-heading-s", "Both are here. Nothing is lost: choose whose answers to keep."));
    for (const { label, theirs, yours } of clashes) {
      const sides = made("div", "clash__sides");
      for (const [who, text] of [["Saved by somebody else", theirs], ["Typed by you", yours]]) {
        const side = made("div", "clash__side");
        side.append(made("p", "govuk-body-s govuk-!-font-weight-bold", `${label}: ${who.toLowerCase()}`));
        side.append(made("p", "clash__text", text || "(empty)"));
        sides.append(side);
      }
      this.panel.append(sides);
    }
    const actions = made("div", "clash__actions");
    actions.append(this.choice("Keep mine", () => this.keepMine(version)), this.choice("Take theirs", () => this.takeTheirs()));
    this.panel.append(actions);
    this.home.append(this.panel);
    this.panel.scrollIntoView({ block: "nearest" });
  }

  choice(words, act) {
    const button = made("button", "govuk-button govuk-button--secondary", words);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  keepMine(version) {
    this.form.elements._version.value = version;
    this.panel.remove();
    this.panel = undefined;
    this.send();
  }

  takeTheirs() {
    this.saved = this.content();
    this.form.dispatchEvent(new Event("threshold:form-saved", { bubbles: true }));
    location.replace(location.pathname);
  }
}

const all = [...document.querySelectorAll("form[data-self-save]")].map((form) => new SelfSaving(form));
const again = () => all.forEach((one) => one.failures && one.schedule(0));
const flush = () => all.forEach((one) => one.dirty && one.send(true));
addEventListener("threshold:save", () => all.forEach((one) => one.send()));
addEventListener("online", again);
addEventListener("focus", again);
addEventListener("pagehide", flush);
document.addEventListener("visibilitychange", () => document.hidden && flush());
addEventListener("beforeunload", (event) => {
  if (all.some((one) => one.dirty && one.failures && !one.leaving)) event.preventDefault();
});
