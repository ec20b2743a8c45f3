/** One message as a node. */

import { el } from "./dom.js";
import { rich } from "./markup.js";
import { articlesPart, casePart, copyPart, donePart, menuPart, progressPart } from "./parts.js";
import { TEXTS } from "./texts.js";

/**
 * A message of the assistant's or the gateway's, without its choices.
 * @param {any} message as the API gives it
 * @param {(words: string) => void} announce
 */
export function messageNode(message, announce) {
  const { progress, menu, articles, copy, done } = message;
  const bubble = el(
    "div",
    { class: "bubble" },
    progress ? progressPart(progress) : null,
    menu?.length ? menuPart(menu) : null,
    message.text ? rich(message.text) : null,
    message.case ? casePart(message.case) : null,
    copy ? copyPart(copy, announce, message.case ? TEXTS.caseCopyLabel : undefined) : null,
    articles?.length ? articlesPart(articles) : null,
    done?.length ? donePart(done) : null,
  );
  return turn(message.from, bubble.childElementCount ? bubble : null);
}

/**
 * What the person wrote.
 * @param {string} text
 */
export function userNode(text) {
  return turn("user", el("div", { class: "bubble" }, text));
}

/** The line that parts two attendances in one conversation. */
export function ruleNode() {
  return el("p", { class: "rule" }, TEXTS.restartRule);
}

/** Three dots; hidden from screen readers, who get words from the status line. */
export function typingNode() {
  const dots = el("span", { class: "typing__dots" }, el("span"), el("span"), el("span"));
  return el("div", { class: "typing", "aria-hidden": "true" }, dots, el("span"));
}

/**
 * @param {"user" | "assistant" | "system"} from
 * @param {HTMLElement | null} bubble
 */
function turn(from, bubble) {
  const speaker = el("p", { class: "visually-hidden" }, TEXTS[from]);
  return el("div", { class: `turn turn--${from}` }, speaker, bubble);
}
