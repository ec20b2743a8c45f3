/** What is kept about the person: to be seen, taken along and erased. */

import { button, el, question } from "./dom.js";
import { iconButton } from "./header.js";
import { dateOf, say, trouble } from "./words.js";

export class MyData {
  /**
   * @param {import("../types.js").ConversationApi} chat
   * @param {import("./parts.js").Tell} tell
   * @param {() => void} onBack
   */
  constructor(chat, tell, onBack) {
    this._chat = chat;
    this._tell = tell;
    this._body = el("div", { class: "body" });
    this._title = el("h3", { tabindex: -1 }, say("data"));
    const head = el("div", { class: "head" }, iconButton("back", onBack), this._title);
    this.node = el(
      "section",
      { class: "data", "aria-label": say("data"), hidden: true },
      head,
      this._body,
    );
  }

  /** Show what is kept now. */
  async open() {
    this.node.hidden = false;
    this._title.focus();
    this._fill(el("p", {}, say("connecting")));
    try {
      this._fill(...this._about(await this._chat.about()));
    } catch (problem) {
      this._fill(el("p", {}, trouble(problem)));
    }
  }

  /** @param {...Node} nodes */
  _fill(...nodes) {
    this._body.replaceChildren(...nodes);
  }

  /** @param {import("../types.js").AboutMe} about */
  _about(about) {
    const lines = [
      [say("since"), dateOf(about.since)],
      [say("retention"), say("days", { n: about.retention_days })],
      [say("messages"), about.messages],
      [say("cases"), about.cases],
      [say("feedbacks"), about.feedback],
      [say("account"), say(about.identified ? "known" : "anonymous")],
    ].map(([name, value]) => el("div", {}, el("dt", {}, `${name}`), el("dd", {}, `${value}`)));
    const erase = button({ class: "button danger" }, () => this._ask(ways, erase), say("erase"));
    const download = button(
      { class: "button main" },
      () => this._try(this._download),
      say("download"),
    );
    const ways = el("div", { class: "ways" }, download, erase);
    return [el("p", {}, say("dataBody")), el("dl", {}, ...lines), ways];
  }

  /** @param {HTMLElement} ways @param {HTMLElement} erase */
  _ask(ways, erase) {
    const ask = question(say("eraseAsk"), say("eraseYes"), say("cancel"), (agreed) => {
      ask.remove();
      erase.hidden = false;
      erase.focus();
      if (agreed) this._try(() => this._chat.erase());
    });
    ask.classList.add("grave");
    erase.hidden = true;
    ways.append(ask);
    ask.scrollIntoView({ block: "nearest" });
    ask.querySelector("button")?.focus();
  }

  /** @param {() => Promise<void>} action */
  async _try(action) {
    try {
      await action.call(this);
    } catch (problem) {
      this._body.append(el("p", { class: "fault" }, trouble(problem)));
      this._tell(trouble(problem));
    }
  }

  async _download() {
    const address = URL.createObjectURL(await this._chat.exportMe());
    el("a", { href: address, download: say("file") }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
}
