/**
 * The log: what was said, in order. It is drawn silently; each turn's answers are then told to
 * screen readers once, in one piece, by a line of the log's that only they get.
 */

import { TEXTS } from "../texts.js";
import { openQuestion } from "./choices.js";
import { button, el, icon, isCalm, place } from "./dom.js";
import { AnswerRow, UserRow, greetingNode, noticeNode } from "./message.js";
import { dayOf, say } from "./words.js";

/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../types.js").State} State */

/** The answers of a turn come close together. */
const TURN_MS = 250;
const SPOKEN_MS = 3000;
const NEAR_END_PX = 80;
const ABOVE_PX = 12;
const QUOTE_LENGTH = 60;

export class Log {
  /** @param {import("./message.js").Actions} actions */
  constructor(actions) {
    this._actions = actions;
    /** @type {Map<string | number, UserRow | AnswerRow>} */
    this._rows = new Map();
    /** @type {Map<string, HTMLElement>} */
    this._days = new Map();
    /** @type {AnswerRow[]} */
    this._fresh = [];
    /** @type {string | undefined} the person's newest message */
    this._own = undefined;
    this._isAtEnd = true;
    this._follows = false;
    this._greeting = greetingNode();
    this._examples = this._exampleList();
    this._expired = noticeNode(say("expired"));
    this._note = el("span");
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this._typing = el("div", { class: "typing" }, dots, this._note);
    this._thread = el("div", { class: "thread", "aria-live": "off" });
    this._spoken = el("p", { class: "unseen" });
    const looks = { role: "log", "aria-live": "polite", "aria-label": say("log"), tabindex: 0 };
    this._log = el("div", { class: "log", ...looks }, this._thread, this._spoken);
    const end = { class: "icon end", "aria-label": say("newest"), hidden: true };
    this._end = button(end, () => this.toEnd(), icon("fold"));
    this.node = el("div", { class: "stage" }, this._log, this._end);
    this._log.addEventListener("scroll", () => this._onScroll());
    new ResizeObserver(() => this._onResize()).observe(this._log);
  }

  /** @param {State} state */
  draw(state) {
    const isFirst = !this._rows.size;
    const before = this._typing.hidden || this._note.textContent;
    const isEmpty = !state.messages.length && !state.outgoing.length;
    if (isEmpty) this._rows.clear();
    this._typing.hidden = !state.working && state.ready;
    this._note.textContent = state.ready ? state.note : say("loading");
    place(this._thread, [
      ...(state.restarted ? [this._expired] : []),
      ...(state.ready ? [this._greeting] : []),
      ...(state.ready && isEmpty ? [this._examples] : []),
      ...this._drawRows(state),
      this._typing,
    ]);
    const own = state.outgoing.at(-1) ?? state.messages.findLast(({ from }) => from === "user");
    const isLonger = state.working && before !== this._note.textContent;
    const isNews = own?.id !== this._own || isLonger;
    this._own = own?.id;
    // Answers are scrolled to by announce().
    if (isFirst) this.toEnd("instant");
    else if (isNews && (this._isAtEnd || state.outgoing.length)) this.toEnd();
  }

  /**
   * A new answer is drawn: show its turn's beginning, and tell the turn when it is complete.
   * @param {number} seq
   */
  announce(seq) {
    const row = this._rows.get(seq);
    if (!(row instanceof AnswerRow)) return;
    this._follows ||= this._isAtEnd;
    this._fresh.push(row);
    if (this._follows) this._toStartOf(row.node);
    clearTimeout(this._timer);
    this._timer = setTimeout(() => {
      this._follows = false;
      let before = "";
      const turn = this._fresh.splice(0).map(({ speaker, spoken }) => {
        const name = speaker === before ? "" : `${speaker}: `;
        before = speaker;
        return name + spoken;
      });
      this._spoken.textContent = turn.join("\n");
      clearTimeout(this._hush);
      this._hush = setTimeout(() => (this._spoken.textContent = ""), SPOKEN_MS);
    }, TURN_MS);
  }

