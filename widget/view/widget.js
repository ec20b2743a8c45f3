/** Launcher, panel and ring in one shadow root, and what a host page may do with them. */

import { TEXTS } from "../texts.js";
import { button, el, icon, tabStorage, unseen } from "./dom.js";
import { Panel } from "./panel.js";
import { Ring, findMark } from "./ring.js";
import { say } from "./words.js";

/**
 * @typedef {import("../types.js").ConversationApi & EventTarget} Chat
 * @typedef {object} Looks
 * @property {string} [theme] "light" or "dark"; else as the person's system has it
 * @property {string} [position] "left"; else right
 * @property {boolean} [open] begin with the panel open, where there is room beside it
 */

/** Narrower or lower, by zoom too, and the panel takes the whole screen. */
const SMALL = matchMedia("(max-width: 35em), (max-height: 27em)");
const OPEN = "open";
const MOST_SHOWN = 9;

export class Widget {
  /**
   * @param {HTMLElement} host
   * @param {Chat} chat
   * @param {Looks} looks
   * @param {CSSStyleSheet[]} sheets
   */
  constructor(host, chat, { theme, position, open }, sheets) {
    this._host = host;
    this._chat = chat;
    this._isOpen = false;
    this._isOffline = false;
    /** @type {string | null} what was told last of an answer that takes longer */
    this._note = null;
    this._ended = new AbortController();
    // Sizes that only scripts know stand in a sheet: style attributes need 'unsafe-inline'.
    const variables = new CSSStyleSheet();
    variables.insertRule(".omni {}");
    this._rule = /** @type {CSSStyleRule} */ (variables.cssRules[0]);

    const tell = this._tell.bind(this);
    const canShow = (/** @type {string[]} */ path) => findMark(path) !== null;
    const outside = { tell, canShow, show: this._show.bind(this) };
    this._panel = new Panel(chat, outside, () => this.close());
    this._badge = el("span", { class: "badge", "aria-hidden": "true" });
    this._unread = unseen("");
    const name = [
      el("span", {}, say("launcher")),
      unseen(`: ${say("launcherHint")}`),
      this._unread,
    ];
    const kind = { class: "launcher button", part: "launcher", "aria-haspopup": "dialog" };
    this._launcher = button(kind, () => this.open(), icon("chat"), ...name, this._badge);
    this._ring = new Ring((name, value) => this._set(name, value));
    this._outer = el("p", { class: "unseen", role: "status" });
    this._inner = el("p", { class: "unseen", role: "status" });
    this._panel.node.append(this._inner);
    const parts = [this._ring.node, this._launcher, this._panel.node, this._outer];
    const root = {
      class: "omni",
      lang: TEXTS.lang,
      "data-theme": theme,
      "data-position": position,
    };
    this._root = el("div", root, ...parts);

    const shadow = host.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [...sheets, variables];
    shadow.append(this._root);
    this._listen();
    this._draw();
    const before = tabStorage.get(OPEN);
    if (before ?? (open && !SMALL.matches)) this._present();
    chat.start();
  }

  /** Open the panel and go to it. */
  open() {
    if (this._isOpen) return;
    this._before = document.activeElement;
    this._present();
    this._panel.focus();
  }

  /** Close the panel and go back to the launcher. */
  close() {
    if (!this._isOpen) return;
    this._hide();
    if (this._launcher.checkVisibility()) this._launcher.focus();
    else if (this._before instanceof HTMLElement) this._before.focus();
  }

  /** Open or close. */
  toggle() {
    if (this._isOpen) this.close();
    else this.open();
  }

  /** Send a message in the person's name. @param {string} text */
  send(text) {
    this._chat.send(text);
  }

  /** Say who the person is. @param {import("../types.js").Identity} identity */
  identify(identity) {
    return this._chat.identify(identity);
  }

  /** Say where in the product the person is. @param {string} page */
  setPage(page) {
    this._chat.setPage(page);
    this._draw();
  }

  /** Take the widget out of the page; the conversation stays stored. */
  destroy() {
    this._ended.abort();
    this._ring.hide();
    this._chat.stop();
    this._host.remove();
  }

