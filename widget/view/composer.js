/** Where the person writes. */

import { TEXTS } from "../texts.js";
import { el, tabStorage, unseen } from "./dom.js";
import { iconButton } from "./header.js";
import { say } from "./words.js";

const LIMIT = 2000;
const COUNT_FROM = 1800;
const DRAFT = "draft";

export class Composer {
  /**
   * @param {(text: string) => void} onSend
   * @param {import("./parts.js").Tell} tell
   */
  constructor(onSend, tell) {
    const looks = {
      rows: 1,
      autocomplete: "off",
      enterkeyhint: "send",
      placeholder: say("placeholder"),
    };
    this._text = el("textarea", { id: "text", "aria-describedby": "hint counter", ...looks });
    // A copy of the text in the same grid cell lends the field its height.
    this._grow = el("div", { class: "grow" }, this._text);
    this._send = iconButton("send", () => this._submit(), { class: "send" });
    this._counter = el("p", { id: "counter" });
    const label = el("label", { for: "text" }, unseen(say("message")));
    const foot = el("div", { class: "foot" }, el("p", { id: "hint" }, say("hint")), this._counter);
    this.node = el(
      "form",
      { class: "composer" },
      label,
      el("div", { class: "field" }, this._grow, this._send),
      foot,
    );
    this._onSend = onSend;
    this._tell = tell;
    this._warned = "";
    this._text.value = tabStorage.get(DRAFT) ?? "";
    this._text.addEventListener("input", () => this._update());
    this._text.addEventListener("keydown", (event) => this._onKey(event));
    this._update();
  }

  /** Put the cursor here. */
  focus() {
    this._text.focus({ preventScroll: true });
  }

  /** Drop what is written. */
  clear() {
    this._text.value = "";
    this._update();
  }

  /** @param {KeyboardEvent} event */
  _onKey(event) {
    // While an accent or an ideograph is being composed, Enter belongs to that (229: Safari).
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || isComposing) return;
    event.preventDefault();
    this._submit();
  }

  _submit() {
    this.focus();
    const text = this._text.value.trim();
    if (!text || this._length > LIMIT) return;
    this.clear();
    this._onSend(text);
  }

  /** As the gateway counts: characters, not the halves that JavaScript counts. */
  get _length() {
    return [...this._text.value.trim()].length;
  }

  _update() {
    const n = this._length;
    const over = n - LIMIT;
    tabStorage.set(DRAFT, this._text.value);
    this._grow.dataset.text = this._text.value;
    this._send.setAttribute("aria-disabled", `${n === 0 || over > 0}`);
    this._text.setAttribute("aria-invalid", `${over > 0}`);
    this._counter.toggleAttribute("data-over", over > 0);
    const number = (/** @type {number} */ value) => value.toLocaleString(TEXTS.lang);
    const counted = say("counter", { n: number(n), limit: number(LIMIT) });
    this._counter.textContent = over > 0 ? say("over", { n: over }) : n < COUNT_FROM ? "" : counted;
    this._warn(over > 0 ? say("overLimit") : n < COUNT_FROM ? "" : say("nearLimit"));
  }

  /** Once at each border, not at every key. @param {string} words */
  _warn(words) {
    if (words && words !== this._warned) this._tell(words);
    this._warned = words;
  }
}
