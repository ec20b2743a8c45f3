/** The panel: header, progress, log, composer, and what may lie in their place. */

import { openQuestion } from "./choices.js";
import { Composer } from "./composer.js";
import { button, el, hasMouse, icon, question } from "./dom.js";
import { Header } from "./header.js";
import { Log } from "./log.js";
import { MyData } from "./mydata.js";
import { bar, doneList } from "./parts.js";
import { say } from "./words.js";

/** @typedef {import("../types.js").State} State */

export class Panel {
  /**
   * @param {import("../types.js").ConversationApi} chat
   * @param {Pick<import("./message.js").Actions, "tell" | "show" | "canShow">} outside
   * @param {() => void} onClose
   */
  constructor(chat, outside, onClose) {
    this._chat = chat;
    this._onClose = onClose;
    this.log = new Log({
      ...outside,
      chat,
      take: (choice, event) => this._act(() => chat.choose(choice), event),
      example: (text, event) => this._act(() => chat.send(text), event, true),
    });
    this.composer = new Composer((text) => chat.send(text), outside.tell);
    this._data = new MyData(chat, outside.tell, () => this._showChat());
    this._header = new Header(
      [
        [say("restart"), () => this._askRestart()],
        [say("person"), () => this._act(() => chat.send(say("personSay")))],
        [say("data"), () => this._showData()],
      ],
      onClose,
    );
    this._asking = el("div");
    this._banner = el("p", { class: "banner", hidden: true }, icon("alert"), say("offlineNote"));
    this._strip = el("details", { class: "strip", hidden: true });
    /** @type {import("../types.js").Message | undefined} the question whose progress is drawn */
    this._asked = undefined;
    this._body = el("div", { class: "chat" }, this.log.node, this._asking, this.composer.node);
    this._goneTitle = el("h3", { tabindex: -1 }, say("erased"));
    const begin = button({ class: "button main" }, () => this._begin(), say("begin"));
    const words = el("p", {}, say("erasedBody"));
    this._gone = el(
      "section",
      { class: "gone", hidden: true },
      icon("check"),
      this._goneTitle,
      words,
      begin,
    );
    const parts = [
      this._header.node,
      this._banner,
      this._strip,
      this._body,
      this._data.node,
      this._gone,
    ];
    this.node = el(
      "dialog",
      { class: "panel", part: "panel", "aria-labelledby": "title" },
      ...parts,
    );
    this.node.addEventListener("keydown", (event) => this._onKey(event));
    this.node.addEventListener("cancel", (event) => {
      event.preventDefault();
      this._back();
    });
  }

  /** @param {State} state */
  draw(state) {
    this._header.draw(state);
    this._banner.hidden = state.connection !== "offline";
    const isNews = state.erased && this._gone.hidden && this.node.matches(":focus-within");
    this._gone.hidden = !state.erased;
    if (state.erased) this._data.node.hidden = true;
    this._body.hidden = state.erased || !this._data.node.hidden;
    this._drawStrip(state);
    this.log.draw(state);
    if (isNews) this._goneTitle.focus();
  }

  /** Put the focus where one goes on; a finger opens no keyboard by it. */
  focus() {
    if (hasMouse() && !this._body.hidden) this.composer.focus();
    else this._header.title.focus();
  }

  /** A guide's progress stays in sight while its question is open. @param {State} state */
  _drawStrip({ messages }) {
    const asked = openQuestion(messages);
    this._strip.hidden = !asked?.progress || this._body.hidden;
    if (!asked?.progress || asked === this._asked) return;
    this._asked = asked;
    const { progress, done = [] } = asked;
    const count = done.length ? say("done", { n: done.length }) : "";
    const words = el("span", { class: "count" }, say("progress", progress));
    const label = el("span", { class: "label" }, count);
    const list = done.length ? doneList(done) : el("p", { class: "label" }, say("doneNone"));
    this._strip.replaceChildren(el("summary", {}, words, label, icon("fold"), bar(progress)), list);
  }

  /**
   * Do what was pressed. A mouse goes back to the composer; a keyboard stays where it is unless
   * that goes away.
   * @param {() => void} action
   * @param {MouseEvent} [event]
   * @param {boolean} [vanishes]
   */
  _act(action, event, vanishes = false) {
    this._showChat();
    action();
    const byKeyboard = event?.detail === 0;
    if (byKeyboard ? vanishes : hasMouse()) this.composer.focus();
  }

  _askRestart() {
    this._showChat();
    const { messages, outgoing } = this._chat.state;
    if (!messages.length && !outgoing.length) return this.focus();
    const ask = question(say("restartAsk"), say("restartYes"), say("cancel"), (agreed) => {
      this._asking.replaceChildren();
      if (agreed) this._chat.send(say("restartSay"));
      this.focus();
    });
    this._asking.replaceChildren(ask);
    ask.querySelector("button")?.focus();
  }

  _showData() {
    if (this._chat.state.erased) return;
    this._body.hidden = true;
    this._strip.hidden = true;
    this._data.open();
  }

  _showChat() {
    if (this._data.node.hidden) return;
    this._data.node.hidden = true;
    this.draw(this._chat.state);
    this.focus();
  }

  async _begin() {
    await this._chat.begin();
    this.draw(this._chat.state);
    this.focus();
  }

  /** @param {KeyboardEvent} event */
  _onKey(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this._back();
  }

  /** Leave what lies on top; at last the panel. */
  _back() {
    if (this._header.back()) return;
    if (!this._data.node.hidden) this._showChat();
    else if (this._asking.firstChild) {
      this._asking.replaceChildren();
      this.focus();
    } else this._onClose();
  }
}
