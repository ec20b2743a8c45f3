/** The gateway's API as the contract has it, in this process, with faults on request. */

import { createServer } from "node:http";

import { FakeSessions } from "./fake_sessions.js";

const USER_ROUTES = {
  "POST /messages": "send",
  "GET /messages": "read",
  "GET /events": "listen",
  "GET /me": "about",
  "GET /me/export": "export_",
  "DELETE /me": "erase",
  "DELETE /sessions": "revoke",
};

export class FakeGateway {
  constructor() {
    this.conversations = new Map();
    this.sessions = new FakeSessions();
    /** Every request that was answered or not: {route, status, token, last}. */
    this.requests = [];
    /** What goes wrong with a request: {drop, status, after, delay, html}, or undefined. */
    this.fault = () => undefined;
    /** Changes what a stream writes: text in, pieces out; null ends the stream. */
    this.wire = (text) => [text];
    this.answer = (text) => [`eco: ${text}`];
    this.answerMs = () => 1;
    this.streams = new Set();
    this.sockets = new Set();
  }

  async start(port = 0) {
    this.server = createServer((request, response) => this.#serve(request, response));
    this.server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.sockets.delete(socket));
    });
    await new Promise((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    this.port = this.server.address().port;
    return this;
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** As kill -9 does: every connection is gone, and none is taken. What was stored stays. */
  async kill() {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.streams.clear();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  async restart(ms = 0) {
    await this.kill();
    await new Promise((resolve) => setTimeout(resolve, ms));
    await this.start(this.port);
  }

  get only() {
    return [...this.conversations.values()].at(-1);
  }

  statuses(route) {
    return this.requests.filter((one) => one.route === route).map(({ status }) => status);
  }

  async #serve(request, response) {
    response.setHeader("Access-Control-Allow-Origin", "*");
    const body = await textOf(request).catch(() => null);
    if (body === null) return;
    const { pathname, searchParams } = new URL(request.url, "http://x");
    const path = pathname.replace("/api/v1", "");
    const route = `${request.method} ${path}`;
    const token = (request.headers.authorization ?? "").replace("Bearer ", "");
    const log = { route, token, status: 0, lastEventId: request.headers["last-event-id"] };
    this.requests.push(log);
    const fault = this.fault(log) ?? {};
    if (fault.delay) await new Promise((resolve) => setTimeout(resolve, fault.delay));
    if (fault.drop) return request.socket.destroy();
    if (fault.status) return reply(response, log, fault.status, fault.body, fault.headers);
    const call = { path, body: body ? JSON.parse(body) : {}, token, searchParams, request };
    const [status, answer] = this.#answer(route, call);
    // The answer is lost, what was done is done.
    if (fault.after) return request.socket.destroy();
    if (answer?.stream) return this.#stream(response, log, answer);
    if (fault.html) return response.writeHead(200).end("<html>hotel</html>");
    reply(response, log, status, answer);
  }

  #answer(route, call) {
    const { sessions, conversations } = this;
    if (route === "POST /sessions") return sessions.open(call.body.identity, conversations);
    if (route === "POST /sessions/renew") return sessions.renew(call.body.renewal, conversations);
    const family = sessions.familyOf(call.token);
    const conversation = conversations.get(family?.conversation);
    if (!conversation) return [401, { detail: "Sessão" }];
    if (/^PUT .messages.\d+.feedback$/.test(route)) return this._feedback(conversation, call);
    const name = USER_ROUTES[route];
    return name ? this[`_${name}`](conversation, call, family) : [404, { detail: "Não há" }];
  }

  _send(conversation, { body }) {
    const known = conversation.messages.find(({ id }) => id === body.id);
    if (known) return [200, { message: known }];
    if (body.text === undefined && !body.choice) return [422, { detail: "Vazia" }];
    if (body.text?.includes("proibido")) return [422, { detail: "Isso não pode." }];
    if (body.choice === "velha") return [422, { detail: "Essa opção já passou." }];
    const { id, choice } = body;
    const text = body.text ?? `opção ${choice}`;
    const message = { from: "user", id, text, choice, state: "pending", body };
    const stored = this.say(conversation, message);
    conversation.pending += 1;
    this.#emit(conversation, "working", { working: true, note: null });
    setTimeout(() => this.#settle(conversation, stored), this.answerMs());
    return [202, { message: { ...stored } }];
  }

  #settle(conversation, message) {
    if (!this.conversations.has(conversation.id)) return;
    for (const text of this.answer(message.text)) {
      this.say(conversation, { from: "assistant", text, reply_to: message.seq });
    }
    message.state = "done";
    conversation.pending -= 1;
    this.#emit(conversation, "state", { seq: message.seq, state: "done" });
    this.#emit(conversation, "working", { working: conversation.pending > 0, note: null });
  }

  /** Store a message and send it to the streams. */
  say(conversation, message) {
    const seq = (conversation.messages.at(-1)?.seq ?? 0) + 1;
    const stored = { seq, at: new Date().toISOString(), ...message };
    conversation.messages.push(stored);
    this.#emit(conversation, "message", stored, seq);
    return stored;
  }

  _read({ messages, pending }, { searchParams }) {
    const after = Number(searchParams.get("after") ?? 0);
    const limit = Number(searchParams.get("limit") ?? this.limit ?? 200);
    const page = messages.filter(({ seq }) => seq > after).slice(0, limit);
    const last = messages.at(-1)?.seq ?? 0;
    return [200, { messages: page, last, working: pending > 0, note: null }];
  }

  _listen(conversation, { request }) {
    return [200, { stream: true, conversation, after: Number(request.headers["last-event-id"]) }];
  }

  _about({ messages }) {
    return [200, { since: "2026-01-01", messages: messages.length, identified: false }];
  }

  _export_({ messages }) {
    return [200, { messages }];
  }

  _erase(conversation) {
    this.conversations.delete(conversation.id);
    this.#emit(conversation, "erased", {});
    return [202, { erased: true, pending: [] }];
  }

  _revoke(_conversation, _call, family) {
    family.revoked = true;
    return [204, null];
  }

  _feedback(conversation, { path, body }) {
    const seq = Number(path.split("/")[2]);
    const message = conversation.messages.find((one) => one.seq === seq);
    if (message?.from !== "assistant") return [404, { detail: "Não há essa mensagem." }];
    message.feedback = body.helpful;
    return [204, null];
  }

  #stream(response, log, { conversation, after }) {
    log.status = 200;
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    const stream = { conversation, response, held: [] };
    this.streams.add(stream);
    response.on("close", () => this.streams.delete(stream));
    this.#write(stream, ": hello\n\n");
    for (const message of conversation.messages) {
      const { seq, state } = message;
      if (seq > after) this.#write(stream, event("message", message, seq));
      else if (state === "done") this.#write(stream, event("state", { seq, state }));
    }
    this.#write(stream, event("working", { working: conversation.pending > 0, note: null }));
  }

  ping() {
    for (const stream of this.streams) this.#write(stream, ": ping\n\n");
  }

  endStreams(type) {
    for (const stream of [...this.streams]) {
      if (type) this.#write(stream, event(type, {}));
      this.streams.delete(stream);
      stream.response.end();
    }
  }

  #emit(conversation, type, data, id) {
    for (const stream of [...this.streams]) {
      if (stream.conversation === conversation) this.#write(stream, event(type, data, id));
    }
  }

  #write(stream, text) {
    for (const piece of this.wire(text, stream) ?? []) {
      if (piece === null) return stream.response.destroy();
      stream.response.write(piece);
    }
  }
}

function event(type, data, id) {
  const line = id === undefined ? "" : `id: ${id}\n`;
  return `event: ${type}\n${line}data: ${JSON.stringify(data)}\n\n`;
}

function reply(response, log, status, body, headers = {}) {
  log.status = status;
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(body == null ? "" : JSON.stringify(body));
}

async function textOf(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return text;
}
