/** One tab and a gateway that works: what is sent, drawn, counted and told. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { answered, Browser, gatewayFor, seqsOf, sleep, textsOf, until } from "./support.js";

test("a mere visit stores nothing at the gateway", async () => {
  const gateway = await gatewayFor();
  const tab = new Browser().open(gateway);
  await tab.start();
  await sleep(30);
  assert.equal(gateway.requests.length, 0);
  assert.equal(tab.state.ready, true);
  assert.equal(tab.state.connection, "online");
});

test("a message becomes the stored one, and its answer comes by the stream", async () => {
  const gateway = await gatewayFor();
  const tab = new Browser().open(gateway, { page: "E-mail" });
  const drawn = [];
  tab.addEventListener("change", () => {
    const { messages, outgoing } = tab.state;
    drawn.push([...messages, ...outgoing].filter(({ id }) => id).length);
  });
  await tab.start();
  tab.send("os e-mails não chegam");
  assert.equal(tab._outbox.items.length, 1);
  await answered(tab, 1);
  const text = "os e-mails não chegam";
  assert.deepEqual(textsOf(tab.state.messages), [text, `eco: ${text}`]);
  assert.equal(tab.state.messages[0].state, "done");
  const { body } = gateway.only.messages[0];
  assert.equal(body.page, "E-mail");
  assert.equal(body.seen, 0);
  assert.match(body.id, /^[0-9a-f-]{36}$/);
  await until(() => tab.heard.length === 2);
  assert.deepEqual(tab.heard.map(({ type }) => type), ["sent", "message"]);
  // Without flicker: once it was drawn, it was drawn exactly once at each change.
  assert.ok(drawn.slice(drawn.indexOf(1)).every((count) => count === 1), String(drawn));
});

test("a turn that was over before the stream looked is over here too", async () => {
  const gateway = await gatewayFor();
  const tab = new Browser().open(gateway);
  await tab.start();
  tab.send("oi");
  await answered(tab, 1);
  const held = [];
  // The gateway's stream reads once: message and answers, and nothing that would have changed.
  gateway.wire = (text) => {
    if (text.includes("event: working")) return [];
    if (text.includes("event: state")) return held.splice(0);
    held.push(text.replace('"state":"pending"', '"state":"done"'));
    return [];
  };
  gateway.answerMs = () => 50;
  tab.send("e agora?");
  await until(() => tab.state.working);
  await until(() => tab.state.messages.length === 4);
  // At once, not only when silence makes the tab read again.
  assert.equal(tab.state.working, false);
});

test("many messages are stored once and in order", async () => {
  const gateway = await gatewayFor();
  const tab = new Browser().open(gateway);
  await tab.start();
  const texts = Array.from({ length: 25 }, (_, i) => `m${i}`);
  texts.forEach((text) => tab.send(text));
  await answered(tab, 25);
  const stored = gateway.only.messages.filter(({ from }) => from === "user");
  assert.deepEqual(textsOf(stored), texts);
  assert.deepEqual(seqsOf(tab.state.messages), seqsOf(gateway.only.messages));
});

test("a double click on a choice sends once; the same choice later sends again", async () => {
  const gateway = await gatewayFor();
  const tab = new Browser().open(gateway);
  await tab.start();
  const choice = { id: "c1", label: "Sim" };
  tab.choose(choice);
  tab.choose(choice);
  await until(() => gateway.conversations.size);
  tab.choose(choice);
  await answered(tab, 1);
  assert.equal(gateway.only.messages.filter(({ from }) => from === "user").length, 1);
  assert.equal(tab.state.messages[0].choice, "c1");
  tab.choose(choice);
  await answered(tab, 2);
});

test("a refused message fails with the server's sentence; others pass it", async () => {
  const gateway = await gatewayFor();
  const tab = new Browser().open(gateway);
  await tab.start();
  tab.send("proibido");
  tab.send("permitido");
  const hasFailed = () => tab.state.outgoing[0]?.delivery === "failed";
  await until(() => hasFailed() && tab.state.messages.length === 2);
  const [failed] = tab.state.outgoing;
  assert.equal(failed.problem, "Isso não pode.");
  tab.retry(failed.id);
  assert.equal(tab._outbox.items[0].problem, undefined);
  const refusals = () => gateway.statuses("POST /messages").filter((status) => status === 422);
  await until(() => refusals().length === 2 && hasFailed());
  tab.discard(failed.id);
  await until(() => tab.state.outgoing.length === 0);
});

test("a choice that was refused is tried again by its label", async () => {
  const gateway = await gatewayFor();
  const tab = new Browser().open(gateway);
  await tab.start();
  tab.choose({ id: "velha", label: "Reiniciei" });
  const failed = () => tab.state.outgoing.find(({ delivery }) => delivery === "failed");
  const { id } = await until(failed);
  tab.retry(id);
  await answered(tab, 1);
  assert.equal(tab.state.messages[0].text, "Reiniciei");
  assert.equal(tab.state.messages[0].choice, undefined);
});

test("unread counts answers that came while the panel was closed, over a reload too", async () => {
  const gateway = await gatewayFor();
  const browser = new Browser();
  const tab = browser.open(gateway);
  await tab.start();
  tab.send("a");
  await answered(tab, 1);
  assert.equal(tab.state.unread, 1);
  tab.seen(true);
  assert.equal(tab.state.unread, 0);
  tab.send("b");
  await answered(tab, 2);
  assert.equal(tab.state.unread, 0);
  tab.seen(false);
  gateway.say(gateway.only, { from: "system", text: "aviso" });
  await until(() => tab.state.unread === 1);
  tab.stop();
  const again = browser.open(gateway);
  await again.start();
  await until(() => again.state.ready);
  assert.equal(again.state.unread, 1);
  assert.equal(again.state.messages.length, 5);
  assert.deepEqual(again.heard, []);
});

test("long histories are read in pages, and a deleted beginning is no gap", async () => {
  const gateway = await gatewayFor();
  const browser = new Browser();
  const first = browser.open(gateway);
  await first.start();
  first.send("a");
  await answered(first, 1);
  first.stop();
  for (let i = 0; i < 30; i++) gateway.say(gateway.only, { from: "assistant", text: `${i}` });
  gateway.only.messages.splice(0, 10);
  gateway.limit = 7;
  const tab = browser.open(gateway);
  await tab.start();
  await until(() => tab.state.ready);
  assert.deepEqual(seqsOf(tab.state.messages), seqsOf(gateway.only.messages));
});

test("feedback, about me, export; what fails is a Problem", async () => {
  const gateway = await gatewayFor();
  const tab = new Browser().open(gateway);
  await tab.start();
  await assert.rejects(tab.about(), { key: "expired" });
  tab.send("a");
  await answered(tab, 1);
  await tab.feedback(2, true);
  assert.equal(tab.state.messages[1].feedback, true);
  const refusal = { key: "refused", message: "Não há essa mensagem." };
  await assert.rejects(tab.feedback(1, true), refusal);
  assert.equal((await tab.about()).messages, 2);
  assert.match(await (await tab.exportMe()).text(), /eco: a/);
  gateway.fault = () => ({ drop: true });
  await assert.rejects(tab.about(), { key: "offline" });
  gateway.fault = () => ({ status: 503 });
  await assert.rejects(tab.about(), { key: "busy" });
});

test("erasing leaves nothing here, nothing can be sent, and one can begin anew", async () => {
  const gateway = await gatewayFor();
  const browser = new Browser();
  const tab = browser.open(gateway);
  await tab.start();
  tab.send("segredo");
  await answered(tab, 1);
  await tab.erase();
  await until(() => tab.heard.some(({ type }) => type === "erased"));
  assert.equal(browser.store.length, 0);
  assert.equal(tab.state.erased, true);
  assert.deepEqual(tab.state.messages, []);
  tab.send("nada");
  assert.equal(tab._outbox.items.length, 0);
  await sleep(30);
  assert.equal(gateway.conversations.size, 0);
  await tab.begin();
  tab.send("de novo");
  await answered(tab, 1);
  assert.equal(tab.state.erased, false);
  assert.equal(tab.state.restarted, false);
});

test("an erasing whose answer was lost can be asked again", async () => {
  const gateway = await gatewayFor();
  const tab = new Browser().open(gateway);
  await tab.start();
  tab.send("a");
  await answered(tab, 1);
  gateway.wire = () => [];
  gateway.fault = ({ route }) => (route === "DELETE /me" ? { after: true } : undefined);
  await assert.rejects(tab.erase(), { key: "offline" });
  gateway.fault = () => undefined;
  await tab.erase();
  assert.equal(tab.state.erased, true);
});

test("where storage is forbidden, everything works in memory", async () => {
  const gateway = await gatewayFor();
  for (const storage of [forbidden, () => new Full()]) {
    const tab = new Browser().open(gateway, { env: { storage } });
    await tab.start();
    tab.send("a");
    await answered(tab, 1);
    await tab.erase();
    assert.equal(tab.state.erased, true);
  }
});

function forbidden() {
  throw new DOMException("no", "SecurityError");
}

class Full {
  length = 0;
  getItem() {
    return null;
  }
  setItem() {
    throw new DOMException("full", "QuotaExceededError");
  }
  removeItem() {}
}
