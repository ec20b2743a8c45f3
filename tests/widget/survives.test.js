/** What goes wrong with what is sent and kept: network, gateway, tokens, reloads. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  Browser,
  FAST,
  FakeStorage,
  gatewayFor,
  settled,
  sleep,
  talking,
  textsOf,
  until,
} from "./support.js";

test("offline: queued, seen as such, and sent once when back", async () => {
  const { gateway, tab } = await talking();
  await gateway.kill();
  await until(() => tab.state.connection === "offline");
  tab.send("b");
  tab.send("c");
  await until(() => tab.state.outgoing.every(({ delivery }) => delivery === "queued"));
  await gateway.start(gateway.port);
  tab.env.window.dispatchEvent(new Event("online"));
  await settled(tab, 6);
  assert.equal(tab.state.connection, "online");
  assert.deepEqual(textsOf(gateway.only.messages.filter(({ id }) => id)), ["a", "b", "c"]);
});

test("a reload loses nothing that was written", async () => {
  const { gateway, browser, tab } = await talking();
  gateway.fault = () => ({ drop: true });
  tab.send("b");
  tab.send("c");
  tab.stop();
  gateway.fault = () => undefined;
  const again = browser.open(gateway);
  await again.start();
  await settled(again, 6);
  assert.deepEqual(textsOf(gateway.only.messages.filter(({ id }) => id)), ["a", "b", "c"]);
});

test("what was written before a reload is told as sent, also where the stream is first", async () => {
  const { gateway, browser, tab } = await talking();
  gateway.fault = ({ route }) => (route === "POST /messages" ? { drop: true } : undefined);
  tab.send("b");
  tab.stop();
  gateway.fault = ({ route }) => (route === "POST /messages" ? { after: true } : undefined);
  const again = browser.open(gateway);
  await again.start();
  await settled(again, 4);
  const told = () => again.heard.filter(({ type }) => type === "sent");
  await until(() => told().length);
  assert.deepEqual(told().map(({ detail }) => detail.text), ["b"]);
});

test("a message whose answer was lost is stored once", async () => {
  const { gateway, tab } = await talking();
  let times = 0;
  gateway.wire = () => [];
  const isLost = (route) => route === "POST /messages" && times++ < 2;
  gateway.fault = ({ route }) => (isLost(route) ? { after: true } : undefined);
  tab.send("b");
  await until(() => gateway.statuses("POST /messages").at(-1) === 200);
  await settled(tab, 4);
});

test("what the stream brings counts as sent, though the request hangs", async () => {
  const { gateway, tab } = await talking();
  gateway.fault = ({ route }) => (route === "POST /messages" ? { after: true } : undefined);
  tab.send("b");
  await settled(tab, 4);
  await until(() => tab._outbox.items.length === 0);
  gateway.fault = () => undefined;
  tab.send("c");
  await settled(tab, 6);
});

test("429 and 503 wait as long as they say; nothing fails", async () => {
  const { gateway, tab } = await talking();
  for (const status of [429, 503]) {
    const before = tab.state.messages.length;
    const faults = [{ status, headers: { "Retry-After": "1" } }];
    gateway.fault = ({ route }) => (route === "POST /messages" ? faults.shift() : undefined);
    const since = Date.now();
    tab.send("b");
    await until(() => tab.state.outgoing[0]?.delivery === "queued");
    // Not even the network's return hurries what the gateway asked to wait.
    tab.env.window.dispatchEvent(new Event("online"));
    await settled(tab, before + 2);
    assert.ok(Date.now() - since >= 1000);
  }
});

test("500, 408, and a hotel's page in the answer's place are tried again", async () => {
  const { gateway, tab } = await talking();
  const faults = [{ status: 500 }, { status: 408 }, { status: 502, body: "x" }, { html: true }];
  gateway.fault = ({ route }) => (route === "POST /messages" ? faults.shift() : undefined);
  tab.send("b");
  await settled(tab, 4);
  assert.equal(faults.length, 0);
});

test("an expired token is renewed once, by stream, reads and writes together", async () => {
  const { gateway, tab } = await talking();
  gateway.sessions.expire();
  gateway.endStreams("expired");
  tab.send("b");
  await settled(tab, 4);
  assert.deepEqual(gateway.statuses("POST /sessions/renew"), [200]);
  assert.equal(gateway.conversations.size, 1);
});

test("a token is renewed before it runs out", async () => {
  const gateway = await gatewayFor();
  gateway.sessions.seconds = 0.1;
  const tab = new Browser().open(gateway);
  await tab.start();
  tab.send("a");
  await settled(tab, 2);
  await sleep(120);
  tab.send("b");
  await settled(tab, 4);
  assert.ok(gateway.statuses("POST /sessions/renew").length >= 1);
  assert.ok(!gateway.requests.some(({ status }) => status === 401));
});

test("a session that cannot be renewed: a new conversation, and it is said", async () => {
  const { gateway, tab } = await talking();
  gateway.sessions.revoke();
  gateway.endStreams();
  await until(() => tab.heard.some(({ type }) => type === "restarted"));
  assert.deepEqual(tab.state.messages, []);
  assert.equal(tab.state.restarted, true);
  assert.equal(gateway.conversations.size, 1);
  tab.send("b");
  await settled(tab, 2);
  assert.equal(gateway.conversations.size, 2);
});

test("a choice of a lost conversation is sent as its label", async () => {
  const { gateway, tab } = await talking();
  gateway.sessions.revoke();
  gateway.fault = ({ route }) => (route.startsWith("GET") ? { drop: true } : undefined);
  tab.choose({ id: "c9", label: "Reiniciei" });
  await until(() => gateway.conversations.size === 2 && gateway.only.messages.length);
  assert.equal(gateway.only.messages[0].text, "Reiniciei");
  assert.equal(gateway.only.messages[0].choice, undefined);
});

test("erased elsewhere: told by the stream, nothing is left here", async () => {
  const { gateway, browser, tab } = await talking();
  gateway._erase(gateway.only);
  await until(() => tab.state.erased);
  assert.equal(browser.store.length, 0);
});

test("a store restored from a backup counts anew", async () => {
  const { gateway, tab } = await talking();
  tab.send("b");
  await settled(tab, 4);
  gateway.only.messages.splice(2);
  gateway.endStreams();
  await settled(tab, 2);
});

test("a clock that was set back does not stop the queue", async (context) => {
  const { gateway, tab } = await talking({}, { ...FAST, backoffMax: 60_000, backoff: 60_000 });
  gateway.fault = ({ route }) => (route === "POST /messages" ? { drop: true } : undefined);
  tab.send("b");
  await until(() => tab._outbox.isWaiting);
  gateway.fault = () => undefined;
  const now = Date.now;
  context.mock.method(Date, "now", () => now() - 3_600_000);
  tab.send("c");
  tab._outbox._nap.wake();
  await settled(tab, 6);
});

test("broken storage is read as empty", async () => {
  const gateway = await gatewayFor();
  const store = new FakeStorage();
  const prefix = `omni-support:${gateway.origin}:`;
  for (const key of ["session", "out:x", "gate", "read"]) store.setItem(prefix + key, "{broken");
  store.setItem("other", "host's own");
  const tab = new Browser({ store }).open(gateway);
  await tab.start();
  tab.send("a");
  await settled(tab, 2);
  await tab.erase();
  assert.deepEqual([store.length, store.getItem("other")], [1, "host's own"]);
});
