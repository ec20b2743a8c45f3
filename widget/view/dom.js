/** Building nodes; nothing here or elsewhere parses HTML. */

import { SafeStorage } from "../core/storage.js";

/** @typedef {Node | string | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */

/**
 * Make an element; attributes that are null, undefined or false are left out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value != null && value !== false) node.setAttribute(name, value === true ? "" : `${value}`);
  }
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

/**
 * @param {Attributes} attributes
 * @param {(event: MouseEvent) => void} onClick
 * @param {...Child} children
 */
export function button(attributes, onClick, ...children) {
  const node = el("button", { type: "button", class: "button", ...attributes }, ...children);
  node.addEventListener("click", onClick);
  return node;
}

/** Text for screen readers alone. @param {string} words */
export function unseen(words) {
  return el("span", { class: "unseen" }, words);
}

const ICONS = {
  chat: "M20 4H4a1 1 0 0 0-1 1v12a1 1 0 0 0 1 1h3v4l5-4h8a1 1 0 0 0 1-1V5a1 1 0 0 0-1-1zM8.5 11l2.5 2.5 4.5-4.5",
  close: "M6 6l12 12M18 6 6 18",
  menu: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M12 19V5M5.5 11.5 12 5l6.5 6.5",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 3a9 9 0 1 0 .01 0zM12 7.5V12l3 2",
  alert: "M12 3a9 9 0 1 0 .01 0zM12 7.5V13M12 16.5h.01",
  out: "M9 7h8v8M17 7 7 17",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  up: "M7 11v9M7 11l4-8c3 0 2.5 3 2 6h6l-2 11H4v-9z",
  down: "M17 13V4M17 13l-4 8c-3 0-2.5-3-2-6H5L7 4h13v9z",
  target: "M12 5a7 7 0 1 0 .01 0zM12 2v4M12 18v4M2 12h4M18 12h4",
  next: "M9 6l6 6-6 6",
  back: "M15 6l-6 6 6 6",
  fold: "M6 9l6 6 6-6",
};
const SVG = "http://www.w3.org/2000/svg";

/** A line drawing that screen readers pass over. @param {keyof typeof ICONS} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", ICONS[name]);
  svg.append(line);
  return svg;
}

/** Make `wanted` the children of `parent`, touching only what differs (focus and place stay).
 * @param {Element} parent
 * @param {Element[]} wanted
 */
export function place(parent, wanted) {
  const keep = new Set(wanted);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const node of wanted) {
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
  }
}

/**
 * A question with two answers, in the place where it was raised.
 * @param {string} words
 * @param {string} yes
 * @param {string} no
 * @param {(agreed: boolean) => void} onAnswer
 */
export function question(words, yes, no, onAnswer) {
  return el(
    "div",
    { class: "ask", role: "group", "aria-label": words },
    el("p", {}, words),
    button({ class: "button main" }, () => onAnswer(true), yes),
    button({}, () => onAnswer(false), no),
  );
}

/** Whether the person has asked for less motion. */
export function isCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Whether a mouse is at hand: then the cursor may go to the composer, and no keyboard opens. */
export function hasMouse() {
  return matchMedia("(hover: hover) and (pointer: fine)").matches;
}

/** What this tab keeps over a reload. */
export const tabStorage = new SafeStorage(() => sessionStorage, "omni-support:");
