/** What a message may carry beside its text; each function makes the node of one part. */

import { button, el, icon, unseen } from "./dom.js";
import { safeAddress } from "./markup.js";
import { say } from "./words.js";

/** @typedef {import("../types.js").Message} Message */
/** @typedef {(words: string) => void} Tell says something to screen readers */

const MOST_STEPS = 20;
const COPIED_MS = 2500;

/** @param {{n: number, m: number}} progress */
export function bar({ n, m }) {
  const steps = Array.from({ length: Math.min(m, MOST_STEPS) }, (_, i) =>
    el("span", { "data-on": i < n }),
  );
  return el("span", { class: "bar", "aria-hidden": "true" }, ...steps);
}

/** @param {NonNullable<Message["progress"]>} progress */
export function progressPart({ n, m, title }) {
  return el(
    "div",
    { class: "progress" },
    el("p", { class: "count" }, say("progress", { n, m })),
    title && el("p", { class: "heading" }, title),
  );
}

/**
 * The way through the menus; the button is shown once the page has the place marked.
 * @param {string[]} path
 * @param {(path: string[]) => void} onShow
 */
export function menuPart(path, onShow) {
  const steps = path.map((step, i) => el("li", {}, i ? icon("next") : null, step));
  const show = button(
    { class: "button small show" },
    () => onShow(path),
    icon("target"),
    say("show"),
  );
  show.hidden = true;
  return el(
    "div",
    { class: "path" },
    el("p", { class: "label" }, say("path")),
    el("ol", { "aria-label": say("path") }, ...steps),
    show,
  );
}

/**
 * @param {NonNullable<Message["articles"]>} articles
 * @param {(article: number) => void} onOpen
 */
export function articlesPart(articles, onOpen) {
  const cards = articles.map(({ title, url, link }, i) => {
    const heading = el("span", { class: "heading" }, title);
    const address = safeAddress(url);
    if (address?.protocol !== "https:") {
      return el("li", { class: "card" }, heading, el("span", { class: "label" }, say("noLink")));
    }
    const kind = el("span", { class: "kind" }, say(link in KINDS ? link : "article"), icon("out"));
    const looks = {
      class: "card",
      href: address.href,
      target: "_blank",
      rel: "noopener noreferrer",
    };
    const card = el("a", looks, heading, kind, unseen(` ${say("newTab")}`));
    card.addEventListener("click", () => onOpen(i));
    return el("li", {}, card);
  });
  return el("ul", { class: "cards" }, ...cards);
}
const KINDS = { article: 1, search: 1, source: 1 };

/**
 * A text to copy.
 * @param {string} text
 * @param {string} title
 * @param {Tell} tell
 */
export function copyPart(text, title, tell) {
  const words = el("span", {}, say("copy"));
  const press = button({ class: "button main" }, async () => {
    const isDone = await copy(text, press);
    words.textContent = say(isDone ? "copied" : "copy");
    tell(say(isDone ? "copied" : "copyFailed"));
    setTimeout(() => (words.textContent = say("copy")), COPIED_MS);
  });
  press.append(icon("copy"), words);
  const label = el("figcaption", { class: "label" }, title);
  return el("figure", { class: "copy" }, label, el("blockquote", {}, text), press);
}

/**
 * @param {string} text
 * @param {HTMLElement} beside
 */
async function copy(text, beside) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard where the page comes over plain http; the old way copies what is selected.
    const field = el("textarea", { class: "unseen" });
    field.value = text;
    beside.after(field);
    field.select();
    const isDone = document.execCommand("copy");
    field.remove();
    beside.focus();
    return isDone;
  }
}

/** @param {NonNullable<Message["done"]>} checks */
export function doneList(checks) {
  const items = checks.map(({ title, outcome }) =>
    el(
      "li",
      {},
      icon("check"),
      el("span", {}, title, el("span", { class: "label" }, `: ${outcome}`)),
    ),
  );
  return el("ul", { class: "done" }, ...items);
}

/** @param {NonNullable<Message["done"]>} checks */
export function donePart(checks) {
  const summary = el("summary", {}, say("done", { n: checks.length }), icon("fold"));
  return el("details", {}, summary, doneList(checks));
}

/** @param {number | string} number */
export function casePart(number) {
  return el("p", { class: "case" }, el("span", {}, say("case")), el("strong", {}, `${number}`));
}
