/** Rows of the log: one message each, drawn once and then kept up to date. */

import { Choices } from "./choices.js";
import { button, el, icon, unseen } from "./dom.js";
import { Feedback } from "./feedback.js";
import { rich } from "./markup.js";
import { articlesPart, casePart, copyPart, donePart, menuPart, progressPart } from "./parts.js";
import { say, timeOf } from "./words.js";

/**
 * @typedef {import("../types.js").Message} Message
 * @typedef {import("../types.js").Outgoing} Outgoing
 * @typedef {object} Actions what a row may ask for
 * @property {import("../types.js").ConversationApi} chat
 * @property {import("./parts.js").Tell} tell
 * @property {(path: string[]) => void} show shows a menu in the host page
 * @property {(path: string[]) => boolean} canShow
 * @property {(choice: import("../types.js").Choice, event: MouseEvent) => void} take
 * @property {(text: string, event: MouseEvent) => void} example sends one of the examples
 */

/** @param {string} from @param {string} at @param {...import("./dom.js").Child} inside */
function row(from, at, ...inside) {
  const key = /** @type {import("./words.js").Key} */ (from);
  const speaker = from === "person" ? "" : unseen(`${say(key)}: `);
  const time = el("time", { datetime: at }, timeOf(at));
  const meta = el("div", { class: "meta" }, time);
  return { node: el("div", { class: `row ${from}` }, speaker, ...inside, meta), meta };
}

/** What the person wrote, and what became of it. */
export class UserRow {
  /** @param {Message | Outgoing} message @param {Actions} actions */
  constructor(message, { chat }) {
    const { node, meta } = row("user", message.at, el("div", { class: "bubble" }, message.text));
    this.node = node;
    this._meta = meta;
    this._chat = chat;
    this._drawn = "";
  }

  /** @param {Message | Outgoing} message */
  draw(message) {
    const state = stateOf(message);
    if (state === this._drawn) return;
    this._drawn = state;
    this.node.dataset.state = state;
    const [time] = this._meta.childNodes;
    const words = el("span", {}, ("problem" in message && message.problem) || say(state));
    const mark = STATE_ICONS[state];
    if (state === "sent") words.className = "unseen";
    this._meta.replaceChildren(time, words, ...(mark ? [icon(mark)] : []));
    if (state !== "failed") return;
    this._meta.append(...this._ways(/** @type {Outgoing} */ (message).id));
    this.node.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} id */
  _ways(id) {
    const again = button({ class: "button small" }, () => this._chat.retry(id), say("retry"));
    const away = button({ class: "button small" }, () => this._chat.discard(id), say("discard"));
    return [again, away];
  }
}

/** @type {Partial<Record<ReturnType<typeof stateOf>, "check" | "clock" | "alert">>} */
const STATE_ICONS = { queued: "clock", sent: "check", failed: "alert", setAside: "alert" };

/** @param {Message | Outgoing} message */
function stateOf(message) {
  if ("delivery" in message) return message.delivery;
  return message.state === "set_aside" ? "setAside" : "sent";
}

/** What the assistant or the gateway said. */
export class AnswerRow {
  /**
   * @param {Message} message
   * @param {Actions} actions
   * @param {string} quote the message it answers, where that is not the one before
   */
  constructor(message, actions, quote) {
    const bubble = bubbleOf(message, actions);
    const reply = quote && el("p", { class: "quote" }, say("reply", { text: quote }));
    this.choices = message.choices?.length ? new Choices(message.choices, actions.take) : null;
    const { node, meta } = row(message.from, message.at, reply, bubble.hasChildNodes() && bubble);
    this.node = node;
    this.at = message.at;
    this._canShow = actions.canShow;
    if (this.choices) node.append(this.choices.node);
    if (message.from === "assistant" && (message.progress || message.articles?.length)) {
      const give = actions.chat.feedback.bind(actions.chat, message.seq);
      this._feedback = new Feedback(give, actions.tell);
      meta.append(this._feedback.node);
    }
    this.speaker = speakerOf(message);
    this.spoken = spoken(message, reply ? reply.textContent : "");
  }

  /**
   * @param {Message} message
   * @param {boolean} isOpen whether its choices can be taken
   * @param {Set<string>} taken
   */
  draw(message, isOpen, taken) {
    this.choices?.draw(isOpen, taken);
    this._feedback?.draw(message.feedback);
    const show = /** @type {HTMLElement | null} */ (this.node.querySelector(".show"));
    if (show) show.hidden = !this._canShow(message.menu ?? []);
  }
}

/** @param {Message} message @param {Actions} actions */
function bubbleOf(message, { chat, show, tell }) {
  const { progress, menu, articles, copy, done } = message;
  const title = say(message.case ? "caseTitle" : "copyTitle");
  const parts = [
    message.from === "person" && el("p", { class: "label" }, speakerOf(message)),
    progress && progressPart(progress),
    menu?.length && menuPart(menu, show),
    message.text && rich(message.text),
    message.case && casePart(message.case),
    copy && copyPart(copy, title, tell),
    articles?.length && articlesPart(articles, (i) => chat.opened(message.seq, i)),
    done?.length && !progress && donePart(done),
  ];
  return el("div", { class: "bubble" }, ...parts.map((part) => part || null));
}

/**
 * A message as lines for screen readers.
 * @param {Message} message
 * @param {string | null} quote
 */
function spoken({ progress, menu, text, articles, choices }, quote) {
  return [
    quote,
    progress && `${say("progress", progress)}. ${progress.title ?? ""}`,
    menu?.length && `${say("path")}: ${menu.join(", ")}`,
    ...[...rich(text).querySelectorAll("p, li")].map((block) => block.textContent),
    articles?.length && say("articles", { n: articles.length }),
    choices?.length && say("optionsCount", { n: choices.length }),
  ]
    .filter(Boolean)
    .join("\n");
}

/** @param {Message} message */
function speakerOf({ from, author }) {
  if (from === "person") return author || say("team");
  return say(from === "system" ? "system" : "assistant");
}

/** The widget's own greeting; it is not part of the stored conversation. */
export function greetingNode() {
  const body = [el("p", { class: "heading" }, say("greeting")), el("p", {}, say("greetingBody"))];
  return el("div", { class: "greeting" }, ...body);
}

/** A notice of the widget's own. @param {string} words */
export function noticeNode(words) {
  return el(
    "div",
    { class: "row system" },
    unseen(say("system")),
    el("p", { class: "bubble" }, words),
  );
}