  /** @param {ScrollBehavior} [behavior] */
  toEnd(behavior) {
    if (!this._rows.size) return;
    this._isAtEnd = true;
    this._follows = false;
    this._scrollTo(this._log.scrollHeight, behavior);
  }

  /**
   * Scroll to the first of the answers that stand together here; where they do not fit and the
   * newest asks something, to that: what can be chosen is nearer then.
   * @param {Element} newest
   */
  _toStartOf(newest) {
    let first = newest;
    for (let one = newest; one.matches(".assistant, .system, .person");) {
      first = one;
      one = one.previousElementSibling ?? this._typing;
    }
    const from = (/** @type {Element} */ one) => one.getBoundingClientRect();
    const isTall = from(newest).bottom - from(first).top > this._log.clientHeight;
    const start = isTall && newest.matches(".assistant:has(.choices)") ? newest : first;
    this._scrollTo(from(start).top - from(this._thread).top - ABOVE_PX);
  }

  /** @param {number} top @param {ScrollBehavior} [behavior] */
  _scrollTo(top, behavior = isCalm() ? "instant" : "smooth") {
    this._log.scrollTo({ top, behavior });
  }

  /** As the keyboard of a phone opens, or the progress appears above. */
  _onResize() {
    const fresh = this._fresh.at(-1);
    if (fresh && this._follows) this._toStartOf(fresh.node);
    else if (this._isAtEnd) this.toEnd("instant");
  }

  _onScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this._log;
    this._isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    this._end.hidden = this._isAtEnd;
  }

  /** @param {State} state */
  _drawRows({ messages, outgoing }) {
    const all = [...messages, ...outgoing];
    const newest = openQuestion(messages);
    const taken = new Set(all.flatMap(({ choice }) => choice ?? []));
    const nodes = new Set();
    let asked = 0;
    for (const message of all) {
      nodes.add(this._day(dayOf(message.at)));
      if ("seq" in message && message.from !== "user") {
        const row = this._answer(message, asked, messages);
        row.draw(message, message === newest, taken);
        nodes.add(row.node);
        asked = message.reply_to ?? asked;
      } else {
        const row = this._mine(message);
        row.draw(message);
        nodes.add(row.node);
        asked = "seq" in message ? message.seq : asked;
      }
    }
    return nodes;
  }

  /** @param {Message | import("../types.js").Outgoing} message */
  _mine(message) {
    const key = message.id ?? /** @type {Message} */ (message).seq;
    const known = this._rows.get(key);
    const row = known instanceof UserRow ? known : new UserRow(message, this._actions);
    this._rows.set(key, row);
    return row;
  }

  /**
   * @param {Message} message
   * @param {number} asked the number of the message before, which it answers unless it says so
   * @param {Message[]} messages
   */
  _answer(message, asked, messages) {
    const known = this._rows.get(message.seq);
    if (known instanceof AnswerRow && known.at === message.at) return known;
    const goal = message.reply_to ?? asked;
    const isPlain = goal === asked && !message.late;
    const question = isPlain ? "" : (messages.find(({ seq }) => seq === goal)?.text ?? "");
    const isLong = question.length > QUOTE_LENGTH;
    const quote = isLong ? `${question.slice(0, QUOTE_LENGTH)}…` : question;
    const row = new AnswerRow(message, this._actions, quote);
    this._rows.set(message.seq, row);
    return row;
  }

  /** @param {string} words */
  _day(words) {
    const node = this._days.get(words) ?? el("p", { class: "day" }, words);
    this._days.set(words, node);
    return node;
  }

  _exampleList() {
    const items = TEXTS.examples.split("|").map((label) => {
      const press = button({}, (event) => this._actions.example(label, event), label, icon("next"));
      return el("li", {}, press);
    });
    const label = el("p", { class: "label" }, say("examplesLabel"));
    return el("div", { class: "examples" }, label, el("ul", {}, ...items));
  }
}
