/** The panel's header: title, status, menu, close. */

import { button, el, icon } from "./dom.js";
import { say } from "./words.js";

/** @type {Record<string, import("./words.js").Key>} */
const HELD = { waiting: "heldWaiting", person: "heldPerson" };

export class Header {
  /**
   * @param {[words: string, action: () => void][]} ways the menu
   * @param {() => void} onClose
   */
  constructor(ways, onClose) {
    this.title = el("h2", { id: "title", tabindex: -1 }, say("title"));
    this._status = el("p", { class: "status" });
    const opener = { "aria-expanded": "false", "aria-controls": "menu" };
    this._opener = iconButton("menu", () => this._fold(!this._menu.hidden), opener);
    const items = ways.map(([words, action]) => el("li", {}, button({}, action, words)));
    this._menu = el("ul", { id: "menu", class: "menu", hidden: true }, ...items);
    const box = el("div", { class: "menubox" }, this._opener, this._menu);
    const names = el("div", { class: "names" }, this.title, this._status);
    const mark = el("span", { class: "mark" }, icon("chat"));
    this.node = el("header", { role: "none" }, mark, names, box, iconButton("close", onClose));
    box.addEventListener("focusout", ({ relatedTarget }) => {
      if (!box.contains(/** @type {Node | null} */ (relatedTarget))) this._fold(true);
    });
    this._menu.addEventListener("click", () => this._fold(true));
  }

  /** @param {import("../types.js").State} state */
  draw({ connection, held }) {
    const key = connection === "online" ? (HELD[held.by] ?? connection) : connection;
    this._status.textContent = say(key, { name: held.name ?? "", n: held.case ?? 0 });
    this._status.dataset.connection = connection;
  }

  /** Close the menu if it is open; tell whether it was. */
  back() {
    if (this._menu.hidden) return false;
    this._opener.focus();
    this._fold(true);
    return true;
  }

  /** @param {boolean} isHidden */
  _fold(isHidden) {
    this._menu.hidden = isHidden;
    this._opener.setAttribute("aria-expanded", `${!isHidden}`);
  }
}

/**
 * A button that shows a drawing and is called by the text of the same key.
 * @param {"menu" | "close" | "back" | "send"} name
 * @param {() => void} action
 * @param {import("./dom.js").Attributes} [attributes]
 */
export function iconButton(name, action, attributes) {
  const looks = { class: "icon", "aria-label": say(name), title: say(name), ...attributes };
  return button(looks, action, icon(name));
}
