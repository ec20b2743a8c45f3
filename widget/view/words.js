/** The widget's words, and how days and times are written. */

import { TEXTS } from "../texts.js";

/** @typedef {keyof typeof TEXTS} Key */

/**
 * The text of a key, with {names} filled in; of "one|many", the one that fits `values.n`.
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  const [one, many = one] = TEXTS[key].split("|");
  const text = values.n === 1 ? one : many;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** @param {Record<string, unknown> | undefined} given texts of the host page's */
export function setTexts(given = {}) {
  for (const [key, text] of Object.entries(given)) {
    if (!(key in TEXTS) || typeof text !== "string") continue;
    TEXTS[/** @type {Key} */ (key)] = key === "lang" ? languageOf(text) : text;
  }
}

/** A language that the browser knows how to name; dates are written in it. @param {string} tag */
function languageOf(tag) {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? TEXTS.lang;
  } catch {
    return TEXTS.lang;
  }
}

/** What to tell of a request that failed. @param {unknown} problem */
export function trouble(problem) {
  const { key, message } = /** @type {{key?: string, message?: string}} */ (problem);
  const known = `problem${key?.[0].toUpperCase()}${key?.slice(1)}`;
  return (key && message) || say(known in TEXTS ? /** @type {Key} */ (known) : "problemRefused");
}

/** @param {string} iso */
export function timeOf(iso) {
  return new Date(iso).toLocaleTimeString(TEXTS.lang, { hour: "2-digit", minute: "2-digit" });
}

/** @param {string} iso */
export function dateOf(iso) {
  return new Date(iso).toLocaleDateString(TEXTS.lang, { dateStyle: "medium" });
}

/** "Hoje", "Ontem" or the date. @param {string} iso */
export function dayOf(iso) {
  const then = new Date(iso).toDateString();
  const day = new Date();
  if (then === day.toDateString()) return say("today");
  day.setDate(day.getDate() - 1);
  return then === day.toDateString() ? say("yesterday") : dateOf(iso);
}

/** Without case, accents and needless spaces. @param {string} text */
export function fold(text) {
  const bare = text.normalize("NFD").replace(/\p{M}/gu, "");
  return bare.toLowerCase().replace(/\s+/g, " ").trim();
}