  _listen() {
    const { signal } = this._ended;
    const hear = (/** @type {string} */ name, /** @type {(detail: any) => void} */ act) => {
      const heard = (/** @type {Event} */ event) => act(/** @type {CustomEvent} */ (event).detail);
      this._chat.addEventListener(name, heard, { signal });
    };
    hear("change", () => this._draw());
    hear("message", (message) => this._onMessage(message));
    hear("sent", (outgoing) => this._fire("sent", outgoing));
    hear("erased", () => {
      this._panel.composer.clear();
      this._fire("erased");
    });
    hear("restarted", () => this._tell(say("expired")));
    SMALL.addEventListener("change", () => this._isOpen && this._turn(), { signal });
    document.addEventListener("visibilitychange", () => this._look(), { signal });
    visualViewport?.addEventListener("resize", () => this._fit(), { signal });
    visualViewport?.addEventListener("scroll", () => this._fit(), { signal });
  }

  /** A phone's keyboard covers the page without resizing it. A magnified page stays as it is. */
  _fit() {
    const { scale, height, offsetTop } = /** @type {VisualViewport} */ (visualViewport);
    if (scale > 1.01) return;
    this._set("--height", `${height}px`);
    this._set("--top", `${offsetTop}px`);
  }

  _draw() {
    const { unread, note, connection } = this._chat.state;
    this._panel.draw(this._chat.state);
    this._badge.hidden = !unread;
    this._badge.textContent = unread > MOST_SHOWN ? `${MOST_SHOWN}+` : `${unread}`;
    this._unread.textContent = unread ? `, ${say("unread", { n: unread })}` : "";
    const isOffline = connection === "offline";
    if (note && note !== this._note && this._isOpen) this._tell(note);
    if (isOffline && !this._isOffline && this._isOpen) this._tell(say("offlineNote"));
    this._note = note;
    this._isOffline = isOffline;
  }

  /** @param {import("../types.js").Message} message */
  _onMessage(message) {
    if (this._isOpen) this._panel.log.announce(message.seq);
    else this._tell(say("arrived"));
    this._fire("message", message);
    const { show, menu = [] } = message;
    if (show && this._isOpen && !document.hidden && findMark(menu)) this._show(menu);
  }

  _present() {
    this._isOpen = true;
    this._ring.hide();
    this._launcher.hidden = true;
    this._showDialog();
    this._draw();
    tabStorage.set(OPEN, true);
    this._look();
    this._fire("open");
  }

  _hide() {
    this._isOpen = false;
    this._panel.node.close();
    this._launcher.hidden = false;
    tabStorage.set(OPEN, false);
    this._look();
    this._fire("close");
  }

  _showDialog() {
    this._root.toggleAttribute("data-full", SMALL.matches);
    if (SMALL.matches) {
      this._panel.node.showModal();
      this._panel.focus();
    } else this._panel.node.setAttribute("open", ""); // show() would take the focus
  }

  /** Change between beside the page and over it; the focus stays. */
  _turn() {
    const focused = this._host.shadowRoot?.activeElement;
    this._panel.node.close();
    this._showDialog();
    if (focused instanceof HTMLElement) focused.focus();
  }

  /** @param {string[]} path a menu that the host page may have marked */
  _show(path) {
    const target = findMark(path);
    if (!target) return this._tell(say("notShown"));
    const panel = this._panel.node.getBoundingClientRect();
    const { left, right, width } = target.getBoundingClientRect();
    const covered = Math.min(right, panel.right) - Math.max(left, panel.left);
    if (covered > width / 2) {
      this.close();
      target.focus({ preventScroll: true });
    }
    this._ring.show(target);
    this._tell(say("shown", { path: `${target.getAttribute("data-omni-menu")}` }));
  }

  _look() {
    this._chat.seen(this._isOpen && document.visibilityState === "visible");
  }

  /** Say something to screen readers; what is outside of a modal panel, they do not hear. @param {string} words */
  _tell(words) {
    const line = this._isOpen ? this._inner : this._outer;
    line.textContent = "";
    setTimeout(() => (line.textContent = words), 50);
  }

  /** @param {string} name @param {string} value */
  _set(name, value) {
    this._rule.style.setProperty(name, value);
  }

  /** @param {string} name @param {unknown} [detail] */
  _fire(name, detail) {
    this._host.dispatchEvent(new CustomEvent(`omni:${name}`, { detail, bubbles: true }));
  }
}
