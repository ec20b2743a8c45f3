/** The choices under a message: buttons that can be used once. */

import { el, unseen } from "./dom.js";
import { TEXTS } from "./texts.js";

/** @typedef {{id: string, label: string, more?: boolean}} Choice */

export class Choices {
  /**
   * @param {Choice[]} choices
   * @param {(choice: Choice, event: MouseEvent) => void} onChoose
   */
  constructor(choices, onChoose) {
    /** @type {Map<string, HTMLButtonElement>} */
    this._buttons = new Map();
    this._onChoose = onChoose;
    const first = choices.filter((choice) => !choice.more);
    const more = choices.filter((choice) => choice.more);
    this.node = el(
      "div",
      { class: "choices", role: "group", "aria-label": TEXTS.choices },
      first.length ? this._row(first) : null,
      more.length ? this._more(more, first.length === 0) : null,
    );
  }

  /**
   * Let nothing more be chosen here; mark what was.
   * @param {string} [chosen] the id of the choice that was taken
   */
  lock(chosen) {
    for (const [id, button] of this._buttons) {
      if (id === chosen) mark(button);
      else if (!button.hasAttribute("data-chosen")) button.disabled = true;
    }
    for (const more of this.node.querySelectorAll("details")) {
      if (!more.querySelector("[data-chosen]")) more.remove();
    }
  }

  /** @param {Choice[]} choices */
  _row(choices) {
    return el("div", { class: "choices__row" }, ...choices.map((choice) => this._button(choice)));
  }

  /**
   * @param {Choice[]} choices
   * @param {boolean} open
   */
  _more(choices, open) {
    return el("details", { class: "more", open }, el("summary", {}, TEXTS.more), this._row(choices));
  }

  /** @param {Choice} choice */
  _button(choice) {
    const look = choice.more ? "button choice choice--more" : "button choice";
    const button = /** @type {HTMLButtonElement} */ (
      el("button", { type: "button", class: look }, choice.label)
    );
    button.addEventListener("click", (event) => {
      if (button.getAttribute("aria-disabled") !== "true") this._onChoose(choice, event);
    });
    this._buttons.set(choice.id, button);
    return button;
  }
}

/**
 * Not `disabled`: that would throw the keyboard's focus back to the top of the page.
 * @param {HTMLButtonElement} button
 */
function mark(button) {
  button.setAttribute("aria-disabled", "true");
  button.setAttribute("data-chosen", "");
  button.tabIndex = -1;
  button.prepend(unseen(`${TEXTS.chosen} `));
}
