/** The choices under a message: numbered buttons while they can be taken, words afterwards. */

import { button, el, icon, unseen } from "./dom.js";
import { say } from "./words.js";

/** @typedef {import("../types.js").Choice} Choice */

/**
 * The message whose choices can be taken. An answer without any, to something else, closes them.
 * @param {import("../types.js").Message[]} messages
 */
export function openQuestion(messages) {
  const asked = messages.findLast(({ choices }) => choices?.length);
  const last = messages.findLast(({ from }) => from === "assistant" || from === "person");
  const isPast = asked && last && asked.seq < last.seq && asked.reply_to !== last.reply_to;
  return isPast ? undefined : asked;
}

/** So many of the lesser choices are in sight; the rest unfolds. */
const LESSER_SHOWN = 3;

export class Choices {
  /**
   * @param {Choice[]} choices
   * @param {(choice: Choice, event: MouseEvent) => void} onTake
   */
  constructor(choices, onTake) {
    this.node = el("div", { class: "choices" });
    this._choices = choices;
    this._onTake = onTake;
    this._drawn = "";
  }

  /**
   * @param {boolean} isOpen whether one can be taken now
   * @param {Set<string>} taken the ids of all choices that were taken
   */
  draw(isOpen, taken) {
    const chosen = this._choices.find(({ id }) => taken.has(id));
    const look = isOpen && !chosen ? "open" : `past ${chosen?.id}`;
    if (look === this._drawn) return;
    this._drawn = look;
    const hadFocus = this.node.matches(":focus-within");
    this.node.replaceChildren(look === "open" ? this._buttons() : this._past(chosen));
    // From here the next Tab leads on to the answer's choices.
    if (hadFocus) /** @type {HTMLElement} */ (this.node.firstElementChild).focus();
  }

  _buttons() {
    const lesser = this._choices.filter(({ more }) => more);
    const folded = new Set(
      lesser.slice(lesser.length > LESSER_SHOWN + 1 ? LESSER_SHOWN : Infinity),
    );
    const items = this._choices.map((choice, i) => this._item(choice, i, folded.has(choice)));
    const list = el("ol", { "aria-label": say("options") }, ...items);
    if (folded.size) list.append(this._unfold(items, folded.size));
    return list;
  }

  /** @param {Choice} choice @param {number} i @param {boolean} isFolded */
  _item(choice, i, isFolded) {
    const number = el("span", { class: "number", "aria-hidden": "true" }, `${i + 1}`);
    const look = choice.more ? "button small" : "button choice";
    const press = button(
      { class: look },
      (event) => this._onTake(choice, event),
      number,
      choice.label,
    );
    return el("li", { class: choice.more ? null : "wide", hidden: isFolded }, press);
  }

  /** @param {HTMLElement[]} items @param {number} count */
  _unfold(items, count) {
    const press = button({ class: "button small", "aria-expanded": "false" }, () => {
      const hidden = items.filter((item) => item.hidden);
      hidden.forEach((item) => (item.hidden = false));
      item.remove();
      hidden[0].querySelector("button")?.focus();
    });
    press.append(say("more", { n: count }), icon("fold"));
    const item = el("li", {}, press);
    return item;
  }

  /** @param {Choice | undefined} chosen */
  _past(chosen) {
    const named = this._choices.filter((choice) => !choice.more || choice === chosen);
    const names = named.flatMap((choice, i) => {
      const mark = () => el("strong", {}, choice.label, unseen(` (${say("chosen")})`));
      return [i ? " · " : " ", choice === chosen ? mark() : choice.label];
    });
    return el("p", { class: "past", tabindex: -1 }, say("optionsPast"), ...names);
  }
}
