// What others write, on the page of somebody who only reads; and boxes that appear while a page is open.

const boxes = "[data-told], [data-autosave]";
const box = (url, root = document) => root.querySelector(`[data-told="${url}"], [data-autosave="${url}"]`);
const address = (cell) => {
  const { told, autosave } = cell?.querySelector(boxes)?.dataset ?? {};
  return told ?? autosave;
};

function read(home, text) {
  const words = text || home.dataset.empty;
  if (home.textContent !== words) home.textContent = words;
  home.classList.toggle("empty", !text);
}

function say(home, words, link) {
  const line = home.querySelector("[data-new-box]");
  line.textContent = words;
  line.hidden = false;
  if (!link) return;
  const made = Object.assign(document.createElement("a"), { className: "govuk-link", href: link, textContent: "Show it" });
  line.append(" ", made);
}

// The box stands where it stands on the page as it would be printed now: after the same box, or before it.
function place(cell) {
  const before = box(address(cell.previousElementSibling))?.closest(".cell");
  const after = box(address(cell.nextElementSibling))?.closest(".cell");
  const shown = document.importNode(cell, true);
  if (before) before.after(shown);
  else if (after) after.before(shown);
  else return "";
  return shown.querySelector("label, h3").textContent.trim();
}

async function add(home, urls) {
  const answer = await fetch(home.dataset.room, { headers: { "X-Background": "1" }, cache: "no-store", redirect: "manual" });
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const names = urls.map((url) => box(url, page)?.closest(".cell")).map((cell) => (cell ? place(cell) : ""));
  if (names.some((name) => !name)) throw new Error("no place");
  say(home, `A new box has appeared: ${names.join("; ")}`);
  dispatchEvent(new CustomEvent("threshold:swapped", { detail: home }));
}

async function hear({ target: home, detail: told }) {
  for (const one of home.querySelectorAll("[data-told]")) {
    if (told[one.dataset.told]) read(one, told[one.dataset.told].text);
  }
  const missing = Object.keys(told).filter((url) => !box(url));
  if (!missing.length || home.adding) return;
  home.adding = true;
  try {
    await add(home, missing);
  } catch {
    say(home, "A new box has appeared.", home.dataset.room);
  } finally {
    home.adding = false;
  }
}

addEventListener("threshold:told", hear);
