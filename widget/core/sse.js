/**
 * Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) from
 * text that arrives in pieces. EventSource itself cannot send an Authorization header.
 *
 * @typedef {{type: string, data: string, id: string}} ServerEvent `id` is the last that was sent
 */
export class EventReader {
  constructor() {
    this._started = false;
    this._afterReturn = false;
    this._rest = "";
    this._id = "";
    this._type = "";
    /** @type {string[]} */
    this._data = [];
  }

  /**
   * @param {string} piece
   * @returns {ServerEvent[]} the events that it completes
   */
  push(piece) {
    if (!piece) return [];
    if (!this._started) piece = piece.replace(/^\uFEFF/, "");
    this._started = true;
    // A piece may end between the two characters of a line's end.
    if (this._afterReturn && piece.startsWith("\n")) piece = piece.slice(1);
    this._afterReturn = piece ? piece.endsWith("\r") : false;
    const lines = (this._rest + piece).split(/\r\n|\r|\n/);
    this._rest = lines.pop() ?? "";
    return lines.flatMap((line) => this._line(line));
  }

  /**
   * @param {string} line
   * @returns {ServerEvent[]} the event that an empty line ends
   */
  _line(line) {
    if (line) {
      this._field(line);
      return [];
    }
    const event = { type: this._type || "message", data: this._data.join("\n"), id: this._id };
    const isEvent = this._data.length > 0;
    this._type = "";
    this._data = [];
    return isEvent ? [event] : [];
  }

  /** @param {string} line */
  _field(line) {
    const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line) ?? ["", "", ""];
    if (name === "event") this._type = value;
    else if (name === "data") this._data.push(value);
    else if (name === "id" && !value.includes("\0")) this._id = value;
  }
}
