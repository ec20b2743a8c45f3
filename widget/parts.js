/** What a message may carry beside its text; each function makes the node of one part. */

import { el, icon, unseen } from "./dom.js";
import { TEXTS } from "./texts.js";

const MOST_STEPS = 20;
const ARROW_OUT = "M9 7h8v8M17 7 7 17";
const COPIED_MS = 2500;

/** @param {{n: number, m: number, title?: string}} progress */
export function progressPart({ n, m, title }) {
  const steps = Array.from({ length: Math.min(m, MOST_STEPS) }, (_, i) =>
    el("span", { class: "progress__step", "data-reached": i < n }),
  );
  return el(
    "div",
    { class: "progress" },
    el(
      "p",
      { class: "progress__words" },
      el("span", { class: "progress__count" }, TEXTS.progress(n, m)),
    ),
    el("div", { class: "progress__bar", "aria-hidden": "true" }, ...steps),
    title ? el("p", { class: "progress__title" }, title) : null,
  );
}

/** @param {string[]} path */
export function menuPart(path) {
  const steps = path.map((step) => el("li", {}, step));
  return el(
    "div",
    { class: "path" },
    el("p", { class: "label" }, TEXTS.path),
    el("ol", {}, ...steps),
  );
}

/** @param {{title: string, url: string, link: "article" | "search" | "source"}[]} articles */
export function articlesPart(articles) {
  return el("ul", { class: "cards" }, ...articles.map((one) => el("li", {}, card(one))));
}

/** @param {{title: string, url: string, link: "article" | "search" | "source"}} article */
function card({ title, url, link }) {
  const heading = el("span", { class: "card__title" }, title);
  const address = safeAddress(url);
  if (!address) {
    const words = el("span", { class: "card__words" }, heading);
    words.append(el("span", { class: "label" }, TEXTS.noLink));
    return el("div", { class: "card" }, words);
  }
  const action = el("span", { class: "card__action" }, TEXTS.links[link] ?? TEXTS.links.article);
  return el(
    "a",
    { class: "card", href: address, target: "_blank", rel: "noopener noreferrer" },
    el("span", { class: "card__words" }, heading, action, unseen(` ${TEXTS.newTab}`)),
    icon(ARROW_OUT),
  );
}

/** @param {string} url */
function safeAddress(url) {
  try {
    const parsed = new URL(url);
    return parsed.protocol === "https:" ? parsed.href : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} text
 * @param {(words: string) => void} announce
 */
export function copyPart(text, announce, title = TEXTS.copyLabel) {
  const quote = el("blockquote", {}, text);
  const button = el("button", { type: "button", class: "button" }, TEXTS.copy);
  button.addEventListener("click", async () => {
    const done = await copy(text, quote);
    button.textContent = done ? TEXTS.copied : TEXTS.copy;
    announce(done ? TEXTS.copied : TEXTS.copyFailed);
    setTimeout(() => (button.textContent = TEXTS.copy), COPIED_MS);
  });
  const label = el("figcaption", { class: "label" }, title);
  return el("figure", { class: "copy" }, label, quote, button);
}

/**
 * @param {string} text
 * @param {Node} shown the same text in the page
 */
async function copy(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard where the page comes over plain http; the old way copies what is selected.
    getSelection()?.selectAllChildren(shown);
    return document.execCommand("copy");
  }
}

/** @param {{title: string, outcome: string}[]} checks */
export function donePart(checks) {
  const items = checks.map(({ title, outcome }) =>
    el("li", {}, title, el("span", { class: "done__outcome" }, `: ${outcome}`)),
  );
  const summary = el("summary", {}, TEXTS.done(checks.length));
  return el("details", { class: "done" }, summary, el("ul", {}, ...items));
}

/** @param {number | string} number */
export function casePart(number) {
  return el(
    "p",
    { class: "case" },
    el("span", {}, TEXTS.caseLabel),
    el("strong", { class: "case__number" }, String(number)),
  );
}
