/** Who the host page says its user is. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { answered, Browser, gatewayFor, jwtFor, sleep, until } from "./support.js";

test("the host page's person finds the conversation on another device", async () => {
  const gateway = await gatewayFor();
  const ana = jwtFor("ana");
  const tab = new Browser().open(gateway, { identity: ana });
  await tab.start();
  assert.equal(tab.state.identified, true);
  tab.send("a");
  await answered(tab, 1);
  const other = new Browser().open(gateway, { identity: async () => ana });
  await other.start();
  await until(() => other.state.messages.length === 2);
  assert.equal(other.state.unread, 0);
  assert.deepEqual(other.heard, []);
});

test("another person on the same browser sees and sends nothing of the first", async () => {
  const gateway = await gatewayFor();
  const browser = new Browser();
  const tab = browser.open(gateway, { identity: jwtFor("ana") });
  await tab.start();
  tab.send("de ana");
  await answered(tab, 1);
  gateway.fault = () => ({ drop: true });
  tab.send("nunca enviada");
  tab.stop();
  gateway.fault = () => undefined;
  const other = browser.open(gateway, { identity: jwtFor("bia") });
  await other.start();
  await until(() => other.state.ready);
  await sleep(30);
  assert.deepEqual(other.state.messages, []);
  assert.deepEqual(other.state.outgoing, []);
  assert.ok(!browser.store.text.includes("nunca"));
  assert.equal(gateway.conversations.size, 2);
  await other.logout();
  assert.equal(browser.store.length, 0);
  assert.equal(other.state.identified, false);
});

test("a page's function is asked again when refused, and help goes on without", async () => {
  const gateway = await gatewayFor();
  gateway.sessions.refused.add(jwtFor("ana", 0));
  let serial = 0;
  const tab = new Browser().open(gateway, { identity: async () => jwtFor("ana", serial++) });
  await tab.start();
  assert.equal(tab.state.identified, true);
  gateway.sessions.refused.add(jwtFor("bia"));
  const other = new Browser().open(gateway, { identity: jwtFor("bia") });
  await other.start();
  other.send("a");
  await answered(other, 1);
  assert.equal(other.state.identified, false);
});

test("a page's function that fails is asked until it works; nothing is sent before", async () => {
  const gateway = await gatewayFor();
  let isUp = false;
  const identity = async () => (isUp ? jwtFor("ana") : Promise.reject(new Error("down")));
  const tab = new Browser().open(gateway, { identity });
  await tab.start();
  tab.send("a");
  await sleep(60);
  assert.equal(gateway.requests.length, 0);
  isUp = true;
  await answered(tab, 1);
  assert.equal(gateway.only.person, "ana");
});
