/** The log: what was said, in order, and what can be chosen now. */

import { Choices } from "./choices.js";
import { el } from "./dom.js";
import { messageNode, ruleNode, typingNode, userNode } from "./message.js";
import { TEXTS } from "./texts.js";

const SLOW_MS = 3000;
const EXAMPLES = "examples";

export class Log {
  /**
   * @param {{log: HTMLElement, thread: HTMLElement, status: HTMLElement}} nodes
   * @param {(choice: import("./choices.js").Choice, event: MouseEvent) => void} onChoose
   */
  constructor({ log, thread, status }, onChoose) {
    this._log = log;
    this._thread = thread;
    this._status = status;
    this._onChoose = onChoose;
    this._typing = typingNode();
    /** @type {Choices[]} */
    this._open = [];
    /** @type {Map<string, HTMLElement>} */
    this._mine = new Map();
    this._slow = 0;
    // What unfolds at the lower edge is to be seen. A toggle does not bubble, so catch it early.
    thread.addEventListener("toggle", ({ target }) => unfold(target), true);
  }

  /** The page's own greeting; it is not part of the stored conversation. */
  greet() {
    this._append(messageNode({ from: "assistant", text: TEXTS.greeting }, this.announce));
  }

  /** @param {(text: string, event: MouseEvent) => void} onExample */
  offerExamples(onExample) {
    const offered = TEXTS.examples.map((label) => ({ id: label, label }));
    const choices = new Choices(offered, ({ label }, event) => onExample(label, event));
    choices.node.prepend(el("p", { class: "label" }, TEXTS.examplesLabel));
    choices.node.id = EXAMPLES;
    choices.node.classList.add("choices--examples");
    this._append(choices.node);
  }

  /**
   * Show what the person wrote or chose; whatever was open before is closed by it.
   * @param {{id: string, text: string, choice?: string}} message
   */
  addMine({ id, text, choice }) {
    document.getElementById(EXAMPLES)?.remove();
    this._open.splice(0).forEach((choices) => choices.lock(choice));
    if (text === TEXTS.restart && this._mine.size) this._append(ruleNode());
    if (!text) return;
    const node = userNode(text);
    this._mine.set(id, node);
    this._append(node);
  }

  /** @param {any} message of the assistant's or the gateway's */
  addAnswer(message) {
    const node = messageNode(message, this.announce);
    if (message.choices?.length) {
      const choices = new Choices(message.choices, this._onChoose);
      this._open.push(choices);
      node.append(choices.node);
    }
    this._append(node);
    return node;
  }

  /**
   * A notice of the page's own, with something to do about it.
   * @param {string} text
   * @param {string} label
   * @param {() => void} onPress
   */
  addNotice(text, label, onPress) {
    const node = messageNode({ from: "system", text }, this.announce);
    node.append(new Choices([{ id: label, label }], onPress).node);
    this._append(node);
  }

  /**
   * Say under a message what became of it.
   * @param {string} id
   * @param {"sent" | "stuck" | "refused"} state
   * @param {string} [words]
   * @param {() => void} [onRetry]
   */
  markMine(id, state, words = "", onRetry) {
    const node = this._mine.get(id);
    node?.setAttribute("data-state", state);
    node?.querySelector(".fault")?.remove();
    if (state === "sent" || !node) return;
    const fault = el("div", { class: "fault" }, el("span", {}, words));
    if (onRetry) {
      const retry = el("button", { type: "button", class: "button" }, TEXTS.retry);
      retry.addEventListener("click", onRetry);
      fault.append(retry);
    }
    node.append(fault);
    this.toEnd();
  }

  /** Show or hide the dots; with words after three seconds. @param {boolean} on */
  typing(on) {
    clearTimeout(this._slow);
    const words = /** @type {HTMLElement} */ (this._typing.lastElementChild);
    words.textContent = "";
    if (!on) {
      this._typing.remove();
      return;
    }
    this._thread.append(this._typing);
    this.toEnd();
    this._slow = setTimeout(() => {
      words.textContent = TEXTS.slow;
      this.announce(TEXTS.slow);
    }, SLOW_MS);
  }

  /** Say something to screen readers alone. @param {string} words */
  announce = (words) => {
    this._status.textContent = "";
    requestAnimationFrame(() => (this._status.textContent = words));
  };

  /** Fill the log with many messages without having them all read aloud. @param {() => void} fill */
  quietly(fill) {
    this._log.setAttribute("aria-live", "off");
    this._thread.setAttribute("aria-busy", "true");
    fill();
    this._log.scrollTop = this._log.scrollHeight;
    setTimeout(() => {
      this._thread.removeAttribute("aria-busy");
      this._log.setAttribute("aria-live", "polite");
    }, 100);
  }

  /** Scroll to the end. */
  toEnd() {
    this._scrollTo(this._log.scrollHeight);
  }

  /**
   * Scroll so that an answer is seen from its beginning, also where it is taller than the log.
   * @param {HTMLElement} node
   */
  toStartOf(node) {
    const top = node.getBoundingClientRect().top - this._thread.getBoundingClientRect().top;
    this._scrollTo(Math.min(top - 16, this._log.scrollHeight));
  }

  /** @param {number} top */
  _scrollTo(top) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const quiet = this._thread.hasAttribute("aria-busy");
    this._log.scrollTo({ top, behavior: calm || quiet ? "instant" : "smooth" });
  }

  /** @param {HTMLElement} node */
  _append(node) {
    if (this._typing.isConnected) this._typing.before(node);
    else this._thread.append(node);
  }
}

/** @param {EventTarget | null} target */
function unfold(target) {
  if (target instanceof HTMLDetailsElement && target.open) {
    target.scrollIntoView({ block: "nearest" });
  }
}
