/** Where the person writes. */

import { TEXTS } from "./texts.js";

export const LIMIT = 2000;
const COUNT_FROM = 1800;
const COUNT = new Intl.NumberFormat("pt-BR");

export class Composer {
  /**
   * @param {HTMLFormElement} form
   * @param {(text: string) => void} onSend
   * @param {(words: string) => void} announce
   */
  constructor(form, onSend, announce) {
    this._text = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea"));
    this._send = /** @type {HTMLButtonElement} */ (form.querySelector("#send"));
    this._counter = /** @type {HTMLElement} */ (form.querySelector("#counter"));
    this._onSend = onSend;
    this._announce = announce;
    this._near = "";
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this._submit();
    });
    this._text.addEventListener("input", () => this._update());
    this._text.addEventListener("keydown", (event) => this._onKey(event));
    this._update();
  }

  /** Put the cursor here. */
  focus() {
    this._text.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  _onKey(event) {
    // While an accent or an ideograph is being composed, Enter belongs to that.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this._submit();
  }

  _submit() {
    this.focus();
    const text = this._text.value.trim();
    if (!text || this._length > LIMIT) return;
    this._text.value = "";
    this._update();
    this._onSend(text);
  }

  /** As the gateway counts: characters, not the halves that JavaScript counts. */
  get _length() {
    return [...this._text.value.trim()].length;
  }

  _update() {
    const length = this._length;
    const over = length - LIMIT;
    this._send.setAttribute("aria-disabled", String(length === 0 || over > 0));
    this._text.setAttribute("aria-invalid", String(over > 0));
    this._counter.toggleAttribute("data-over", over > 0);
    this._counter.textContent = this._words(length, over);
    this._warn(over > 0 ? TEXTS.overLimit : length >= COUNT_FROM ? TEXTS.nearLimit : "");
    this._text.style.height = "auto";
    this._text.style.height = `${this._text.scrollHeight}px`;
  }

  /** Tell screen readers once at each border, not at every key. @param {string} words */
  _warn(words) {
    if (words && words !== this._near) this._announce(words);
    this._near = words;
  }

  /**
   * @param {number} length
   * @param {number} over
   */
  _words(length, over) {
    if (length < COUNT_FROM) return "";
    if (over > 0) return TEXTS.over(COUNT.format(over));
    return TEXTS.counter(COUNT.format(length), COUNT.format(LIMIT));
  }
}
