/** Sessions as the contract has them: tokens that expire, renewals that rotate. */

export class FakeSessions {
  constructor() {
    this.tokens = new Map();
    this.renewals = new Map();
    this.refused = new Set();
    this.seconds = 3600;
    this.graceMs = 60_000;
    this.count = 0;
  }

  /** All tokens so far are refused; renewals work. */
  expire() {
    for (const token of this.tokens.values()) token.expired = true;
  }

  /** Nothing given so far opens anything, or can be renewed. */
  revoke() {
    for (const { family } of this.tokens.values()) family.revoked = true;
  }

  familyOf(token) {
    const { expired, family } = this.tokens.get(token) ?? { expired: true };
    return expired || family.revoked ? null : family;
  }

  open(identity, conversations) {
    if (this.refused.has(identity)) return [401, { detail: "Identidade" }];
    const person = identity ? JSON.parse(atob(identity.split(".")[1])).sub : null;
    const known = [...conversations.values()].find((one) => person && one.person === person);
    const { id } = known ?? this.#begin(person, conversations);
    return [201, this.#grant({ conversation: id, identified: Boolean(person) })];
  }

  renew(renewal, conversations) {
    const known = this.renewals.get(renewal);
    const isOld = known?.usedAt && Date.now() - known.usedAt > this.graceMs;
    if (isOld) known.family.revoked = true;
    if (!known || known.family.revoked || !conversations.has(known.family.conversation)) {
      return [401, { detail: "Expirou" }];
    }
    known.usedAt ||= Date.now();
    return [200, this.#grant(known.family)];
  }

  #begin(person, conversations) {
    const id = `C${(this.count += 1)}`;
    const conversation = { id, person, messages: [], pending: 0 };
    conversations.set(id, conversation);
    return conversation;
  }

  #grant(family) {
    const token = `t${(this.count += 1)}`;
    const renewal = `r${this.count}`;
    this.tokens.set(token, { family });
    this.renewals.set(renewal, { family, usedAt: 0 });
    const { conversation, identified } = family;
    return { token, renewal, expires_in: this.seconds, conversation, identified };
  }
}
