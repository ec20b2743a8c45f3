/** Draws the widget over a fake conversation; `window.fake` steers it. */

import { FakeConversation } from "./conversation.js";
import { Widget } from "/widget/view/widget.js";

const load = async (name) =>
  new CSSStyleSheet().replace(await (await fetch(`/widget/styles/${name}.css`)).text());
const sheets = await Promise.all(["base", "launcher", "panel", "forms", "messages", "parts"].map(load));
const host = document.createElement("omni-support");
document.body.append(host);
window.fake = new FakeConversation();
const looks = Object.fromEntries(new URLSearchParams(location.search));
window.widget = new Widget(host, window.fake, looks, sheets);
