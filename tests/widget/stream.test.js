/** Keeping up: streams that end, skip, fall silent or are held back; sleep and hidden tabs. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Browser, FAST, gatewayFor, settled, sleep, talking, until } from "./support.js";

test("a stream that ends is opened again where it was; nothing is told twice", async () => {
  const { gateway, tab } = await talking();
  for (const type of ["bye", undefined]) {
    gateway.endStreams(type);
    gateway.say(gateway.only, { from: "assistant", text: "meanwhile" });
    await until(() => tab.state.messages.at(-1).seq === gateway.only.messages.length);
    await until(() => gateway.streams.size === 1);
  }
  assert.equal(tab.heard.filter(({ type }) => type === "message").length, 3);
  assert.equal(tab.state.connection, "online");
  const last = gateway.requests.filter(({ route }) => route === "GET /events").at(-1);
  assert.equal(last.lastEventId, "4");
});

test("a skipped message is fetched before what follows is drawn", async () => {
  const { gateway, tab } = await talking();
  let isSkipping = true;
  gateway.wire = (text) => {
    if (!isSkipping || !text.includes("event: message")) return [text];
    isSkipping = false;
    return [];
  };
  const seen = [];
  tab.addEventListener("change", () => seen.push(tab.state.messages.map(({ seq }) => seq).join()));
  gateway.say(gateway.only, { from: "assistant", text: "skipped" });
  gateway.say(gateway.only, { from: "assistant", text: "next" });
  await settled(tab, 4);
  assert.ok(seen.every((one) => "1,2,3,4".startsWith(one)), seen.join(" "));
});

test("silence on the stream, pings included, opens it anew", async () => {
  const { gateway, tab } = await talking();
  const first = [...gateway.streams][0];
  for (let i = 0; i < 10; i++) {
    await sleep(40);
    gateway.ping();
  }
  assert.ok(gateway.streams.has(first));
  gateway.wire = (text) => (text.startsWith(":") ? [] : [text]);
  await until(() => !gateway.streams.has(first));
  await until(() => gateway.streams.size === 1);
  assert.equal(tab.state.connection, "online");
});

test("an answer is awaited and the stream falls silent: what is new is read elsewhere", async () => {
  const { gateway, tab } = await talking({}, { ...FAST, silence: 1e9, awaited: 60, catchUp: 100 });
  gateway.answerMs = () => 150;
  let isMute = false;
  let lost = 0;
  gateway.wire = (text) => {
    const isLast = text.includes("event: message");
    const pieces = isMute ? [] : [text];
    isMute ||= isLast;
    return pieces;
  };
  // The first reading is swallowed as well; the second comes to somebody who answers.
  gateway.fault = ({ route }) => (isMute && route === "GET /messages" && !lost++ ? { delay: 5_000 } : {});
  tab.send("b");
  await settled(tab, 4);
  assert.ok(lost > 1);
});

test("a proxy that holds the stream back: the answers are read instead", async () => {
  const gateway = await gatewayFor();
  gateway.wire = () => [];
  gateway.answerMs = () => 150;
  const times = { ...FAST, silence: 3_000 };
  const tab = new Browser().open(gateway, {}, times);
  await tab.start();
  const since = Date.now();
  tab.send("a");
  await settled(tab, 2);
  assert.ok(Date.now() - since < times.silence);
  gateway.wire = (text) => [text];
  await until(() => gateway.streams.size === 1);
});

test("a proxy that refuses streams", async () => {
  const gateway = await gatewayFor();
  gateway.fault = ({ route }) => (route === "GET /events" ? { status: 502 } : undefined);
  const tab = new Browser().open(gateway);
  await tab.start();
  tab.send("a");
  await settled(tab, 2);
  tab.send("b");
  await settled(tab, 4);
  assert.equal(tab.state.connection, "online");
});

test("when the network is back or the page returns, it is tried at once", async () => {
  const slow = { ...FAST, backoff: 60_000, backoffMax: 60_000 };
  for (const type of ["online", "pageshow"]) {
    const { gateway, tab } = await talking({}, slow);
    await gateway.restart(10);
    gateway.say(gateway.only, { from: "assistant", text: "meanwhile" });
    tab.env.window.dispatchEvent(new Event(type));
    await settled(tab, 3);
  }
});

test("a machine that slept opens its stream anew", async (context) => {
  const { gateway, tab } = await talking({}, { ...FAST, silence: 1e9 });
  const first = [...gateway.streams][0];
  const now = Date.now;
  context.mock.method(Date, "now", () => now() + 3_600_000);
  await until(() => gateway.streams.size === 1 && !gateway.streams.has(first));
  assert.equal(tab.state.connection, "online");
});

test("a hidden tab lets its stream go and catches up when it is seen", async () => {
  const { gateway, tab } = await talking();
  tab.env.document.visibilityState = "hidden";
  await until(() => gateway.streams.size === 0);
  gateway.say(gateway.only, { from: "assistant", text: "meanwhile" });
  await sleep(100);
  assert.equal(gateway.streams.size, 0);
  tab.env.document.visibilityState = "visible";
  tab.env.document.dispatchEvent(new Event("visibilitychange"));
  await settled(tab, 3);
});

test("a hidden tab that awaits its answer keeps listening", async () => {
  const { gateway, tab } = await talking();
  gateway.answerMs = () => 300;
  tab.send("b");
  tab.env.document.visibilityState = "hidden";
  await settled(tab, 4);
});
