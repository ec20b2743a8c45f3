/** Thumbs under an answer; a thumb down may be followed by a reason. */

import { button, el, icon } from "./dom.js";
import { say, trouble } from "./words.js";

const REASON_LIMIT = 500;

export class Feedback {
  /**
   * @param {(helpful: boolean, reason?: string) => Promise<void>} onGive
   * @param {import("./parts.js").Tell} tell
   */
  constructor(onGive, tell) {
    this._onGive = onGive;
    this._tell = tell;
    this._up = this._thumb(true);
    this._down = this._thumb(false);
    this._words = el("span", { class: "label" });
    this.node = el("div", { class: "thumbs" }, this._up, this._down, this._words);
    /** @type {HTMLFormElement | null} */
    this._form = null;
  }

  /** @param {boolean | undefined} given */
  draw(given) {
    this._up.setAttribute("aria-pressed", `${given === true}`);
    this._down.setAttribute("aria-pressed", `${given === false}`);
  }

  /** @param {boolean} helpful */
  _thumb(helpful) {
    const name = say(helpful ? "useful" : "notUseful");
    const looks = { class: "icon", "aria-label": name, title: name, "aria-pressed": "false" };
    return button(looks, () => this._give(helpful), icon(helpful ? "up" : "down"));
  }

  /** @param {boolean} helpful @param {string} [reason] */
  async _give(helpful, reason) {
    this._form?.remove();
    this._form = null;
    let words = say("thanks");
    try {
      await this._onGive(helpful, reason);
      this.draw(helpful);
      if (!helpful && !reason) this._ask();
    } catch (problem) {
      words = trouble(problem);
    }
    this._words.textContent = words;
    this._tell(words);
  }

  _ask() {
    const field = el("input", { maxlength: REASON_LIMIT, autocomplete: "off" });
    const label = el("label", {}, say("reason"), field);
    const send = el("button", { class: "button small" }, say("reasonSend"));
    this._form = el("form", { class: "reason" }, label, send);
    this._form.addEventListener("submit", (event) => {
      event.preventDefault();
      this._down.focus();
      this._give(false, field.value.trim() || undefined);
    });
    this.node.after(this._form);
    this._form.scrollIntoView({ block: "nearest" });
  }
}
